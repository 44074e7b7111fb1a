"""Review: serves the page on which a person decides pairs, and takes in files of decisions."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from attainment_linkage.adapters import review_files, workplace
from attainment_linkage.adapters.plain_tables import read_text
from attainment_linkage.adapters.review_page import Disputed, Ending
from attainment_linkage.adapters.review_server import Served, serving
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.review.agreement import agreement
from attainment_linkage.core.review.decisions import (
    Row,
    checked,
    parsed,
    require_reviewer,
    rows_between,
)
from attainment_linkage.core.review.desk import Desk
from attainment_linkage.core.review.differences import lines
from attainment_linkage.core.review.sample import Sample
from attainment_linkage.core.settings import Config
from attainment_linkage.stages.review_batches import (
    batch_named,
    batches_of,
    opened,
    recorded,
    require_place,
    reviewed,
    root_of,
)


def serve(
    config: Config,
    reviewer: str,
    *,
    batch: str | None = None,
    is_third: bool = False,
    port: int = 0,
    log: RunLog | None = None,
    until: threading.Event | None = None,
) -> None:
    """Serve one reviewer's desk on the loopback until the keyboard, SIGTERM or ``until`` ends it.

    Raises:
        MissingTableError, ReviewError: there is no sample of this run, or no place for them.
        ReviewBusyError: their page is open elsewhere, or the port is taken.
    """
    log = log or RunLog()
    workplace.restrict_process()
    lake = opened(config)
    sample, root = batch_named(batches_of(lake), batch), root_of(lake)
    require_reviewer(reviewer)
    first = review_files.looks(root, sample).first
    if is_third:
        queue = tuple(reviewed(root, sample).disputed)
    else:
        require_place(first, sample, reviewer)
        queue = tuple(sample.by_name)
    with (
        recorded(config, "page", f"{sample.batch} {reviewer}") as made,
        review_files.opened(root, sample, reviewer, is_third=is_third) as file,
    ):
        made["decisions"] = review_files.decisions_path(root, sample, reviewer, is_third=is_third)
        desk = Desk(sample.batch, reviewer, queue, file.decided)
        log.note("batch", f"{sample.batch} ({sample.kind})")
        log.note("pairs decided", f"{desk.done} of {len(queue)}")
        served = Served(
            desk,
            sample,
            file,
            ending=lambda: Ending() if is_third else _ending(root, sample, reviewer),
            said=lambda pair: _said(root, sample, pair) if is_third else [],
        )
        with serving(served, port, lambda fault: log.note("fault", fault)) as server:
            _wait(server.new_link, log, until)
        log.note("pairs decided", f"{desk.done} of {len(queue)}")


def _wait(new_link: object, log: RunLog, until: threading.Event | None) -> None:
    """Print a link, and another for each press of Enter, until it is to end."""
    assert callable(new_link)
    done = until or threading.Event()
    log.note("page, to be opened once", new_link())
    log.note("keys", "Enter: a new link; Ctrl+C: end")

    def listen() -> None:
        for _ in _lines_typed():
            log.note("page, to be opened once", new_link())

    threading.Thread(target=listen, daemon=True).start()
    try:
        done.wait()
    except KeyboardInterrupt:
        return


def _lines_typed() -> Iterator[str]:
    try:
        yield from sys.stdin
    except (OSError, ValueError):
        return


def _ending(root: Path, sample: Sample, reviewer: str) -> Ending:
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
            _said(root, sample, pair),
        )
        for pair in reviewed(root, sample).disputed
    ]
    found = agreement(first[reviewer].of, first[others[0]].of)
    return Ending(others[0], found, disputed)


def _said(root: Path, sample: Sample, pair: str) -> list[tuple[str, str]]:
    """What the two reviewers decided of a pair."""
    first = review_files.looks(root, sample).first
    return [(name, first[name].of[pair]) for name in sorted(first) if pair in first[name].of]


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
