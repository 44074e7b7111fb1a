"""Reading: takes in a file of decisions made elsewhere: all of it, or none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from attainment_linkage.adapters import review_files, workplace
from attainment_linkage.adapters.plain_tables import read_text
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.review.decisions import Row, checked, parsed, rows_between
from attainment_linkage.core.review.sample import Sample
from attainment_linkage.core.settings import Config
from attainment_linkage.stages.review.batches import batches_of, require_place
from attainment_linkage.stages.review.under_review import opened, recorded, root_of


def read(config: Config, path: Path, *, is_third: bool = False, log: RunLog | None = None) -> int:
    """Take in a file of decisions made elsewhere; give back how many rows were new.

    All of it is checked before any of it is added to what is there.

    Raises:
        InputMissingError, InputEncodingError, InputUnreadableError: the file.
        ReviewError: unknown pairs, contradictions, another run's sample: counted, and
            nothing taken in.
    """
    log = log or RunLog()
    workplace.restrict_process()
    lake = opened(config)
    batches, root = batches_of(lake), root_of(lake)
    text = read_text(path)
    with recorded(config, "read", batches[-1].run, {"decisions": path}) as made:
        new = _taken_in(parsed(text, path.name), path.name, batches, root, made, is_third=is_third)
    log.note("decisions taken in", new)
    return new


def _taken_in(
    rows: Sequence[Row],
    where: str,
    batches: Sequence[Sample],
    root: Path,
    made: dict[str, Path],
    *,
    is_third: bool,
) -> int:
    """Check all rows against their batch, then add what is new; the files go into ``made``."""
    sample = next((one for one in batches if any(r.batch == one.batch for r in rows)), batches[-1])
    found = review_files.looks(root, sample)
    before = found.third if is_third else found.first
    after = checked(
        rows,
        where,
        batch=sample.batch,
        pairs=sample.by_name,
        other_batches=[one.batch for one in batches],
        before=before,
    )
    if not is_third:
        for reviewer in after.keys() - before.keys():
            require_place(after, sample, reviewer)
    new = 0
    for reviewer in sorted({row.reviewer for row in rows}):
        had = before[reviewer].of if reviewer in before else {}
        with review_files.opened(root, sample, reviewer, is_third=is_third) as file:
            added = rows_between(had, after[reviewer].of, sample.batch, reviewer)
            file.add(added)
            new += len(added)
        made[f"decisions {reviewer}"] = review_files.decisions_path(
            root, sample, reviewer, is_third=is_third
        )
    return new
