"""The JSON API for staff and their programs: one file a resource, one list of operations, one document."""
