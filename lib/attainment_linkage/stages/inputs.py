"""Inputs: what a stage reads, the key that follows from it, and whether it is already done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession

from attainment_linkage.adapters import delta, documents, fingerprint, review_files
from attainment_linkage.adapters.files import changed
from attainment_linkage.adapters.keys import KeyFile
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.manifests import FileRecord, Manifest, TableRecord
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.settings import Config
from attainment_linkage.core.stage_key import digest, stage_key
from attainment_linkage.domain.errors import (
    InputUnreadableError,
    LinkageError,
    MissingTableError,
    MixedRunsError,
)
from attainment_linkage.domain.road import LINK, ROAD, Stage
from attainment_linkage.domain.tables import IDENTIFIERS, LANDING, SOURCES, ZONES, Table

HASHES = "_hashes.json"
INTERNAL = "internal"
"""The key, and the domain of ids, of the research root itself; no project has this name."""


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
    return _made(lake, stage, table)[1]


def _made(lake: Lake, stage: Stage, table: Table) -> tuple[Manifest, TableRecord]:
    """The manifest that the head of a table's writer names, and the table's record in it."""
    writer = writer_of(table)
    key = lake.head(table.zone, writer.name)
    manifest = lake.manifest(table.zone, writer.name, key) if key else None
    record = manifest.table(table.name) if manifest else None
    if manifest is None or record is None:
        raise MissingTableError(
            f"{stage.name}: its input {table.name} has not been made in "
            f"{lake.root(table.zone)}. Run the stage {writer.name} first."
        )
    return manifest, record


def note_of(lake: Lake, table: Table, name: str) -> float:
    """A number that the writer of a table noted beside it; 0 where it noted none.

    Raises: MissingTableError where the table has not been made.
    """
    writer = writer_of(table)
    key = lake.head(table.zone, writer.name)
    manifest = lake.manifest(table.zone, writer.name, key) if key else None
    if manifest is None:
        raise MissingTableError(f"{writer.name}: it has not been made. Run it first.")
    return float(manifest.notes.get(name, 0.0))


def key_of(stage: Stage, config: Config, lake: Lake) -> tuple[str, dict[str, str]]:
    """The key of a stage, and what it reads: the key of each stage, the hash of each file.

    Raises:
        MissingTableError: an input has not been made.
        MixedRunsError: two inputs were made from different makings of one stage.
        InputMissingError: a delivered file is not there.
        KeyRefusedError: the stage needs the internal key, which cannot be used.
    """
    inputs = _file_hashes(config, lake) if stage.reads_files else {}
    inputs |= {name: fingerprint.of_conf(name) for name in stage.conf_files}
    if stage.reads_truth and config.truth_path.is_dir():
        inputs["truth"] = fingerprint.of_rows(config.truth_path)
    if stage.reads_key:
        inputs["key"] = internal_key(config).key_id
    if stage.reads_reviews:
        decided = review_files.document(lake.root(IDENTIFIERS), stage.reads_reviews)
        inputs |= {"reviewed": digest(decided)} if decided else {}
    if stage is LINK and config.link.model:
        inputs["model"] = fingerprint.of_path(Path(config.link.model)).sha256
    inputs |= _stages_read(stage, lake)
    gates = fingerprint.gates_hash(table.name for table in stage.writes)
    key = stage_key(
        stage.name,
        inputs=inputs,
        settings=config.sections(stage.config_sections),
        code=f"{fingerprint.code_hash()} {gates}",
        versions=fingerprint.pinned_versions(),
    )
    return key, inputs


def _stages_read(stage: Stage, lake: Lake) -> dict[str, str]:
    """The key of each stage whose tables a stage reads, all of one run."""
    names = {one.name for one in ROAD}
    read: dict[str, str] = {}
    of_run: dict[str, str] = {}
    for manifest in (_made(lake, stage, table)[0] for table in stage.reads):
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


def internal_key(config: Config) -> KeyFile:
    """Where the key of the research root's own ids lies."""
    return KeyFile.of(config.keys.file(INTERNAL), config.lake)


def _file_hashes(config: Config, lake: Lake) -> dict[str, str]:
    cache_file = lake.root(LANDING) / HASHES
    return {
        source.name: fingerprint.of_delivery(
            source.name, config.delivery_path(source.name), cache_file
        )
        for source in SOURCES
    }


def require_keyed(
    source: str, hashes: Sequence[str], made_from: Mapping[str, str], lake: Lake
) -> None:
    """Refuse files whose bytes are not those the stage's key was made from.

    A file changed in place with its time stamp and size kept looks unchanged to the kept
    hashes: these are forgotten, so that the next start reads every file.

    Raises:
        InputUnreadableError: names the source.
    """
    if digest(list(hashes)) != made_from.get(source):
        documents.remove(lake.root(LANDING) / HASHES)
        raise InputUnreadableError(changed(f"a file of {source}"))


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
    for table in stage.writes:
        if table.name not in records or not _is_whole(spark, lake, table, records[table.name]):
            log.rerun(stage.name, f"{table.name} is not as its manifest says")
            return None
    if not all(_is_there(record) for manifest in manifests for record in manifest.files):
        log.rerun(stage.name, "a file it made is not as its manifest says")
        return None
    return manifests


def _is_whole(spark: SparkSession, lake: Lake, table: Table, record: TableRecord) -> bool:
    """Whether version, schema, row count and content are what the manifest says."""
    path = lake.table_path(table, Path(record.path).name)
    if delta.latest_version(path) != record.version:
        return False
    if delta.schema_hash(table) != record.schema_hash:
        return False
    try:
        found = delta.content(delta.read(spark, path, table, version=record.version))
    except LinkageError:
        return False
    return (found.rows, found.hash) == (record.rows, record.content_hash)


def _is_there(record: FileRecord) -> bool:
    try:
        return fingerprint.of_path(Path(record.path)) == record
    except OSError:
        return False


def clear(stage: Stage, key: str, lake: Lake, *, is_forced: bool) -> None:
    """Take back this key's manifests, heads and publication before its tables are touched.

    Tables are deleted here only where a new making is forced; else each is kept if an
    unfinished run committed it whole, and deleted when it is written.
    """
    for zone in home_zones(stage):
        lake.retract(zone, stage.name, key)
    if is_forced:
        for table in stage.writes:
            lake.wipe(table, key)


def move_heads(stage: Stage, key: str, lake: Lake) -> None:
    """Let the next stage read this making, in every root."""
    for zone in home_zones(stage):
        lake.move_head(zone, stage.name, key)
