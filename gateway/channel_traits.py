"""What `channels/<name>/crosses.yaml` can say of a channel: traits of both ways, what the suite tries, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

COMES_IN: Mapping[str, str] = MappingProxyType(
    {
        "words": "words",
        "photos": "photos",
        "voice": "voice and video",
        "documents": "documents",
        "place": "a place",
        "phone": "a phone number",
        "buttons": "a pressed button",
        "edits": "words that were changed afterwards",
        "delivered": "that our message arrived, or did not",
        "read": "that our message was read",
        "elsewhere": "what colleagues answered past the gateway",
        "stop": "that somebody wants to hear no more",
    }
)
GOES_OUT: Mapping[str, str] = MappingProxyType(
    {
        "words": "words",
        "buttons": "choices",
        "photos": "photos",
        "documents": "documents",
        "ask_phone": "asking for a phone number",
        "ask_place": "asking for a place",
        "codes": "one-time passwords",
        "news": "news long after the citizen wrote",
    }
)
TRIED: Mapping[str, str] = MappingProxyType(
    {
        "forged": "forged deliveries are refused",
        "altered": "an altered byte is noticed",
        "unknown": "an unknown event is counted, and nothing else",
        "oversized": "what is over the limit is refused unread",
        "encodings": "wrong and old encodings are read",
        "order": "a burst in any order is put in order",
        "album": "an album loses no file",
        "gone": "a file that is gone is asked for again",
        "huge": "numbers beyond 2^53 keep every digit",
        "standing": "who wants nothing of us is told to us",
        "slow": "an answer that comes too late",
        "cut": "a cut after a message was taken",
        "throttled": "too many requests, and when to come again",
        "error": "the provider fails",
        "broken_answer": "the answer is broken",
        "window": "the time to write is over",
        "expired": "the token ends while sending",
        "opted_out": "a send to somebody who wants nothing",
    }
)
"""What the contract suite tries where a provider can do it; see `tests/contract/traits.py`."""
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "not_at_provider": "The provider has no such thing.",
        "not_told": "It happens at the provider, and the provider does not tell us.",
        "asked_on_page": "The page itself has a field or a button for it; nothing has to be sent.",
        "read_here": "People read it on our own page; nothing is carried anywhere.",
        "new_words": "Nothing that was sent can be changed afterwards; a correction is a new message.",
        "one_desk": "Nobody can answer there but through the gateway.",
        "nothing_to_stop": "Nothing is sent that was not asked for with the report.",
        "beside_call": "It comes beside the call in which it was said.",
        "call_over": "The call is over; whoever is to hear from us is called by a person, or written to another way.",
        "spoken": "People speak: no letters are read.",
        "behind_link": "It is too large or too dear to carry: the message holds a link to it.",
        "is_the_number": "The sender's address is the number.",
        "secret_only": "The provider shows a secret with each call and signs nothing.",
        "part_signed": "The provider signs some fields; for the others its secret address must do.",
        "own_line": "It comes over a line that we opened and proved ourselves on.",
        "anybody_writes": "Anybody may write; what is proved about a sender is shown, not required.",
        "one_kind": "There are no kinds of events: everything that comes is a message.",
        "by_arrival": "Messages name no time; what came first goes first.",
        "comes_along": "Files come with the message itself; nothing lies elsewhere.",
        "text_ids": "Ids are words there, not numbers.",
        "any_time": "We may write at any time.",
        "lasting_key": "Our credential has no end.",
        "carries_no_codes": "Whoever holds this address proves nothing by it that a regulation asks for.",
    }
)
"""Why something does not cross; the whole list."""
