"""Read table: a file of ``link-files`` as pandas writes it comes as the values it stands for."""

import pandas as pd

from attainment_linkage.adapters.plain_tables import read_table

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
    return {tuple(row) for row in rows}, list(copies.iterdir())


def test_whole_floating_point_numbers_are_whole_numbers(spark, tmp_path):
    rows, copies = read(spark, tmp_path, PEOPLE[["id", "height"]], "height")

    assert rows == {("10000000", "1.5"), ("20000001", None)}
    assert copies == []


def test_time_stamps_in_nanoseconds_are_read_and_need_not_be_wanted(spark, tmp_path):
    rows, copies = read(spark, tmp_path, PEOPLE, "born")

    assert rows == {("10000000", "1985-03-04 00:00:00.000000000"), ("20000001", None)}
    assert len(copies) == 1
