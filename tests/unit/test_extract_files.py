"""Extract files: whole or not there, read back as written, and refused where one could find."""

import csv
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from attainment_linkage.adapters import extract_files as files
from attainment_linkage.adapters import fingerprint
from attainment_linkage.core.projects.anonymity import anonymity
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import ExtractRefusedError
from attainment_linkage.domain.variable import variables

PLAN = [one for one in variables(tables.LINKED_PUPILS) if one.name in {
    "person_id", "sex", "age", "is_fsm", "ks2_points", "region", "ks4_academic_year",
}]  # fmt: skip
ROWS = {
    "person_id": ["p1_" + "0a" * 16, "p1_" + "0b" * 16],
    "sex": ["F", None],
    "age": [17, None],
    "region": ["E12000001", None],
    "is_fsm": [True, False],
    "ks2_points": [27.5, None],
    "ks4_academic_year": ["2010/11", "2009/10"],
}


def written(folder, **changed):
    path = folder / "linked_pupils.parquet"
    rows = {name: values for name, values in {**ROWS, **changed}.items() if values is not None}
    pq.write_table(pa.table(rows), path)
    return path


def test_an_extract_of_declared_values_is_let_pass(tmp_path):
    files.require_nobody(written(tmp_path), PLAN)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"sex": ["F", "Gurpreet"]}, "the column sex holds 1 values that look like a name"),
        ({"region": ["SW1A 1AA", "M1 1AE"]}, "region holds 2 values that look like a postcode"),
        ({"ks4_academic_year": ["2010/11", "1994-11-03"]}, "that look like a date"),
        ({"age": [17, 9434765919]}, "the column age holds 1 values that look like an NHS number"),
        ({"upn": ["1", "2"]}, "the column upn identifies by its name"),
        ({"notes": ["B801200005001", "x"]}, "the column notes is not one of the project's"),
        ({"sex": None}, "the column sex is missing"),
    ],
)
def test_an_extract_in_which_one_could_be_found_is_refused(tmp_path, changed, said):
    with pytest.raises(ExtractRefusedError, match="The extract was destroyed") as refused:
        files.require_nobody(written(tmp_path, **changed), PLAN)
    assert said in str(refused.value)
    for value in ("Gurpreet", "SW1A", "1994-11-03", "9434765919", "B8012"):
        assert value not in str(refused.value)


def test_a_footer_tells_nothing_of_its_maker_or_of_least_and_greatest_values(tmp_path):
    made = pa.schema(
        [pa.field("is_linked", pa.bool_(), nullable=False), pa.field("age", pa.int32())],
        metadata={"made by": "an engine"},
    )
    part, plain = tmp_path / "part.parquet", tmp_path / "plain.parquet"
    pq.write_table(pa.table({"is_linked": [True, False], "age": [17, None]}, schema=made), part)
    with pq.ParquetFile(files.write_plain(part, plain)) as file:
        footer = file.metadata.row_group(0)
        nullable = pa.schema([pa.field(one.name, one.type) for one in made])

        assert file.schema_arrow.equals(nullable, check_metadata=True)
        assert not [i for i in range(2) if footer.column(i).is_stats_set]
        assert file.read().to_pylist() == pq.read_table(part).to_pylist()


def test_the_csv_has_the_rows_of_the_parquet_in_their_order(tmp_path):
    with files.write_csv(written(tmp_path)).open(newline="", encoding="utf-8") as file:
        header, *lines = csv.reader(file)

    assert header == list(ROWS)
    assert lines[0][1:] == ["F", "17", "E12000001", "true", "27.5", "2010/11"]
    assert lines[1][1:] == ["", "", "", "false", "", "2009/10"]


def test_shares_of_missing_values_and_rows_are_those_of_the_file(tmp_path):
    path = written(tmp_path)

    assert files.row_count(path) == 2
    assert files.missing_shares(path) == {
        name: values.count(None) / 2 for name, values in ROWS.items()
    }


def test_rows_are_put_in_classes_by_their_quasi_identifiers_nulls_alike(tmp_path):
    path = tmp_path / "rows.parquet"
    rows = {"sex": ["F", "F", None, None, "M"], "age": [17, 17, 17, 17, None], "id": list("abcde")}
    pq.write_table(pa.table(rows), path)

    assert files.class_sizes(path, ("sex", "age")) == {2: 2, 1: 1}
    assert files.class_sizes(path, ("sex",)) == {2: 2, 1: 1}
    assert files.class_sizes(path, ("age",)) == {4: 1, 1: 1}


def test_an_extract_takes_its_place_whole_or_leaves_what_was_there(tmp_path):
    place = tmp_path / "extracts" / "v1"

    def make(name, fault=None):
        with files.made_whole(place) as folder:
            (folder / name).touch(mode=0o644)
            if fault:
                raise fault

    make("first")
    with pytest.raises(ExtractRefusedError, match="no"):
        make("second", ExtractRefusedError("no"))
    left = [path.name for path in place.parent.iterdir()], [path.name for path in place.iterdir()]
    make("third")

    assert left == (["v1"], ["first"])
    assert [path.name for path in place.iterdir()] == ["third"]
    assert (place.stat().st_mode & 0o777, (place / "third").stat().st_mode & 0o777) == (
        0o700,
        0o600,
    )


def test_a_manifest_has_the_hash_of_each_file_and_a_broken_one_is_none(tmp_path):
    report = anonymity(("sex",), {3: 2})
    path = files.write_anonymity(report, tmp_path)
    manifest = files.write_manifest(tmp_path, {"project": "ALP-1"})
    said = files.read_manifest(tmp_path)
    whole = manifest.read_text()

    assert said["project"] == json.loads(whole)["project"] == "ALP-1"
    assert said["files"] == {
        path.name: {"bytes": path.stat().st_size, "sha256": fingerprint.sha256(path)}
    }
    for broken in ("", "[]", "{}", whole[:-5]):
        manifest.write_text(broken)
        assert files.read_manifest(tmp_path) is None
