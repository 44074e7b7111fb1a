"""Delta: a table is written exactly as declared, once, with nothing of its values in its log."""

from __future__ import annotations

import subprocess

import pyarrow.parquet as pq
import pytest
from pyspark.sql import functions as F

from attainment_linkage.adapters import delta
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import (
    DiskFullError,
    MissingColumnsError,
    MissingTableError,
    StageFailedError,
    ZoneError,
)
from attainment_linkage.domain.road import ROAD
from attainment_linkage.domain.tables import Column, Table

pytestmark = pytest.mark.usefixtures("drawn_tables")
PEOPLE = Table(
    "some_people",
    "one row per person",
    tables.IDENTIFIERS,
    (Column("id", "id"), Column("surname", "surname", is_personal=True), Column("age", "", "int")),
    ("id",),
)
DRAWN = """
    id | surname | age
    1  | CANARY  | 30
    2  | -       | -
"""


@pytest.fixture
def written(rows, tmp_path):
    path = tmp_path / "some_people" / "k1"
    delta.write(rows(PEOPLE, DRAWN), path, PEOPLE, "stage:k1")
    return path


def test_a_table_is_read_back_as_it_was_written(spark, rows, written):
    found = delta.read(spark, written, PEOPLE)

    assert found.dtypes == [("id", "string"), ("surname", "string"), ("age", "int")]
    assert sorted(map(tuple, found.collect())) == [("1", "CANARY", 30), ("2", None, None)]
    assert delta.latest_version(written) == 0


def test_a_second_write_of_the_same_transaction_changes_nothing(spark, rows, written):
    delta.write(rows(PEOPLE, DRAWN), written, PEOPLE, "stage:k1")

    assert delta.read(spark, written, PEOPLE).count() == 2


def test_a_table_is_read_at_the_version_asked_for(spark, rows, written):
    delta.write(rows(PEOPLE, DRAWN), written, PEOPLE, "another writer")

    assert delta.read(spark, written, PEOPLE, version=0).count() == 2
    assert delta.read(spark, written, PEOPLE).count() == 4


def test_the_files_of_the_one_commit_have_the_rows_that_delta_reads(spark, rows, tmp_path):
    written = tmp_path / "lake of 20[11] {a}" / "k1"
    delta.write(rows(PEOPLE, DRAWN), written, PEOPLE, "stage:k1")
    extra = rows(PEOPLE, "id | surname | age\n3 | X | 4").coalesce(1)
    extra.write.parquet(str(written), mode="append")  # a file that no commit names

    assert delta.content(delta.committed(spark, written, PEOPLE)) == delta.content(
        delta.read(spark, written, PEOPLE)
    )
    assert (
        delta.committed(spark, written, PEOPLE).dtypes == delta.read(spark, written, PEOPLE).dtypes
    )


def test_files_are_read_without_delta_only_where_there_is_one_commit(spark, rows, written):
    delta.write(rows(PEOPLE, DRAWN), written, PEOPLE, "another writer")

    for path in (written, written.with_name("k2")):
        with pytest.raises(MissingTableError, match="some_people has not the one commit"):
            delta.committed(spark, path, PEOPLE)


def test_a_file_that_the_commit_names_and_is_gone_is_an_error_by_name(spark, written):
    for path in written.glob("*.parquet"):
        path.unlink()

    with pytest.raises(StageFailedError, match="reading some_people"):
        delta.committed(spark, written, PEOPLE)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda people: people.drop("surname"), "some_people lacks surname; it has id, age"),
        (lambda people: people.withColumn("more", F.lit(1)), "some_people has more, not declared"),
        (lambda people: people.withColumn("age", F.lit("x")), "age is string, declared int"),
        (lambda people: people.select("age", "id", "surname"), "has its columns as age, id, surn"),
    ],
)
def test_a_frame_that_is_not_as_declared_is_refused_before_a_file_is_written(
    rows, tmp_path, change, said
):
    with pytest.raises(MissingColumnsError, match=said):
        delta.write(change(rows(PEOPLE, DRAWN)), tmp_path / "k1", PEOPLE, "stage:k1")
    assert not (tmp_path / "k1").exists()


def test_a_table_that_is_no_longer_as_declared_is_refused_when_read(spark, written):
    older = Table("some_people", "", tables.IDENTIFIERS, PEOPLE.columns[:2], ("id",))

    with pytest.raises(MissingColumnsError, match="some_people has age, not declared"):
        delta.read(spark, written, older)


@pytest.mark.parametrize("zone", [tables.ATTRIBUTES, tables.RESEARCH])
@pytest.mark.parametrize(
    "column", [Column("code", "a code", is_personal=True), Column("surname", "not marked")]
)
def test_no_identifying_column_goes_outside_landing_and_identifiers(rows, tmp_path, zone, column):
    leaky = Table("leaky", "", zone, (Column("id", "id"), column))
    drawn = rows(leaky, f"id | {column.name}\n1 | CANARY")

    with pytest.raises(ZoneError, match=f"leaky would carry {column.name} into the root {zone}"):
        delta.write(drawn, tmp_path / "k1", leaky, "stage:k1")
    assert not (tmp_path / "k1").exists()


def test_every_table_of_the_road_may_lie_where_it_is_declared():
    for table in (table for stage in ROAD for table in stage.writes):
        delta.require_zone(table)


def test_a_table_that_was_never_written_is_named(spark, tmp_path):
    with pytest.raises(MissingTableError, match="some_people is not there"):
        delta.read(spark, tmp_path / "k1", PEOPLE)


def test_a_failing_row_leaves_neither_its_value_nor_a_table(rows, tmp_path, capfd):
    failing = rows(PEOPLE, DRAWN).withColumn("age", F.col("surname").cast("int"))

    with pytest.raises(StageFailedError, match="CAST_INVALID_INPUT") as caught:
        delta.write(failing, tmp_path / "k1", PEOPLE, "stage:k1")
    assert "CANARY" not in str(caught.value)
    assert "CANARY" not in "".join(capfd.readouterr())
    assert delta.latest_version(tmp_path / "k1") is None


def test_no_value_is_in_deltas_log_or_in_the_footer_of_a_file(written):
    log = [path.read_bytes() for path in (written / "_delta_log").rglob("*") if path.is_file()]
    assert log
    assert not any(b"CANARY" in content for content in log)

    file = next(written.glob("*.parquet"))
    group = pq.ParquetFile(file).metadata.row_group(0)
    assert not any(group.column(place).is_stats_set for place in range(group.num_columns))


def test_files_and_folders_are_private(written):
    assert {path.stat().st_mode & 0o077 for path in written.rglob("*")} == {0}


# ----------------------------------------------------------------------------- contents
def test_the_content_hash_does_not_hang_on_the_order_of_rows_or_partitions(rows):
    people = rows(PEOPLE, DRAWN)

    assert delta.content(people.orderBy(F.desc("id")).repartition(3)) == delta.content(people)


@pytest.mark.parametrize(
    "other",
    [
        "id | surname | age\n1 | CANARY | 31\n2 | - | -",
        "id | surname | age\n1 | CANARY | 30\n2 | - | -\n2 | - | -",
        "id | surname | age\n1 | CANARY | 30\n- | 2 | -",
        "id | surname | age\n1 | CANARY | 30",
    ],
)
def test_a_changed_doubled_shifted_or_missing_row_changes_the_content_hash(rows, other):
    assert delta.content_hash(rows(PEOPLE, other)) != delta.content_hash(rows(PEOPLE, DRAWN))


def test_arrays_and_structs_are_hashed(rows):
    kind = "array<struct<postcode:string,year:int>>"
    table = Table(
        "t", "", tables.LANDING, (Column("a", "", "array<string>"), Column("b", "", kind))
    )
    one = rows(table, 'a | b\nx;y | [{"postcode": "N1", "year": 2010}]')
    other = rows(table, 'a | b\ny;x | [{"postcode": "N1", "year": 2010}]')

    assert delta.content_hash(one) != delta.content_hash(other)


def test_an_empty_table_has_a_content_hash(rows):
    assert delta.content(rows(PEOPLE, "id | surname | age")).rows == 0


# ------------------------------------------------------------------------ transactions
def test_a_commit_says_how_many_rows_its_transaction_wrote(rows, written, tmp_path):
    assert delta.committed_rows(written, "stage:k1") == 2
    assert delta.committed_rows(written, "stage:k2") is None
    assert delta.committed_rows(tmp_path / "nowhere", "stage:k1") is None

    delta.write(rows(PEOPLE, DRAWN), written, PEOPLE, "another writer")
    assert delta.committed_rows(written, "stage:k1") is None


def test_a_log_that_was_cut_short_is_no_transaction(written):
    (commit,) = (written / "_delta_log").glob("*.json")
    commit.write_text(commit.read_text()[:-30])

    assert delta.committed_rows(written, "stage:k1") is None


def test_a_full_disk_is_named_and_leaves_no_table(spark, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(small)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system needs root")
    wide = spark.range(200_000).selectExpr(
        "cast(id as string) id", "sha2(cast(id as string), 256) surname", "cast(1 as int) age"
    )
    try:
        with pytest.raises(DiskFullError, match="delta: writing some_people: no space is left"):
            delta.write(wide, small / "k1", PEOPLE, "stage:k1")
        assert delta.latest_version(small / "k1") is None
    finally:
        subprocess.run(["umount", "--lazy", str(small)], check=True)


def test_a_schema_hash_follows_names_types_and_order():
    turned = Table("some_people", "", PEOPLE.zone, PEOPLE.columns[::-1])

    assert delta.schema_hash(turned) != delta.schema_hash(PEOPLE)
