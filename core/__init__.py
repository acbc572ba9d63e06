"""The report and its rules: no HTTP, no provider, no socket."""
