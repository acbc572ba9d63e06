"""Facebook Pages as a channel: Messenger, and comments under what a Page has posted."""
