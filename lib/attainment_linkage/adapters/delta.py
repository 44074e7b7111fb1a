"""Delta: writes a table exactly as declared, once, and reads it back.

A table that is written here has the declared columns, types and order, and nothing else;
no column that identifies a person outside the landing and identifiers roots; no statistics
of its values in Delta's log. Errors of Spark and Delta leave as names, without row values.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from attainment_linkage.adapters.faults import named
from attainment_linkage.adapters.fingerprint import sha256
from attainment_linkage.core.stage_key import digest
from attainment_linkage.domain import allow_list
from attainment_linkage.domain.errors import MissingColumnsError, MissingTableError, ZoneError
from attainment_linkage.domain.tables import Table

TXN_VERSION = 1
_OF_PATTERNS = re.compile(r"([\[\]{}*?\\])")
"""What makes a path a pattern for Spark's readers of files, as where a folder has brackets."""
_COMMIT = re.compile(r"^\d{20}\.json$")


@dataclass(frozen=True)
class Content:
    """What a table holds, whatever the order of its rows."""

    rows: int
    hash: str


def write(frame: DataFrame, path: Path, table: Table, app_id: str) -> None:
    """Write a frame as a new Delta table at ``path``.

    A second write with the same ``app_id`` changes nothing: Delta knows the transaction.

    Raises:
        MissingColumnsError: the frame has not exactly the declared columns.
        ZoneError: the table is not on the allow-list of its root.
        DiskFullError, LakeUnwritableError, StageFailedError: nothing was committed.
    """
    require_zone(table)
    require_schema(frame, table)
    writer = (
        frame.write.format("delta")
        .mode("append")
        .option("txnAppId", app_id)
        .option("txnVersion", TXN_VERSION)
        .option("delta.dataSkippingNumIndexedCols", "0")
    )
    try:
        writer.save(str(path))
    except Exception as error:  # noqa: BLE001  named: its message may hold row values
        raise named(error, f"delta: writing {table.name}") from None


def read(spark: SparkSession, path: Path, table: Table, version: int | None = None) -> DataFrame:
    """The table at ``path``, at a version or at its latest.

    Raises:
        MissingTableError: there is no committed table.
        MissingColumnsError: it has not exactly the declared columns.
        ZoneError: it is not on the allow-list of its root.
    """
    require_zone(table)
    if latest_version(path) is None:
        raise MissingTableError(
            f"delta: {table.name} is not there. Run the stage that writes it first."
        )
    reader = spark.read.format("delta")
    if version is not None:
        reader = reader.option("versionAsOf", version)
    try:
        frame = reader.load(str(path))
        require_schema(frame, table)
    except Exception as error:  # noqa: BLE001  named: its message may hold row values
        raise named(error, f"delta: reading {table.name}") from None
    return frame


def committed(spark: SparkSession, path: Path, table: Table) -> DataFrame:
    """The rows of a table's one commit, from the files it names: as ``read`` gives them.

    For whoever asks many small questions of a table just written: Delta would ask Spark for the
    files of the table anew at each of them.

    Raises:
        MissingTableError: there is no commit, or more than one, or it cannot be understood.
        StageFailedError: a file it names cannot be read.
    """
    try:
        names = _added(_only_commit(path))
    except (FileNotFoundError, ValueError):
        raise MissingTableError(
            f"delta: {table.name} has not the one commit of its stage. Run the stage again."
        ) from None
    if not names:
        return spark.createDataFrame([], table.ddl)
    files = (_OF_PATTERNS.sub(r"\\\1", str(path / name)) for name in names)
    try:
        return spark.read.schema(table.ddl).parquet(*files)
    except Exception as error:  # noqa: BLE001  named: its message may hold row values
        raise named(error, f"delta: reading {table.name}") from None


def require_schema(frame: DataFrame, table: Table) -> None:
    """Refuse a frame whose names, types or order of columns are not the declared ones.

    Raises:
        MissingColumnsError: says what is missing, extra, of another type or out of order.
    """
    found = {name: _bare(kind) for name, kind in frame.dtypes}
    declared = {column.name: _bare(column.type) for column in table.columns}
    missing = [name for name in declared if name not in found]
    extra = [name for name in found if name not in declared]
    retyped = [
        f"{name} is {found[name]}, declared {kind}"
        for name, kind in declared.items()
        if name in found and found[name] != kind
    ]
    problems = [f"{table.name} lacks {', '.join(missing)}"] if missing else []
    problems += [f"{table.name} has {', '.join(extra)}, not declared"] if extra else []
    problems += [f"{table.name}: {', '.join(retyped)}"] if retyped else []
    if not problems and frame.columns != table.names:
        problems = [f"{table.name} has its columns as {', '.join(frame.columns)}"]
    if problems:
        raise MissingColumnsError(
            f"delta: {'; '.join(problems)}; it has {', '.join(frame.columns)}. "
            "Expected columns, in order: domain/tables.py."
        )


def require_zone(table: Table) -> None:
    """Refuse a table that is not on the allow-list of its root.

    Raises:
        ZoneError: names the table, its root and the columns that may not lie there.
    """
    for refusal in allow_list.refusals(table):
        raise ZoneError(f"delta: {refusal}")


def content(frame: DataFrame) -> Content:
    """Row count and an order-free hash of all columns, in one pass.

    The hash is the exact sum of one 64-bit hash per row. Spark's hash passes over nulls, so
    which columns are null is hashed with them.
    """
    columns = [F.col(f"`{name}`") for name in frame.columns]
    nulls = F.array(*[column.isNull() for column in columns])
    row_hash = F.xxhash64(*columns, nulls).cast("decimal(38,0)")
    try:
        totals = frame.select(row_hash.alias("row_hash")).agg(
            F.count("*").alias("rows"), F.sum("row_hash").alias("total")
        )
        (row,) = totals.collect()
    except Exception as error:  # noqa: BLE001  named: its message may hold row values
        raise named(error, "delta: counting a table") from None
    said = f"{row['rows']}:{row['total'] if row['total'] is not None else 0}"
    return Content(int(row["rows"]), hashlib.sha256(said.encode("ascii")).hexdigest()[:32])


def content_hash(frame: DataFrame) -> str:
    """The order-free hash of a frame's rows; see :func:`content`."""
    return content(frame).hash


def schema_hash(table: Table) -> str:
    """A hash of the declared names, types and order of columns."""
    return hashlib.sha256(table.ddl.encode("utf-8")).hexdigest()[:32]


def files_hash(path: Path) -> str:
    """A hash of a table's one commit and of the bytes of every file it names; no Spark is asked.

    Raises:
        FileNotFoundError: there is no such commit, or a file it names is not there.
        ValueError: the commit cannot be read, or is not the only one.
        OSError: a file cannot be read now.
    """
    commit = _only_commit(path)
    return digest([sha256(commit), *(sha256(path / name) for name in _added(commit))])


def latest_version(path: Path) -> int | None:
    """The number of the latest commit of the table at ``path``; None where there is none."""
    commits = _commits(path)
    return int(commits[-1].stem) if commits else None


def committed_rows(path: Path, app_id: str) -> int | None:
    """Rows a transaction says it wrote; None where this transaction is not in the log.

    Only a table of exactly one commit counts: a folder is private to its stage key, so any
    other commit is not the stage's.
    """
    commits = _commits(path)
    if len(commits) != 1:
        return None
    try:
        actions = list(_actions(commits[0]))
    except ValueError:
        return None
    is_ours = any(
        action.get("txn", {}).get("appId") == app_id and action["txn"].get("version") == TXN_VERSION
        for action in actions
    )
    added = [action["add"] for action in actions if "add" in action]
    return sum(_rows_of(one) for one in added) if is_ours else None


def sweep(path: Path) -> None:
    """Remove what a process that was killed in its commit left beside it.

    Delta writes a commit under a hidden name and renames it; its checksum follows, and stays
    behind where the process ends between the two. Whoever calls this alone writes the table.
    """
    for left in (path / "_delta_log").glob(".*.tmp*"):
        left.unlink(missing_ok=True)


def _commits(path: Path) -> list[Path]:
    log = path / "_delta_log"
    return sorted(one for one in log.glob("*.json") if _COMMIT.match(one.name))


def _only_commit(path: Path) -> Path:
    commits = _commits(path)
    if len(commits) > 1:
        raise ValueError(f"{len(commits)} commits, one expected")
    return commits[0] if commits else path / "_delta_log" / f"{0:020}.json"


def _added(commit: Path) -> list[str]:
    """The files that a commit names, by their paths in the table."""
    return sorted(unquote(one["add"]["path"]) for one in _actions(commit) if "add" in one)


def _actions(commit: Path) -> Iterator[dict[str, Any]]:
    for line in commit.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def _rows_of(added: dict[str, Any]) -> int:
    return int(json.loads(added.get("stats") or "{}").get("numRecords", -1))


def _bare(kind: str) -> str:
    return kind.replace(" ", "").lower()
