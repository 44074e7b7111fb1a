"""Batches: the batches of the run under review, and what was decided of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from attainment_linkage.adapters import review_files
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.core.review.decisions import Decided
from attainment_linkage.core.review.quality import Reviewed, one_third_look
from attainment_linkage.core.review.sample import Sample
from attainment_linkage.domain.errors import ReviewError
from attainment_linkage.stages.review.under_review import root_of, run_of


def batches_of(lake: Lake) -> list[Sample]:
    """The batches of the run under review, at least one.

    Raises: ReviewError where none was drawn of this run.
    """
    root = root_of(lake)
    found = review_files.samples(root, run_of(lake))
    if not found:
        others = len(review_files.samples(root))
        raise ReviewError(
            f"review: no sample of this run has been drawn; {others} are of other runs. Draw "
            "one: attainment-linkage review sample."
        )
    return found


def batch_named(batches: Sequence[Sample], name: str | None) -> Sample:
    """The batch of that name, else the latest.

    Raises: ReviewError where there is none of that name.
    """
    if name is None:
        return batches[-1]
    for sample in batches:
        if sample.batch == name:
            return sample
    raise ReviewError(
        f"review: none of this run's {len(batches)} batches has the name given by --batch. "
        f"They are {', '.join(one.batch for one in batches)}."
    )


def reviewed(root: Path, sample: Sample) -> Reviewed:
    """A batch with all its decisions; the reviewers in the order of their codes."""
    found = review_files.looks(root, sample)
    first = tuple(found.first[name].of for name in sorted(found.first) if found.first[name].of)
    return Reviewed(sample, first, one_third_look([one.of for one in found.third.values()]))


def require_place(first: dict[str, Decided], sample: Sample, reviewer: str) -> None:
    """Refuse a third reviewer's first look: a batch has two, so that kappa has a meaning.

    Raises: ReviewError.
    """
    others = sorted(set(first) - {reviewer})
    if len(others) > 1:
        raise ReviewError(
            f"review: the batch {sample.batch} already has the reviewers {', '.join(others)}. "
            "Continue as one of them, or give --third-look for the pairs they disagree about."
        )
