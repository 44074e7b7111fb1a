"""Ending: what a reviewer's page tells when every pair is decided."""

from __future__ import annotations

from pathlib import Path

from attainment_linkage.adapters import review_files
from attainment_linkage.adapters.review_page import Disputed, Ending
from attainment_linkage.core.review.agreement import agreement
from attainment_linkage.core.review.differences import lines
from attainment_linkage.core.review.sample import Sample
from attainment_linkage.stages.review.batches import reviewed


def ending(root: Path, sample: Sample, reviewer: str) -> Ending:
    """Agreement with the other reviewer, once both have decided every pair."""
    first = review_files.looks(root, sample).first
    others = [
        name for name in first if name != reviewer and len(first[name].of) == len(sample.pairs)
    ]
    if not others or len(first[reviewer].of) < len(sample.pairs):
        return Ending()
    places = {name: place for place, name in enumerate(sample.by_name, start=1)}
    disputed = [
        Disputed(
            places[pair],
            lines(sample.by_name[pair].left, sample.by_name[pair].right),
            decisions_on(root, sample, pair),
        )
        for pair in reviewed(root, sample).disputed
    ]
    found = agreement(first[reviewer].of, first[others[0]].of)
    return Ending(others[0], found, disputed)


def decisions_on(root: Path, sample: Sample, pair: str) -> list[tuple[str, str]]:
    """What the two reviewers decided of a pair."""
    first = review_files.looks(root, sample).first
    return [(name, first[name].of[pair]) for name in sorted(first) if pair in first[name].of]
