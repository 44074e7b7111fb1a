"""Lake: the four roots, and in each its tables, manifests, heads and published pointer.

    <root>/<table>/<stage_key>/              a Delta table, private to that making of it
    <root>/_manifests/<stage>-<key>.json     the stage is done in this root
    <root>/_heads/<stage>.json               the making that the next stage reads
    <root>/_CURRENT.json                     the run that is published
    <root>/_runs/<run>.json                  what a run published here, then or now
    <root>/_LOCK                             the run at work

A lake is opened for the roots a job may use; any other root is a ZoneError. POSIX file
systems only: on an object store these files would need conditional puts.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from attainment_linkage.adapters import documents, locks, scratch
from attainment_linkage.adapters.faults import named
from attainment_linkage.adapters.manifests import Manifest
from attainment_linkage.core.lake_settings import LakeSettings
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import (
    DiskFullError,
    LakeUnwritableError,
    MixedRunsError,
    StoreUnsupportedError,
)
from attainment_linkage.domain.tables import Table

logger = logging.getLogger(__name__)

CURRENT = "_CURRENT.json"
_MANIFESTS = "_manifests"
_HEADS = "_heads"
_RUNS = "_runs"
_STORE_ADDRESS = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:/")
_MIB = 1024 * 1024


@dataclass(frozen=True)
class Lake:
    """The roots one job has opened: ``settings`` have the paths of these and of no other.

    ``lock`` is there while this run holds their locks.
    """

    settings: LakeSettings
    lock: locks.Locks | None = None

    @property
    def zones(self) -> tuple[str, ...]:
        """The roots that are open, in the fixed order."""
        return self.settings.zones

    @classmethod
    def open(cls, settings: LakeSettings, zones: Iterable[str]) -> Lake:
        """Open some roots, making those that are not there, each 0700.

        Raises:
            ZoneError: a root does not exist, or the configuration does not give its path.
            StoreUnsupportedError: a root lies on an object store.
            LakeUnwritableError: a root cannot be made or written.
            DiskFullError: there is less free space than configured.
        """
        wanted = settings.only(zones)
        _refuse_object_stores(settings)
        lake = cls(wanted)
        for zone in lake.zones:
            _make_private(lake.root(zone))
        lake.require_space()
        return lake

    def only(self, zones: Iterable[str]) -> Lake:
        """The same lake with fewer roots; one that is not open is a ZoneError."""
        return replace(self, settings=self.settings.only(zones))

    def root(self, zone: str) -> Path:
        """The path of an open root; any other is a ZoneError."""
        return self.settings.root(zone)

    @contextmanager
    def locked(self, *, break_lock: bool = False) -> Iterator[Lake]:
        """Hold the locks of all open roots; the lake given back knows that it holds them.

        What a dead run left there (scratch frames, documents half written) is removed first.

        Raises:
            RunLockedError: another run holds one of them.
        """
        roots = [self.root(zone) for zone in self.zones]
        beat = self.settings.lock_heartbeat_seconds
        with locks.held(roots, break_lock=break_lock, heartbeat_seconds=beat) as lock:
            for root in roots:
                scratch.sweep(root)
                for folder in (root, *(root / name for name in (_MANIFESTS, _HEADS, _RUNS))):
                    documents.sweep(folder)
            yield replace(self, lock=lock)

    def require_space(self) -> None:
        """Refuse to go on with less free space than configured, before anything is written.

        Looked at are the open roots, and where Spark's own files lie.
        """
        require_space(self.settings, *map(self.root, self.zones))

    # ------------------------------------------------------------------------- tables
    def table_path(self, table: Table, key: str) -> Path:
        """The folder of one making of a table; private to its stage key."""
        return self.root(table.zone) / table.name / key

    def wipe(self, table: Table, key: str) -> None:
        """Delete one making of a table, whole or half written."""
        path = self.table_path(table, key)
        if path.exists():
            try:
                shutil.rmtree(path)
            except OSError as refused:
                raise named(refused, f"lake: {table.name}") from None

    # ---------------------------------------------------------------------- manifests
    def manifest(self, zone: str, stage: str, key: str) -> Manifest | None:
        """The manifest of a finished stage; None where it is absent or not whole."""
        path = self._manifest_path(zone, stage, key)
        body = documents.read(path)
        found = Manifest.from_json(body) if body is not None else None
        is_right = found is not None and (found.stage, found.stage_key) == (stage, key)
        if body is not None and not is_right:
            logger.warning("%s is not of this form; it counts as absent", path.name)
        return found if is_right else None

    def write_manifest(self, zone: str, manifest: Manifest) -> None:
        """Write the manifest of a stage that is finished in a root; it is never replaced."""
        self.require_lock()
        path = self._manifest_path(zone, manifest.stage, manifest.stage_key)
        if self.manifest(zone, manifest.stage, manifest.stage_key) is None:
            documents.remove(path)
        documents.create(path, manifest.as_json())

    def require_lock(self) -> None:
        """Refuse to publish where this run's lock was broken."""
        if self.lock is not None:
            self.lock.require()

    # -------------------------------------------------------------------------- heads
    def head(self, zone: str, stage: str) -> str | None:
        """The key of the making of a stage that the next stage reads."""
        body = documents.read(self._head_path(zone, stage))
        key = body.get("stage_key") if body else None
        return key if isinstance(key, str) else None

    def move_head(self, zone: str, stage: str, key: str) -> None:
        """Let the next stage read this making of a stage."""
        self.require_lock()
        documents.replace(self._head_path(zone, stage), {"stage": stage, "stage_key": key})

    # ---------------------------------------------------------------------- published
    def current(self, zone: str) -> dict[str, Any] | None:
        """What is published in a root: run_id, and per table stage_key, version and path."""
        return documents.read(self.root(zone) / CURRENT)

    def published_run(self) -> str | None:
        """The run that every open root has published; None where none has one.

        Raises:
            MixedRunsError: the roots have different ones: a publication was cut short.
        """
        named = {zone: (self.current(zone) or {}).get("run_id") for zone in self.zones}
        if len(set(named.values())) > 1:
            said = ", ".join(f"{zone} has {run or 'none'}" for zone, run in named.items())
            raise MixedRunsError(
                f"lake: the roots have different runs published: {said}. Nothing may be read over "
                "both. Run the road again: it publishes every root."
            )
        return next(iter(named.values()), None)

    def publish(self, zone: str, run_id: str, published: Sequence[Mapping[str, Any]]) -> None:
        """Publish a run in one root, in one atomic step."""
        self.require_lock()
        body = {"run_id": run_id, "tables": {str(line["name"]): dict(line) for line in published}}
        documents.replace(self.root(zone) / _RUNS / f"{run_id}.json", body)
        documents.replace(self.root(zone) / CURRENT, body)

    def runs(self, zone: str) -> list[str]:
        """The runs that were published in a root and not destroyed since."""
        return sorted(path.stem for path in (self.root(zone) / _RUNS).glob("*.json"))

    def run(self, zone: str, run_id: str) -> dict[str, Any] | None:
        """What a run published in a root, as ``current`` has it; None where there is no such."""
        path = self.root(zone) / _RUNS / f"{run_id}.json"
        return documents.read(path) if run_id in self.runs(zone) else None

    def forget_run(self, zone: str, run_id: str) -> None:
        """Remove the record of a run whose tables were destroyed."""
        self.require_lock()
        documents.remove(self.root(zone) / _RUNS / f"{run_id}.json")

    def made(self, zone: str) -> set[tuple[str, str]]:
        """Table and stage key of every making that a manifest of a root knows."""
        bodies = [documents.read(path) for path in (self.root(zone) / _MANIFESTS).glob("*.json")]
        manifests = [Manifest.from_json(body) for body in bodies if body is not None]
        return {
            (record.name, manifest.stage_key)
            for manifest in manifests
            if manifest is not None
            for record in manifest.tables
        }

    def retract(self, zone: str, stage: str, key: str, *, keeps_manifest: bool = False) -> None:
        """Take back one making of a stage, outermost first: published, head, manifest."""
        self.require_lock()
        current = self.current(zone) or {"tables": {}}
        if any(line.get("stage_key") == key for line in current["tables"].values()):
            documents.remove(self.root(zone) / CURRENT)
        if self.head(zone, stage) == key:
            documents.remove(self._head_path(zone, stage))
        if not keeps_manifest:
            documents.remove(self._manifest_path(zone, stage, key))

    def _manifest_path(self, zone: str, stage: str, key: str) -> Path:
        return self.root(zone) / _MANIFESTS / f"{stage}-{key}.json"

    def _head_path(self, zone: str, stage: str) -> Path:
        return self.root(zone) / _HEADS / f"{stage}.json"


def _refuse_object_stores(settings: LakeSettings) -> None:
    for given in (settings.directory, *(getattr(settings, zone) for zone in tables.ZONES)):
        if _STORE_ADDRESS.match(given):
            store = given.split(":", 1)[0]
            raise StoreUnsupportedError(
                f"lake: {store}: is not a file system of this machine; pointers and locks are "
                "files put in place atomically, which an object store does only by conditional "
                "puts. Give the path of a folder on a POSIX file system."
            )


def _make_private(path: Path) -> None:
    """Make a folder that only this user may enter, and so each folder made above it."""
    try:
        missing = [one for one in (path, *path.parents) if not one.exists()]
        for one in reversed(missing):
            one.mkdir(mode=0o700, exist_ok=True)
        os.chmod(path, 0o700)
    except OSError as refused:
        raise named(refused, f"lake: {path}") from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise LakeUnwritableError(
            f"lake: {path} cannot be written. Give this user the right to write it, or name "
            "another place with --lake DIR."
        )


def require_space(settings: LakeSettings, *places: Path) -> None:
    """Refuse to go on with less free space than configured in a place, or where Spark spills.

    Raises: DiskFullError.
    """
    temporary = settings.temporary_path
    spill = next((one for one in (temporary, *temporary.parents) if one.is_dir()), None)
    for place in (*places, *([spill] if spill else ())):
        free_mib = shutil.disk_usage(place).free // _MIB
        if free_mib < settings.minimum_free_mib:
            raise DiskFullError(
                f"{place}: {free_mib} MiB are free; lake.minimum_free_mib is "
                f"{settings.minimum_free_mib}. Free space there, or name another place with --lake "
                "or --output DIR."
            )
