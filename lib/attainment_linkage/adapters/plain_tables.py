"""Plain tables: a file of ``link-files``, Parquet or CSV, checked and read as a DataFrame.

A CSV is copied once, as text, into Parquet in the run's own folder: in bounded memory,
strictly decoded, so that what Spark reads afterwards is what was delivered. Messages name
the file, its columns and counts; never a value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import DataType, DecimalType, FractionalType

from attainment_linkage.adapters.faults import is_disk_full, named
from attainment_linkage.adapters.parquet_types import is_refused_by_spark, stored_schema
from attainment_linkage.domain.errors import (
    InputColumnsError,
    InputEmptyError,
    InputEncodingError,
    InputMissingError,
    InputNotUniqueError,
    InputUnreadableError,
    SpecError,
)

PAIRS_FILE = "pairs.parquet"
PAIRS_SCHEMA = pa.schema(
    [
        pa.field("id_a", pa.string(), nullable=False),
        pa.field("id_b", pa.string(), nullable=False),
        pa.field("score", pa.float64(), nullable=False),
        pa.field("link", pa.bool_(), nullable=False),
    ]
)
_CSV_SUFFIXES = (".csv", ".csv.gz", ".txt")
_BLOCK_BYTES = 1 << 24
_ROW_BYTES, _PACKED = 100, 4
"""About the bytes of a person in a CSV, and how much smaller gzip makes them."""


def read_table(
    spark: SparkSession, path: Path, id_column: str, columns: Sequence[str], copies: Path
) -> DataFrame:
    """The id and the named columns of a file. ``copies`` is a private folder, for the copy of a CSV
    or of a file of types that Spark refuses.

    Grain: one row per record; the id is there in each and no two share one.
    Raises: InputMissingError, InputUnreadableError, InputEmptyError, InputEncodingError,
        InputColumnsError (a column twice), SpecError (a column that is not there),
        InputNotUniqueError (ids null or repeated, as counts), DiskFullError.
    """
    where = f"link-files: {path.name}"
    if not path.is_file():
        raise InputMissingError(f"{where} is not there as a file. Correct --left or --right.")
    if path.name.lower().endswith(_CSV_SUFFIXES):
        path = _copied_csv(path, copies, where)
    names = _parquet_names(path, where)
    wanted = list(dict.fromkeys([id_column, *columns]))
    absent = [name for name in wanted if name not in names]
    if absent:
        raise SpecError(
            f"{where} lacks {', '.join(absent)}, which the specification names; it has "
            f"{len(names)} columns. Correct the specification, or the first line of the file."
        )
    found = spark.read.parquet(str(_readable(path, wanted, copies, where).absolute()))
    rows = found.select(*(_plain(F.col(f"`{n}`"), found.schema[n].dataType, n) for n in wanted))
    _require_unique(rows, id_column, where)
    return rows


def _readable(path: Path, wanted: Sequence[str], copies: Path, where: str) -> Path:
    """The file, or a copy of its wanted columns where it has a type that Spark refuses.

    Time stamps in nanoseconds, as pandas writes them, are in microseconds there; of times of day,
    durations and what holds any of these inside, it has the text where text can be made of it.
    """
    target = copies / f"{path.name}.plain.parquet"
    try:
        with pq.ParquetFile(path) as file:
            kinds = {field.name: field.type for field in stored_schema(file)}
            if not any(map(is_refused_by_spark, kinds.values())):
                return path
            schema = pa.schema([(name, _read_as(kinds[name])) for name in wanted])
            with pq.ParquetWriter(target, schema) as writer:
                for batch in file.iter_batches(columns=list(wanted)):
                    rows = pa.Table.from_batches([batch]).select(wanted)
                    writer.write_table(rows.cast(schema, safe=False))
    except (pa.ArrowException, OSError) as refused:
        if is_disk_full(refused):
            raise named(refused, where) from None
        raise InputUnreadableError(
            f"{where} cannot be read to its end, or holds a type that has no text "
            f"({type(refused).__name__}). Write it again with dates as dates or text."
        ) from None
    return target


def _read_as(kind: pa.DataType) -> pa.DataType:
    """The type that a column of a type has in a copy for Spark."""
    if pa.types.is_timestamp(kind) and kind.tz is None and kind.unit == "ns":
        return pa.timestamp("us")
    return pa.string() if is_refused_by_spark(kind) else kind


def _plain(column: Column, kind: DataType, name: str) -> Column:
    """A column as it is; whole floating point numbers as whole numbers: 1E7 is no id."""
    if not isinstance(kind, FractionalType) or isinstance(kind, DecimalType):
        return column.alias(name)
    whole = column.try_cast("decimal(38,0)")
    said = F.when(whole == column, whole.cast("string")).when(
        ~F.isnan(column), column.cast("string")
    )
    return said.alias(name)


def _parquet_names(path: Path, where: str) -> list[str]:
    """The columns of a Parquet file that has rows, each once."""
    try:
        with pq.ParquetFile(path) as file:
            names, rows = list(file.schema_arrow.names), file.metadata.num_rows
    except PermissionError:
        raise InputUnreadableError(f"{where} may not be read. Ask for the right to.") from None
    except (pa.ArrowException, OSError):
        size = path.stat().st_size
        if size == 0:
            raise InputEmptyError(f"{where} is empty, 0 bytes. Deliver the file again.") from None
        raise InputUnreadableError(
            f"{where} is not a readable Parquet file; it has {size} bytes. Name a CSV *.csv or "
            "*.csv.gz; anything else is read as Parquet."
        ) from None
    _refuse_twice(names, where)
    if rows == 0:
        raise InputEmptyError(f"{where} has columns and no row. Deliver the file again.")
    return names


def _refuse_twice(names: Sequence[str], where: str) -> None:
    """Refuse a doubled column by count: without a header the names would be a person's."""
    doubled = len(names) - len(set(names))
    if doubled:
        raise InputColumnsError(
            f"{where} has {doubled} of its {len(names)} columns under the name of another one. "
            "Each column must be there once; the first line must be the header."
        )


def _copied_csv(path: Path, copies: Path, where: str) -> Path:
    """The CSV as a Parquet file of text columns, in the private folder."""
    if path.stat().st_size == 0:
        raise InputEmptyError(f"{where} is empty, 0 bytes. Deliver the file again.")
    target = copies / f"{path.name}.parquet"
    try:
        with pa.input_stream(str(path), compression="detect") as stream:
            header = pacsv.open_csv(stream, _reading(), convert_options=_as_text(())).schema.names
        _refuse_twice(header, where)
        with (
            pa.input_stream(str(path), compression="detect") as stream,
            pacsv.open_csv(stream, _reading(), convert_options=_as_text(header)) as reader,
            pq.ParquetWriter(target, reader.schema) as writer,
        ):
            for batch in reader:
                writer.write_batch(batch)
    except pa.ArrowInvalid as refused:
        if "UTF8" in str(refused) or "UTF-8" in str(refused):
            raise InputEncodingError(
                f"{where} is not in UTF-8. Convert it, or deliver it again as UTF-8."
            ) from None
        raise InputUnreadableError(
            f"{where} is not a readable CSV: a row has another number of fields than the header, "
            "or a quote is not closed. Correct the file or deliver it again."
        ) from None
    except OSError as refused:
        if is_disk_full(refused):
            raise named(refused, where) from None
        raise InputUnreadableError(f"{where} cannot be read ({type(refused).__name__}).") from None
    return target


def _reading() -> pacsv.ReadOptions:
    return pacsv.ReadOptions(block_size=_BLOCK_BYTES, encoding="utf8")


def _as_text(names: Sequence[str]) -> pacsv.ConvertOptions:
    return pacsv.ConvertOptions(
        column_types={name: pa.string() for name in names},
        strings_can_be_null=True,
        null_values=[""],
    )


def _require_unique(rows: DataFrame, id_column: str, where: str) -> None:
    counts = rows.agg(
        F.count("*").alias("rows"),
        F.count(F.col(f"`{id_column}`")).alias("ids"),
        F.count_distinct(F.col(f"`{id_column}`")).alias("distinct_ids"),
    ).collect()[0]
    if counts["rows"] == counts["distinct_ids"]:
        return
    nulls, repeats = counts["rows"] - counts["ids"], counts["ids"] - counts["distinct_ids"]
    raise InputNotUniqueError(
        f"{where}: the id column {id_column} must name each record; {nulls} of {counts['rows']} "
        f"rows have none and {repeats} repeat one. Correct the file, or name another id."
    )


@dataclass(frozen=True)
class PairsWritten:
    """Where the pairs of ``link-files`` lie, how many there are, and how many are links."""

    path: Path
    rows: int
    links: int


def read_text(path: Path) -> str:
    """A specification as text.

    Raises: InputMissingError, InputEncodingError, InputUnreadableError.
    """
    where = f"link-files: {path.name}"
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputMissingError(f"{where} is not there. Name the specification.") from None
    except UnicodeDecodeError:
        raise InputEncodingError(f"{where} is not in UTF-8. Save it again as UTF-8.") from None
    except OSError as refused:
        raise InputUnreadableError(f"{where} cannot be read ({type(refused).__name__}).") from None


def rows_about(*paths: Path) -> int:
    """About how many rows the files, or folders of parts, hold together.

    Parquet says it; text is guessed from its bytes. What cannot be read counts nothing.
    """
    files = [file for path in paths for file in (path, *path.rglob("*")) if file.is_file()]
    return sum(map(_rows_about, files))


def _rows_about(file: Path) -> int:
    if file.name.lower().endswith(_CSV_SUFFIXES):
        packed = _PACKED if file.name.lower().endswith(".gz") else 1
        return packed * file.stat().st_size // _ROW_BYTES
    try:
        return int(pq.read_metadata(file).num_rows)
    except (pa.ArrowException, OSError):
        return 0


def require_writable(folder: Path) -> None:
    """Make the output folder, private, before anything expensive.

    Raises: LakeUnwritableError, DiskFullError.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f".{PAIRS_FILE}.writable"
        probe.touch(mode=0o600)
        probe.unlink()
    except OSError as refused:
        raise named(refused, f"link-files: {folder}") from None


def take_away_pairs(folder: Path) -> None:
    """Remove the pairs of an earlier linkage: one that fails leaves none to be mistaken.

    Raises: LakeUnwritableError.
    """
    try:
        (folder / PAIRS_FILE).unlink(missing_ok=True)
    except OSError as refused:
        raise named(refused, f"link-files: {folder}") from None


def write_pairs(pairs: DataFrame, folder: Path) -> PairsWritten:
    """Write ``pairs.parquet`` whole or not at all: one file, sorted by the two ids."""
    table = pairs.toArrow().sort_by([("id_a", "ascending"), ("id_b", "ascending")])
    table = table.cast(PAIRS_SCHEMA)
    path, unfinished = folder / PAIRS_FILE, folder / f".{PAIRS_FILE}.part"
    try:
        pq.write_table(table, unfinished)
        unfinished.chmod(0o600)
        unfinished.replace(path)
    except OSError as refused:
        unfinished.unlink(missing_ok=True)
        raise named(refused, f"link-files: {folder}") from None
    return PairsWritten(path, table.num_rows, sum(table["link"].to_pylist()))
