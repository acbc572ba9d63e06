"""
Files that lie with a provider: asked for with the message that names them, fetched at once by a worker.

Their place in our store is known before they are here, so everything that names one (message, report, case) names it
for good, and nothing has to be mended afterwards. A file that cannot be had, or is not taken, is said to the citizen in
their conversation. Providers' links end within minutes or hours, so the pauses between tries are short. Where a
provider refuses us rather than the file (a token, a right), only a person can mend that: the file rests until then, a
day at most, and rings the alarm of old files meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

import structlog

from core.contract.errors import (
    ChannelMisconfigured,
    FileElsewhere,
    MessageInvalid,
    ProviderRefused,
    SendError,
    Throttled,
    VersionConflict,
)
from core.contract.ports import FetchesFiles, LetsGoOfFiles
from core.contract.schema import Attachment, GeoPoint, InboundMessage
from core.intake.happenings import PhotoPlaced
from core.privacy.errors import Erased, MediaRefused
from core.privacy.media import FileMediaStore
from core.privacy.media_types import WHY_NOT, MediaLimits
from core.privacy.scanner import ScannerAway
from core.service.clerk import Clerk
from core.service.posting import Letter
from core.service.safe import Safe
from core.service.talk import Talk
from core.service.work import Work
from core.storage import fetches
from core.storage.database import Connection, Database
from core.storage.fetches import NewFetch, TakenFetch

log = structlog.get_logger()

SIDE_BY_SIDE = 3
"""Files of one channel in memory at once: each may have the size of a film."""
LASTING = timedelta(minutes=3)
_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 20, 60, 300, 1200, 3600))
_REST = timedelta(minutes=15)
_RESTS_AT_MOST = timedelta(days=1)
"""From when the file was asked for: a provider's link has ended by then, or the citizen has waited long enough."""
_SUGGESTIONS = 3
_GONE_VI = "không còn tải được từ nơi gửi"


def is_remote(attachment: Attachment) -> bool:
    """Whether a file still lies with its provider."""
    return bool(attachment.source_url) and not attachment.sha256


class Fetching:
    """
    Asks for files in the unit of work of the message that names them.

    `asked` is set whenever such a unit was stored: there is something to fetch.
    """

    def __init__(self, safe: Safe, media: FileMediaStore, *, now: Callable[[], datetime]) -> None:
        self._safe = safe
        self._media = media
        self._now = now
        self.asked = asyncio.Event()

    def place(self, attachment: Attachment, *, contact_id: str) -> Attachment:
        """The same file with the place it will have; the same source of one person always has the same."""
        key = self._media.stored_key(f"source:{attachment.source_url}", subject_id=contact_id)
        return attachment.model_copy(update={"stored_key": key})

    def hold(self, attachment: Attachment, *, source: str, contact_id: str) -> Attachment:
        """A file whose bytes we have ourselves, to be stored later: at the place it would have had at once."""
        key = self._media.stored_key(attachment.sha256, subject_id=contact_id)
        return attachment.model_copy(update={"stored_key": key, "source_url": source, "sha256": ""})

    async def ask(self, work: Work, talk: Talk, message: InboundMessage) -> None:
        """Have the files of a message that was heard fetched, once it is stored."""
        wanted = [one for one in message.attachments if is_remote(one)]
        if wanted:
            rows = await self._safe.aside(partial(self._rows, talk, message.channel, wanted), talk.contact_id)
            work.put(fetches.FETCHES, *rows)
            work.afterwards.append(self._ring)

    async def _ring(self) -> None:
        self.asked.set()

    def _rows(self, talk: Talk, channel: str, wanted: Sequence[Attachment]) -> list[dict[str, object]]:
        now, subject = self._now(), talk.contact_id
        sealed = [self._safe.seal(one, subject_id=subject, place=fetch_place(one.stored_key)) for one in wanted]
        return [
            NewFetch(one.stored_key, channel, talk.row.id, subject, box, next_at=now, created_at=now).__dict__
            for one, box in zip(wanted, sealed, strict=True)
        ]


@dataclass(frozen=True)
class _End:
    """
    What came of a try.

    Args:
        told: the reason in words for the citizen, where they should send it again.
        counts: whether it is one of the tries after which a file is given up.
        taken: where the photo that is here now says that it was taken.
    """

    state: str
    reason: str = ""
    told: str = ""
    next_at: datetime | None = None
    counts: bool = True
    taken: GeoPoint | None = None


class Fetcher:
    """Fetches the files of one channel."""

    def __init__(
        self,
        database: Database,
        channel: FetchesFiles,
        name: str,
        *,
        safe: Safe,
        media: FileMediaStore,
        clerk: Clerk,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._channel = channel
        self._name = name
        self._safe = safe
        self._media = media
        self._clerk = clerk
        self._now = now

    async def run_once(self) -> int:
        """Fetch what is due; returns how many files were tried."""
        taken = await self._database.write(
            partial(fetches.take, channel=self._name, now=self._now(), most=SIDE_BY_SIDE, lasting=LASTING)
        )
        problem: Exception | None = None
        for file, end in zip(taken, await asyncio.gather(*map(self._try, taken)), strict=True):
            try:
                await self._settle(file, end)  # one after the other: two may belong to one conversation
            except Exception as error:  # raised once what came of the others is written down
                problem = problem or error
        if problem is not None:
            raise problem
        return len(taken)

    async def _settle(self, file: TakenFetch, end: _End) -> None:
        """A conversation that somebody else changed meanwhile is told when the file is tried once more."""
        known = await self._database.read(partial(fetches.states, stored_keys=[file.stored_key]))
        if not known:  # its message was taken away meanwhile
            await self._media.delete(file.stored_key)
            return
        log.info("file_fetched", channel=self._name, state=end.state, reason=end.reason, attempts=file.attempts)
        settled = partial(
            fetches.settle,
            stored_key=file.stored_key,
            state=end.state,
            reason=end.reason,
            next_at=end.next_at,
            counts=end.counts,
        )
        if not end.told:
            await self._database.write(settled)
            if end.taken is not None:
                await self._suggest(file, end.taken)
            return
        with suppress(VersionConflict):
            await self._tell(file, end.told, settled)

    async def _try(self, file: TakenFetch) -> _End:
        try:
            await self._safe.bring(file.subject_id, new=False)
            wanted = await self._safe.aside(partial(self._open, file), file.subject_id)
            taken = None if await self._lies_here(file) else await self._store(file, wanted)
            await self._let_go(wanted)
        except Erased:
            return _End("gone", "erased")
        except MediaRefused as refusal:
            return _End("refused", refusal.reason, told=refusal.vi)
        except FileElsewhere as error:
            return _End("gone", error.code, told=_GONE_VI)
        except MessageInvalid:
            return _End("refused", "size", told=WHY_NOT["size"])
        except ProviderRefused as error:
            return _End("gone", error.provider_code or error.code, told=_GONE_VI)
        except (SendError, ScannerAway) as error:
            return self._later(file, error)
        except Exception as error:  # the disk, the keys, a provider's new idea: the link may still live later
            log.exception("file_not_fetched", channel=self._name)
            return self._again(file, type(error).__name__)
        return _End("here", taken=taken)

    async def _lies_here(self, file: TakenFetch) -> bool:
        """Whether a try before stored it, and was cut off then: whoever had it may have let it go already."""
        return isinstance(self._channel, LetsGoOfFiles) and await self._media.holds(file.stored_key)

    async def _store(self, file: TakenFetch, wanted: Attachment) -> GeoPoint | None:
        data = await self._channel.fetch(wanted.source_url or "", most=MediaLimits().of(wanted.kind))
        stored = await self._media.put_file(
            data, subject_id=file.subject_id, name=wanted.name, stored_key=file.stored_key, tell_place=True
        )
        return stored.taken

    async def _let_go(self, stored: Attachment) -> None:
        if not isinstance(self._channel, LetsGoOfFiles):
            return
        try:
            await self._channel.let_go(stored.source_url or "")
        except SendError:
            raise
        except Exception:  # it lies there longer than it has to; here it is all the same
            log.exception("file_not_let_go", channel=self._name)

    def _open(self, file: TakenFetch) -> Attachment:
        place = fetch_place(file.stored_key)
        return self._safe.open_model(file.wanted_sealed, Attachment, subject_id=file.subject_id, place=place)

    def _later(self, file: TakenFetch, error: SendError | ScannerAway) -> _End:
        if isinstance(error, ScannerAway):
            return self._rest(file, error.code, pause=min(max(self._age(file) / 2, _PAUSES[0]), _REST))
        if isinstance(error, ChannelMisconfigured):
            return self._rest(file, error.code)
        return self._again(file, error.code, least=error.retry_after if isinstance(error, Throttled) else 0.0)

    def _again(self, file: TakenFetch, reason: str, *, least: float = 0.0) -> _End:
        if file.attempts > len(_PAUSES) and not isinstance(self._channel, LetsGoOfFiles):
            return _End("gone", reason, told=_GONE_VI)  # what is kept for us until it is stored is never given up
        pause = max(_PAUSES[min(file.attempts, len(_PAUSES)) - 1], timedelta(seconds=least))
        return _End("waiting", reason, next_at=self._now() + pause)

    def _rest(self, file: TakenFetch, reason: str, *, pause: timedelta = _REST) -> _End:
        """Until a person has mended what is ours; the tries that a file has of its own are kept for then."""
        if self._age(file) >= _RESTS_AT_MOST:
            return _End("gone", reason, told=_GONE_VI)
        return _End("waiting", reason, next_at=self._now() + pause, counts=False)

    def _age(self, file: TakenFetch) -> timedelta:
        return self._now() - file.created_at

    async def _suggest(self, file: TakenFetch, taken: GeoPoint) -> None:
        """Let the dialogue know where a photo was taken; what cannot be said in three tries is not that important."""
        for _ in range(_SUGGESTIONS):
            work = Work()
            talk = await self._clerk.talks.load(work, file.conversation_id)
            await self._clerk.converse.happen(work, talk, PhotoPlaced(file.stored_key, taken))
            with suppress(VersionConflict):
                return await self._clerk.finish(work)

    async def _tell(self, file: TakenFetch, reason: str, settled: Callable[[Connection], object]) -> None:
        """Ask for it again, once however many of a conversation's files failed with the same words that minute."""
        work = Work()
        talk = await self._clerk.talks.load(work, file.conversation_id)
        letter = self._clerk.house.write("file_missing", {"reason": reason})
        minute = self._now().replace(second=0, microsecond=0).isoformat()
        cause = f"file/{minute}/{sha256(reason.encode()).hexdigest()[:8]}"
        said = Letter(letter.text, cause=cause, subject=letter.subject, answers=True)
        await self._clerk.posting.say(work, talk, said)
        work.add(settled)
        await self._clerk.finish(work)


def fetch_place(stored_key: str) -> str:
    """Where it is sealed what a provider told of a file."""
    return f"fetch:{stored_key}"
