"""The running process: it wires core and channels together, and nobody imports it."""
