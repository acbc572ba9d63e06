"""Web Push: a browser rings when there is news; what the news is stands on our pages only."""
