"""No caller unheard: whatever somebody presses, says or does not say, wherever they leave, there is a record."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from channels.call_center.flow.happenings import Looked
from channels.call_center.flow.load import read_flow
from channels.call_center.mapping import to_message
from channels.call_center.session import Session
from channels.call_center.spool import Spool
from channels.call_center.tests.played import CODE, PIN, PlayedCall, PlayedDesk, PlayedMedia, tools
from channels.call_center.tools import Standing

SLOTS = sorted({slot for step in read_flow().flow.steps.values() for slot in step.say if not slot.startswith("$")})
KEYS = st.lists(st.sampled_from([*"0123456789*#", "", CODE, PIN, "0900000009"]), max_size=12)
SPEAKS = st.lists(st.one_of(st.none(), st.just(0.0), st.just(2.0)), max_size=4)
DESKS = st.builds(
    PlayedDesk,
    st.builds(Standing, st.booleans(), st.booleans()),
    st.builds(Looked, st.sampled_from([None, False, True]), ratable=st.booleans()),
)


@settings(max_examples=60, deadline=None)
@given(KEYS, SPEAKS, st.sampled_from(["", *SLOTS]), st.sampled_from(["0900000001", "anonymous"]), DESKS)
async def test_every_caller_is_a_record(
    keys: list[str], speaks: list[float | None], leaves_at: str, number: str, desk: PlayedDesk
) -> None:
    """One record, with every recording described; and a message of which somebody hears, or a case."""
    media = PlayedMedia(keys=keys, speaks=speaks, leaves_at=leaves_at)
    with tempfile.TemporaryDirectory() as folder:
        spool = Spool(Path(folder))
        record = await Session(PlayedCall(media, number), tools(spool.folder, desk)).lead()
        (place,) = spool.waiting()
        files = {path.name for path in place.glob("*.wav")}

    message = to_message(record, hash_pin=lambda pin, code: f"{pin}/{code}")
    assert files == {one.file for one in record.recordings}
    assert not record.recordings or record.notice
    assert message.call is not None
    assert (message.form is not None) == bool(record.code)
    assert message.call.told <= (record.finished or record.code_told or record.followed)
