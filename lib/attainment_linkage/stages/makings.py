"""Makings: whether one making of a stage is done and whole, taken back, or read next."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pyspark.sql import SparkSession

from attainment_linkage.adapters import delta, fingerprint
from attainment_linkage.adapters.faults import is_java_gone
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.manifests import FileRecord, Manifest, TableRecord
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.domain.errors import DiskFullError, LinkageError, MemoryFullError
from attainment_linkage.domain.road import Stage
from attainment_linkage.domain.tables import Table
from attainment_linkage.stages.inputs import home_zones

_AT_ONCE = 4
"""Tables read again side by side: most are small, and what each takes is Spark's planning."""


def finished(
    stage: Stage, key: str, lake: Lake, spark: SparkSession, log: RunLog
) -> list[Manifest] | None:
    """The manifests of a stage that is done and still whole; None where it must be made."""
    found = [lake.manifest(zone, stage.name, key) for zone in home_zones(stage)]
    manifests = [manifest for manifest in found if manifest is not None]
    if not manifests:
        return None
    if len(manifests) != len(found):
        log.rerun(stage.name, "its manifest is not in every root")
        return None
    records = {record.name: record for manifest in manifests for record in manifest.tables}

    def is_whole(table: Table) -> bool:
        record = records.get(table.name)
        return record is not None and _is_whole(spark, lake, table, record)

    with ThreadPoolExecutor(_AT_ONCE) as at_once:
        for table, whole in zip(stage.writes, at_once.map(is_whole, stage.writes), strict=True):
            if not whole:
                log.rerun(stage.name, f"{table.name} is not as its manifest says")
                return None
    if not all(_is_there(record) for manifest in manifests for record in manifest.files):
        log.rerun(stage.name, "a file it made is not as its manifest says")
        return None
    return manifests


def is_told_done(stage: Stage, key: str, lake: Lake) -> bool:
    """Whether the stage's manifests are there in every root, whatever became of its tables."""
    return all(lake.manifest(zone, stage.name, key) for zone in home_zones(stage))


def _is_whole(spark: SparkSession, lake: Lake, table: Table, record: TableRecord) -> bool:
    """Whether version, schema, row count and content are what the manifest says.

    Raises: DiskFullError, MemoryFullError, StageFailedError where that cannot be told now: a
        table that may be whole is not made again, nor its publication taken back.
    """
    path = lake.table_path(table, Path(record.path).name)
    if delta.latest_version(path) != record.version:
        return False
    if delta.schema_hash(table) != record.schema_hash:
        return False
    try:
        found = delta.content(delta.read(spark, path, table, version=record.version))
    except (DiskFullError, MemoryFullError):
        raise
    except LinkageError as broken:
        if is_java_gone(broken):
            raise
        return False
    return (found.rows, found.hash) == (record.rows, record.content_hash)


def _is_there(record: FileRecord) -> bool:
    try:
        return fingerprint.of_path(Path(record.path)) == record
    except OSError:
        return False


def clear(stage: Stage, key: str, lake: Lake, *, is_forced: bool) -> None:
    """Take back this key's manifests, heads and publication before its tables are touched.

    Tables are deleted here only where a new making is forced, or one that was done is damaged;
    else each is kept if an unfinished run committed it whole, and deleted when it is written.
    """
    zones = home_zones(stage)
    for zone in zones:
        lake.retract(zone, stage.name, key, keeps_manifest=is_forced)
    if is_forced:
        for table in stage.writes:
            lake.wipe(table, key)
        for zone in zones:  # last: cut short before, the next start knows that they are to go
            lake.retract(zone, stage.name, key)


def move_heads(stage: Stage, key: str, lake: Lake) -> None:
    """Let the next stage read this making, in every root."""
    for zone in home_zones(stage):
        lake.move_head(zone, stage.name, key)
