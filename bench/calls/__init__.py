"""What calls cost: how fast they are set up, how evenly they sound."""
