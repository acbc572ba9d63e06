"""A carrier's own line: SMPP 3.4 as transceiver, with the codec of `smpp34` and a session of our own."""
