"""Key counts: how many records of each side have each key, counted before any record is moved.

A record's key of a rule is one whole number (``rule_sql.code_sql``); the numbers of all records
are shared out by slice, sorted and counted. Which keys both sides have is kept as bits, so that
records that meet nobody are never moved. No Spark here; numbers tell no value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from attainment_linkage.core.layout import group_key
from attainment_linkage.core.rule_sql import SLICE_UNIT

Codes = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

CODES_DDL = "part int, key int, codes binary"
_CODES = pa.schema([("part", pa.int32()), ("key", pa.int32()), ("codes", pa.binary())])
COUNTED = pa.schema(
    [
        ("key", pa.int32()),
        ("slice", pa.int32()),
        ("left_records", pa.int64()),
        ("right_records", pa.int64()),
        ("candidate_pairs", pa.int64()),
        ("largest_block_pairs", pa.int64()),
        ("met_left", pa.int64()),
        ("met_right", pa.int64()),
        ("met", pa.binary()),
    ]
)
COUNTS_DDL = (
    "key int, slice int, left_records bigint, right_records bigint, candidate_pairs bigint, "
    "largest_block_pairs bigint, met_left bigint, met_right bigint, met binary"
)
SLICE, CODE = "slice_of_group_", "code_of_key_"
"""How the columns begin that hold a record's slice in a group and its code of a key."""
_SLICE_BITS = np.uint64(SLICE_UNIT.bit_length() - 1)
_ONE = np.uint64(1)
_BITS_OF_A_KEY, _FEWEST_BITS = 16, 64
"""Of the keys that only one side has, one in so many is taken for one that both have."""


def coded(
    batches: Iterable[pa.RecordBatch], groups: int, keys: int, slices: int, parts: int
) -> Iterator[pa.RecordBatch]:
    """The codes of some records, by key and by the part that counts them: that of their slice.

    Grain: in, one row per record: is_left, its slices and codes; out, one row per key and part;
    of a group's own key, how many records of each side its slices in that part have.
    """
    for batch in batches:
        rows: list[tuple[int, int, bytes]] = []
        for key in range(keys):
            codes = _flat(batch[f"{CODE}{key}"]).drop_null().to_numpy().astype(np.uint64)
            places = ((codes >> _SLICE_BITS) % np.uint64(parts)).astype(np.uint16)
            shared = codes[np.argsort(places, kind="stable")]  # in 16 bits: by counting
            ends = np.cumsum(np.bincount(places, minlength=parts))
            cuts = np.split(shared, ends[:-1])
            rows += [(part, key, cut.tobytes()) for part, cut in enumerate(cuts) if len(cut)]
        for group in range(groups):
            sides = _sides(batch, f"{SLICE}{group}", slices)
            rows += [(p, group_key(group), sides[p::parts].tobytes()) for p in range(parts)]
        yield _batch(rows, _CODES)


def counted(batches: Iterable[pa.RecordBatch], parts: int) -> Iterator[pa.RecordBatch]:
    """What is in the slices of one part or several, of each key.

    Grain: in, as ``coded`` gives it, all of a part together; out, one row per key and slice.
    """
    held: dict[tuple[int, int], list[npt.NDArray[Any]]] = {}
    for batch in batches:
        for part, key, codes in zip(*(batch[n] for n in _CODES.names), strict=True):
            of_key = key.as_py()
            kind = np.uint64 if of_key >= 0 else np.int64
            numbers = np.frombuffer(codes.as_buffer(), kind)
            held.setdefault((part.as_py(), of_key), []).append(numbers)
    for part, key in sorted(held):
        delivered = held.pop((part, key))
        if key >= 0:
            yield _batch(_of_key(key, np.concatenate(delivered)), COUNTED)
        else:
            sides = np.sum(delivered, axis=0).reshape(-1, 2)
            own = [
                (key, part + parts * place, int(left), int(right), 0, 0, 0, 0, b"")
                for place, (left, right) in enumerate(sides)
                if left or right
            ]
            yield _batch(own, COUNTED)


def _of_key(key: int, codes: Codes) -> list[tuple[object, ...]]:
    """The rows of one key: a block is a run of codes equal but for the side, a slice a run of
    blocks."""
    codes.sort()
    starts = _starts(codes >> _ONE)
    sizes = np.diff(np.append(starts, len(codes)))
    right = np.add.reduceat((codes & _ONE).astype(np.int64), starts)
    left = sizes - right
    pairs = left * right
    is_met = pairs > 0
    hashes = _hashes(codes[starts])
    slices = (codes[starts] >> _SLICE_BITS).astype(np.int64)
    firsts = _starts(slices)
    summed = [
        np.add.reduceat(c, firsts) for c in (left, right, pairs, left * is_met, right * is_met)
    ]
    largest = np.maximum.reduceat(pairs, firsts)
    ends = np.append(firsts[1:], len(slices))
    rows: list[tuple[object, ...]] = []
    for place, (first, end) in enumerate(zip(firsts, ends, strict=True)):
        of_left, of_right, formed, met_left, met_right = (int(one[place]) for one in summed)
        bits = _bits(hashes[first:end][is_met[first:end]])
        counts = of_left, of_right, formed, int(largest[place]), met_left, met_right
        rows.append((key, int(slices[first]), *counts, bits))
    return rows


class Met:
    """Which keys both sides have: some that only one has are taken for such, none is left out."""

    def __init__(self, counted: pa.Table) -> None:
        self._keys: dict[int, tuple[Ints, Codes, npt.NDArray[np.uint8]]] = {}
        columns = (counted[name].to_pylist() for name in ("key", "slice", "met"))
        by_key: dict[int, list[tuple[int, bytes]]] = {}
        for key, place, bits in zip(*columns, strict=True):
            if bits:
                by_key.setdefault(key, []).append((place, bits))
        for key, own in by_key.items():
            most = 1 + max(place for place, _ in own)
            starts, masks = np.zeros(most, np.int64), np.zeros(most, np.uint64)
            end = 8  # a slice without bits looks at a byte of none
            for place, bits in own:
                starts[place], masks[place] = end, 8 * len(bits) - 1
                end += 8 * len(bits)
            joined = np.frombuffer(b"\0" + b"".join(bits for _, bits in own), np.uint8)
            self._keys[key] = starts, masks, joined

    def flags(self, key: int, codes: pa.Array) -> Flags:
        """Of each record's code of a key, or each element's, whether the other side has it."""
        flat = _flat(codes)
        if key not in self._keys:
            return np.zeros(len(flat), np.bool_)
        starts, masks, bits = self._keys[key]
        numbers = flat.fill_null(0).to_numpy().astype(np.uint64)
        slices = np.minimum((numbers >> _SLICE_BITS).astype(np.int64), len(starts) - 1)
        spots = starts[slices] + (_hashes(numbers) & masks[slices]).astype(np.int64)
        is_met: Flags = (bits[spots >> 3] >> (spots & 7).astype(np.uint8)) & 1 == 1
        is_whole: Flags = flat.is_valid().to_numpy(zero_copy_only=False)
        return is_met & is_whole


def _hashes(codes: Codes) -> Codes:
    """The 54 bits of hash in each code."""
    return (codes & np.uint64(SLICE_UNIT - 1)) >> _ONE


def _bits(hashes: Codes) -> bytes:
    """Bits, about one in sixteen of them set, at the last bits of these hashes."""
    if not len(hashes):
        return b""
    count = max(_FEWEST_BITS, 1 << (_BITS_OF_A_KEY * len(hashes) - 1).bit_length())
    flags = np.zeros(count, np.bool_)
    flags[(hashes & np.uint64(count - 1)).astype(np.int64)] = True
    return np.packbits(flags, bitorder="little").tobytes()


def _starts(sorted_values: npt.NDArray[Any]) -> Ints:
    """Where each run of equal values begins."""
    changes = np.flatnonzero(sorted_values[1:] != sorted_values[:-1]) + 1
    return np.concatenate([np.zeros(min(1, len(sorted_values)), np.int64), changes])


def _sides(batch: pa.RecordBatch, column: str, slices: int) -> Ints:
    """Left and right records of each slice: one row per slice."""
    places = batch[column]
    is_left = batch["is_left"]
    if pa.types.is_list(places.type):
        is_left = is_left.take(pc.list_parent_indices(places))
        places = _flat(places)
    whole = places.is_valid()
    sides = 1 - is_left.filter(whole).to_numpy(zero_copy_only=False).astype(np.int64)
    found = 2 * places.filter(whole).to_numpy().astype(np.int64) + sides
    return np.bincount(found, minlength=2 * slices).reshape(-1, 2)


def _flat(column: pa.Array) -> pa.Array:
    return column.flatten() if pa.types.is_list(column.type) else column


def _batch(rows: Sequence[tuple[object, ...]], schema: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True) if rows else [[] for _ in schema]
    arrays = [pa.array(list(c), f.type) for c, f in zip(columns, schema, strict=True)]
    return pa.record_batch(arrays, schema=schema)
