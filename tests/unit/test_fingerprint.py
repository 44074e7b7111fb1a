"""Fingerprint: a hash of contents, not of names; files that did not change are not read again."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from attainment_linkage.adapters import fingerprint
from attainment_linkage.domain.errors import InputMissingError, InputUnreadableError


def test_a_folder_of_parts_is_known_by_its_contents_in_order_not_by_its_names(tmp_path):
    for folder, names in (("a", ("part-0-x", "part-1-x")), ("b", ("part-0-y", "part-1-y"))):
        (tmp_path / folder).mkdir()
        for number, name in enumerate(names):
            (tmp_path / folder / name).write_text(f"rows {number}")
        (tmp_path / folder / "_SUCCESS").write_text(folder)
        (tmp_path / folder / ".crc").write_text(folder)

    one, other = (fingerprint.of_path(tmp_path / folder) for folder in "ab")
    assert (one.files, one.size_bytes, one.sha256) == (2, 12, other.sha256)
    (tmp_path / "b" / "part-1-y").write_text("rows x")
    assert fingerprint.of_path(tmp_path / "b").sha256 != one.sha256


def test_rows_are_known_by_their_values_not_by_how_the_file_holds_them(tmp_path):
    rows = pa.table({"id": ["a", None, ""], "year": [1, None, 3]})
    for folder, table, kind in (
        ("a", rows, "snappy"),
        ("b", rows, "zstd"),
        ("c", rows[1:], "zstd"),
    ):
        (tmp_path / folder / "links").mkdir(parents=True)
        pq.write_table(table, tmp_path / folder / "links" / f"part-{folder}", compression=kind)
    one, other, fewer = (fingerprint.of_rows(tmp_path / folder) for folder in "abc")

    assert one == other != fewer
    filled = rows.set_column(0, "id", [["a", "", ""]])
    pq.write_table(filled, tmp_path / "b" / "links" / "part-b")
    assert fingerprint.of_rows(tmp_path / "b") != one
    (tmp_path / "b" / "links" / "part-b").write_text("not Parquet")
    with pytest.raises(InputUnreadableError, match=r"part-b in .* cannot be read as Parquet"):
        fingerprint.of_rows(tmp_path / "b")


def test_an_unchanged_file_is_not_read_again_and_a_changed_one_is(tmp_path, monkeypatch):
    file, cache = tmp_path / "ks4.csv", tmp_path / "_hashes.json"
    file.write_text("first")
    reads = []
    really = fingerprint.sha256
    monkeypatch.setattr(fingerprint, "sha256", lambda path: reads.append(path) or really(path))

    first = fingerprint.of_delivery("ks4", file, cache)
    assert fingerprint.of_delivery("ks4", file, cache) == first
    assert len(reads) == 1
    file.write_text("other")
    os.utime(file, ns=(1, 1))
    assert fingerprint.of_delivery("ks4", file, cache) != first
    assert len(reads) == 2


def test_a_spoiled_cache_is_not_trusted(tmp_path):
    file, cache = tmp_path / "ks4.csv", tmp_path / "_hashes.json"
    file.write_text("first")
    right = fingerprint.of_delivery("ks4", file, cache)
    cache.write_text(cache.read_text().replace(fingerprint.sha256(file)[:8], "00000000"))

    assert fingerprint.of_delivery("ks4", file, cache) == right


@pytest.mark.parametrize("is_folder", [False, True])
def test_a_file_that_is_not_there_is_named_with_its_source(tmp_path, is_folder):
    path = tmp_path / "ks4"
    if is_folder:
        path.mkdir()

    with pytest.raises(InputMissingError, match=r"the file of ks4 is not there; looked for .*ks4"):
        fingerprint.of_delivery("ks4", path, tmp_path / "_hashes.json")


def test_a_file_that_may_not_be_read_is_named_with_its_source(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / "ks4.csv").write_text("x")
    monkeypatch.setattr(fingerprint, "sha256", refuse)
    with pytest.raises(InputUnreadableError, match="the file of ks4 cannot be read: Permission"):
        fingerprint.of_delivery("ks4", tmp_path / "ks4.csv", tmp_path / "_hashes.json")


def test_the_gates_of_a_stage_count(tmp_path, monkeypatch):
    monkeypatch.setattr(fingerprint, "expectations_folder", lambda: tmp_path)
    (tmp_path / "links.json").write_text("{}")
    before = fingerprint.gates_hash(["links"])
    (tmp_path / "links.json").write_text("{ }")

    assert fingerprint.gates_hash(["links"]) != before
    assert fingerprint.gates_hash([]) != before


def test_the_code_is_the_same_in_the_archive_that_spark_submit_takes(tmp_path):
    archive = tmp_path / "package.zip"
    package = Path(fingerprint.__file__).parents[1]
    with zipfile.ZipFile(archive, "w") as file:
        for path in package.rglob("*.py"):
            file.write(path, Path(package.name, path.relative_to(package)))

    assert dict(fingerprint.code_of(zipfile.Path(archive, f"{package.name}/"))) == dict(
        fingerprint.code_of(package)
    )


def test_a_change_of_code_counts(tmp_path):
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "rule.py").write_text("limit = 1")
    before = dict(fingerprint.code_of(tmp_path))
    (tmp_path / "core" / "rule.py").write_text("limit = 2")

    assert before.keys() == {"core/rule.py"}
    assert dict(fingerprint.code_of(tmp_path)) != before


def test_the_code_of_the_package_and_the_versions_count():
    assert len(fingerprint.code_hash()) == 64
    assert fingerprint.pinned_versions()["pyspark"] == "4.1.3"


def test_what_is_neither_file_nor_folder_is_named_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "ks4")

    with pytest.raises(InputUnreadableError, match="neither a file nor a folder"):
        fingerprint.of_delivery("ks4", tmp_path / "ks4", tmp_path / "_hashes.json")


def test_a_folder_that_may_not_be_listed_is_not_taken_for_an_empty_one(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / "ks4").mkdir()
    monkeypatch.setattr(os, "listdir", refuse)
    with pytest.raises(InputUnreadableError, match="the file of ks4 cannot be read: Permission"):
        fingerprint.of_delivery("ks4", tmp_path / "ks4", tmp_path / "_hashes.json")
