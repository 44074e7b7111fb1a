"""Runner: runs one stage so that its tables are there whole, audited, once, or not at all.

Each table is written to a folder private to the stage key, audited there, and becomes
readable only when the stage's manifest is written and its head moved (write, audit,
publish). A stage that is done and whole is skipped. What an unfinished run had committed
under the same key is kept; anything else in its way is deleted first.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession

from attainment_linkage.adapters import delta, fingerprint, gates
from attainment_linkage.adapters.audit_log import SKIPPED, AuditLog
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.manifests import FileRecord, Manifest, TableRecord
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.audit import Deed
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.errors import StageFailedError, ZoneError
from attainment_linkage.domain.road import Stage
from attainment_linkage.domain.tables import LANDING, Table
from attainment_linkage.stages import inputs

Body = Callable[["StageRun"], None]
KEY_ID = "key id"
"""The note by which a stage says which secret it used: ``run.note(KEY_ID, key_file.key_id)``."""
_NOTE_TEXT = re.compile(r"[A-Za-z0-9_ .:/%-]{1,60}")


@dataclass(frozen=True)
class StageResult:
    """What became of a stage. ``seconds`` includes ``gate_seconds``."""

    stage: str
    key: str
    is_skipped: bool
    seconds: float
    gate_seconds: float
    tables: tuple[TableRecord, ...]
    paths: dict[str, Path]
    notes: dict[str, float | int | str]


@dataclass
class StageRun:
    """What the body of a stage is given: its inputs, its outputs, its settings."""

    stage: Stage
    config: Config
    spark: SparkSession
    lake: Lake
    key: str
    log: RunLog
    tables: dict[str, TableRecord] = field(default_factory=dict)
    files: list[FileRecord] = field(default_factory=list)
    notes: dict[str, float | int | str] = field(default_factory=dict)

    @property
    def landing_path(self) -> Path:
        """The landing root; a ZoneError for a stage that may not open it."""
        return self.lake.root(LANDING)

    def read(self, table: Table) -> DataFrame:
        """A table of an earlier stage, as its head names it.

        Raises:
            MissingTableError: it has not been made; the message names the stage to run.
            ZoneError: the stage does not declare that it reads this table.
        """
        if table not in self.stage.reads:
            raise ZoneError(
                f"{self.stage.name}: it may not read {table.name}; its reads are declared in "
                "domain/road.py."
            )
        return inputs.read(self.spark, self.lake, self.stage, table)

    def write(self, frame: DataFrame, table: Table) -> DataFrame:
        """Write a table, audit what was written, and give it back as read.

        Raises:
            ZoneError: the stage does not declare that it writes this table.
            MissingColumnsError: the frame has not exactly the declared columns.
            GateFailedError, GateBrokenError: the table stays unpublished.
        """
        if table not in self.stage.writes or table.name in self.tables:
            raise ZoneError(
                f"{self.stage.name}: it may not write {table.name}, or has already; its writes "
                "are declared in domain/road.py, each once."
            )
        started = time.monotonic()
        path = self.lake.table_path(table, self.key)
        self._put(frame, path, table)
        written = delta.read(self.spark, path, table, version=0)
        result = gates.audit(written, table)
        content = delta.content(written)
        record = TableRecord(
            name=table.name,
            path=str(path.relative_to(self.lake.root(table.zone))),
            version=0,
            rows=content.rows,
            content_hash=content.hash,
            schema_hash=delta.schema_hash(table),
            seconds=round(time.monotonic() - started, 3),
            gate_seconds=round(result.seconds, 3),
            gate=tuple(vars(one) for one in result.expectations),
        )
        self.tables[table.name] = record
        self.log.table(table.name, record.rows, record.seconds, record.gate_seconds)
        self.log.warnings(table.name, result.warnings)
        return written

    def _put(self, frame: DataFrame, path: Path, table: Table) -> None:
        """Write the table, unless this very transaction is already there and whole."""
        app_id = f"{self.stage.name}:{self.key}"
        delta.require_schema(frame, table)
        promised = delta.committed_rows(path, app_id)
        if promised is not None and _holds(self.spark, path, table, promised):
            self.log.adopted(table.name)
            return
        self.lake.wipe(table, self.key)
        self.lake.require_space()
        delta.write(frame, path, table, app_id)

    def note(self, name: str, value: float | int | str) -> None:
        """Keep a metric in the manifest: a number, or a short text fixed in the code."""
        if isinstance(value, str) and not _NOTE_TEXT.fullmatch(value):
            raise StageFailedError(
                f"{self.stage.name}: the note {name} is not a number or a short plain text."
            )
        self.notes[name] = value
        self.log.note(name, value)

    def made(self, path: Path) -> None:
        """Keep a file or folder made outside Delta in the manifest, by its size and hash."""
        self.files.append(fingerprint.of_path(path))


def _holds(spark: SparkSession, path: Path, table: Table, rows: int) -> bool:
    """Whether a committed table can be read in full and has the rows its commit promised."""
    try:
        return delta.content(delta.read(spark, path, table, version=0)).rows == rows
    except StageFailedError:
        return False


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
    key, read = inputs.key_of(stage, config, lake)
    started = time.monotonic()
    done = None if force else inputs.finished(stage, key, lake, spark, log)
    audit = AuditLog.of(config)
    deed = Deed(stage.name, key, SKIPPED, inputs=inputs.hashes(stage, lake, read))
    if done is not None:
        audit.record(replace(deed, outputs=_hashes(done), key_id=_key_id(done)))
        log.skipped(stage.name, key)
        inputs.move_heads(stage, key, lake)
        return _result(stage, key, lake, done, time.monotonic() - started, is_skipped=True)
    run = StageRun(stage, config, spark, lake, key, log)
    with audit.recorded(deed) as outcome:
        with log.stage(stage.name, stage.summary):
            inputs.clear(stage, key, lake, is_forced=force)
            body(run)
            _require_all_written(run)
        seconds = round(time.monotonic() - started, 3)
        manifests = _publish(run, read, seconds)
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


def _publish(run: StageRun, read: dict[str, str], seconds: float) -> list[Manifest]:
    """Write the manifests, one per root, and only then move the heads."""
    manifests = []
    for zone in inputs.home_zones(run.stage):
        names = [table.name for table in run.stage.writes if table.zone == zone]
        manifest = Manifest(
            stage=run.stage.name,
            stage_key=run.key,
            inputs=read,
            tables=tuple(run.tables[name] for name in names),
            files=tuple(run.files) if zone == inputs.home_zones(run.stage)[0] else (),
            notes=run.notes,
            seconds=seconds,
        )
        run.lake.write_manifest(zone, manifest)
        manifests.append(manifest)
    inputs.move_heads(run.stage, run.key, run.lake)
    return manifests


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
    )
