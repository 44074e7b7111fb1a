"""Inputs: the tables that a stage reads, by the manifests of the stages that wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession

from attainment_linkage.adapters import delta
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.manifests import Manifest, TableRecord
from attainment_linkage.domain.errors import MissingTableError, MixedRunsError
from attainment_linkage.domain.road import ROAD, Stage
from attainment_linkage.domain.tables import LANDING, ZONES, Table


def writer_of(table: Table) -> Stage:
    """The stage of the road that writes a table.

    Raises:
        MissingTableError: none does.
    """
    for stage in ROAD:
        if any(one.name == table.name for one in stage.writes):
            return stage
    raise MissingTableError(f"road: no stage writes {table.name}; see domain/road.py.")


def home_zones(stage: Stage) -> tuple[str, ...]:
    """The roots that hold a stage's manifests: those it writes tables in, else landing."""
    zones = {table.zone for table in stage.writes} or {LANDING}
    return tuple(zone for zone in ZONES if zone in zones)


def read(spark: SparkSession, lake: Lake, stage: Stage, table: Table) -> DataFrame:
    """A table of an earlier stage at the version its manifest names."""
    record = record_of(lake, stage, table)
    path = lake.table_path(table, Path(record.path).name)
    return delta.read(spark, path, table, version=record.version)


def record_of(lake: Lake, stage: Stage, table: Table) -> TableRecord:
    """What the manifest of its writer says of a table; MissingTableError where there is none."""
    return made(lake, stage, table)[1]


def made(lake: Lake, stage: Stage, table: Table) -> tuple[Manifest, TableRecord]:
    """The manifest that the head of a table's writer names, and the table's record in it."""
    manifest = _manifest(lake, table)
    record = manifest.table(table.name) if manifest else None
    if manifest is None or record is None:
        raise MissingTableError(
            f"{stage.name}: its input {table.name} has not been made in "
            f"{lake.root(table.zone)}. Run the stage {writer_of(table).name} first."
        )
    return manifest, record


def note_of(lake: Lake, table: Table, name: str) -> float:
    """A number that the writer of a table noted beside it; 0 where it noted none.

    Raises: MissingTableError where the table has not been made.
    """
    manifest = _manifest(lake, table)
    if manifest is None:
        raise MissingTableError(f"{writer_of(table).name}: it has not been made. Run it first.")
    return float(manifest.notes.get(name, 0.0))


def _manifest(lake: Lake, table: Table) -> Manifest | None:
    """The manifest that the head of a table's writer names, if it has been made."""
    writer = writer_of(table)
    key = lake.head(table.zone, writer.name)
    return lake.manifest(table.zone, writer.name, key) if key else None


def stages_read(stage: Stage, lake: Lake) -> dict[str, str]:
    """The key of each stage whose tables a stage reads, all of one run."""
    names = {one.name for one in ROAD}
    read: dict[str, str] = {}
    of_run: dict[str, str] = {}
    for manifest in (made(lake, stage, table)[0] for table in stage.reads):
        read[manifest.stage] = manifest.stage_key
        made_from = {name: key for name, key in manifest.inputs.items() if name in names}
        for name, key in (made_from | {manifest.stage: manifest.stage_key}).items():
            if of_run.setdefault(name, key) != key:
                raise MixedRunsError(
                    f"{stage.name}: its inputs come from different makings of {name}: a run was "
                    f"cut short after it. Run the road again, or the stages after {name}."
                )
    return read


def hashes(stage: Stage, lake: Lake, read: Mapping[str, str]) -> dict[str, str]:
    """What a stage reads, for the audit log: each table with its content hash, each file's."""
    tables = {table.name: record_of(lake, stage, table).content_hash for table in stage.reads}
    return dict(read) | tables
