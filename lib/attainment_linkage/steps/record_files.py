"""Record files: linkage records read from Parquet by the tasks themselves. No Spark here.

What only goes on to Python in columns need not pass through Java in rows: a task reads its share
of the files; DuckDB in it looks up frequencies, places each record in its slices and makes its
codes of the counted keys. Every worker must see the files: they lie where scratch frames lie.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from attainment_linkage.core.layout import CountedKey, Layout
from attainment_linkage.core.rule_sql import code_sql, elements_sql, slice_sql
from attainment_linkage.steps.kernel import open_database
from attainment_linkage.steps.key_counts import CODE, SLICE, Met
from attainment_linkage.steps.slices import ELEMENTS, PACKED_RECORDS

_SIDE = "is_left"
_BATCH_RECORDS = 65_536
_READ_BYTES = 2**20
"""Of a column at once: a row group may have millions of records."""
_FEW_SLICES = 64
"""Named slices of a group up to which others are left out as they are read."""


@dataclass(frozen=True)
class RecordFiles:
    """A folder of Parquet files; ``is_left`` where all are of one side, None where a column says.

    A folder may stand for both sides, once for each: a file that is linked with itself.
    """

    folder: Path
    is_left: bool | None = None

    @property
    def paths(self) -> list[str]:
        """Its files, in the order of their names."""
        return sorted(map(str, self.folder.glob("*.parquet")))


@dataclass(frozen=True)
class Part:
    """A row group of one file."""

    path: str
    row_group: int
    is_left: bool | None


@dataclass(frozen=True)
class Query:
    """What is asked of the records: their columns, frequencies, slices and codes.

    ``shares``: the folder of ``score.term_frequencies``, of ``frequency_columns`` by their
    place; none where the records have ``tf_<column>`` already.
    """

    columns: tuple[str, ...]
    cut: Layout
    keys: tuple[CountedKey, ...]
    memory_mib: int
    shares: Path | None = None
    frequency_columns: tuple[str, ...] = ()

    @property
    def key_columns(self) -> tuple[str, ...]:
        """What the codes are made of."""
        rules = [key.rule for key in self.keys]
        return tuple(sorted({n for r in rules for n in (*r.left_columns, *r.right_columns)}))

    def codes_sql(self) -> str:
        """The side, slices and codes of each record of ``rows``, of all counted keys."""
        codes = self._codes(range(len(self.keys)))
        return f"select {', '.join([_SIDE, *self._slices(), *codes])} from rows"

    def records_sql(self, slices: Mapping[int, Collection[int]]) -> str:
        """The records of ``rows`` with frequencies, slices, and the codes by which they meet.

        Those in these slices of the groups only, where few are named.
        """
        dealing = [place for place, key in enumerate(self.keys) if key.deals]
        chosen = [f'r."{name}"' for name in (_SIDE, *self.columns)]
        joins = []
        for place, column in enumerate(self.frequency_columns if self.shares else ()):
            chosen.append(f'f{place}.share as "tf_{column}"')
            own = f"(select value, share from shares where place = {place})"
            # left: every record stays; values are distinct within a place
            joins.append(f'left join {own} f{place} on r."{column}" = f{place}.value')
        for number, group in enumerate(self.cut.groups):
            if group.array_equality is not None:
                chosen.append(f'{elements_sql(group.array_equality)} as "{ELEMENTS}{number}"')
        return (
            f"select {', '.join([*chosen, *self._slices(), *self._codes(dealing)])} "
            f"from rows r {' '.join(joins)} where {self._within(slices)}"
        )

    def _slices(self) -> list[str]:
        groups = enumerate(self.cut.groups)
        return [f'{slice_sql(g.key, self.cut.slices)} as "{SLICE}{number}"' for number, g in groups]

    def _codes(self, places: Iterable[int]) -> list[str]:
        found = []
        for place in places:
            number = self.keys[place].group_number
            rule = self.keys[place].rule
            key = rule.equalities if number is None else self.cut.groups[number].key
            found.append(f'{code_sql(rule, key, self.cut.slices)} as "{CODE}{place}"')
        return found

    def _within(self, slices: Mapping[int, Collection[int]]) -> str:
        if any(len(own) > _FEW_SLICES for own in slices.values()):
            return "true"
        conditions = ["false"]
        for number, own in slices.items():
            group, held = self.cut.groups[number], ", ".join(map(str, sorted(own)))
            place = slice_sql(group.key, self.cut.slices)
            is_list = group.array_equality is not None
            conditions += [
                f"list_has_any({place}, [{held}]::smallint[])"
                if is_list
                else f"{place} in ({held})"
            ]
        return " or ".join(conditions)


def parts_of(files: Sequence[RecordFiles], records: int) -> list[tuple[Part, ...]]:
    """All row groups, in shares of about so many records."""
    shares: list[tuple[Part, ...]] = []
    held: list[Part] = []
    rows = 0
    for one in files:
        for path in one.paths:
            footer = pq.read_metadata(path)
            for group in range(footer.num_row_groups):
                size = footer.row_group(group).num_rows
                held += [Part(path, group, one.is_left)] if size else []
                rows += size
                if rows >= records:
                    shares.append(tuple(held))
                    held, rows = [], 0
    return [*shares, tuple(held)] if held else shares


def record_count(files: Sequence[RecordFiles]) -> int:
    """Records of both sides, from the files' footers."""
    return sum(pq.read_metadata(path).num_rows for one in files for path in one.paths)


def side_counts(files: Sequence[RecordFiles]) -> tuple[int, int]:
    """Left and right records."""
    left = 0
    for one in files:
        if one.is_left is None:
            sides = (pq.read_table(path, columns=[_SIDE])[_SIDE] for path in one.paths)
            left += sum(int(pc.sum(side).as_py() or 0) for side in sides)
        elif one.is_left:
            left += record_count([one])
    return left, record_count(files) - left


def met_in(folder: Path) -> Met:
    """Which keys both sides have, from the files of ``block.counted_keys``."""
    columns = ["key", "slice", "met"]
    tables = [pq.read_table(path, columns=columns) for path in RecordFiles(folder).paths]
    return Met(pa.concat_tables(tables))


def codes_of(parts: Sequence[Part], query: Query) -> Iterator[pa.RecordBatch]:
    """The slices and codes of the records of some parts of the files.

    Grain: one row per record: is_left, slices by group, codes by key; lists of them where the
    group or the rule is over an array.
    """
    with _database(query.memory_mib) as database:
        for part in parts:
            database.register("rows", _reader(part, query.key_columns))
            yield from database.sql(query.codes_sql()).to_arrow_reader(PACKED_RECORDS)
            database.unregister("rows")


def records_of(
    parts: Sequence[Part], query: Query, slices: Mapping[int, Collection[int]]
) -> Iterator[pa.RecordBatch]:
    """The records of some parts of the files, with frequencies, slices and codes.

    Grain: one row per record. Only those in these slices by group, where few are named.
    """
    with _database(query.memory_mib) as database:
        # frequencies are held and records pass, however few there seem to be
        database.execute("set disabled_optimizers = 'build_side_probe_side'")
        if query.shares:
            tables = [pq.read_table(path) for path in RecordFiles(query.shares).paths]
            database.register("shares", pa.concat_tables(tables))
        for part in parts:
            database.register("rows", _reader(part, query.columns))
            yield from database.sql(query.records_sql(slices)).to_arrow_reader(_BATCH_RECORDS)
            database.unregister("rows")


def counted_values(
    parts: Sequence[Part], columns: Sequence[str], population: str, memory_mib: int
) -> Iterator[pa.RecordBatch]:
    """How often each value of each column comes in some parts of the files, nulls apart.

    Grain: one row per part, column (its place) and value: place, value, count. ``population``:
    one of ``policy.POPULATIONS``.
    """
    whose = {"both": "true", "left": _SIDE, "right": f"not {_SIDE}"}[population]
    with _database(memory_mib) as database:
        for part in parts:
            for place, column in enumerate(columns):
                database.register("rows", _reader(part, [column]))
                counts = (
                    f'select {place} as place, "{column}" as value, count(*) as count from rows '
                    f'where {whose} and "{column}" is not null group by "{column}"'
                )
                yield from database.sql(counts).to_arrow_reader(_BATCH_RECORDS)
                database.unregister("rows")


@contextmanager
def _database(memory_mib: int) -> Iterator[duckdb.DuckDBPyConnection]:
    with tempfile.TemporaryDirectory(prefix="place-") as spill:
        database = open_database(memory_mib, spill)
        try:
            yield database
        finally:
            database.close()


def _reader(part: Part, columns: Sequence[str]) -> pa.RecordBatchReader:
    """The records of a part, read as they are asked for."""
    file = pq.ParquetFile(
        part.path, buffer_size=_READ_BYTES, pre_buffer=False, page_checksum_verification=True
    )
    wanted = list(columns) if part.is_left is not None else [_SIDE, *columns]
    fields = [file.schema_arrow.field(name) for name in wanted]
    schema = pa.schema(fields)
    if part.is_left is not None:
        schema = pa.schema([pa.field(_SIDE, pa.bool_()), *fields])
    return pa.RecordBatchReader.from_batches(schema, _batches(file, part, wanted, schema))


def _batches(
    file: pq.ParquetFile, part: Part, columns: Sequence[str], schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    read = file.iter_batches(
        _BATCH_RECORDS, row_groups=[part.row_group], columns=list(columns), use_threads=False
    )
    for batch in read:
        found = {name: batch.column(name) for name in columns}
        if part.is_left is not None:
            found[_SIDE] = pa.repeat(pa.scalar(part.is_left), batch.num_rows)
        yield pa.record_batch([found[name] for name in schema.names], schema=schema)
