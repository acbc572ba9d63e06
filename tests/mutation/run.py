"""
Runs the tests of a rule against every lie about it: `python -m tests.mutation [PACK …] [--every N] [--json FILE]`.

Tests are collected once. For each lie a child is forked in which the packs are read from memory with that one folder
falsified; it runs the tests that are marked with the rules of the falsified entry until one fails: first those that
noticed other lies about this section, then the cheapest. A lie that the loader refuses could never be shipped and
counts for nobody.
"""

from __future__ import annotations

import functools
import gc
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from core.regulations import loader
from core.regulations.model import Pack
from tests.core.cases.bench import agencies_of, calendar
from tests.core.regulations.fair_copy import fair_copy
from tests.core.regulations.fair_copy import written as fair_copies
from tests.mutation.mutants import Document, Mutant, mutants_of

FOLDERS = ("tests/core/regulations", "tests/core/cases", "tests/core/notify", "tests/core/intake")
OUTSIDE = {"database_url", "database", "world", "postgres_server", "redis_server", "browser"}
SLOW = 3.0
"""Seconds a test may take in the unfalsified run; a slower one (a long property) proves too dearly to be asked."""

NAMED = 10
"""How much sooner a test is asked one of whose rows names the falsified entry."""

PATIENCE = 60
"""Seconds for one lie: tests that never end have noticed it too."""

KILLED, COPIED, SURVIVED, REFUSED, UNSEEN = "killed", "fair copy", "survived", "refused", "unseen"


@dataclass
class Verdict:
    """
    What became of the lies of one pack.

    Args:
        counts: killed by what a pack does or says in a test of its rule · noticed only by the fair copy of its rule ·
            survived · refused by the loader · unseen, as every pack that extends this one says it in its own words.
            `copied`, `survivors`: their names.
    """

    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys((KILLED, COPIED, SURVIVED, REFUSED, UNSEEN), 0)
    )
    copied: list[str] = field(default_factory=list)
    survivors: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Of the lies that could be shipped, those noticed, in percent."""
        noticed = self.counts[KILLED] + self.counts[COPIED]
        told = noticed + self.counts[SURVIVED]
        return 100 * noticed / told if told else 100.0


def folders() -> dict[str, Document]:
    """Every shipped folder's document as written."""
    found = (folder for folder in sorted(loader.BUNDLED.iterdir()) if (folder / "pack.yaml").is_file())
    return {folder.name: loader._read_files(folder).document for folder in found}


def affected(pack: str, written: Mapping[str, Document]) -> list[str]:
    """The packs that read differently when this folder does: itself, and all that extend it."""
    heirs = [name for name, document in written.items() if document.get("extends") == pack]
    own = [] if written[pack].get("abstract") else [pack]
    return [*own, *(name for heir in heirs for name in affected(heir, written))]


def mutants(pack: str, written: Mapping[str, Document]) -> list[Mutant]:
    """Every lie about one folder that changes what the pack says."""
    whole = loader.read_source(loader.BUNDLED / pack, (loader.BUNDLED,)).document
    return list(mutants_of(pack, written[pack], whole))


class Runner:
    """A pytest plugin that runs lies instead of tests; `verdicts` by pack."""

    def __init__(self, packs: Iterable[str], *, every: int, sample: int, jobs: int, say: Callable[[str], None]) -> None:
        self._packs, self._every, self._sample, self._jobs, self._say = tuple(packs), every, sample, jobs, say
        self.verdicts: dict[str, Verdict] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of the usual loop."""
        written = folders()
        tests = Tests([item for item in session.items if _is_candidate(item)])
        loader._read_files = _from_memory(written, loader._read_files)
        told = {pack: mutants(pack, written) for pack in self._packs}
        step = max(1, sum(map(len, told.values())) // self._sample) if self._sample else self._every
        wanted = {pack: lies[step // 2 :: step] for pack, lies in told.items()}
        asked = [lie for lies in wanted.values() for lie in lies]
        tests.measure({rule for lie in asked for rule in lie.cites}, all_of_packs=not all(lie.cites for lie in asked))
        if tests.broken:
            self._say(f"not asked, they fail as things are: {', '.join(tests.broken)}")
        for pack, lies in wanted.items():
            self.verdicts[pack] = judge(lies, tests, written, jobs=self._jobs, say=self._say)
        return True


class Tests:
    """The tests that can be asked, by rule, the most promising first."""

    def __init__(self, items: list[pytest.Item]) -> None:
        self.items = items
        self.broken: list[str] = []
        self._cost: dict[str, float] = {}
        self._hits: Counter[tuple[tuple[str, str], str]] = Counter()

    def measure(self, rules: set[str], *, all_of_packs: bool) -> None:
        """
        Run those that will be asked once under the packs as they are: what fails proves nothing, a slow one is left.

        Args:
            rules: that are lied about. all_of_packs: some lie is about no rule.
        """
        self.items = [i for i in self.items if rules & _rules(i) or (all_of_packs and _is_of_packs(i))]
        told = _in_child(lambda: [(item.nodeid, *_timed(item)) for item in self.items])
        for node, passed, seconds in told:
            self._cost[node] = seconds
            if not passed:
                self.broken.append(node)
        self.items = [i for i in self.items if i.nodeid not in self.broken and self._cost[i.nodeid] < SLOW]

    def noticed_by(self, node: str, mutant: Mutant) -> None:
        """This test was the one: ask it and its other rows early for other lies of this section and kind."""
        self._hits[mutant.subject, _function(node)] += 1

    def of(self, mutant: Mutant) -> list[pytest.Item]:
        """Tests marked with a rule that the falsified entry cites; for what cites none, every test of the packs."""
        wanted = set(mutant.cites)
        if not wanted:
            return [item for item in self.items if _is_of_packs(item)]
        return sorted((item for item in self.items if wanted & _rules(item)), key=partial(self._order, mutant))

    def _order(self, mutant: Mutant, item: pytest.Item) -> tuple[float, str]:
        row = item.nodeid.removeprefix(_function(item.nodeid))
        promise = (1 + self._hits[mutant.subject, _function(item.nodeid)]) * (NAMED if mutant.entry in row else 1)
        return self._cost[item.nodeid] / promise, item.nodeid


def judge(
    wanted: list[Mutant], tests: Tests, written: Mapping[str, Document], *, jobs: int, say: Callable[[str], None]
) -> Verdict:
    """Tell each lie to a child of its own; at most `jobs` at once."""
    verdict, running = Verdict(), dict[int, tuple[Mutant, int]]()
    holders = list(_pack_holders())
    _read_what_no_lie_is_about(written)
    gc.freeze()  # or every child's collector would copy all of our memory to look at it
    queue = iter(wanted)
    while True:
        for mutant in queue:
            pid, answer = _fork(partial(_ask, mutant, tests, written, holders))
            running[pid] = (mutant, answer)
            if len(running) >= jobs:
                break
        if not running:
            return verdict
        pid, _status = os.wait()
        if pid in running:
            mutant, answer = running.pop(pid)
            with os.fdopen(answer) as told:
                _note(verdict, mutant, tests, told.read(), say=say)


def _read_what_no_lie_is_about(written: Mapping[str, Document]) -> None:
    """Once, before the children are forked: they share it."""
    calendar()
    for name, document in written.items():
        if not document.get("abstract"):
            agencies_of(name)


def _note(verdict: Verdict, mutant: Mutant, tests: Tests, answer: str, *, say: Callable[[str], None]) -> None:
    outcome = answer if answer in (SURVIVED, REFUSED, COPIED, UNSEEN) else KILLED
    verdict.counts[outcome] += 1
    if outcome is KILLED:
        tests.noticed_by(answer, mutant)
    if outcome in (SURVIVED, COPIED):
        (verdict.survivors if outcome == SURVIVED else verdict.copied).append(mutant.name)
        say(f"{outcome:<10}{mutant.name}  [{', '.join(mutant.cites)}] {len(tests.of(mutant))} tests")


def _ask(mutant: Mutant, tests: Tests, written: Mapping[str, Document], holders: list[tuple[Any, str]]) -> str:
    """In the child: the test that failed, or that nobody noticed, or that the loader refuses such a pack."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(PATIENCE)  # whoever does not come to an end answers nothing, and has noticed
    names = affected(mutant.pack, written)
    before = _references(names)
    loader._read_files = _from_memory({**written, mutant.pack: mutant.document}, loader._read_files)
    if not _loads(names):
        return REFUSED
    if _references(names) == before:
        return UNSEEN
    return _first_to_fail(tests.of(mutant), holders) or (COPIED if _differs(mutant, written) else SURVIVED)


def _differs(mutant: Mutant, written: Mapping[str, Document]) -> bool:
    """Does some pack no longer say what its fair copy says of these rules, as test_fair_copy.py asks?"""
    for name in affected(mutant.pack, written):
        own, kept = set(fair_copy(loader.load_pack(name)).values()), set(fair_copies(name).values())
        if any(set(line.split("\t")[0].split()) & set(mutant.cites) for line in own ^ kept):
            return True
    return False


def _fork(work: Callable[[], str]) -> tuple[int, int]:
    """A child that writes what its work returns into a pipe: (process, where to read)."""
    sys.stdout.flush()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    try:
        _be_quiet()
        os.write(writing, work().encode())
    finally:
        os._exit(0)


def _references(names: Iterable[str]) -> list[str]:
    """What these packs say, as digests."""
    return [loader.load_pack(name).ref for name in names]


def _loads(names: Iterable[str]) -> bool:
    try:
        for name in names:
            loader.load_pack(name)
    except Exception:  # whatever it says: a pack that does not load is not shipped
        return False
    return True


def _first_to_fail(items: list[pytest.Item], holders: list[tuple[Any, str]]) -> str:
    for module, name in holders:
        held = getattr(module, name)
        setattr(module, name, loader.load_pack(held.id))
    for item, following in zip(items, [*items[1:], None], strict=True):
        if not _passes(item, following):
            return item.nodeid
    return ""


def _passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    return all(report.passed for report in runtestprotocol(item, log=False, nextitem=following))


def _timed(item: pytest.Item) -> tuple[bool, float]:
    began = time.perf_counter()
    return _passes(item, None), time.perf_counter() - began


def _in_child(work: Callable[[], Any]) -> Any:
    """What a forked child makes of it, as JSON: nothing it does is left behind here."""
    pid, reading = _fork(lambda: json.dumps(work()))
    with os.fdopen(reading) as told:
        answer = told.read()
    os.waitpid(pid, 0)
    return json.loads(answer)


def _be_quiet() -> None:
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)


def _is_candidate(item: pytest.Item) -> bool:
    """Marked with a rule, and needs no server."""
    return bool(_rules(item)) and not OUTSIDE.intersection(getattr(item, "fixturenames", ()))


def _function(node: str) -> str:
    """The test without its row."""
    return node.partition("[")[0]


def _is_of_packs(item: pytest.Item) -> bool:
    return "core/regulations" in item.nodeid


@functools.cache
def _rules(item: pytest.Item) -> frozenset[str]:
    """Those it is marked with, and the one that a table of a regulation's rules names in its row."""
    marked = {rule for mark in item.iter_markers("rule") for rule in mark.args}
    row = getattr(getattr(item, "callspec", None), "params", {})
    return frozenset(marked | {row["rule"]} if "regulation" in row and "rule" in row else marked)


def _from_memory(documents: Mapping[str, Document], read: Callable[[Path], loader.Source]) -> Any:
    """Reads the shipped folders from here, all else from disk."""

    def reader(path: Path) -> loader.Source:
        if path.parent == loader.BUNDLED and path.name in documents:
            return loader.Source(dict(documents[path.name]), {})
        return read(path)

    return reader


def _pack_holders() -> Iterator[tuple[Any, str]]:
    """Constants of test modules that hold a shipped pack since they were imported; caches there are emptied."""
    shipped = set(loader.pack_names())
    for module in [one for name, one in sys.modules.items() if name.startswith("tests.")]:
        for name, value in list(vars(module).items()):
            if isinstance(value, Pack) and value.id in shipped:
                yield module, name
    for one in gc.get_objects():
        if isinstance(one, functools._lru_cache_wrapper) and str(one.__module__).startswith("tests."):
            one.cache_clear()


def main(arguments: list[str]) -> int:
    """Run; 0 unless something could not be run at all."""
    import argparse

    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description="Falsify packs, ask the tests.")
    parser.add_argument("packs", nargs="*", help="folders below core/regulations; none: all")
    parser.add_argument("--sample", type=int, default=0, help="only so many lies, spread over all of these packs")
    parser.add_argument("--every", type=int, default=1, help="only every N-th lie")
    parser.add_argument("--jobs", type=int, default=1, help="children at once")
    parser.add_argument("--json", type=Path, help="write the verdicts here")
    given = parser.parse_args(arguments)
    runner = Runner(given.packs or list(folders()), every=given.every, sample=given.sample, jobs=given.jobs, say=print)
    root = Path(__file__).parents[2]
    options = [
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "--rootdir",
        str(root),
        "-s",
        "--no-header",
        "--no-summary",
    ]
    status = pytest.main([*options, *(str(root / folder) for folder in FOLDERS)], plugins=[runner])
    for pack, verdict in runner.verdicts.items():
        print(f"{pack}: {verdict.counts}, {verdict.rate:.1f} % noticed")
    if given.json:
        told = {
            pack: {**one.counts, "rate": one.rate, "copied": one.copied, "survivors": one.survivors}
            for pack, one in runner.verdicts.items()
        }
        given.json.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0 if runner.verdicts else int(status) or 1
