"""Review batches: the run that is reviewed, its batches, and what was decided of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from attainment_linkage.adapters import fingerprint, review_files
from attainment_linkage.adapters.audit_log import FINISHED, AuditLog
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.core.audit import Deed
from attainment_linkage.core.review.decisions import Decided
from attainment_linkage.core.review.quality import Reviewed, one_third_look
from attainment_linkage.core.review.sample import Sample
from attainment_linkage.core.settings import Config
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import MissingTableError, ReviewError
from attainment_linkage.domain.road import LINK, Stage

REVIEW = Stage(
    name="review",
    summary="draws pairs for clerical review and reads the decisions back",
    reads=(
        tables.SCORED_PAIRS,
        tables.LINKS,
        tables.REVIEW_PAIRS,
        tables.ATTAINMENT_PEOPLE,
        tables.CENSUS_PEOPLE,
    ),
    writes=(),
    step_modules=("review",),
    config_sections=("review",),
)
"""What review may open. It is not of the road: people decide in it, and no run waits for them."""


def opened(config: Config) -> Lake:
    """The lake with the roots that review may open."""
    return Lake.open(config.lake, REVIEW.roots)


@contextmanager
def recorded(
    config: Config, what: str, about: str, inputs: Mapping[str, Path] | None = None
) -> Iterator[dict[str, Path]]:
    """Record a deed of review in the audit log: its start, its end, the hashes of its files.

    ``about``: the run or batch, and the reviewer's code. The files made go into the mapping
    given, by a name that tells nothing. Raises: AuditError, before anything is done.
    """
    read = {name: fingerprint.sha256(path) for name, path in (inputs or {}).items()}
    made: dict[str, Path] = {}
    deed = Deed(f"review {what}", about, FINISHED, inputs=read)
    with AuditLog.of(config).recorded(deed) as outcome:
        yield made
        outcome.outputs = {
            name: fingerprint.sha256(path) for name, path in made.items() if path.exists()
        }


def root_of(lake: Lake) -> Path:
    """The identifiers root: samples and decisions stay with the names they are of."""
    return lake.root(tables.IDENTIFIERS)


def run_of(lake: Lake) -> str:
    """The run under review (``review_files.reviewed_run``).

    Raises: MissingTableError where nothing has been linked.
    """
    key = lake.head(tables.IDENTIFIERS, LINK.name)
    manifest = lake.manifest(tables.IDENTIFIERS, LINK.name, key) if key else None
    run = review_files.reviewed_run(manifest)
    if run is None:
        raise MissingTableError(
            f"review: nothing has been linked in {root_of(lake)}. Run the stage link first."
        )
    return run


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
