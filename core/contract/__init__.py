"""What crosses borders: the schema, the ports, the errors. All of `core` that a channel may import."""
