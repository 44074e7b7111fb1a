"""Plain road: the runner, the lake and the audit log over two small stages, without Spark.

Delta is doubled by a folder with one file of rows and one commit in Delta's own form, put in place
atomically as Delta does it (Delta itself: ``kills.py``). All else is the system's: stage keys,
manifests, heads, pointers, locks, sweeping, adoption, publication.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import stat
from pathlib import Path
from unittest import mock

from attainment_linkage.adapters import delta, gates
from attainment_linkage.adapters.audit_log import AuditLog
from attainment_linkage.adapters.delta import Content
from attainment_linkage.adapters.gate_results import GateResult
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.adapters.scratch import scratch_folder
from attainment_linkage.core.settings import Config
from attainment_linkage.domain import allow_list, tables
from attainment_linkage.domain.errors import LinkageError, MissingTableError, MixedRunsError
from attainment_linkage.domain.tables import Table
from attainment_linkage.stages import inputs, run
from tests.small_road import ANSWERS, COPIES, COPY, PEOPLE, SPLIT, with_link

Rows = list[str]
TABLES = {"split": (PEOPLE, ANSWERS), "copy": (COPIES,)}


class Quiet(RunLog):
    """A log that says nothing."""

    def _say(self, *said: object, **of_it: object) -> None:
        pass

    def ended(self, *said: object) -> None:
        pass


def write(frame: Rows, path: Path, table: Table, app_id: str) -> None:
    """As ``delta.write``: the rows, then the commit, in place at once."""
    log = path / "_delta_log"
    log.mkdir(mode=0o700, parents=True, exist_ok=True)
    commit = log / f"{0:020}.json"
    assert not commit.exists(), "written over"
    _private(path / "part", json.dumps(frame))
    added = {"path": "part", "stats": json.dumps({"numRecords": len(frame)})}
    lines = [{"txn": {"appId": app_id, "version": 1}}, {"add": added}]
    _private(log / "aside", "\n".join(map(json.dumps, lines)))
    os.replace(log / "aside", commit)


def _private(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)


def read(spark: object, path: Path, table: Table, version: int | None = None) -> Rows:
    """As ``delta.read``."""
    if delta.latest_version(path) is None:
        raise MissingTableError(f"{table.name} is not there")
    rows: Rows = json.loads((path / "part").read_text())
    return rows


def committed(spark: object, path: Path, table: Table) -> Rows:
    """As ``delta.committed``."""
    return read(spark, path, table)


def content(frame: Rows) -> Content:
    """As ``delta.content``."""
    return Content(len(frame), hashlib.sha256(repr(sorted(frame)).encode()).hexdigest()[:32])


def road(config: Config, made: list[str]) -> None:
    """Run the road of two stages to its end; ``made`` gets the stages that were at work."""

    def split(stage_run: run.StageResult) -> None:
        made.append("split")
        value = str(stage_run.config.link.accept_bits)
        with scratch_folder(stage_run.lake.root(tables.IDENTIFIERS), "split") as folder:
            folder.mkdir(mode=0o700, parents=True)
            _private(folder / "frame", "rows")
            stage_run.write([value, "1", "2"], PEOPLE)
            stage_run.write([value, "3"], ANSWERS)

    def copy(stage_run: run.StageResult) -> None:
        made.append("copy")
        stage_run.write(stage_run.read(PEOPLE), COPIES)

    bodies = {"split": split, "copy": copy}
    patches = [
        mock.patch.object(delta, "write", write),
        mock.patch.object(delta, "read", read),
        mock.patch.object(delta, "committed", committed),
        mock.patch.object(delta, "content", content),
        mock.patch.object(delta, "require_schema"),
        mock.patch.object(gates, "audit", lambda frame, table: GateResult(table.name, (), 0.0)),
        mock.patch.object(allow_list, "is_declared", return_value=True),
        mock.patch.object(inputs, "ROAD", (SPLIT, COPY)),
        mock.patch.object(run, "ROAD", (SPLIT, COPY)),
        mock.patch.object(run, "body_of", lambda stage: bodies[stage.name]),
    ]
    for patch in patches:
        patch.start()
    try:
        run.run_road(config, spark=mock.MagicMock(), log=Quiet())
    finally:
        mock.patch.stopall()


def lake_of(config: Config) -> Lake:
    return Lake.open(config.lake, (tables.IDENTIFIERS, tables.ATTRIBUTES))


def later(config: Config) -> Config:
    """The configuration of the next run: another setting, so other tables."""
    return with_link(config, accept_bits=9.0)


def finished(config: Config) -> set[str]:
    """The stages whose manifests are whole in every root, under the keys of their heads."""
    lake = lake_of(config)
    found = set()
    for stage in (SPLIT, COPY):
        zones = inputs.home_zones(stage)
        heads = {lake.head(zone, stage.name) for zone in zones}
        key = heads.pop() if len(heads) == 1 else None
        if key and all(lake.manifest(zone, stage.name, key) for zone in zones):
            found.add(f"{stage.name} {key}")
    return found


def published(config: Config) -> dict[str, object] | None:
    """What a reader of both roots sees, read in full; None where it refuses to read.

    Raises:
        LinkageError, OSError, ValueError: it sees what is not there, or not whole.
    """
    lake = lake_of(config)
    try:
        name = lake.published_run()
    except MixedRunsError:
        return None
    seen: dict[str, object] = {"run": name}
    for zone in lake.zones if name else ():
        for table, line in (lake.current(zone) or {})["tables"].items():
            rows = read(None, lake.root(zone) / line["path"], PEOPLE)
            if content(rows).hash != line["content_hash"] or len(rows) != line["rows"]:
                raise MissingTableError(f"{table} is not as it was published")
            seen[table] = sorted(rows)
    return seen


def faults(config: Config) -> list[str]:
    """What must hold at any moment after a run: nothing half, open or left behind."""
    found: list[str] = []
    lake = lake_of(config)
    for zone in lake.zones:
        root = lake.root(zone)
        for path in root.rglob("*"):
            mode, wanted = stat.S_IMODE(path.stat().st_mode), 0o700 if path.is_dir() else 0o600
            if mode != wanted:
                found.append(f"{path.relative_to(root)} is {mode:o}")
        left = [*root.rglob(".*.json.*"), *(root / "_scratch").glob("*"), *root.glob("_LOCK")]
        found += [f"{path.relative_to(root)} was left" for path in left]
    try:
        AuditLog.of(config).verify()
    except LinkageError as error:
        found.append(error.code)
    return found


def only_lake(config: Config, folder: Path) -> Config:
    """The same configuration with its lake in another folder."""
    return dataclasses.replace(config, lake=dataclasses.replace(config.lake, directory=str(folder)))
