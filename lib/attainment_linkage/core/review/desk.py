"""Review desk: where one reviewer stands in a batch: which pair is next, what a decision does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from attainment_linkage.core.review.decisions import Decided, Row
from attainment_linkage.domain.review import DECISIONS, UNDO


@dataclass
class Desk:
    """One reviewer's way through a queue of pairs.

    ``turn`` counts the rows taken here. A page names the turn it was made at, so that a
    decision sent twice (a reload, a second window) counts once.
    """

    batch: str
    reviewer: str
    queue: tuple[str, ...]
    decided: Decided = field(default_factory=Decided)
    turn: int = 0

    @property
    def done(self) -> int:
        """How many pairs of the queue are decided."""
        return sum(pair in self.decided.of for pair in self.queue)

    @property
    def current(self) -> str | None:
        """The first pair of the queue that is not decided; None at the end."""
        return next((pair for pair in self.queue if pair not in self.decided.of), None)

    @property
    def place(self) -> int:
        """The place of the current pair in the queue, from 1."""
        return self.queue.index(self.current) + 1 if self.current else len(self.queue)

    @property
    def last(self) -> tuple[str, str] | None:
        """The place of the pair decided last, and its decision."""
        pair = self.decided.last
        if pair is None or pair not in self.queue:
            return None
        return str(self.queue.index(pair) + 1), self.decided.of[pair]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many pairs of the queue were decided which way."""
        found = Counter(self.decided.of[pair] for pair in self.queue if pair in self.decided.of)
        return {decision: found[decision] for decision in DECISIONS}

    def row(self, turn: int, decision: str) -> Row | None:
        """The row that a decision of this turn is; None where it is stale or undecidable."""
        if turn != self.turn:
            return None
        if decision == UNDO:
            return self._of(self.decided.last if self.last else None, UNDO)
        return self._of(self.current, decision) if decision in DECISIONS else None

    def take(self, row: Row) -> None:
        """Move on by a row that is safely kept."""
        self.decided.take(row.pair, row.decision)
        self.turn += 1

    def _of(self, pair: str | None, decision: str) -> Row | None:
        return Row(self.batch, pair, self.reviewer, decision) if pair else None
