"""Runner: runs one stage so that its tables are there whole, audited, once, or not at all.

Each table is written to a folder private to the stage key, audited there, and becomes
readable only when the stage's manifest is written and its head moved (write, audit,
publish). A stage that is done and whole is skipped. What an unfinished run had committed
under the same key is kept; anything else in its way is deleted first.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pyspark.sql import SparkSession

from attainment_linkage.adapters import durable
from attainment_linkage.adapters.audit_log import SKIPPED, AuditLog
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.manifests import FileRecord, Manifest, TableRecord
from attainment_linkage.adapters.memory import PeakMemory
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.audit import Deed
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.errors import StageFailedError
from attainment_linkage.domain.road import Stage
from attainment_linkage.stages import inputs, makings, stage_key
from attainment_linkage.stages.stage_run import StageRun

__all__ = ["KEY_ID", "Body", "StageResult", "StageRun", "run_stage"]

Body = Callable[[StageRun], None]
KEY_ID = "key id"
"""The note by which a stage says which secret it used: ``run.note(KEY_ID, key_file.key_id)``."""


@dataclass(frozen=True)
class StageResult:
    """What became of a stage. ``seconds`` includes ``gate_seconds``.

    ``made_seconds`` and ``peak_memory_mib`` are of its making, in this run or an earlier one.
    """

    stage: str
    key: str
    is_skipped: bool
    seconds: float
    gate_seconds: float
    tables: tuple[TableRecord, ...]
    paths: dict[str, Path]
    notes: dict[str, float | int | str]
    made_seconds: float = 0.0
    peak_memory_mib: int = 0

    @property
    def rows(self) -> int:
        """Rows of all its tables."""
        return sum(table.rows for table in self.tables)


def run_stage(
    stage: Stage,
    body: Body,
    config: Config,
    spark: SparkSession,
    *,
    force: bool = False,
    lake: Lake | None = None,
    log: RunLog | None = None,
) -> StageResult:
    """Run one stage, or skip it where it is done and whole.

    Args:
        stage: its declaration in ``domain/road.py``.
        body: what it does.
        config: the configuration.
        spark: an open session.
        force: make its tables again even where they are whole.
        lake: an open lake whose locks this run holds; opened and locked here where absent.
        log: where progress is shown.

    Raises:
        LinkageError: with the reason; nothing of the stage is published.
    """
    log = log or RunLog()
    if lake is None:
        with Lake.open(config.lake, stage.roots).locked() as locked:
            return run_stage(stage, body, config, spark, force=force, lake=locked, log=log)
    lake, config = lake.only(stage.roots), config.only(stage.roots)
    lake.require_space()
    key, read = stage_key.key_of(stage, config, lake)
    started = time.monotonic()
    done = None if force else makings.finished(stage, key, lake, log)
    audit = AuditLog.of(config)
    deed = Deed(stage.name, key, SKIPPED, inputs=inputs.hashes(stage, lake, read))
    if done is not None:
        audit.record(replace(deed, outputs=_hashes(done), key_id=_key_id(done)))
        log.skipped(stage.name, key)
        makings.move_heads(stage, key, lake)
        return _result(stage, key, lake, done, time.monotonic() - started, is_skipped=True)
    run = StageRun(stage, config, spark, lake, key, log, read)
    with audit.recorded(deed) as outcome:
        with log.stage(stage.name, stage.summary), PeakMemory() as peak:
            is_damaged = makings.is_told_done(stage, key, lake)
            makings.clear(stage, key, lake, is_forced=force or is_damaged)
            body(run)
            _require_all_written(run)
        seconds = round(time.monotonic() - started, 3)
        manifests = _publish(run, read, seconds, peak.mib)
        outcome.outputs, outcome.key_id = _hashes(manifests), _key_id(manifests)
    log.finished(stage.name, seconds)
    return _result(stage, key, lake, manifests, seconds, is_skipped=False)


def _hashes(manifests: Sequence[Manifest]) -> dict[str, str]:
    """What a stage made, for the audit log: each table and file with its hash."""
    found = {one.name: one.content_hash for made in manifests for one in made.tables}
    return found | {one.path: one.sha256 for made in manifests for one in made.files}


def _key_id(manifests: Sequence[Manifest]) -> str:
    return next((str(made.notes[KEY_ID]) for made in manifests if KEY_ID in made.notes), "")


def _require_all_written(run: StageRun) -> None:
    missing = [table.name for table in run.stage.writes if table.name not in run.tables]
    if missing:
        raise StageFailedError(
            f"{run.stage.name}: it did not write {', '.join(missing)}, which domain/road.py "
            "declares. Nothing of it was published."
        )


def _publish(
    run: StageRun, read: dict[str, str], seconds: float, peak_memory_mib: int
) -> list[Manifest]:
    """Write the manifests, one per root, of what is on the disk; only then move the heads."""
    manifests = []
    for zone in inputs.home_zones(run.stage):
        own, root = [one for one in run.stage.writes if one.zone == zone], run.lake.root(zone)
        files = _files_of(run, zone)
        for path in (run.lake.table_path(table, run.key) for table in own):
            durable.flush(path, root)
        for file in files:
            durable.flush(Path(file.path), root)
        manifest = Manifest(
            stage=run.stage.name,
            stage_key=run.key,
            inputs=read,
            tables=tuple(run.tables[table.name] for table in own),
            files=files,
            notes=run.notes,
            seconds=seconds,
            peak_memory_mib=peak_memory_mib,
        )
        run.lake.write_manifest(zone, manifest)
        manifests.append(manifest)
    makings.move_heads(run.stage, run.key, run.lake)
    return manifests


def _files_of(run: StageRun, zone: str) -> tuple[FileRecord, ...]:
    """The files that lie in a root; those that lie in none are with the stage's first root."""
    homes = inputs.home_zones(run.stage)

    def home(file: FileRecord) -> str:
        """The root that a file is told of in."""
        inside = (one for one in homes if Path(file.path).is_relative_to(run.lake.root(one)))
        return next(inside, homes[0])

    return tuple(file for file in run.files if home(file) == zone)


def _result(
    stage: Stage,
    key: str,
    lake: Lake,
    manifests: list[Manifest],
    seconds: float,
    *,
    is_skipped: bool,
) -> StageResult:
    records = [record for manifest in manifests for record in manifest.tables]
    by_name = {record.name: record for record in records}
    return StageResult(
        stage=stage.name,
        key=key,
        is_skipped=is_skipped,
        seconds=round(seconds, 3),
        gate_seconds=0.0 if is_skipped else sum(record.gate_seconds for record in records),
        tables=tuple(by_name[table.name] for table in stage.writes),
        paths={table.name: lake.table_path(table, key) for table in stage.writes},
        notes={name: value for manifest in manifests for name, value in manifest.notes.items()},
        made_seconds=max(manifest.seconds for manifest in manifests),
        peak_memory_mib=max(manifest.peak_memory_mib for manifest in manifests),
    )
