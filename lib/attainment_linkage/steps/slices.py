"""Slices: records as columns of Arrow, dealt out to the tasks of their slices. No Spark here.

A block is one Arrow stream of records; what Spark moves between machines is a few blocks a
task, not rows. Blocks hold linkage records: they go where shuffles and scratch frames go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from attainment_linkage.core.layout import CountedKey, Layout, Task
from attainment_linkage.core.rule_sql import ELEMENT
from attainment_linkage.steps.key_counts import CODE, SLICE, Flags, Ints, Met

PACKED_RECORDS = 500_000
"""Records that a task holds before it cuts them."""
ELEMENTS = "elements_of_group_"
"""How the column begins that holds a record's elements in a group keyed on an array."""
BLOCKS_DDL = "task int, block binary"
_BLOCKS = pa.schema([("task", pa.int32()), ("block", pa.binary())])
_COMPRESSED = pa.ipc.IpcWriteOptions(compression="zstd")
"""Less than half the bytes, for 2 CPU s in 9 million records."""


@dataclass(frozen=True)
class Lots:
    """The slices of one group that go to the same tasks: their tasks, and the lot of each slice.

    A slice that no task was given has -1.
    """

    tasks: tuple[tuple[int, ...], ...]
    of_slice: npt.NDArray[np.int16]

    @staticmethod
    def of_group(number: int, tasks: Sequence[Task], slices: int) -> Lots:
        """Those of a group, from all tasks."""
        given: dict[int, tuple[int, ...]] = {}
        for place, task in enumerate(tasks):
            for one in task.slices if task.group_number == number else ():
                given[one] = (*given.get(one, ()), place)
        lots = tuple(dict.fromkeys(given.values()))
        places = {lot: place for place, lot in enumerate(lots)}
        of_slice = [places[given[n]] if n in given else -1 for n in range(slices)]
        return Lots(lots, np.array(of_slice, np.int16))

    @property
    def slices(self) -> list[int]:
        """Those that some task was given."""
        given: list[int] = np.flatnonzero(self.of_slice >= 0).tolist()
        return given


@dataclass(frozen=True)
class Deal:
    """What each task is given: the cut, the counted keys, what is met, and the lots by group."""

    cut: Layout
    keys: tuple[CountedKey, ...]
    met: Met
    lots: tuple[Lots, ...]

    def dealing(self, number: int) -> list[int]:
        """The keys by which records meet in a group."""
        return [n for n, key in enumerate(self.keys) if key.deals and key.group_number == number]


def packed(batches: Iterable[pa.RecordBatch], deal: Deal) -> Iterator[pa.RecordBatch]:
    """Blocks of records for the tasks of their slices; one that meets nobody is left out.

    Grain: in, one row per record, with its slices and codes; out, one row per task and block.
    A record is in a block once; where the group is keyed on an array, once for each element by
    which it meets, with the element beside it.
    """
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        held.append(batch)
        rows += batch.num_rows
        if rows >= PACKED_RECORDS:
            yield from _cut(held, deal)
            held, rows = [], 0
    if rows:
        yield from _cut(held, deal)


def _cut(batches: list[pa.RecordBatch], deal: Deal) -> Iterator[pa.RecordBatch]:
    whole = pa.Table.from_batches(batches).combine_chunks()
    made = [n for n in whole.column_names if n.startswith((SLICE, CODE, ELEMENTS))]
    records = whole.drop_columns(made)
    (table,) = whole.select(made).to_batches()
    for number, lots in enumerate(deal.lots):
        places = table[f"{SLICE}{number}"]
        elements = None
        rows = np.arange(len(places))
        if pa.types.is_list(places.type):
            elements = table[f"{ELEMENTS}{number}"].flatten()
            rows = pc.list_parent_indices(places).to_numpy().astype(np.int64)
            places = places.flatten()
        lot = _lots_of(places, lots, _meets(table, deal, number, len(rows)))
        chosen = np.flatnonzero(lot >= 0)
        order = chosen[np.argsort(lot[chosen], kind="stable")]  # in 16 bits: by counting
        if not len(order):
            continue
        dealt = records.take(pa.array(rows[order]))
        if elements is not None:
            dealt = dealt.append_column(ELEMENT, elements.take(pa.array(order)))
        found, first = np.unique(lot[order], return_index=True)
        ends = np.append(first[1:], len(order))
        for own, start, end in zip(found, first, ends, strict=True):
            block = block_of(dealt.slice(start, end - start))
            tasks = lots.tasks[own]
            columns = [pa.array(tasks, pa.int32()), pa.array([block] * len(tasks), pa.binary())]
            yield pa.record_batch(columns, schema=_BLOCKS)


def _lots_of(places: pa.Array, lots: Lots, meets: Flags) -> npt.NDArray[np.int16]:
    """The lot of each place in a slice, -1 where it has none or meets nobody."""
    numbers = places.fill_null(-1).to_numpy().astype(np.int64)
    return np.where((numbers >= 0) & meets, lots.of_slice[numbers], np.int16(-1))


def _meets(table: pa.RecordBatch, deal: Deal, number: int, rows: int) -> Flags:
    """Whether each record, or each of its elements, has a key of the group in common."""
    nobody: Flags = np.zeros(rows, np.bool_)
    is_keyed_on_elements = deal.cut.groups[number].array_equality is not None

    def of(key: int) -> Flags:
        codes = table[f"{CODE}{key}"]
        flags = deal.met.flags(key, codes)
        if is_keyed_on_elements or not pa.types.is_list(codes.type):
            return flags
        parents: Ints = pc.list_parent_indices(codes).to_numpy().astype(np.int64)
        found = nobody.copy()
        found[parents[flags]] = True
        return found

    return reduce(or_, map(of, deal.dealing(number)), nobody)


def by_task(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[int, pa.Table, int]]:
    """The records of each task, from rows of a task and a block of its slices; and the bytes of
    its blocks."""
    blocks: dict[int, list[pa.BinaryScalar]] = {}
    for batch in batches:
        for task, block in zip(batch["task"], batch["block"], strict=True):
            blocks.setdefault(task.as_py(), []).append(block)
    for task in sorted(blocks):
        own = blocks.pop(task)
        yield task, pa.concat_tables(map(unpacked, own)), sum(len(b.as_buffer()) for b in own)


def block_of(records: pa.Table) -> bytes:
    """Records as one compressed Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, records.schema, options=_COMPRESSED) as stream:
        stream.write_table(records)
    return bytes(sink.getvalue())


def unpacked(block: pa.BinaryScalar) -> pa.Table:
    """The records of a block."""
    return pa.ipc.open_stream(block.as_buffer()).read_all()
