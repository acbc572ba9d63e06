"""
The desk for what people ask about their data (VN-4): take a request down, prove who it is, answer, carry out.

Where things are: `desk` requests and their moves · `doing` what a right comes to · `copying` the copy of one's data ·
`correcting` who somebody is, put right or taken back · `words` what is sealed and what is told.
"""
