"""Pictures of the main pages for the documentation, taken from a running gateway: `make screenshots`."""
