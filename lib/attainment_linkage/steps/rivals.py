"""Rivals: the other pairs of a pair's records, found by hash of the id, in columns of numbers.

Pairs by the million are not sorted and windowed as rows: their ids go as 64-bit hashes, in
blocks of Arrow that hold all pairs of a record together. Two ids of one hash, one chance in
millions, are taken for one record's: that moves a sum, or has a lone pair looked at twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from attainment_linkage.steps import pair_blocks

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Columns = dict[str, npt.NDArray[np.generic]]
ArrowTask = Callable[[Iterable[pa.RecordBatch]], Iterable[pa.RecordBatch]]
Source = Callable[[Iterable[pa.RecordBatch]], Iterator[Columns]]
Sink = Callable[[Iterable[Columns]], Iterator[pa.RecordBatch]]

_BLOCKS_DDL = "part int, block binary"
_BLOCKS = pa.schema([("part", pa.int32()), ("block", pa.binary())])
_HELD_PAIRS = 2_000_000
"""Pairs a task holds before it sends them on."""
_SPAN = 1 << 20
"""More than there can be bins of rivals."""
MOST_BITS = 60.0
SIDES = ("left", "right")


def crowded(pairs: DataFrame, parts: int) -> tuple[DataFrame, DataFrame]:
    """The left and the right records of more than one pair, by ``id_hash``.

    Grain: one row per such record. They are few, and come to the driver once, so that they can
    go to every task. Cost: one shuffle of a number per pair and side.
    """
    hashed = pairs.select(*(F.xxhash64(f"{side}_id").alias(side) for side in SIDES))
    found = (
        hashed.mapInArrow(_sides_apart(parts), _BLOCKS_DDL)
        .repartitionById(2 * parts, "part")
        .mapInArrow(_repeated(parts), "is_left boolean, id_hash bigint")
    )
    often = found.toArrow()
    left, right = (
        pairs.sparkSession.createDataFrame(often.filter(pc.equal(often["is_left"], is_left)))
        for is_left in (True, False)
    )
    return left.select("id_hash"), right.select("id_hash")


def rival_bins(
    weighed: DataFrame, prior_bits: float, sides: Sequence[str], bins_per_bit: float, parts: int
) -> DataFrame:
    """Pairs by what speaks for them and for their rivals, in bins.

    Grain: in, one row per block of pairs (``steps.pair_blocks``) weighed from ``prior_bits``
    on; out, one row per bin found in a part: bits, rival_bits (null: no rival), pairs.
    ``sides``: where the other pairs of a record are rivals.
    Cost: one shuffle of three or four numbers per pair for each side.
    """
    found = [_speaking(prior_bits), *(_with_rivals(side) for side in sides)]
    made = [*(_by_record(side, parts) for side in sides), _binned(bins_per_bit)]
    schemas = [*(_BLOCKS_DDL for _ in sides), "bits int, rival_bits int, pairs bigint"]
    moved = weighed
    for number, (source, sink, schema) in enumerate(zip(found, made, schemas, strict=True)):
        before = moved.repartitionById(parts, "part") if number else moved
        moved = before.mapInArrow(_task(source, sink), schema)
    return moved


def sums(record: Ints, value: Floats) -> Floats:
    """The sum of the values of each record, at each of its places, whatever their order."""
    if not len(record):
        return np.zeros(0)
    order = np.lexsort((value, record))
    starts = np.flatnonzero(np.r_[True, np.diff(record[order]) != 0])
    sizes = np.diff(np.r_[starts, len(order)])
    found = np.empty(len(order))
    found[order] = np.repeat(np.add.reduceat(value[order], starts), sizes)
    return found


def half_up(value: Floats) -> Floats:
    """Rounded to whole numbers, halves away from nought."""
    return np.copysign(np.floor(np.abs(value) + 0.5), value)


def _task(source: Source, sink: Sink) -> ArrowTask:
    """The function of one task: its columns of numbers, and what is made of them."""
    return lambda batches: sink(source(batches))


def _speaking(prior_bits: float) -> Source:
    """Of blocks of weighed pairs: both records, what speaks for the pair, no rivals yet."""

    def source(batches: Iterable[pa.RecordBatch]) -> Iterator[Columns]:
        for pairs in pair_blocks.opened(batches):
            columns: Columns = {side: pairs[f"{side}_hash"].to_numpy() for side in SIDES}
            bits = pairs["match_weight"].to_numpy() - prior_bits
            columns["bits"] = np.clip(bits, -MOST_BITS, MOST_BITS)
            columns["rivals"] = np.zeros(len(bits))
            yield columns

    return source


def _by_record(side: str, parts: int) -> Sink:
    """Pairs in blocks, by the record of one side."""

    def sink(pairs: Iterable[Columns]) -> Iterator[pa.RecordBatch]:
        for columns in pairs:
            yield _cut(columns, columns[side].astype(np.int64) % parts)

    return sink


def _sides_apart(parts: int) -> ArrowTask:
    """The function of one task: the records of its pairs in blocks, the left ones first."""

    def task(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for columns in _held(batches):
            for place, side in enumerate(SIDES):
                record = columns[side].astype(np.int64)
                yield _cut({"id_hash": record}, place * parts + record % parts)

    return task


def _repeated(parts: int) -> ArrowTask:
    """The function of one task: the records that come more than once."""

    def task(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for part, columns in _parts(batches):
            record, count = np.unique(columns["id_hash"], return_counts=True)
            often = record[count > 1]
            is_left = np.full(len(often), part < parts)
            yield pa.record_batch([pa.array(is_left), pa.array(often)], ["is_left", "id_hash"])

    return task


def _with_rivals(side: str) -> Source:
    """Of blocks by the records of a side: what the other pairs of a record amount to, added."""

    def source(batches: Iterable[pa.RecordBatch]) -> Iterator[Columns]:
        for _, columns in _parts(batches):
            factor = np.exp2(columns["bits"].astype(np.float64))
            others = sums(columns[side].astype(np.int64), factor) - factor
            columns["rivals"] = columns["rivals"] + np.maximum(others, 0.0)
            yield columns

    return source


def _binned(bins_per_bit: float) -> Sink:
    """Pairs counted by bin."""

    def sink(pairs: Iterable[Columns]) -> Iterator[pa.RecordBatch]:
        for columns in pairs:
            rivals = columns["rivals"].astype(np.float64)
            is_alone = rivals <= 0
            bits = half_up(columns["bits"].astype(np.float64) * bins_per_bit)
            of_rivals = half_up(np.log2(np.where(is_alone, 1.0, rivals)) * bins_per_bit)
            found, counts = np.unique(
                _packed(bits, np.where(is_alone, 0.0, of_rivals), is_alone), return_counts=True
            )
            found_bits, found_rivals, is_found_alone = _unpacked(found)
            yield pa.record_batch(
                [
                    pa.array(found_bits, pa.int32()),
                    pa.array(found_rivals, pa.int32(), mask=is_found_alone),
                    pa.array(counts, pa.int64()),
                ],
                ["bits", "rival_bits", "pairs"],
            )

    return sink


def _packed(bits: Floats, rival_bits: Floats, is_alone: Bools) -> Ints:
    """A bin as one number: rows of three are sorted fifteen times slower."""
    bins = bits.astype(np.int64) * _SPAN + rival_bits.astype(np.int64)
    return np.asarray(2 * bins + is_alone, np.int64)


def _unpacked(packed: Ints) -> tuple[Ints, Ints, Bools]:
    bins = packed // 2
    rival_bits = (bins + _SPAN // 2) % _SPAN - _SPAN // 2
    return (bins - rival_bits) // _SPAN, rival_bits, packed % 2 == 1


def _held(batches: Iterable[pa.RecordBatch]) -> Iterator[Columns]:
    """The columns of many batches at a time; nothing for no rows."""
    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        if sum(one.num_rows for one in held) >= _HELD_PAIRS:
            yield _columns(held)
            held = []
    if any(one.num_rows for one in held):
        yield _columns(held)


def _columns(batches: Iterable[pa.RecordBatch]) -> Columns:
    table = pa.Table.from_batches(list(batches))
    return {name: table[name].to_numpy() for name in table.column_names}


def _cut(columns: Columns, place: Ints) -> pa.RecordBatch:
    """The rows of each place as one block."""
    order = np.argsort(place, kind="stable")
    found, starts = np.unique(place[order], return_index=True)
    laid_out = {name: values[order] for name, values in columns.items()}
    blocks = []
    for start, end in zip(starts, np.r_[starts[1:], len(order)], strict=True):
        batch = pa.RecordBatch.from_pydict({n: v[start:end] for n, v in laid_out.items()})
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as stream:
            stream.write_batch(batch)
        blocks.append(bytes(sink.getvalue()))
    return pa.record_batch([pa.array(found, pa.int32()), pa.array(blocks, pa.binary())], _BLOCKS)


def _parts(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[int, Columns]]:
    """All rows of each part, put together from their blocks."""
    blocks: dict[int, list[pa.RecordBatch]] = {}
    for batch in batches:
        for place in range(batch.num_rows):
            stream = pa.ipc.open_stream(batch["block"][place].as_buffer())
            blocks.setdefault(batch["part"][place].as_py(), []).extend(stream)
    for part in sorted(blocks):
        yield part, _columns(blocks.pop(part))
