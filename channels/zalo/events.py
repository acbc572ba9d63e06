"""
The provider's events by name: what each group is to us. A name that stands nowhere here is an `unknown_event`.

Source: Zalo's pages "Webhook / tin nhắn" and "Webhook / tổng quan", as of November 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TEXT = "text"
LINK = "link"
CARD = "business_card"
PLACE = "location"
STICKER = "sticker"
FILES = frozenset({"image", "gif", "audio", "video", "file"})

FROM_USER = "user_send_"
FROM_VISITOR = "anonymous_send_"
FROM_OA = "oa_send_"
TO_VISITOR = "oa_send_anonymous_"

USER_SENDS = frozenset({TEXT, LINK, CARD, PLACE, STICKER}) | FILES
VISITOR_SENDS = frozenset({TEXT, "image", "file", STICKER})
OA_SENDS = frozenset({TEXT, "image", "gif", "list", "file", STICKER, "template"})

DELIVERED, SEEN = "user_received_message", "user_seen_message"
FORM, WITHDRAWAL, OPENED = "user_submit_info", "user_withdraw", "user_click_chatnow"
FOLLOWED, LEFT = "follow", "unfollow"

UNWANTED: Mapping[str, str] = MappingProxyType(
    {
        "user_reacted_message": "reaction",
        "oa_reacted_message": "own_reaction",
        "update_user_info": "profile_changed",
        "user_feedback": "template_feedback",
        "add_user_to_tag": "tag",
        "remove_user_from_tag": "tag",
        "remove_tag": "tag",
        "change_oa_daily_quota": "quota_changed",
        "change_template_quality": "template_changed",
        "change_template_quota": "template_changed",
        "change_template_status": "template_changed",
        "change_oa_template_tags": "template_changed",
        "event_journey_time_out": "journey",
        "event_journey_acknowledged": "journey",
        "oa_send_consent": "call",
        "user_reply_consent": "call",
        "user_call_oa": "call",
        "oa_call_user": "call",
        "widget_interaction_accepted": "widget",
        "shop_has_order": "shop",
        "create_group": "group",
        "user_join_group": "group",
    }
)
"""What we understand and want nothing of, with the reason it is counted under."""

_GROUPS = ("user_send_group_", "oa_send_group_", "group_", "update_group", "react_group", "user_request_join_group")


def unwanted(name: str) -> str:
    """Why nothing is made of this event."""
    group = "group" if name.startswith(_GROUPS) or name.endswith("_group") else "unknown_event"
    return UNWANTED.get(name, group)


def sort_of(name: str, prefix: str, known: frozenset[str]) -> str:
    """What is sent by an event of this group; empty where it is none of them."""
    sort = name.removeprefix(prefix)
    return sort if name.startswith(prefix) and sort in known else ""
