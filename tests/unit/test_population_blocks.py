"""Blocks of the population: the same from the same seed, whole, unique and all text."""

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from stdnum.gb import upn

from attainment_linkage.core import population as core
from attainment_linkage.core.population import geography
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import ConfigError
from tests.population_sample import DESIGN, population, sample

POSTCODE = re.compile(
    r"^([A-PR-UWYZ][0-9][0-9A-HJKPSTUW]?|[A-PR-UWYZ][A-HK-Y][0-9][0-9ABEHMNPRVWXY]?)"
    r" [0-9][ABD-HJLNP-UW-Z]{2}$"
)
SMALL = core.Design(200, 300)


def block(kind=core.PUPIL_BLOCK, number=0, design=SMALL, **asked):
    return core.BlockOfPeople(population(**asked), design, kind, number)


@pytest.mark.parametrize("source", tables.SOURCES, ids=lambda source: source.name)
def test_every_column_of_every_source_is_delivered_as_text(source):
    made = core.MAKERS[source.name](block())
    assert made.column_names == source.names
    assert set(made.schema.types) == {pa.string()}
    assert made.num_rows > 0
    filled = [name for name in source.names if made[name].null_count < made.num_rows]
    assert filled == source.names


@pytest.mark.parametrize("name", core.MAKERS)
def test_a_block_is_the_same_when_made_again_and_another_with_another_seed(name):
    make = core.MAKERS[name]
    first = make(block())
    assert first.equals(make(block()))
    assert not first.equals(make(block(seed=12)))
    assert not first.equals(make(block(design=DESIGN, number=1)))


def test_a_table_does_not_depend_on_the_making_of_another():
    alone = core.MAKERS["ks5"](block())
    shared = block()
    for name in ("census", "school_census", "ks4"):
        core.MAKERS[name](shared)
    assert core.MAKERS["ks5"](shared).equals(alone)


def test_ids_are_unique_through_blocks_and_kinds():
    people = sample("realistic")
    census_ids = pd.concat([people["census"]["census_id"], people["neighbours"]["census_id"]])
    assert census_ids.is_unique
    assert people["truth"]["attainment_id"].is_unique
    assert people["truth"]["attainment_id"].str.fullmatch("[0-9A-F]{18}").all()
    theirs = set(people["census"]["household_id"])
    assert not theirs & set(people["neighbours"]["household_id"])
    key = ["attainment_id", "academic_year"]
    assert not people["school_census"].duplicated(key).any()


def test_the_order_of_rows_does_not_tell_households_apart():
    home = sample("realistic")["census"]["household_id"]
    together = (home.to_numpy()[1:] == home.to_numpy()[:-1]).mean()
    assert together < 0.01


def test_unique_pupil_numbers_are_valid_and_of_one_pupil():
    rows = sample("realistic")["school_census"].dropna(subset=["upn"])
    numbers = rows.drop_duplicates("attainment_id")["upn"]
    assert numbers.is_unique
    assert all(upn.is_valid(number) for number in numbers.iloc[:3000])
    temporary = numbers[numbers.str[-1].str.isalpha()]
    assert len(temporary) > 0
    assert all(upn.is_valid(number) for number in temporary)
    assert rows.groupby("attainment_id")["upn"].nunique().max() == 1


def test_postcodes_follow_the_grammar_and_lie_in_one_region():
    census = sample("realistic")["census"]
    is_right = census["postcode"].map(lambda postcode: bool(POSTCODE.match(postcode)))
    assert is_right.mean() > 0.998  # the rest are slips
    regions = census[is_right].groupby(census["postcode"].str[:-2])["region"]
    assert (regions.agg(lambda codes: codes.mode().size and codes.value_counts().iloc[0])
            / regions.size()).mean() > 0.999  # fmt: skip


def test_every_postcode_unit_has_a_postcode_of_its_own():
    units = np.arange(9 * 400_000, 9 * 400_000 + 90_000)
    texts = geography.postcode_text(units)
    assert pc.count_distinct(texts).as_py() == len(units)


def test_about_fifteen_addresses_share_a_unit():
    addresses = np.arange(geography.ADDRESSES_PER_AREA)
    units = geography.unit_of(np.zeros_like(addresses), addresses)
    assert 14 <= np.bincount(units).mean() <= 16
    houses = geography.house_number(np.zeros_like(addresses), addresses)
    assert len(set(zip(units.tolist(), houses.tolist(), strict=True))) == len(addresses)


def test_members_of_a_household_agree_on_where_they_live():
    census = sample("realistic")["census"]
    shared = ["tenure", "region", "street", "house_number", "output_area", "bedrooms"]
    at_home = census[census["is_away_student"] == "0"]
    assert (at_home.groupby("household_id")[shared].nunique() <= 1).all().all()


def test_parents_are_older_than_their_children():
    census = sample("realistic")["census"]
    ages = census.assign(age=census["age"].astype(int)).query("is_away_student == '0'")
    parents = ages[ages["relationship"] == "reference"].groupby("household_id")["age"].max()
    children = ages[ages["relationship"] == "child"].groupby("household_id")["age"].max()
    gap = (parents - children).dropna()
    assert (gap >= 15).mean() > 0.97  # forms whose parents were missed, and lines put there wrongly


def test_truth_names_only_lines_that_were_delivered():
    made = sample("realistic")
    delivered = set(made["census"]["census_id"])
    truth, doubles = made["truth"], made["doubles"]
    assert set(truth["census_id"].dropna()) <= delivered
    assert set(truth["away_census_id"].dropna()) <= delivered
    assert set(doubles["census_id"]) | set(doubles["double_of"]) <= delivered
    assert not set(doubles["census_id"]) & set(doubles["double_of"])
    assert truth["census_id"].dropna().is_unique
    assert not set(doubles["census_id"]) & set(truth["census_id"].dropna())
    assert set(truth["attainment_id"]) == set(made["ks4"]["attainment_id"]) | set(
        made["ks5"]["attainment_id"]
    )


def test_truth_is_in_no_delivered_table():
    delivered = {name for source in tables.SOURCES for name in source.names}
    named_alike = {"attainment_id", "census_id", "sex", "ethnic_group", "region", "tenure"}
    outcome = {"level_2_em", "level_3"}
    assert delivered & set(core.TRUTH_SCHEMA) == named_alike | outcome
    assert "double_of" not in delivered


def test_a_narrow_census_has_the_same_people_without_attributes():
    wide, narrow = core.MAKERS["census"](block()), core.MAKERS["census"](block(is_narrow=True))
    source = tables.CENSUS_SOURCE
    carried = [column.name for column in source.both + source.identity]
    assert narrow.select(carried).equals(wide.select(carried))
    assert all(narrow[column.name].null_count == len(narrow) for column in source.attributes)


def test_a_census_of_some_ages_has_these_ages_only():
    everyone = core.MAKERS["census"](block()).to_pandas()
    young = core.MAKERS["census"](block(census_ages=(10, 25))).to_pandas()
    wanted = everyone[everyone["age"].astype(int).between(10, 25)]
    assert set(young["census_id"]) == set(wanted["census_id"])


@pytest.mark.parametrize("profile", ["realistic", "hard"])
def test_the_asked_sizes_are_met(profile):
    asked = population(profile, attainment_records=9_000, census_people=60_000)
    design = core.design(asked)
    records = sum(
        core.MAKERS[name](core.BlockOfPeople(asked, design, core.PUPIL_BLOCK, number)).num_rows
        for name in ("ks4", "ks5")
        for number in range(design.pupil_blocks)
    )
    kinds = [(core.PUPIL_BLOCK, n) for n in range(design.pupil_blocks)]
    kinds += [(core.OTHER_BLOCK, n) for n in range(design.other_blocks)]
    people = sum(len(core.BlockOfPeople(asked, design, *at).forms()) for at in kinds)
    assert records == pytest.approx(9_000, rel=0.015)
    assert people == pytest.approx(60_000, rel=0.015)


def test_fewer_people_than_live_with_the_pupils_are_refused():
    with pytest.raises(ConfigError, match="census_people is 100; the households of the pupils"):
        core.design(population(attainment_records=1_000, census_people=100))


def test_impossible_sizes_are_refused_all_at_once():
    with pytest.raises(ConfigError, match=r"seed is -1.*attainment_records is 0.*census_ages"):
        population(seed=-1, attainment_records=0, census_ages=(20, 10))


def test_every_household_of_a_full_country_has_an_address():
    full = core.Design(1_500_000, 20_000_000)
    assert full.other_households <= full.areas * 110
    assert full.pupil_households <= full.areas * 20
    sectors = geography.ZONES * geography.SECTORS_PER_ZONE * geography.AREAS_PER_SECTOR
    assert full.areas <= sectors
    made = core.MAKERS["census"](block(core.OTHER_BLOCK, full.other_blocks - 1, full))
    assert made.num_rows > 0
