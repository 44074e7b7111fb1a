"""Purge: a run's tables of people destroyed for good, under the locks, on the record."""

from __future__ import annotations

from attainment_linkage.adapters.audit_log import FINISHED, AuditLog
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.purge import ROOTS, purge
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.audit import Deed
from attainment_linkage.core.settings import Config

DESTROYED = "destroyed"


def purge_run(
    run: str, config: Config, log: RunLog, *, is_published_too: bool, break_lock: bool
) -> None:
    """Destroy what the roots landing and identifiers hold of a run, and say what that was.

    Raises:
        RunLockedError: a run is at work in one of the two roots.
        PurgeRefusedError: there is no such run, or it is published and that was not said.
    """
    config = config.only(ROOTS)
    with Lake.open(config.lake, ROOTS).locked(break_lock=break_lock) as lake:
        deed = Deed("purge", run, FINISHED)
        with AuditLog.of(config).recorded(deed) as outcome:
            purged = purge(lake, run, is_published_too=is_published_too)
            names = [making.name for making in purged.tables]
            names += [f"review/{batch}" for batch in purged.batches]
            outcome.outputs = dict.fromkeys(names, DESTROYED)
    for making in purged.shared:
        log.note("kept, as the published run reads it too", making.name)
    log.note("tables destroyed", len(purged.tables))
    log.note("reviews of pairs destroyed", len(purged.batches))
