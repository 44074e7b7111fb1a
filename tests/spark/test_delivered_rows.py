"""Delivered rows: every form of a file gives the same rows, each with its own number."""

import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.errors import PythonException

from attainment_linkage.adapters import delivered_rows as reader
from attainment_linkage.adapters.deliveries import Delivery
from attainment_linkage.adapters.faults import named
from attainment_linkage.adapters.files import inspect
from attainment_linkage.core import csv_records
from attainment_linkage.domain.errors import InputUnreadableError
from attainment_linkage.domain.tables import KS5_SOURCE
from tests.delivered import SECRET, csv_bytes, delivery, ks5_row


def read(spark, said: Delivery, *names: str) -> list[tuple]:
    """File, row number, fault, line and the named columns of each row, in order."""
    frame = reader.delivered_rows(spark, inspect(said), names)
    return sorted((tuple(row) for row in frame.collect()), key=lambda row: row[:2])


SURNAMES = ["ONE", "Zoë", "A,B", 'S"X', "T\nU", "SIX"]


def test_every_form_of_a_file_gives_the_same_rows(spark, tmp_path, monkeypatch):
    monkeypatch.setattr(csv_records.RecordScanner, "piece_bytes", 1)
    quoted = ['"{}"'.format(name.replace('"', '""')) for name in SURNAMES]
    text = csv_bytes(*(ks5_row(f"P{place}", name) for place, name in enumerate(quoted))).decode()
    forms = [
        (text.encode(), {}),
        (text.encode("utf-8-sig"), {}),
        (text.replace("\n", "\r\n").replace("T\r\nU", "T\nU").encode(), {}),
        (gzip.compress(text.encode()), {"compression": "gzip"}),
        (text.encode("utf-16"), {"encoding": "utf-16"}),
        (text.encode("cp1252"), {"encoding": "cp1252"}),
    ]
    for place, (content, said) in enumerate(forms):
        path = tmp_path / str(place) / "ks5.csv"
        found = read(spark, delivery(path, content, **said), "surname", "attainment_id")
        assert found == [
            ("ks5.csv", row + 1, None, None, name, f"P{row}") for row, name in enumerate(SURNAMES)
        ]


def test_columns_are_read_by_name_whatever_their_order(spark, tmp_path):
    names = KS5_SOURCE.names
    cells = dict.fromkeys(names, "x") | {"surname": "SUR", "forenames": "FORE"}
    header = ",".join(reversed(names))
    content = csv_bytes(",".join(cells[name] for name in reversed(names)), header=header)

    found = read(spark, delivery(tmp_path / "f", content), "forenames", "surname")
    assert found == [("f", 1, None, None, "FORE", "SUR")]


def test_broken_lines_keep_their_number_and_text_and_others_theirs(spark, tmp_path):
    content = csv_bytes(ks5_row("P1"), "P2,short", "", ks5_row("P3"), ks5_row("P4", '"UNCLOSED'))
    found = read(spark, delivery(tmp_path / "f", content), "attainment_id")

    assert found == [
        ("f", 1, None, None, "P1"),
        ("f", 2, "field_count", "P2,short", None),
        ("f", 3, None, None, "P3"),
        ("f", 4, "broken_quote", ks5_row("P4", '"UNCLOSED'), None),
    ]


def test_cells_come_without_blanks_around_them_and_blank_ones_are_null(spark, tmp_path):
    content = csv_bytes(ks5_row(" P1 ", "   "), ks5_row("P2", '""'), ks5_row("P3", "A B"))
    found = read(spark, delivery(tmp_path / "f", content), "attainment_id", "surname")

    assert [row[4:] for row in found] == [("P1", None), ("P2", None), ("P3", "A B")]


@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_a_file_changed_since_it_was_checked_is_refused_without_its_values(
    spark, tmp_path, compression
):
    def packed(*rows):
        content = csv_bytes(*rows)
        return gzip.compress(content) if compression == "gzip" else content

    content = packed(ks5_row("P1"), ks5_row("P2"))
    inspected = inspect(delivery(tmp_path / "f", content, compression=compression))
    (tmp_path / "f").write_bytes(packed(ks5_row("P1"), "P2,cut"))

    with pytest.raises(PythonException, match="has changed since it was checked") as refused:
        reader.delivered_rows(spark, inspected, ["surname"]).collect()
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-12]), "has changed since"),
        (lambda path: path.write_bytes(b"plain text"), "has changed since"),
        (lambda path: path.unlink(), "not by a task: No such file"),
    ],
    ids=["cut", "replaced", "gone"],
)
def test_a_file_that_a_task_cannot_read_any_more_is_named(spark, tmp_path, spoil, said):
    content = gzip.compress(csv_bytes(ks5_row("P1"), ks5_row("P2")))
    inspected = inspect(delivery(tmp_path / "f", content, compression="gzip"))
    spoil(tmp_path / "f")

    with pytest.raises(PythonException, match="ingest: f ") as refused:
        reader.delivered_rows(spark, inspected, ["surname"]).collect()
    assert type(named(refused.value, "ingest")) is InputUnreadableError
    assert said in str(named(refused.value, "ingest"))


def test_parquet_rows_have_numbers_and_every_plain_type_is_text(spark, tmp_path):
    cells = {name: ["1", " ", None] for name in KS5_SOURCE.names}
    cells |= {"points_total": [1, 2, None], "level_3": [True, False, None]}
    pq.write_table(pa.table(cells), tmp_path / "part 0+1.parquet", row_group_size=1)
    said = Delivery(KS5_SOURCE, tmp_path, "parquet")

    assert read(spark, said, "points_total", "level_3", "surname") == [
        ("part 0+1.parquet", 1, None, None, "1", "true", "1"),
        ("part 0+1.parquet", 2, None, None, "2", "false", None),
        ("part 0+1.parquet", 3, None, None, None, None, None),
    ]
