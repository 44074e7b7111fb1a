"""Review decisions: rows of a decisions file, checked against the sample they are of.

A row says batch, pair, reviewer, decision. Rows count in their order: ``undo`` takes the
decision on a pair back, and only then may the reviewer decide it otherwise.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO

from attainment_linkage.domain.errors import ReviewError
from attainment_linkage.domain.review import DECISIONS, UNDO

COLUMNS = ("batch", "pair", "reviewer", "decision")
HEADER = ",".join(COLUMNS) + "\n"
_REVIEWER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")


@dataclass(frozen=True)
class Row:
    """One line of a decisions file."""

    batch: str
    pair: str
    reviewer: str
    decision: str

    @property
    def line(self) -> str:
        """The row as its file has it."""
        return f"{self.batch},{self.pair},{self.reviewer},{self.decision}\n"


@dataclass
class Decided:
    """What one reviewer has decided: the pairs in the order decided, each with its decision."""

    of: dict[str, str] = field(default_factory=dict)

    @property
    def last(self) -> str | None:
        """The pair decided last."""
        return next(reversed(self.of), None)

    def take(self, pair: str, decision: str) -> bool:
        """Take one row; False where it contradicts what was decided before."""
        if decision == UNDO:
            return self.of.pop(pair, None) is not None
        return self.of.setdefault(pair, decision) == decision


def require_reviewer(name: str) -> str:
    """A reviewer's code, refused unless it can stand in a file's name and a row.

    Raises: ReviewError.
    """
    if not _REVIEWER.fullmatch(name):
        raise ReviewError(
            f"review: a reviewer's code of {len(name)} characters is refused. Give 1 to 32 "
            "letters, digits, _ or -, such as A: a code, not a person's name."
        )
    return name


def parsed(text: str, where: str) -> list[Row]:
    """The rows of a decisions file.

    Raises: ReviewError where it has not the four columns, or a row has not four fields.
    """
    lines = list(csv.reader(StringIO(text)))
    if not lines or tuple(lines[0]) != COLUMNS:
        raise ReviewError(
            f"review: {where} has not the first line {','.join(COLUMNS)}. Nothing was taken "
            "in; write the file in that form."
        )
    broken = sum(len(line) != len(COLUMNS) for line in lines[1:])
    if broken:
        raise ReviewError(
            f"review: {where} has {broken} of {len(lines) - 1} rows without four fields. "
            "Nothing was taken in; correct them."
        )
    return [Row(*line) for line in lines[1:]]


def checked(
    rows: Sequence[Row],
    where: str,
    *,
    batch: str,
    pairs: Collection[str],
    other_batches: Collection[str] = (),
    before: Mapping[str, Decided] | None = None,
) -> dict[str, Decided]:
    """What each reviewer has decided, after the rows and what was decided ``before`` them.

    Args:
        rows: of one batch, in the order they were decided.
        where: the file, for the message.
        batch: the batch they must be of.
        pairs: the pairs of that batch.
        other_batches: of the same run: their rows are named apart from another run's.
        before: what the reviewers had decided already; it is left as it is.

    Raises:
        ReviewError: with the count of each kind of problem; nothing is to be taken in.
    """
    found = {name: Decided(dict(one.of)) for name, one in (before or {}).items()}
    problems: Counter[str] = Counter()
    for row in rows:
        if row.batch != batch:
            is_ours = row.batch in other_batches
            problems["rows of another batch" if is_ours else "rows of another run's sample"] += 1
        elif row.pair not in pairs:
            problems["rows of unknown pairs"] += 1
        elif row.decision not in (*DECISIONS, UNDO):
            problems["rows with no such decision"] += 1
        elif not _REVIEWER.fullmatch(row.reviewer):
            problems["rows with no such reviewer"] += 1
        elif not found.setdefault(row.reviewer, Decided()).take(row.pair, row.decision):
            problems["rows that contradict the reviewer's earlier decision"] += 1
    if problems:
        raise ReviewError(_refusal(where, len(rows), problems))
    return found


def _refusal(where: str, rows: int, problems: Mapping[str, int]) -> str:
    listed = "; ".join(f"{count} {said}" for said, count in sorted(problems.items()))
    return (
        f"review: {where} is refused; of its {rows} rows: {listed}. Nothing was taken in and "
        "nothing overwritten. Correct the file; a decision is changed by a row that says "
        "undo, then the new one."
    )


def rows_between(
    before: Mapping[str, str], after: Mapping[str, str], batch: str, reviewer: str
) -> list[Row]:
    """The rows that lead from what a reviewer had decided to what is decided now."""
    gone = [pair for pair in before if after.get(pair) != before[pair]]
    new = [pair for pair in after if after[pair] != before.get(pair)]
    return [
        *(Row(batch, pair, reviewer, UNDO) for pair in gone),
        *(Row(batch, pair, reviewer, after[pair]) for pair in new),
    ]


def text_of(rows: Iterable[Row]) -> str:
    """Rows as a decisions file has them, without its first line."""
    return "".join(row.line for row in rows)
