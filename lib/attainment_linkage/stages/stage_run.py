"""Stage run: what the body of a stage is given: its inputs, its outputs, its settings.

Each table is written to a folder private to the stage key and audited there; what an
unfinished run had committed under the same key is kept, anything else in its way is deleted.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession

from attainment_linkage.adapters import delta, fingerprint, gates
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.manifests import FileRecord, TableRecord
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.reconciliation import Balance, require_even
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.errors import StageFailedError, ZoneError
from attainment_linkage.domain.road import Stage
from attainment_linkage.domain.tables import Table
from attainment_linkage.stages import inputs

_NOTE_TEXT = re.compile(r"[A-Za-z0-9_ .:/%-]{1,60}")


@dataclass
class StageRun:
    """What the body of a stage is given.

    ``made_from`` is what its key was made from: the key of each stage read, the hash of each
    file. ``written`` has the rows of each table written, ``tables`` the record of each audited
    one.
    """

    stage: Stage
    config: Config
    spark: SparkSession
    lake: Lake
    key: str
    log: RunLog
    made_from: Mapping[str, str] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)
    tables: dict[str, TableRecord] = field(default_factory=dict)
    files: list[FileRecord] = field(default_factory=list)
    notes: dict[str, float | int | str] = field(default_factory=dict)

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
        """Write a table, audit it, and give it back as read.

        Raises:
            ZoneError: the stage does not declare that it writes this table.
            MissingColumnsError: the frame has not exactly the declared columns.
            GateFailedError, GateBrokenError: nothing of the stage is published.
        """
        if table not in self.stage.writes or table.name in self.written:
            raise ZoneError(
                f"{self.stage.name}: it may not write {table.name}, or has already; its writes "
                "are declared in domain/road.py, each once."
            )
        started = time.monotonic()
        path = self.lake.table_path(table, self.key)
        self._put(frame, path, table)
        self.written[table.name] = delta.committed_rows(path, self._app_id) or 0
        written = delta.read(self.spark, path, table, version=0)
        spent = time.monotonic() - started
        self._audit(table, path, spent)
        return written

    def _audit(self, table: Table, path: Path, spent: float) -> None:
        """Run the gate on what was written, count and hash it, and keep its record."""
        started = time.monotonic()
        written = delta.committed(self.spark, path, table)
        result = gates.audit(written, table)
        content = delta.content(written)
        if content.rows != self.written[table.name]:
            raise StageFailedError(
                f"{self.stage.name}: {table.name} has {content.rows} rows; its commit says "
                f"{self.written[table.name]}. Nothing of it was published; run the stage again."
            )
        record = TableRecord(
            name=table.name,
            path=str(path.relative_to(self.lake.root(table.zone))),
            version=0,
            rows=content.rows,
            content_hash=content.hash,
            schema_hash=delta.schema_hash(table),
            seconds=round(spent + time.monotonic() - started, 3),
            gate_seconds=round(result.seconds, 3),
            gate=tuple(vars(one) for one in result.expectations),
            files_hash=delta.files_hash(path),
        )
        self.tables[table.name] = record
        self.log.table(table.name, record.rows, record.seconds, record.gate_seconds)
        self.log.warnings(table.name, result.warnings)

    @property
    def _app_id(self) -> str:
        return f"{self.stage.name}:{self.key}"

    def _put(self, frame: DataFrame, path: Path, table: Table) -> None:
        """Write the table, unless this very transaction is already there and whole."""
        delta.require_schema(frame, table)
        promised = delta.committed_rows(path, self._app_id)
        if promised is not None and _holds(self.spark, path, table, promised):
            delta.sweep(path)
            self.log.adopted(table.name)
            return
        self.lake.wipe(table, self.key)
        self.lake.require_space()
        delta.write(frame, path, table, self._app_id)

    def note(self, name: str, value: float | int | str) -> None:
        """Keep a metric in the manifest: a number, or a short text fixed in the code."""
        if isinstance(value, str) and not _NOTE_TEXT.fullmatch(value):
            raise StageFailedError(
                f"{self.stage.name}: the note {name} is not a number or a short plain text."
            )
        self.notes[name] = value
        self.log.note(name, value)

    def rows_in(self, table: Table) -> int:
        """Rows of an input, as its writer's manifest says; MissingTableError where it has none."""
        return inputs.record_of(self.lake, self.stage, table).rows

    def balance(self, *balances: Balance) -> None:
        """Note what came in, went out and was set aside, kind by kind.

        Raises:
            CountsDifferError: a kind of record was lost or doubled; nothing is published.
        """
        for name, count in (item for one in balances for item in one.said.items()):
            self.note(name, count)
        require_even(self.stage.name, balances)

    def made(self, path: Path) -> None:
        """Keep a file or folder made outside Delta in the manifest, by its size and hash."""
        self.files.append(fingerprint.of_path(path))


def _holds(spark: SparkSession, path: Path, table: Table, rows: int) -> bool:
    """Whether a committed table can be read in full and has the rows its commit promised."""
    try:
        return delta.content(delta.committed(spark, path, table)).rows == rows
    except StageFailedError:
        return False
