"""Under review: the run that is reviewed, what review may open of it, and its deeds on record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from attainment_linkage.adapters import fingerprint, review_files
from attainment_linkage.adapters.audit_log import FINISHED, AuditLog
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.core.audit import Deed
from attainment_linkage.core.settings import Config
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import MissingTableError
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
