"""Record files: linkage records read from Parquet by the tasks themselves. No Spark here.

What only goes on to Python in columns need not pass through Java in rows: a task reads its share
of the files, DuckDB looks up frequencies and places each record in its slices. Every worker must
see the files: they lie where scratch frames lie.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from attainment_linkage.core.layout import Layout
from attainment_linkage.core.rule_sql import slice_sql, with_elements_sql
from attainment_linkage.steps.kernel import open_database
from attainment_linkage.steps.slices import ELEMENT, PLACE

_SIDE = "is_left"
_BATCH_RECORDS = 65_536


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
    """What is asked of the records: their columns, frequencies and slices.

    ``shares``: the folder of ``score.term_frequencies``, of ``frequency_columns`` by their
    place; none where the records have ``tf_<column>`` already.
    """

    columns: tuple[str, ...]
    cut: Layout
    memory_mib: int
    shares: Path | None = None
    frequency_columns: tuple[str, ...] = ()

    def passes(self) -> list[list[int]]:
        """The groups by the pass over the files that places records in them: one for all without
        an array, one for each with."""
        arrays = [n for n, group in enumerate(self.cut.groups) if group.array_equality is not None]
        scalars = [n for n in range(len(self.cut.groups)) if n not in arrays]
        return [*([scalars] if scalars else []), *([number] for number in arrays)]

    def sql(self, numbers: Sequence[int]) -> str:
        """The records of ``rows`` with frequencies, and slices of these groups of one pass."""
        array = self.cut.groups[numbers[0]].array_equality
        source = "rows" if array is None else with_elements_sql(array, ELEMENT)
        chosen = [f'r."{name}"' for name in (_SIDE, *self.columns)]
        joins = []
        for place, column in enumerate(self.frequency_columns if self.shares else ()):
            chosen.append(f'f{place}.share as "tf_{column}"')
            own = f"(select value, share from shares where place = {place})"
            # left: every record stays; values are distinct within a place
            joins.append(f'left join {own} f{place} on r."{column}" = f{place}.value')
        chosen += [] if array is None else [f'r."{ELEMENT}"']
        for number in numbers:
            its_slice = slice_sql(self.cut.groups[number].key, ELEMENT, self.cut.slices)
            chosen.append(f'{its_slice} as "{PLACE}{number}"')
        return f"select {', '.join(chosen)} from {source} r {' '.join(joins)}"


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


def placed(parts: Sequence[Part], query: Query, numbers: Sequence[int]) -> Iterator[pa.RecordBatch]:
    """The records of some parts of the files, with frequencies and their slices in these groups.

    Grain: one row per record; where the group is keyed on an array, one per element.
    """
    with _database(query.memory_mib) as database:
        if query.shares:
            tables = [pq.read_table(path) for path in RecordFiles(query.shares).paths]
            database.register("shares", pa.concat_tables(tables))
        for part in parts:
            database.register("rows", _reader(part, query.columns))
            yield from database.sql(query.sql(numbers)).to_arrow_reader(_BATCH_RECORDS)
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
    file = pq.ParquetFile(part.path, page_checksum_verification=True)
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
