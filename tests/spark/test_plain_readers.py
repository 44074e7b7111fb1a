"""The ecosystem: what is written here is read by others, without Spark and without this project."""

import duckdb
import pyarrow as pa
from deltalake import DeltaTable
from splink import DuckDBAPI, Linker

from attainment_linkage.adapters import delta, kept_models
from attainment_linkage.domain import tables
from attainment_linkage.steps import given_pairs
from tests.spark.test_given_pairs import SETTINGS

LINKS = """
    left_id | right_id | match_weight | margin_bits | rule_number | matchkey_number
    A1      | C1       | 21.5         | -           | 0           | 3
    A2      | C7       | 8.25         | 3.5         | 1           | -
"""


def test_links_are_read_by_deltalake_pandas_and_duckdb(rows, tmp_path):
    links = rows(tables.LINKS, LINKS)
    delta.write(links, tmp_path / "links", tables.LINKS, "test")

    plain = DeltaTable(tmp_path / "links")
    by_pandas = plain.to_pandas().sort_values("left_id")
    arrow = plain.to_pyarrow_dataset()
    by_duckdb = duckdb.sql("select left_id, match_weight from arrow order by left_id").fetchall()

    assert plain.version() == 0
    assert list(by_pandas.columns) == tables.LINKS.names
    assert by_pandas["right_id"].tolist() == ["C1", "C7"]
    assert by_pandas["margin_bits"].isna().tolist() == [True, False]
    assert arrow.count_rows() == 2
    assert by_duckdb == [("A1", 21.5), ("A2", 8.25)]


def test_a_kept_model_opens_in_splink_and_weighs_as_it_does_here(tmp_path):
    path = kept_models.save(tmp_path / "models" / "link-k1.json", SETTINGS)
    records = pa.table(
        {
            "record_id": ["1", "2"],
            "surname": ["LEE", "LEE"],
            "sex": ["F", "M"],
            "tf_surname": [0.25, 0.25],
        }
    )
    [ours] = given_pairs.weighed(records, SETTINGS, ["surname"], [(0, 1)]).to_pylist()

    api = DuckDBAPI()
    sides = [api.register(records.slice(n, 1), dataset_display_name=f"side_{n}") for n in (0, 1)]
    linker = Linker(sides, str(path), log_level=None)
    frequencies = records.select(["surname", "tf_surname"]).slice(0, 1)
    linker.table_management.register_term_frequency_lookup(api.register(frequencies), "surname")
    blocked = pa.table(
        {"match_key": ["0"], "join_key_l": ["side_0-__-1"], "join_key_r": ["side_1-__-2"]}
    )
    linker.table_management.register_blocked_pairs_for_predict(api.register(blocked))
    [theirs] = linker.inference.predict().as_record_list()

    assert theirs["match_weight"] == ours["match_weight"]
    assert kept_models.read(path)["comparisons"] == SETTINGS["comparisons"]
    assert kept_models.read(tmp_path / "none.json") is None
