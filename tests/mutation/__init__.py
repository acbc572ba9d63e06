"""What the tests of the rules are worth: every entry of every pack is falsified, and a test has to notice."""
