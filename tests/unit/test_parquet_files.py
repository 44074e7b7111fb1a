"""Pre-flight of Parquet: types, pages and names, and the error each unusable file gets."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from attainment_linkage.adapters.deliveries import Delivery
from attainment_linkage.adapters.files import inspect
from attainment_linkage.domain.errors import (
    InputColumnsError,
    InputEmptyError,
    InputUnreadableError,
)
from attainment_linkage.domain.tables import KS5_SOURCE

NAMES = KS5_SOURCE.names


def parquet(path, **columns) -> Delivery:
    """A Parquet file of two rows; columns as given, the others text."""
    table = pa.table({name: columns.get(name, ["1", "2"]) for name in NAMES} | columns)
    pq.write_table(table, path)
    return Delivery(KS5_SOURCE, path, "parquet")


def test_parquet_of_plain_types_is_read(tmp_path):
    inspected = inspect(parquet(tmp_path / "f", points_total=[1.5, 2.0], level_3=[True, None]))

    assert inspected.row_count == 2


def test_parquet_of_which_a_page_is_damaged_is_refused(tmp_path):
    said = parquet(tmp_path / "f")
    plain = {"use_dictionary": False, "compression": "none", "write_page_checksum": True}
    pq.write_table(pq.read_table(said.path), said.path, **plain)
    assert inspect(said).row_count == 2
    with pq.ParquetFile(said.path) as file:
        column = file.metadata.row_group(0).column(2)
    data = bytearray(said.path.read_bytes())
    last = column.data_page_offset + column.total_compressed_size - 1
    data[last] ^= 1  # the last letter of the last value
    said.path.write_bytes(data)

    with pytest.raises(InputUnreadableError, match="has pages that cannot be read"):
        inspect(said)


def test_parquet_of_other_columns_or_nested_types_is_refused(tmp_path):
    with pytest.raises(InputColumnsError, match="1 not declared, in place 15"):
        inspect(parquet(tmp_path / "a", note=["x", "y"]))
    with pytest.raises(InputColumnsError, match="points_total, aab is nested, binary, a time"):
        inspect(parquet(tmp_path / "b", points_total=[[1], [2]], aab=[b"1", b"0"]))
    for kind in (pa.timestamp("ns"), pa.time64("us"), pa.duration("s")):
        with pytest.raises(InputColumnsError, match="points_total is nested, binary, a time"):
            inspect(parquet(tmp_path / "d", points_total=pa.array([1, 2], kind)))
    with pytest.raises(InputColumnsError, match="attainment_id is a floating point number"):
        inspect(parquet(tmp_path / "e", attainment_id=[1.0, 2.0]))
    with pytest.raises(InputEmptyError, match="no data row"):
        inspect(parquet(tmp_path / "c", **{name: pa.array([], pa.string()) for name in NAMES}))


def test_time_stamps_in_the_old_form_that_spark_reads_are_read(tmp_path):
    table = pa.table(
        {name: ["1"] for name in NAMES} | {"points_total": pa.array([0], pa.timestamp("us"))}
    )
    pq.write_table(table, tmp_path / "f", use_deprecated_int96_timestamps=True)

    assert inspect(Delivery(KS5_SOURCE, tmp_path / "f", "parquet")).row_count == 1


def test_an_empty_part_has_no_types_to_differ(tmp_path):
    parquet(tmp_path / "a")
    parquet(tmp_path / "b", **{name: pa.array([], pa.null()) for name in NAMES})

    assert inspect(Delivery(KS5_SOURCE, tmp_path, "parquet")).row_count == 2


def test_parts_of_two_types_are_refused_and_dictionaries_are_as_their_values(tmp_path):
    parquet(tmp_path / "a", points_total=[1, 2], aab=["1", "2"])
    parquet(tmp_path / "b", points_total=["3", "4"], aab=pa.array(["1", "0"]).dictionary_encode())

    with pytest.raises(InputColumnsError, match="points_total is of another type in b than in a"):
        inspect(Delivery(KS5_SOURCE, tmp_path, "parquet"))


@pytest.mark.parametrize("name", ["ks5[1].parquet", "ks5*", "_ks5.parquet"])
def test_a_name_that_spark_takes_for_something_else_is_refused(tmp_path, name):
    with pytest.raises(InputUnreadableError, match="takes for a pattern or a hidden file"):
        inspect(parquet(tmp_path / name))
