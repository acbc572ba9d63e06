"""A synthetic month: invented citizens and officials work a regulation through the public API, by a simulated clock."""
