"""Purge: destroys the tables that identify people, of one run, by deleting their folders.

A Delta table keeps deleted rows in its old files, so nothing is deleted from a table here: the
folder goes. With it go what a killed run left (makings without a manifest, scratch frames), the
tracebacks and logs kept of failures, which can quote rows, and the batches for clerical review
whose links are gone, which hold linkage records. The files as delivered, and the roots attributes
and research, are left alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attainment_linkage.adapters import review_files
from attainment_linkage.adapters.faults import named
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.scratch import SCRATCH
from attainment_linkage.adapters.workplace import FAULTS
from attainment_linkage.domain import tables
from attainment_linkage.domain.allow_list import declared
from attainment_linkage.domain.errors import PurgeRefusedError
from attainment_linkage.domain.road import ROAD

ROOTS = (tables.LANDING, tables.IDENTIFIERS)
"""The roots that hold what identifies a person: quarantined rows, and all the rest."""


@dataclass(frozen=True)
class Making:
    """One making of one table: a folder private to a stage key, in one root."""

    zone: str
    table: str
    stage_key: str

    @property
    def name(self) -> str:
        """Its place in its root, as ``links/0123456789abcdef``."""
        return f"{self.table}/{self.stage_key}"


@dataclass(frozen=True)
class Purged:
    """Makings of tables and batches for review that were destroyed; makings that are shared."""

    tables: list[Making]
    batches: list[str]
    shared: list[Making]


def purge(lake: Lake, run: str, *, is_published_too: bool) -> Purged:
    """Destroy what a run holds of people; say what was destroyed, and what is shared.

    Tables that the published run reads too are kept, unless it is destroyed itself. Whoever
    calls this holds the locks of both roots.

    Raises:
        PurgeRefusedError: there is no such run, it is published and that was not said, or a
            manifest of the published run is damaged.
        MixedRunsError: it was not said, and the roots have different runs published.
    """
    if not is_published_too and lake.published_run() == run:
        raise PurgeRefusedError(
            f"purge: {run} is the published run. Publish another one first, or say --published "
            "to destroy it all the same."
        )
    of_run = [making for zone in ROOTS for making in _makings(lake, zone, run)]
    if not of_run:
        runs = lake.runs(tables.IDENTIFIERS)
        cure = f"It has {', '.join(runs)}: give one of these" if runs else "It has none"
        raise PurgeRefusedError(f"purge: this lake has no run {run}. {cure}.")
    published = {
        making
        for zone in ROOTS
        if (current := lake.current(zone)) and current["run_id"] != run
        for making in _named(zone, current)
    }
    _require_known(lake, published)
    doomed = [making for making in of_run if making not in published]
    _retract(lake, doomed)
    for making in doomed:
        _destroy(lake.root(making.zone) / making.table / making.stage_key)
    batches = review_files.without_links(lake)
    for folder in [*_leftovers(lake), *batches]:
        _destroy(folder)
    for zone in ROOTS:
        lake.forget_run(zone, run)
    shared = [making for making in of_run if making in published]
    return Purged(doomed, [folder.name for folder in batches], shared)


def _makings(lake: Lake, zone: str, run: str) -> list[Making]:
    return _named(zone, lake.run(zone, run) or {"tables": {}})


def _named(zone: str, body: Mapping[str, Any]) -> list[Making]:
    """The makings that a pointer, or the record of a run, names in a root."""
    return [Making(zone, name, line["stage_key"]) for name, line in body["tables"].items()]


def _require_known(lake: Lake, published: Iterable[Making]) -> None:
    """Refuse where a damaged manifest would have what is published taken for a leftover."""
    known = {(zone, *making) for zone in ROOTS for making in lake.made(zone)}
    lost = sorted(
        one.name for one in published if (one.zone, one.table, one.stage_key) not in known
    )
    if lost:
        raise PurgeRefusedError(
            f"purge: no whole manifest knows {', '.join(lost[:3])}, which the published run "
            "reads; it would be taken for what a killed run left. Run the road again, which makes "
            "it whole, then purge."
        )


def _retract(lake: Lake, doomed: list[Making]) -> None:
    """Take back pointers, heads and manifests first: nothing may point to what is gone."""
    writers = {table.name: stage.name for stage in ROAD for table in stage.writes}
    for making in doomed:
        if making.table in writers:
            lake.retract(making.zone, writers[making.table], making.stage_key)


def _leftovers(lake: Lake) -> Iterator[Path]:
    """Folders that no manifest knows, scratch frames and kept faults."""
    for zone in ROOTS:
        root = lake.root(zone)
        yield from (root / SCRATCH, root / FAULTS)
        known = lake.made(zone)
        for table in declared().values():
            for folder in (root / table.name).glob("*") if table.zone == zone else ():
                if (table.name, folder.name) not in known:
                    yield folder


def _destroy(folder: Path) -> None:
    if folder.exists():
        try:
            shutil.rmtree(folder) if folder.is_dir() else folder.unlink()
        except OSError as refused:
            raise named(refused, "purge") from None
