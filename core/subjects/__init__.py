"""
What somebody may ask of whoever keeps data about them, by when, and how it ends (VN-4). Plain Python, no I/O.

Where things are: `rights` which there are, with their times and grounds for refusal, as data · `request` one request
and the moves it may make.
"""
