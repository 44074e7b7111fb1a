"""Plain tables: how many rows the files of a linkage hold, told before Spark is started."""

from __future__ import annotations

import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from attainment_linkage.adapters import plain_tables
from attainment_linkage.adapters.plain_tables import rows_about
from attainment_linkage.domain.errors import DiskFullError

PEOPLE = pa.table({"id": list(map(str, range(5000))), "forename": ["AMY"] * 5000})


def test_parquet_says_its_rows_however_small_it_is(tmp_path):
    pq.write_table(PEOPLE, tmp_path / "one.parquet")
    parts = tmp_path / "parts"
    parts.mkdir()
    for number in range(3):
        pq.write_table(PEOPLE, parts / f"part-{number}.parquet")
    (parts / "_SUCCESS").touch()

    assert rows_about(tmp_path / "one.parquet", parts, tmp_path / "none.parquet") == 20_000


def test_rows_of_text_are_guessed_from_its_bytes_packed_or_not(tmp_path):
    text = "id,forename,surname,date_of_birth,postcode,address\n" + f"{'a' * 99}\n" * 5000
    (tmp_path / "one.csv").write_text(text)
    guessed = rows_about(tmp_path / "one.csv")
    (tmp_path / "two.csv.gz").write_bytes(gzip.compress(text.encode(), 0))

    assert 4000 < guessed < 6000
    assert rows_about(tmp_path / "two.csv.gz") > guessed


def test_a_disk_that_fills_while_a_file_is_copied_is_no_fault_of_the_file(tmp_path, monkeypatch):
    (tmp_path / "one.csv").write_text("id,forename\n1,AMY\n")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq.ParquetWriter, "write_batch", full)
    with pytest.raises(DiskFullError, match="no space is left"):
        plain_tables._copied_csv(tmp_path / "one.csv", tmp_path, "link-files: one.csv")
