"""Definitions: what conf/analysis.toml may say, and everything that is wrong with it at once."""

import re
import tomllib
from pathlib import Path

import pytest

from attainment_linkage.core.analysis.reading import read_analysis
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import AnalysisError
from tests.analysis_sample import DOCUMENT, REGIONS, analysis, document

CONF = Path(__file__).resolve().parents[2] / "conf" / "analysis.toml"


def test_the_project_s_own_tables_are_t1_to_t24():
    found = read_analysis(tomllib.loads(CONF.read_text("utf-8")), tables.LINKED_PUPILS)

    names = {one.name for one in (*found.tables, *found.models)}
    assert names == {f"T{number}" for number in range(1, 25)}
    assert found.open_columns == ("ks4_academic_year", "local_authority", "region", "school_region")


def test_every_vulnerability_flag_is_in_t18_and_t23():
    found = read_analysis(tomllib.loads(CONF.read_text("utf-8")), tables.LINKED_PUPILS)
    t18, t23 = (next(one for one in found.tables if one.name == name) for name in ("T18", "T23"))

    flags = set(tables.VULNERABILITY_FLAGS)
    assert set(t18.blocks[0].by[0].flags) == flags
    assert {one.column for one in t23.blocks[0].measures} == flags | {"vulnerability_group"}


def test_a_classification_takes_its_codes_from_the_dictionary_the_document_or_the_data():
    sex, crossed, children, region, groups = analysis().tables[0].blocks

    assert sex.by[0].categories == ("Female", "Male", "Not known or not applicable")
    assert crossed.by[1].categories[:2] == ("Owner", "Renter")  # two codes of one label: one
    assert children.by[0].bands == {0.0: "None", 1.0: "1 or 2", 3.0: "3 or more"}
    assert tuple(region.by[0].codes) == REGIONS
    assert groups.shape == (3, 3)
    assert groups.by[0].categories == ("Free meals", "Needs", "All")
    assert [block.number for block in analysis().blocks] == list(range(7))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"level": 95}, "level is 95"),
        ({"covers": "england"}, "covers is england"),
        ({"tables": []}, "tables is not a known key"),
        ({"universe__ks4__filter": {}}, "universe.ks4: filter is not a known key"),
        ({"measure__points__unknown": "no"}, "measure.points: unknown is out, or of a share no"),
        ({"measure__linked__unknown": "maybe"}, "measure.linked: unknown is out, or of a share"),
        ({"universe__ks4__where": {"school": ["state"]}}, "linked_pupils has no column school"),
        ({"measure__points__column": "sex"}, "measure.points: sex is not a number"),
        ({"measure__points__kind": "median"}, "kind is median"),
        ({"measure__points__weight": "survey"}, "weight is survey"),
        ({"measure__level_2_em__values": None}, "values go with kind share"),
        ({"measure__points__label": None}, "measure.points: label is missing"),
        ({"classification__sex__codes": {"M": "Boys"}, "classification__sex__bands": {"0": "A"}},
         "give one of codes, bands, flags; not 2"),
        ({"classification__children__bands": {"3": "A", "1": "B"}}, "bands must rise"),
        ({"classification__children__bands": {"few": "A"}}, "band few does not begin with a"),
        ({"classification__groups__flags": {"is_poor": "Poor"}}, "has no column is_poor"),
        ({"table__0__by": ["sex x colour"]}, "table A1: there is no classification colour"),
        ({"table__0__by": ["groups x groups"]}, "crosses flags with flags"),
        ({"table__0__by": ["sex x fsm x owner x region"]}, "crosses more than 3"),
        ({"table__0__measures": ["points_all"]}, "there is no measure points_all"),
        ({"table__1__name": "A1"}, "A1 is the name of 2 tables"),
        ({"model__0__measure": "points"}, "points is no share"),
        ({"model__0__factors": ["groups"]}, "groups has flags"),
        ({"model__1__gaps_of": ["children"]}, "children, which is no factor"),
        ({"same": {"is_poor": {"true": {"owner": ["Renter"]}}}}, "there is no column is_poor"),
        ({"same": {"has_sen": {"true": {"owner": ["Rich"]}}}}, "has_sen.true: owner has no Rich"),
        ({"nobody": [{"cell": {"owner": ["Rich"]}, "reason": "so"}]}, "1: owner has no Rich"),
        ({"nobody": [{"cell": {"owner": ["Renter"]}, "reason": "so", "measures": ["age"]}]},
         "nobody 1: there is no measure age"),
        ({"nobody": [{"cell": {"owner": ["Renter"]}, "reason": " "}]}, "give a cell, and a reason"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(changes, said):
    with pytest.raises(AnalysisError, match=re.escape(said)):
        analysis(**changes)


def test_all_problems_are_told_at_once():
    wrong = document(level=2.0, measure__points__column="sex", table__0__universe="gone")

    with pytest.raises(AnalysisError, match=r"(?s)3 problems.*level.*points.*gone") as refused:
        read_analysis(wrong, tables.LINKED_PUPILS)
    assert "conf/analysis.toml" in str(refused.value)
    assert DOCUMENT["level"] == 0.95
