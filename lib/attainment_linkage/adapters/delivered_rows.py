"""Delivered rows: the files of a delivery as one DataFrame of text, every row numbered.

Spark's CSV reader knows no row numbers, swaps columns under a declared schema, and drops or
nulls what it cannot read. So the pre-flight cuts each file at records into pieces whose
first row number is known, and tasks parse the pieces with Arrow: in parallel within one
uncompressed file, one task per gzipped or transcoded one. Parquet files carry row numbers
of their own (``_metadata.row_index``).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from attainment_linkage.adapters.byte_streams import (
    TextForm,
    UndecodableError,
    seek_chunk,
    text_chunks,
)
from attainment_linkage.adapters.deliveries import PARQUET, FileFacts, Inspected
from attainment_linkage.core.csv_records import Piece
from attainment_linkage.core.row_rules import LINE_COLUMNS
from attainment_linkage.domain.errors import InputUnreadableError

_BLOCK_BYTES = 1 << 22
_SHARES, _LEAST_SHARE_BYTES, _MOST_SHARE_BYTES = 32, 1 << 23, 1 << 27
"""A delivery is cut in about so many tasks, none too small to be worth its start."""


@dataclass(frozen=True)
class _Share:
    """What one task reads: pieces of one file, in order."""

    file: FileFacts
    form: TextForm
    pieces: tuple[Piece, ...]


def delivered_rows(
    spark: SparkSession, inspected: Inspected, columns: Sequence[str] | None = None
) -> DataFrame:
    """The rows of a delivery, as text, in no order.

    Grain:   one row per data row of the files, broken rows included.
    Columns: those of ``LINE_COLUMNS``, then the declared ones, or those asked for. Of a
             broken row only the line columns are filled. Cells come without the blanks
             around them; a blank cell is null.
    Cost:    lazy; no shuffle; each pass over the frame reads the files once.
    """
    names = list(columns if columns is not None else inspected.delivery.source.names)
    if inspected.delivery.format == PARQUET:
        return _parquet_rows(spark, inspected, names)
    shares = list(_shares(inspected))
    schema = ", ".join(
        [f"{column.name} {column.type}" for column in LINE_COLUMNS]
        + [f"{name} string" for name in names]
    )
    tasks = spark.range(0, len(shares), 1, len(shares))
    return tasks.mapInArrow(_reader(shares, names, inspected.delivery.delimiter), schema)


def _parquet_rows(spark: SparkSession, inspected: Inspected, names: list[str]) -> DataFrame:
    paths = [str(file.path.absolute()) for file in inspected.files if file.row_count]
    # Spark gives a file's name as part of an address; a plus in it is a plus
    address = F.replace(F.col("_metadata.file_name"), F.lit("+"), F.lit("%2B"))
    return spark.read.parquet(*paths).select(
        F.url_decode(address).alias("source_file"),
        (F.col("_metadata.row_index") + 1).alias("source_row"),
        F.lit(None).cast("string").alias("source_fault"),
        F.lit(None).cast("string").alias("source_line"),
        *(_plain_cell(name) for name in names),
    )


def _plain_cell(name: str) -> Column:
    return F.nullif(F.trim(F.col(name).cast("string")), F.lit("")).alias(name)


def _shares(inspected: Inspected) -> Iterator[_Share]:
    """Pieces handed out to tasks: by size where a task can seek, else the whole file."""
    size = sum(file.size_bytes for file in inspected.files) // _SHARES
    share_bytes = min(max(size, _LEAST_SHARE_BYTES), _MOST_SHARE_BYTES)
    for file in inspected.files:
        if file.form is None or not file.pieces:
            continue
        if not file.form.is_seekable:
            yield _Share(file, file.form, file.pieces)
            continue
        taken: list[Piece] = []
        for piece in file.pieces:
            taken.append(piece)
            if piece.end - taken[0].start >= share_bytes:
                yield _Share(file, file.form, tuple(taken))
                taken = []
        if taken:
            yield _Share(file, file.form, tuple(taken))


def _reader(
    shares: list[_Share], names: list[str], delimiter: str
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The task: each incoming id is the place of a share."""

    def read(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for place in batch.column(0).to_pylist():
                share = shares[place]
                try:
                    for piece, data in _piece_bytes(share):
                        yield from _piece_batches(share, piece, data, names, delimiter)
                except OSError as refused:
                    raise _out_of_reach(share, refused) from None
                except (EOFError, zlib.error, UndecodableError, UnicodeError):
                    raise _changed(share) from None

    return read


def _piece_bytes(share: _Share) -> Iterator[tuple[Piece, bytes]]:
    """Each piece with its bytes, sought in the file or met in the stream."""
    if share.form.is_seekable:
        for piece in share.pieces:
            yield piece, seek_chunk(share.file.path, piece.start, piece.end)
        return
    held, offset = b"", 0
    waiting = list(share.pieces)
    for chunk in text_chunks(share.file.path, share.form):
        held += chunk
        while waiting and offset + len(held) >= waiting[0].end:
            piece = waiting.pop(0)
            yield piece, held[piece.start - offset : piece.end - offset]
            held, offset = held[piece.end - offset :], piece.end
    if waiting:
        raise _changed(share)


def _piece_batches(
    share: _Share, piece: Piece, data: bytes, names: list[str], delimiter: str
) -> Iterator[pa.RecordBatch]:
    """The sound rows of a piece, then its broken ones."""
    rows = piece.sound_rows()
    if rows.size:
        sound = b"".join(
            data[start - piece.start : end - piece.start] for start, end in piece.sound_ranges()
        )
        read = 0
        for batch in _batches(sound, share, names, delimiter):
            numbers = rows[read : read + batch.num_rows]
            read += batch.num_rows
            if len(numbers) == batch.num_rows:
                yield _numbered(share, numbers, [_plain(cells) for cells in batch.columns], names)
        if read != rows.size:
            raise _changed(share)
    if piece.broken:
        yield _broken(share, piece, data, names)


def _batches(
    sound: bytes, share: _Share, names: list[str], delimiter: str
) -> Iterator[pa.RecordBatch]:
    """The rows of whole records; Arrow's own errors quote a row, so they are replaced."""
    encoding = share.form.stream_encoding
    try:
        if encoding != "utf-8":
            sound = sound.decode(encoding).encode("utf-8")
        yield from _parsed(sound, share.file.header, names, delimiter)
    except (pa.ArrowInvalid, UnicodeDecodeError):
        raise _changed(share) from None


def _parsed(
    sound: bytes, header: Sequence[str], names: list[str], delimiter: str
) -> pacsv.CSVStreamingReader:
    return pacsv.open_csv(
        pa.BufferReader(sound),
        pacsv.ReadOptions(column_names=list(header), block_size=_BLOCK_BYTES, use_threads=False),
        pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=b'"' in sound),
        pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            include_columns=names,
            null_values=[""],
            strings_can_be_null=True,
        ),
    )


def _plain(cells: pa.Array) -> pa.Array:
    """Cells without the blanks around them; what is blank is null."""
    trimmed = pc.ascii_trim_whitespace(cells)
    return pc.if_else(pc.equal(trimmed, ""), None, trimmed)


def _numbered(
    share: _Share, numbers: np.ndarray, columns: list[pa.Array], names: list[str]
) -> pa.RecordBatch:
    count = len(numbers)
    nothing = pa.nulls(count, pa.string())
    line = [pa.repeat(share.file.path.name, count), pa.array(numbers), nothing, nothing]
    return _batch([*line, *columns], names)


def _broken(share: _Share, piece: Piece, data: bytes, names: list[str]) -> pa.RecordBatch:
    encoding = share.form.stream_encoding
    texts = [
        data[row.start - piece.start : row.end - piece.start].decode(encoding).rstrip("\r\n")
        for row in piece.broken
    ]
    count = len(texts)
    line = [
        pa.repeat(share.file.path.name, count),
        pa.array([row.row for row in piece.broken], pa.int64()),
        pa.array([row.code for row in piece.broken], pa.string()),
        pa.array(texts, pa.string()),
    ]
    return _batch([*line, *(pa.nulls(count, pa.string()) for _ in names)], names)


def _batch(arrays: list[pa.Array], names: list[str]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(arrays, [*(column.name for column in LINE_COLUMNS), *names])


def _out_of_reach(share: _Share, refused: OSError) -> InputUnreadableError:
    return InputUnreadableError(
        f"ingest: {share.file.path.name} could be read when it was checked, and not by a task: "
        f"{refused.strerror}. Leave delivered files alone during a run, where every worker of the "
        "cluster sees them, and start again."
    )


def _changed(share: _Share) -> InputUnreadableError:
    return InputUnreadableError(
        f"ingest: {share.file.path.name} has changed since it was checked. Leave delivered "
        "files alone during a run, and start again."
    )
