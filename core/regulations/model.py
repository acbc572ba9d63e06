"""
The pack language: one province's regulation as data.

A pack is a folder of YAML files that together fill the sections of `Pack`: who acts (`roles`), where a case can stand
(`stages`), who may do what where (`moves`, `joins`), by when (`clocks`), what is asked of a reporter (`intake`), whom
is told what (`notifications`), what the public sees (`publication`), and the readings chosen where the text is silent
(`readings`). Every entry cites its rules; what a pack does not name is refused. No Python names a province.

Words used in entries
    level      case · dispatch (one agency's part) · coordination (help another agency was asked for)
    stage      "awaiting_publication"; in `from` also "@open", "@aside", "@done", "@closed": every stage of that kind
    trigger    "dispatch"         a command of table 7.0 (or receive_report) was carried out
               "case/published"   a stage was entered
               "breach:accept"    a clock ran out
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from core.clock import Allowance, DayWindow, NotationInvalid, Start, parse, parse_lead, parse_start
from core.regulations.letters import Letter
from core.regulations.sections import (
    Intake,
    Meta,
    NoticeHands,
    Notification,
    PeriodReport,
    Publication,
    Rating,
    Reading,
    Reason,
    Utility,
)
from core.regulations.words import (
    ALWAYS,
    Condition,
    Entry,
    Id,
    Level,
    PackModel,
    RuleId,
    StageKind,
    StageRef,
    Triggers,
    Words,
)


def _as_written(value: object) -> object:
    """A number is read as text, so that whoever forgot the unit is told how a limit is written."""
    return str(value) if type(value) in (int, float) else value


def _readable(read: Callable[[object], object], empty: str | None = None) -> Callable[[Any], Any]:
    """A validator that keeps the notation as written, once the clock engine has understood it."""

    def check(written: Any) -> Any:
        if written != empty:
            try:
                read(written)
            except NotationInvalid as error:
                raise ValueError(str(error)) from error
        return written

    return check


def _hours(written: object) -> DayWindow:
    """ "21:00-07:00" as hours of the day; raises NotationInvalid."""
    begin, _, end = str(written).partition("-")
    return DayWindow.parse({"from": begin.strip(), "before": end.strip()})


RoleLevel = Literal["centre", "agency", "unit", "partner", "above", "owner", "board", "reporter", "system"]
"""
Where somebody in this role must stand to act on a case.

centre, owner (of the system), board: any case · agency: the agency the dispatch was sent to · unit: the unit inside it
that was named · partner: the agency asked to coordinate · above: an agency higher up in the tree · reporter: one of
the case's own reporters · system: the product itself.
"""


class Role(Entry):
    """Who acts, in the words of the regulation."""

    label: str
    level: RoleLevel

    @property
    def is_of_centre(self) -> bool:
        """Whether it is held for every case, whichever agency works on it."""
        return self.level in ("centre", "owner", "board")

    @property
    def is_of_agency(self) -> bool:
        """Whether it is always that of one agency, and means nothing without."""
        return self.level in ("agency", "unit", "partner", "above")


class Stage(Entry):
    """Where a case, a dispatch or a coordination can stand; `owner` is the role whose work it is."""

    label: str
    public: str = Field(default="", description="What an outsider reads; empty: the same as the stage before")
    kind: StageKind
    owner: str = ""
    pauses_clocks: bool = Field(default=False, description="Every running clock rests while the case stands here")


class Stages(PackModel):
    """The stages of each level. The first of `case` is where a new report stands."""

    case: dict[Id, Stage] = Field(default_factory=dict)
    dispatch: dict[Id, Stage] = Field(default_factory=dict)
    coordination: dict[Id, Stage] = Field(default_factory=dict)


class Count(PackModel):
    """How many agencies one distribution may name; no `max`: any number."""

    min: int = Field(default=1, ge=0)
    max: int | None = Field(default=None, ge=1)


class Target(PackModel):
    """Which agency a command may name, or (parent) which one it goes to by itself."""

    relation: Literal["any", "parent", "place", "below"] = "any"
    kinds: Words = ()


class Move(Entry):
    """
    One row of the table: this command, by these roles, from these stages.

    Args:
        command: the key of the entry where left out; several entries may enable one command.
        at: the level it acts on; `from` and `to` are stages of that level.
        to: the stage entered; "previous" = the one before the present aside stage; none = the stage stays.
        case_to: (dispatch, coordination) the stage the case enters as well.
        dispatches: (case) stages into which dispatches standing elsewhere go along: {approved: promised}.
        opens: the stage of the dispatch or coordination that the command creates.
        other_to: (link_report) the stage the other case enters.
        requires: fields that must be filled here; "a|b" = one of them.
        agencies, target: how many agencies, and which.
        after_clock, before_clock: only once that clock has run out; only while it has not.
        other_than: not by the person who last carried out this command (a second pair of eyes).
    """

    command: Id
    by: Words = Field(min_length=1)
    at: Level = "case"
    from_: tuple[StageRef, ...] = Field(alias="from", min_length=1)
    to: str | None = None
    case_to: str | None = None
    dispatches: dict[Id, Id] = Field(default_factory=dict)
    opens: str | None = None
    other_to: str | None = None
    when: Condition = ALWAYS
    requires: Words = ()
    agencies: Count | None = None
    target: Target = Target()
    after_clock: str = ""
    before_clock: str = ""
    other_than: str = ""
    label: str = Field(default="", description="The button, where the regulation has its own word for it")

    @field_validator("from_", mode="before")
    @classmethod
    def _one_stage(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value


class Join(Entry):
    """
    Where the case goes once its dispatches stand in certain stages (A-TG-9: all approved).

    Args:
        needs: at least one dispatch stands in one of these, and
        ignores: no dispatch stands anywhere else, save here (redirected, escalated).
    """

    needs: Words
    ignores: Words = ()
    case_from: Words
    case_to: str
    when: Condition = ALWAYS


class Variant(PackModel):
    """Which of the allowance's variants applies when; the first that holds wins."""

    use: str
    when: Condition
    cites: tuple[RuleId, ...] = ()


class Warn(PackModel):
    """A warning ahead of the limit, in the clock's notation ("25%" left, "30min"); `tell` are roles."""

    at: Annotated[str, BeforeValidator(_as_written), AfterValidator(_readable(parse_lead))]
    tell: Words


class Breach(PackModel):
    """What happens when the time has run out: who is told, and which command is offered (never done by itself)."""

    tell: Words = ()
    offer: str = ""
    reason_code: str = ""
    quiet: Annotated[str, AfterValidator(_readable(_hours, empty=""))] = Field(
        default="", description='"21:00-07:00": the offer is not pressed on anybody in these hours (A-LS-2)'
    )

    @cached_property
    def quiet_hours(self) -> DayWindow | None:
        """The hours without an offer, the last instant left out; None: it may be pressed at any time."""
        return _hours(self.quiet) if self.quiet else None

    def may_offer(self, now: datetime) -> bool:
        """Is there something to offer, and is this an hour for it?"""
        return bool(self.offer) and (self.quiet_hours is None or now not in self.quiet_hours)


class ClockSpec(Entry):
    """
    A time limit of the regulation.

    Args:
        kind: deadline (can be late) · wait (nothing may happen before it, QB: 2 days) · window (an offer that ends).
        at: one per case, per dispatch or per coordination.
        role: whose time it is.
        when: it starts only if this holds at its start trigger.
        start: triggers that start it, unless it runs or rests; after a stop they start it anew.
        from: the instant those count from, in the clock's notation over marks ("min(accept_dispatch, opened + 1wh)"):
            a command's name is its last time, `received_at` the receipt, `opened` when the dispatch came about.
            None = the trigger's instant.
        restart: triggers that give the whole time anew from that moment, whatever it does (A-1, after a return).
        allowance: the limit, in the clock's notation; "unset" = the text gives no time ("không quy định").
        variants: which variant of the allowance holds. `recompute`: triggers on which that is judged again from the
            same start; the change is a logged event (U-11).
        pause: it rests; a pause by entering a stage ends by itself on leaving that stage.
        resume: it runs on with what was left when it was paused or stopped (A-2).
        void: it no longer applies, and ends neither met nor missed: who passes a case on in the time for that need not
            have acted in the time for acting (LS-7.3b beside LS-7.3a.1).
        article: where the text says so ("Điều 6 khoản 3"); stands in the explanation of every due time.
    """

    label: str
    kind: Literal["deadline", "wait", "window"] = "deadline"
    at: Level = "case"
    role: str = ""
    when: Condition = ALWAYS
    start: Triggers
    restart: Triggers = ()
    from_: Annotated[str, AfterValidator(_readable(parse_start, empty=""))] = Field(default="", alias="from")
    allowance: Annotated[
        str | dict[str, Any], BeforeValidator(_as_written), AfterValidator(_readable(parse, empty="unset"))
    ]
    variants: tuple[Variant, ...] = ()
    recompute: Triggers = ()
    pause: Triggers = ()
    resume: Triggers = ()
    stop: Triggers = ()
    void: Triggers = ()
    warnings: tuple[Warn, ...] = ()
    breach: Breach = Breach()
    article: str = ""

    @cached_property
    def limit(self) -> Allowance | None:
        """The allowance as the clock engine takes it; None where the text sets no time."""
        return None if self.allowance == "unset" else parse(self.allowance)

    @cached_property
    def counts_from(self) -> Start | None:
        """The start expression; None: the instant of the trigger itself."""
        return parse_start(self.from_) if self.from_ else None


class Pack(PackModel):
    """
    One regulation, complete and checked.

    `digest` is taken from the content, so that `ref` (id@digest) pins what a case was decided by; `document` is the
    canonical JSON it was built from, for keeping beside the cases that cite it.
    """

    id: Id
    meta: Meta
    roles: dict[Id, Role]
    stages: Stages
    moves: dict[Id, Move]
    joins: dict[Id, Join] = Field(default_factory=dict)
    clocks: dict[Id, ClockSpec] = Field(default_factory=dict)
    intake: Intake = Intake()
    decline_reasons: dict[Id, Reason] = Field(default_factory=dict)
    cancel_reasons: dict[Id, Reason] = Field(default_factory=dict)
    notifications: dict[Id, Notification] = Field(default_factory=dict)
    rating: Rating = Rating()
    publication: Publication = Publication()
    letter: Letter = Letter()
    reports: dict[Id, PeriodReport] = Field(default_factory=dict)
    notices: dict[Literal["draft", "check", "review"], NoticeHands] = Field(default_factory=dict)
    utilities: dict[Id, Utility] = Field(default_factory=dict)
    readings: dict[RuleId, Reading] = Field(default_factory=dict)
    digest: str = ""
    document: str = Field(default="", repr=False)

    @model_validator(mode="before")
    @classmethod
    def _name_entries(cls, data: Any) -> Any:
        """Write each entry's key into it; a move without `command` is named after its command."""
        return name_entries(data) if isinstance(data, dict) else data

    @property
    def ref(self) -> str:
        """What a case pins: "thua_thien_hue@1f2e3d4c5b6a7980"."""
        return f"{self.id}@{self.digest}"

    def article_of(self, clock: ClockSpec) -> str:
        """Where the text gives a limit: "QĐ 2830/QĐ-UBND, Điều 6 khoản 3"; empty where it gives none."""
        return ", ".join(filter(None, [self.meta.decision, clock.article])) if clock.article else ""

    @property
    def first_stage(self) -> str:
        """Where a new report stands."""
        return next(iter(self.stages.case))

    def stage(self, level: Level, name: str) -> Stage:
        """A stage of this level by name."""
        found: Stage = getattr(self.stages, level)[name]
        return found

    @cached_property
    def _moves_by_command(self) -> dict[str, tuple[Move, ...]]:
        names = dict.fromkeys(move.command for move in self.moves.values())
        return {name: tuple(m for m in self.moves.values() if m.command == name) for name in names}

    def moves_for(self, command: str) -> tuple[Move, ...]:
        """Every row that enables this command, in the order written; none: the regulation does not know it."""
        return self._moves_by_command.get(command, ())

    @cached_property
    def _origins(self) -> dict[str, frozenset[str]]:
        return {key: frozenset(self._expand(move.at, move.from_)) for key, move in self.moves.items()}

    def origins(self, move: Move) -> frozenset[str]:
        """The stages a move may start from, "@open" and the like spelled out."""
        return self._origins[move.id]

    def _expand(self, level: Level, refs: tuple[str, ...]) -> Iterator[str]:
        stages: dict[str, Stage] = getattr(self.stages, level)
        for ref in refs:
            if ref.startswith("@"):
                yield from (name for name, stage in stages.items() if stage.kind == ref[1:])
            else:
                yield ref


_NAMED = (
    "roles",
    "moves",
    "joins",
    "clocks",
    "decline_reasons",
    "cancel_reasons",
    "notifications",
    "reports",
    "notices",
    "utilities",
)
_NAMED_WITHIN = {
    "stages": ("case", "dispatch", "coordination"),
    "intake": ("channels", "required", "competences", "categories", "urgencies", "emergency_targets", "diversions"),
    "rating": ("levels",),
}


def name_entries(document: dict[str, Any]) -> dict[str, Any]:
    """A copy of a pack's document in which every entry carries its key as `id`, and every move its command."""
    named = dict(document)
    for section in _NAMED:
        if section in named:
            named[section] = _keyed(named[section])
    for section, parts in _NAMED_WITHIN.items():
        if isinstance(named.get(section), dict):
            inner = dict(named[section])
            named[section] = inner | {part: _keyed(inner[part]) for part in parts if part in inner}
    if isinstance(named.get("moves"), dict):
        named["moves"] = {k: {"command": k, **m} if isinstance(m, dict) else m for k, m in named["moves"].items()}
    return named


def _keyed(entries: Any) -> Any:
    if not isinstance(entries, dict):
        return entries
    return {key: {"id": key, **entry} if isinstance(entry, dict) else entry for key, entry in entries.items()}
