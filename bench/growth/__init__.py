"""Growth to a million cases: stores of real cases, and the questions that must stay flat."""
