"""Makings: whether one making of a stage is done and whole, taken back, or read next."""

from __future__ import annotations

from pathlib import Path

from attainment_linkage.adapters import delta, fingerprint
from attainment_linkage.adapters.faults import named
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.manifests import FileRecord, Manifest, TableRecord
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.domain.road import Stage
from attainment_linkage.domain.tables import Table
from attainment_linkage.stages.inputs import home_zones


def finished(stage: Stage, key: str, lake: Lake, log: RunLog) -> list[Manifest] | None:
    """The manifests of a stage that is done and still whole; None where it must be made.

    Raises: LinkageError where a file cannot be read now: a table that may be whole is not made
        again, nor its publication taken back.
    """
    found = [lake.manifest(zone, stage.name, key) for zone in home_zones(stage)]
    manifests = [manifest for manifest in found if manifest is not None]
    if not manifests:
        return None
    if len(manifests) != len(found):
        log.rerun(stage.name, "its manifest is not in every root")
        return None
    records = {record.name: record for manifest in manifests for record in manifest.tables}
    for table in stage.writes:
        record = records.get(table.name)
        if record is None or not _is_whole(lake, table, record):
            log.rerun(stage.name, f"{table.name} is not as its manifest says")
            return None
    if not all(_is_there(record) for manifest in manifests for record in manifest.files):
        log.rerun(stage.name, "a file it made is not as its manifest says")
        return None
    return manifests


def is_told_done(stage: Stage, key: str, lake: Lake) -> bool:
    """Whether the stage's manifests are there in every root, whatever became of its tables."""
    return all(lake.manifest(zone, stage.name, key) for zone in home_zones(stage))


def _is_whole(lake: Lake, table: Table, record: TableRecord) -> bool:
    """Whether version, schema and the bytes of every file are what the manifest says."""
    path = lake.table_path(table, Path(record.path).name)
    if delta.latest_version(path) != record.version:
        return False
    if delta.schema_hash(table) != record.schema_hash:
        return False
    try:
        return delta.files_hash(path) == record.files_hash
    except (FileNotFoundError, ValueError):
        return False
    except OSError as error:
        raise named(error, f"{table.name}: reading its files again") from None


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
