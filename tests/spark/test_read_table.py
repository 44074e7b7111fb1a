"""Read table: a file of ``link-files`` as pandas writes it comes as the values it stands for."""

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from attainment_linkage.adapters.plain_tables import read_table
from attainment_linkage.domain.errors import InputUnreadableError

PEOPLE = pd.DataFrame(
    {
        "id": [10_000_000.0, 20_000_001.0],
        "height": [1.5, None],
        "born": pd.to_datetime(["1985-03-04", None]).astype("datetime64[ns]"),
        "seen": pd.to_datetime(["2011-03-27", "2011-03-28"]).astype("datetime64[ns]"),
    }
)


def read(spark, tmp_path, frame, *columns):
    frame.to_parquet(tmp_path / "people.parquet", index=False)
    copies = tmp_path / "copies"
    copies.mkdir()
    rows = read_table(spark, tmp_path / "people.parquet", "id", columns, copies).collect()
    texts = {tuple(None if cell is None else str(cell) for cell in row) for row in rows}
    return texts, list(copies.iterdir())


def test_whole_floating_point_numbers_are_whole_numbers(spark, tmp_path):
    rows, copies = read(spark, tmp_path, PEOPLE[["id", "height"]], "height")

    assert rows == {("10000000", "1.5"), ("20000001", None)}
    assert copies == []


def test_time_stamps_in_nanoseconds_are_read_and_need_not_be_wanted(spark, tmp_path):
    rows, copies = read(spark, tmp_path, PEOPLE, "born")

    assert rows == {("10000000", "1985-03-04 00:00:00"), ("20000001", None)}
    assert len(copies) == 1


def test_what_spark_itself_writes_is_read_as_it_is(spark, tmp_path):
    people = pa.table({"id": ["a"], "born": pa.array([0], pa.timestamp("us"))})
    pq.write_table(people, tmp_path / "old.parquet", use_deprecated_int96_timestamps=True)

    rows = read_table(spark, tmp_path / "old.parquet", "id", ["born"], tmp_path / "none")
    assert [str(row.born) for row in rows.collect()] == ["1970-01-01 00:00:00"]


def test_a_file_damaged_behind_its_footer_is_named(spark, tmp_path):
    PEOPLE.to_parquet(tmp_path / "people.parquet", index=False)
    content = bytearray((tmp_path / "people.parquet").read_bytes())
    content[4:200] = bytes(196)
    (tmp_path / "people.parquet").write_bytes(content)

    with pytest.raises(InputUnreadableError, match="cannot be read to its end"):
        read_table(spark, tmp_path / "people.parquet", "id", ["born"], tmp_path)
