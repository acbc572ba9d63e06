"""
The staff console: queues, the case with exactly the moves allowed now, conversations, search, and what keeps it going.

Server-rendered pages in Vietnamese that work without scripts. What may be seen is decided by
`core.service.reading`, what may be done by the regulation behind `Clerk.execute`; nothing here decides either.
"""
