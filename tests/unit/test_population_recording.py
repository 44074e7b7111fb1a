"""How the two records of one person differ, against the published rates, in both profiles."""

import pandas as pd
import pytest

from tests.population_sample import PROFILES, assert_near, document, pairs, plain, sample

# ethnic groups whose names are also written in other orders and spellings
OTHER_CUSTOMS = ["04", "07", "08", "09", "10", "11", "12", "13", "14", "17", "18"]


def dashed(dates: pd.Series) -> pd.Series:
    turned = dates.str[6:] + "-" + dates.str[3:5] + "-" + dates.str[:2]
    return dates.where(~dates.str.contains("/"), turned)


@pytest.fixture(scope="module", params=PROFILES)
def profile(request):
    return request.param


@pytest.fixture(scope="module")
def rates(profile):
    shared, own = document()["shared"], document()[profile]
    return {**shared["recording"], **own["recording"], **shared["coverage"], **own["coverage"]}


@pytest.fixture(scope="module")
def british(profile):
    joined = pairs(profile)
    return joined[~joined["ethnic_group_census"].isin(OTHER_CUSTOMS)]


def both_differ(*shares):
    """The share of pairs in which at least one of several things differs."""
    same = 1.0
    for share in shares:
        same *= 1 - share
    return 1 - same


def test_forenames_differ_as_often_as_published(british, rates):
    known = british[british["forename_census"].notna()]
    differ = plain(known["forename_school"]) != plain(known["forename_census"])
    kinds = sum(
        rates[f"forename_{kind}"] for kind in ("respelled", "shortened", "other", "order_swapped")
    )
    published = both_differ(kinds, rates["forename_surname_swapped"])
    assert_near(differ, published, slack=0.0015 + 0.08 * published)


def test_surnames_differ_as_often_as_published_for_males(british, rates):
    known = british[british["surname_census"].notna()]
    one_part = ~known["surname_school"].str.contains("[ -]")
    one_part &= ~known["surname_census"].str.contains("[ -]")
    known = known[one_part]
    differ = plain(known["surname_school"]) != plain(known["surname_census"])
    kinds = rates["surname_respelled"] + rates["surname_of_family_changed"]
    assert_near(
        differ, both_differ(kinds, rates["forename_surname_swapped"]), slack=0.002 + 0.03 * kinds
    )


@pytest.mark.parametrize(
    ("part", "rate"),
    [(slice(8, 10), "day_differs"), (slice(5, 7), "month_differs"), (slice(0, 4), "year_differs")],
    ids=["day", "month", "year"],
)
def test_parts_of_the_birth_date_differ_as_often_as_published(profile, rates, part, rate):
    joined = pairs(profile)
    census = joined["date_of_birth_census"]
    known = joined[census.notna() & ~census.fillna("X").str.contains("X")]
    school = dashed(known["date_of_birth_school"])
    differ = school.str[part] != known["date_of_birth_census"].str[part]
    swapped = rates["day_month_swapped"] if rate != "year_differs" else 0
    assert_near(differ, rates[rate] + swapped, slack=0.0005 + 0.05 * rates[rate])


def test_sex_differs_as_often_as_published(profile, rates):
    joined = pairs(profile)
    known = joined[joined["sex"].notna()]
    assert_near(known["gender"].map({"M": "1", "F": "2"}) != known["sex"], rates["sex_differs"])


@pytest.mark.parametrize(
    ("table", "column", "rate"),
    [
        ("census", "forename", "census_forename_missing"),
        ("census", "surname", "census_surname_missing"),
        ("census", "sex", "census_sex_missing"),
        ("census", "date_of_birth", "census_birth_date_missing"),
        ("school_census", "postcode", "school_postcode_missing"),
        ("school_census", "upn", "upn_missing"),
        ("ks4", "surname", "attainment_names_missing"),
        ("ks5", "forenames", "attainment_names_missing"),
    ],
)
def test_values_are_missing_as_often_as_stated(profile, rates, table, column, rate):
    assert_near(sample(profile)[table][column].isna(), rates[rate])


def test_pseudo_postcodes_are_as_frequent_as_published(profile, rates):
    postcodes = sample(profile)["school_census"]["postcode"].dropna()
    assert_near(postcodes.str.startswith("ZZ99"), rates["pseudo_postcode"])


def test_partial_birth_dates_have_crosses_and_slashed_ones_exist(profile, rates):
    dates = sample(profile)["census"]["date_of_birth"].dropna()
    assert_near(dates.str.contains("X"), rates["census_birth_date_partial"])
    school = sample(profile)["school_census"]["date_of_birth"]
    assert 0.05 < school.str.match(r"\d\d/\d\d/\d{4}$").mean() < 0.25
    assert school.str.match(r"(\d\d/\d\d/\d{4}|\d{4}-\d\d-\d\d)$").all()
