"""What people may try with a case, in whatever order, for simulated weeks, under every regulation that is shipped."""
