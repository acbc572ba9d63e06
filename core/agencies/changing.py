"""
How the tree may be changed: each function answers the entries of the next edition, or refuses with a sentence.

Whatever is refused has changed nothing; whatever is answered was checked on every day on which something changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from core.agencies.history import AgencyHistory, Entry
from core.agencies.kinds import kinds_in
from core.cases.agencies import AgencyTree
from core.contract.errors import GatewayError

Entries = tuple[Entry, ...]

_ID = re.compile(r"[a-z0-9][a-z0-9_]{0,63}")
_DAY = timedelta(days=1)


class AgencyRefused(GatewayError):
    """The tree would not hold together; nothing was changed. The text is a sentence for whoever asked."""

    code = "agency_refused"

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.vi = text


def add(history: AgencyHistory, new: Entry) -> Entries:
    """
    A new agency.

    Raises: AgencyRefused: an id that is no id or was ever given, no name, an unknown kind, a parent that is not at work
        that day, or a commune that another agency answers for.
    """
    if not _ID.fullmatch(new.agency_id):
        raise AgencyRefused(f"Mã {new.agency_id!r} không hợp lệ: chỉ gồm chữ thường không dấu, chữ số và dấu “_”.")
    if known := history.terms(new.agency_id):
        raise AgencyRefused(f"Mã {new.agency_id} đã thuộc {known[0].name}; mã cơ quan không dùng lại.")
    _check_kind(history, new.kind)
    return _checked(history, (new,), by=new.day)


def amend(history: AgencyHistory, agency_id: str, *, since: date, **fields: Any) -> Entries:
    """
    From this day on it is called, stands or is numbered otherwise; on the day of an earlier change: its correction.

    Args:
        fields: name, short_name, kind, parent, code, commune_code: those that change.
    Raises: AgencyRefused: not there or not at work that day, a change after that day, an unknown kind, a parent that
        is not at work, below itself.
    """
    terms = history.terms(agency_id)
    _at_work(history, agency_id, since)
    if later := next((item for item in terms if item.day > since and not item.ended), None):
        raise AgencyRefused(f"{agency_id} đã có thay đổi từ ngày {_shown(later.day)}; hãy sửa thay đổi đó trước.")
    before = next(item for item in reversed(terms) if not item.ended and item.day <= since)
    _not_below_itself(_tree(history, since), agency_id, fields.get("parent"))
    first = before.since is None and since == date.min
    after = before.model_copy(update={**fields, "since": None if first else since})
    if after.says() == before.says() | {"since": after.since}:
        raise AgencyRefused(f"{before.name} không có gì thay đổi.")
    _check_kind(history, after.kind)
    return _checked(history, (after,), by=since)


def close(
    history: AgencyHistory,
    agency_id: str,
    *,
    last_day: date,
    replaced_by: Sequence[str] = (),
    children_to: str | None = None,
) -> Entries:
    """
    It ends after this day.

    Args:
        replaced_by: where its work goes. `children_to`: the agency that those below it belong to from then on.
    Raises: AgencyRefused: not at work, successors that are not, or agencies below it that would hang in the air.
    """
    _at_work(history, agency_id, last_day)
    since = last_day + _DAY
    if later := next((item for item in history.terms(agency_id) if item.day > since), None):
        raise AgencyRefused(f"{agency_id} đã có thay đổi từ ngày {_shown(later.day)}; hãy sửa thay đổi đó trước.")
    tree = _tree(history, since)
    for heir in replaced_by:
        if heir == agency_id or not tree.is_active(heir):
            raise AgencyRefused(f"Cơ quan kế thừa {tree.name(heir)} không hoạt động vào ngày {_shown(since)}.")
    below = [item for item in tree if item.parent == agency_id and tree.is_active(item.id)]
    if below and children_to is None:
        names = ", ".join(item.name for item in below[:3]) + ("…" if len(below) > 3 else "")
        raise AgencyRefused(f"Còn {len(below)} cơ quan trực thuộc ({names}); hãy nêu cơ quan nhận các đơn vị này.")
    moved = [entry for item in below for entry in amend(history, item.id, since=since, parent=children_to)]
    ended = Entry(agency_id=agency_id, since=since, ended=True, replaced_by=tuple(replaced_by))
    return _checked(history, (ended, *moved), by=since)


def merge(history: AgencyHistory, entries: Iterable[Entry]) -> Entries:
    """
    What a file says and is not known yet: new agencies, new days of known ones, and corrections of known days.

    Raises: AgencyRefused: the tree would not hold together on some day.
    """
    known = {(item.agency_id, item.day): item for key in _ids(history) for item in history.terms(key)}
    told = tuple(entries)
    new = [item for item in told if _differs(known.get((item.agency_id, item.day)), item)]
    if bad := next((item.agency_id for item in new if not _ID.fullmatch(item.agency_id)), None):
        raise AgencyRefused(f"Mã {bad!r} không hợp lệ: chỉ gồm chữ thường không dấu, chữ số và dấu “_”.")
    after = history.extended(new)
    for day in after.days():
        _communes_once(_tree(after, day))
    return tuple(new)


def _differs(known: Entry | None, told: Entry) -> bool:
    return known is None or known.says() != told.says()


def _ids(history: AgencyHistory) -> Iterable[str]:
    return dict.fromkeys(item.agency_id for item in history.entries)


def _checked(history: AgencyHistory, entries: Entries, *, by: date) -> Entries:
    """The entries, if the tree holds together with them from their day on."""
    after = history.extended(entries)
    for item in entries:
        if item.parent is not None and item.parent not in after:
            raise AgencyRefused(f"Cơ quan cấp trên {item.parent} không có trong danh mục.")
    for day in (by, *(day for day in after.days() if day > by)):
        _communes_once(_tree(after, day))
    tree = _tree(after, by)
    for item in entries:
        if not item.ended:
            _check(tree, item, by)
    return entries


def _check(tree: AgencyTree, item: Entry, day: date) -> None:
    if not item.name.strip() or not item.kind.strip():
        raise AgencyRefused("Cơ quan phải có tên và loại.")
    if item.parent is not None and not tree.is_active(item.parent):
        raise AgencyRefused(f"Cơ quan cấp trên {tree.name(item.parent)} không còn hoạt động vào ngày {_shown(day)}.")


def _check_kind(history: AgencyHistory, kind: str) -> None:
    """A slip would be an agency that no regulation speaks of: reports could not be given to it."""
    known = kinds_in(history)
    if kind.strip() and kind not in known:
        raise AgencyRefused(f"Không có loại cơ quan “{kind}”. Các loại: {', '.join(known)}.")


def _not_below_itself(tree: AgencyTree, agency_id: str, parent: str | None) -> None:
    if parent is not None and (parent == agency_id or tree.is_below(parent, agency_id)):
        raise AgencyRefused(f"{tree.name(agency_id)} không thể trực thuộc chính mình hoặc đơn vị dưới mình.")


def _communes_once(tree: AgencyTree) -> None:
    """Two agencies that answer for one commune: nobody would know where its reports go (LS-7.2a)."""
    seen: dict[str, str] = {}
    for item in tree:
        if item.commune_code and tree.is_active(item.id):
            other = seen.setdefault(item.commune_code, item.id)
            if other != item.id:
                names = f"{tree.name(other)} và {item.name}"
                raise AgencyRefused(f"Xã mã {item.commune_code} có hai cơ quan phụ trách: {names}.")


def _at_work(history: AgencyHistory, agency_id: str, day: date) -> None:
    if agency_id not in history:
        raise AgencyRefused(f"Không có cơ quan mã {agency_id}.")
    tree = _tree(history, day)
    if not tree.is_active(agency_id):
        raise AgencyRefused(f"{tree.name(agency_id)} không hoạt động vào ngày {_shown(day)}.")


def _tree(history: AgencyHistory, day: date) -> AgencyTree:
    """The tree of a day. AgencyRefused where it does not hold together."""
    try:
        return history.tree(day)
    except ValueError as error:
        raise AgencyRefused(f"Cây cơ quan không hợp lệ vào ngày {_shown(day)}: {error}.") from error


def _shown(day: date) -> str:
    return "đầu tiên" if day == date.min else f"{day:%d/%m/%Y}"
