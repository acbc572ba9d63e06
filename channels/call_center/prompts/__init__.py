"""What the hotline says: a slot for each sentence, digit and word, as raw sound of both laws."""
