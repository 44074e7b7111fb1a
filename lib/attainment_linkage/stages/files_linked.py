"""Files linked: what became of two files, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.calibration import ErrorRates


@dataclass(frozen=True)
class FilesLinked:
    """What became of two files: counts, and where the pairs lie."""

    pairs_path: Path
    left_records: int
    right_records: int
    candidate_pairs: int
    pairs: int
    links: int
    accept_bits: float
    expected: ErrorRates
    seconds: float
    notes: tuple[str, ...]


def say(linked: FilesLinked, log: RunLog) -> None:
    """Print the summary of a finished linkage: counts, and what was ignored or left out."""
    log.note("left records", linked.left_records)
    log.note("right records", linked.right_records)
    log.note("candidate pairs of all rules", linked.candidate_pairs)
    for remark in linked.notes:
        log.note("note", remark)
    log.lies("pairs", linked.pairs, linked.pairs_path)
    log.note("links", linked.links)
    log.note("bits from which on pairs are linked", linked.accept_bits)
    log.note("false links expected", linked.expected.false_links.percent)
    log.note("missed links expected", linked.expected.missed_links.percent)
    log.note("seconds", linked.seconds)
