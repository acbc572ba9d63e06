"""What came of a drill, and whether it is what was promised."""

from __future__ import annotations

from dataclasses import dataclass

from tests.surge.books import Books
from tests.surge.plan import Surge
from tests.surge.telephones import Told


@dataclass(frozen=True)
class Outcome:
    """What sipp says of the callers, what our books say, and how long the callbacks took for how many agents."""

    surge: Surge
    told: Told
    books: Books
    heard: int
    callbacks_s: float

    def waited_ms(self, part: float) -> float:
        """Percentile of the time from INVITE to 200."""
        answers = self.told.answers_ms
        return answers[min(len(answers) - 1, int(part * len(answers)))]

    def figures(self) -> dict[str, int]:
        """A row for docs/reliability.md: counts alone."""
        books = self.books
        return {
            "callers": self.surge.callers,
            "failed (sipp)": self.told.counted.failed,
            "calls in the books": books.calls,
            "answered after 3 s": sum(at > 3000 for at in self.told.answers_ms),
            "unheard": books.unheard + books.unknown,
            "without a playable recording": books.unplayable,
            "hung up before the notice": books.unannounced,
            "cases": books.cases,
            "owed a call": books.owed,
            "called and reached": books.reached,
            "given up after three": books.given_up,
            "still waiting": books.waiting,
        }

    def mistakes(self, *, slow: bool = False) -> list[str]:
        """What did not hold of what is promised; empty when all is well. On a `slow` machine callers may wait."""
        books, told = self.books, self.told.counted
        promises = {
            f"sipp made {told.calls} calls, the books know {books.calls}": told.calls == books.calls,
            f"{told.failed} calls failed": told.failed == 0,
            f"{books.unknown} callers are in the books never, or twice": books.unknown == 0,
            f"{books.unheard} callers were unheard": books.unheard == 0,
            f"{books.unplayable} callers have no recording that plays": books.unplayable == 0,
            f"{books.recorded_unasked} were recorded before they were told so": books.recorded_unasked == 0,
            f"{books.waiting} still wait for a call": books.waiting == 0,
            f"{books.too_few_tries} were given up too soon": books.too_few_tries == 0,
            "somebody waited for more than 3 s": slow or self.waited_ms(1.0) <= 3000,
            f"{books.reached} were called, {self.heard} of them heard": self.heard == books.reached,
        }
        return [mistake for mistake, held in promises.items() if not held]
