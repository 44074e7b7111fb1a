"""Page: serves the page on which a person decides pairs, to a browser of this machine."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator

from attainment_linkage.adapters import review_files, workplace
from attainment_linkage.adapters.review_page import Ending
from attainment_linkage.adapters.review_server import Served, serving
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.review.decisions import require_reviewer
from attainment_linkage.core.review.desk import Desk
from attainment_linkage.core.settings import Config
from attainment_linkage.stages.review.batches import (
    batch_named,
    batches_of,
    require_place,
    reviewed,
)
from attainment_linkage.stages.review.ending import decisions_on, ending
from attainment_linkage.stages.review.under_review import opened, recorded, root_of


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
            ending=lambda: Ending() if is_third else ending(root, sample, reviewer),
            said=lambda pair: decisions_on(root, sample, pair) if is_third else [],
        )
        with serving(served, port, lambda fault: log.note("fault", fault)) as server:
            _wait(server.new_link, log, until)
        log.note("pairs decided", f"{desk.done} of {len(queue)}")


def _wait(new_link: Callable[[], str], log: RunLog, until: threading.Event | None) -> None:
    """Print a link, and another for each press of Enter, until it is to end."""
    done = until or threading.Event()
    log.note("page, to be opened once", new_link())
    log.note("keys", "Enter: a new link; Ctrl+C: end")

    def listen() -> None:
        """Until the keyboard's end."""
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
