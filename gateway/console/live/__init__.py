"""Pages of staff that stay current: what changed is looked at anew, and who else looks at it is said."""
