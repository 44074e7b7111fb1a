"""Record files: every record is read once, by whatever task, with its side and its frequencies."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from attainment_linkage.core.blocking_plan import key_groups
from attainment_linkage.core.layout import Layout, counted_keys
from attainment_linkage.core.rule_sql import SLICE_UNIT
from attainment_linkage.core.rules import Rule
from attainment_linkage.steps.key_counts import CODE, SLICE
from attainment_linkage.steps.record_files import (
    Query,
    RecordFiles,
    codes_of,
    counted_values,
    parts_of,
    records_of,
    side_counts,
)

RULE = Rule.parse("name")
CUT = Layout(key_groups([RULE]), 4)
QUERY = Query(("record_id", "name"), CUT, counted_keys(CUT, [RULE], ()), 64)
MANY = {0: range(99)}
"""So many slices are named that none are left out as records are read."""
ROWS = [(f"r{n}", n < 8, ["ANN", "BOB", None][n % 3]) for n in range(20)]


@pytest.fixture(params=["one folder for both sides", "a folder for each side"])
def files(request, tmp_path):
    """Twenty records, eight of them left, in several files of several row groups."""
    schema = [("record_id", pa.string()), ("is_left", pa.bool_()), ("name", pa.string())]
    together = request.param.startswith("one")
    for side in (True, False):
        folder = tmp_path / ("both" if together else str(side))
        folder.mkdir(exist_ok=True)
        rows = [dict(zip(("record_id", "is_left", "name"), row, strict=True)) for row in ROWS]
        own = pa.Table.from_pylist([row for row in rows if row["is_left"] == side])
        own = own.cast(pa.schema(schema)) if together else own.drop_columns(["is_left"])
        pq.write_table(own, folder / f"{side}.parquet", row_group_size=3)
    if together:
        return (RecordFiles(tmp_path / "both"),)
    return tuple(RecordFiles(tmp_path / str(side), side) for side in (True, False))


def rows_of(batches):
    return [row for batch in batches for row in batch.to_pylist()]


@pytest.mark.parametrize("records", [1, 5, 100])
def test_every_record_is_in_one_part_with_its_side(files, records):
    shares = parts_of(files, records)
    rows = [row for parts in shares for row in rows_of(records_of(parts, QUERY, MANY))]

    assert sorted((r["record_id"], r["is_left"], r["name"]) for r in rows) == sorted(ROWS)
    assert side_counts(files) == (8, 12)
    assert len(shares) == {1: 7, 5: 4, 100: 1}[records]  # whole row groups of three or fewer
    places = {n: {r[f"{SLICE}0"] for r in rows if r["name"] == n} for n in ("ANN", "BOB", None)}
    assert places[None] == {None}
    assert all(len(places[name]) == 1 for name in ("ANN", "BOB"))
    assert places["ANN"] | places["BOB"] <= set(range(4))
    assert places["ANN"] != places["BOB"]


def test_records_of_few_slices_are_those_of_all_that_lie_in_them(files):
    parts = [part for own in parts_of(files, 5) for part in own]
    everyone = rows_of(records_of(parts, QUERY, MANY))
    lie = {row[f"{SLICE}0"] for row in everyone if row["name"] == "ANN"}

    own = rows_of(records_of(parts, QUERY, {0: lie}))
    assert own == [row for row in everyone if row["name"] == "ANN"]
    assert rows_of(records_of(parts, QUERY, {0: ()})) == []


def test_a_code_tells_slice_and_side_and_equal_keys_by_equal_hashes(files):
    parts = [part for own in parts_of(files, 5) for part in own]
    rows = rows_of(codes_of(parts, QUERY))

    assert [row[f"{CODE}0"] is None for row in rows] == [row[f"{SLICE}0"] is None for row in rows]
    whole = [row for row in rows if row[f"{CODE}0"] is not None]
    assert {row[f"{CODE}0"] // SLICE_UNIT - row[f"{SLICE}0"] for row in whole} == {0}
    assert {row[f"{CODE}0"] % 2 + row["is_left"] for row in whole} == {1}
    assert len({row[f"{CODE}0"] // 2 for row in whole}) == 2
    hashes = {row[f"{CODE}0"] % SLICE_UNIT // 2 for row in whole}
    assert 2**46 < max(hashes) < 2**54


@pytest.mark.parametrize(
    ("population", "expected"),
    [
        ("both", {"ANN": 7, "BOB": 7}),
        ("left", {"ANN": 3, "BOB": 3}),
        ("right", {"ANN": 4, "BOB": 4}),
    ],
)
def test_values_are_counted_among_the_population_asked_for(files, population, expected):
    found: dict[str, int] = {}
    for parts in parts_of(files, 4):
        for row in rows_of(counted_values(parts, ["name"], population, 64)):
            assert row["place"] == 0
            found[row["value"]] = found.get(row["value"], 0) + row["count"]

    assert found == expected


def test_no_records_are_no_parts(tmp_path):
    empty = pa.table({"record_id": pa.array([], pa.string()), "is_left": pa.array([], pa.bool_())})
    pq.write_table(empty, tmp_path / "0.parquet")

    assert parts_of([RecordFiles(tmp_path)], 10) == []
    assert side_counts([RecordFiles(tmp_path)]) == (0, 0)
