"""Vietnamese texts of the dialogue, as YAML."""
