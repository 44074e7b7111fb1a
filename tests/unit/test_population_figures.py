"""The generated population against the published figures it follows, in both profiles."""

from math import sqrt

import pandas as pd
import pytest

from tests.population_sample import PROFILES, assert_near, document, pairs, plain, sample


@pytest.fixture(scope="module", params=PROFILES)
def profile(request):
    return request.param


@pytest.fixture(scope="module")
def rates(profile):
    shared, own = document()["shared"], document()[profile]
    return {**shared["recording"], **own["recording"], **shared["coverage"], **own["coverage"]}


@pytest.fixture(scope="module")
def state_pupils(profile):
    truth = sample(profile)["truth"]
    return truth[~truth["is_independent"]]


# ------------------------------------------------------------------ names


def name_shares(names, ranks):
    shares = plain(names.dropna()).value_counts(normalize=True)
    equal = float((shares**2).sum()) - 1 / len(names)
    return [float(shares.iloc[:rank].sum()) for rank in ranks], equal


def test_surnames_are_shared_as_published():
    tables = sample("realistic")
    people = pd.concat([tables["census"], tables["neighbours"]])
    heads = people[people["person_number"] == "1"]
    (top, ten, hundred, thousand), equal = name_shares(heads["surname"], (1, 10, 100, 1000))
    assert top == pytest.approx(0.01302, rel=0.15)
    assert ten == pytest.approx(0.067, rel=0.08)
    assert hundred == pytest.approx(0.25, rel=0.06)
    assert thousand == pytest.approx(0.59, rel=0.06)
    assert equal == pytest.approx(0.00116, rel=0.08)


@pytest.mark.parametrize(
    ("gender", "published", "chance_of_equal"),
    [("M", (0.034, 0.25, 0.76), 0.0113), ("F", (0.024, 0.21, 0.64), 0.0076)],
    ids=["boys", "girls"],
)
def test_forenames_of_the_cohorts_are_shared_as_published(gender, published, chance_of_equal):
    pupils = sample("realistic")["school_census"].drop_duplicates("attainment_id")
    names = pupils.loc[pupils["gender"] == gender, "forename"]
    shares, equal = name_shares(names, (1, 10, 100))
    for share, expected in zip(shares, published, strict=True):
        error = 4 * sqrt(expected * (1 - expected) / len(names))
        assert share == pytest.approx(expected, abs=error)
    assert equal == pytest.approx(chance_of_equal, rel=0.09)


def test_most_children_have_a_middle_name():
    pupils = sample("realistic")["school_census"].drop_duplicates("attainment_id")
    has_middle = pupils["middle_names"].notna().mean()
    assert 0.68 < has_middle < 0.80  # 75-80% have one; schools leave some out


# ------------------------------------------------------------------ people


def test_twins_are_a_fortieth_and_two_thirds_share_their_sex(profile):
    truth = sample(profile)["truth"]
    assert_near(truth["is_twin"], 0.025)
    census = sample(profile)["census"]
    children = census[(census["relationship"] == "child") & (census["is_away_student"] == "0")]
    exact = children[children["date_of_birth"].str.len().eq(10) & children["sex"].notna()]
    born = exact.groupby(["household_id", "date_of_birth"])["sex"].agg(["size", "nunique"])
    twins = born[born["size"] == 2]
    if profile == "realistic":
        assert_near(twins["nunique"] == 1, 0.667, slack=0.03)


def test_nineteen_in_twenty_are_counted_and_young_men_least(profile, rates):
    truth = sample(profile)["truth"]
    missed = 1 - (1 - rates["households_missed"]) * (1 - rates["people_missed"])
    assert_near(truth["census_id"].notna(), 1 - missed, slack=0.02)
    counted = truth["census_id"].notna().groupby(truth["sex"]).mean()
    assert counted["M"] < counted["F"]


def test_the_missed_are_more_often_of_minorities():
    truth = pd.concat([sample(name)["truth"] for name in PROFILES])
    counted = truth["census_id"].notna().groupby(truth["ethnic_group"] == "01").mean()
    assert counted[False] < counted[True] - 0.01


def test_some_are_counted_twice_and_students_away_are_marked(profile, rates):
    tables = sample(profile)
    doubles, census = tables["doubles"], tables["census"]
    counts = doubles["reason"].value_counts()
    elsewhere = rates["repeated_elsewhere"]
    assert counts["elsewhere"] / len(census) == pytest.approx(elsewhere, rel=0.25)
    assert counts["other_parent"] > 0
    assert counts["student_at_parents"] > 0
    away = set(census.loc[census["is_away_student"] == "1", "census_id"])
    assert set(doubles.loc[doubles["reason"] == "away_student", "census_id"]) <= away
    assert not away & set(doubles.loc[doubles["reason"] != "away_student", "census_id"])
    assert not away & set(tables["truth"]["census_id"].dropna())


def test_households_are_as_large_as_published():
    sizes = sample("realistic")["neighbours"].groupby("household_id").size()
    assert sizes.mean() == pytest.approx(2.36, abs=0.08)
    shares = sizes.clip(upper=6).value_counts(normalize=True)
    for size, share in enumerate((0.30, 0.34, 0.16, 0.13, 0.05, 0.02), start=1):
        assert shares[size] == pytest.approx(share, abs=0.02)


def test_tenure_is_as_published():
    heads = sample("realistic")["neighbours"].query("person_number == '1'")
    owned = heads["tenure"].isin(["owned", "mortgage"]).mean()
    assert owned == pytest.approx(0.64, abs=0.03)
    assert heads["tenure"].eq("private").mean() == pytest.approx(0.18, abs=0.02)


def test_most_who_moved_before_the_census_stayed_near(profile):
    joined = pairs(profile)
    recent = joined[joined["academic_year"] == "2010/11"]
    known = recent[recent["postcode_school"].notna()]
    moved = known["postcode_school"] != known["postcode_census"]
    assert 0.01 < moved.mean() < 0.12
    moved = known[moved & ~known["postcode_school"].str.startswith("ZZ", na=False)]
    area = r"^([A-Z]+)"
    same_area = (
        moved["postcode_school"]
        .str.extract(area)[0]
        .eq(moved["postcode_census"].str.extract(area)[0])
    )
    assert same_area.mean() > 0.5


# ------------------------------------------------------------------ outcomes


def group(pupils, **wanted):
    for column, value in wanted.items():
        pupils = pupils[pupils[column].isin(value if isinstance(value, list) else [value])]
    return pupils["level_2_em"]


@pytest.mark.parametrize(
    ("wanted", "published"),
    [
        ({}, 0.582),
        ({"sex": "F"}, 0.619),
        ({"sex": "M"}, 0.546),
        ({"fsm": True}, 0.346),
        ({"fsm": False}, 0.620),
        ({"sen": "N"}, 0.662),
        ({"sen": ["A", "P"]}, 0.226),
        ({"sen": "S"}, 0.073),
        ({"ethnic_group": "12"}, 0.785),
    ],
    ids=["all", "girls", "boys", "meals", "no meals", "no need", "need", "statement", "chinese"],
)
def test_level_2_is_reached_as_often_as_published(state_pupils, wanted, published):
    at_ks4 = state_pupils[state_pupils["cohort"] >= 2009]
    assert_near(group(at_ks4, **wanted), published)


def test_level_2_by_language_is_as_published(profile, state_pupils):
    language = sample(profile)["school_census"].groupby("attainment_id")["language"].first()
    at_ks4 = state_pupils[state_pupils["cohort"] >= 2009]
    spoken = at_ks4["attainment_id"].map(language)
    assert_near(at_ks4.loc[spoken == "2_OTH", "level_2_em"], 0.558)
    assert_near(at_ks4.loc[spoken == "1_ENG", "level_2_em"], 0.585)


def test_level_3_and_its_gap_by_meals_are_as_published(state_pupils):
    whole = state_pupils[state_pupils["cohort"] == 2009]
    assert_near(whole["level_3"], 0.567)
    gap = whole.loc[~whole["fsm"], "level_3"].mean() - whole.loc[whole["fsm"], "level_3"].mean()
    assert gap == pytest.approx(0.247, abs=0.08)


def test_household_circumstances_matter_to_attainment(state_pupils):
    at_ks4 = state_pupils[state_pupils["cohort"] >= 2009]
    reached = at_ks4["level_2_em"]
    work = reached.groupby(at_ks4["is_workless"]).mean()
    assert work[False] - work[True] > 0.1
    parents = reached.groupby(at_ks4["parents_qualification"]).mean()
    assert parents["level4"] - parents["none"] > 0.2


def test_children_in_need_and_looked_after_are_as_many_as_published_and_attain_less(
    profile, state_pupils
):
    rates = document()["shared"]["schooling"]
    last = sample(profile)["school_census"].groupby("attainment_id").last()
    in_need, looked_after = (last[name] == "1" for name in ("is_child_in_need", "is_looked_after"))
    at_ks4 = state_pupils[state_pupils["cohort"] >= 2009].set_index("attainment_id")

    assert_near(in_need, rates["in_need"])
    assert_near(looked_after, rates["looked_after"])
    assert not (looked_after & ~in_need).any()
    assert_near(at_ks4.loc[at_ks4.index.map(looked_after), "level_2_em"], 0.16)
    assert at_ks4.loc[at_ks4.index.map(in_need), "level_2_em"].mean() < 0.45


def test_the_results_delivered_are_those_of_the_truth(profile):
    tables = sample(profile)
    counted = tables["ks4"][tables["ks4"]["national_result"] == "1"]
    joined = counted.merge(tables["truth"], on="attainment_id")
    assert len(joined) == len(counted)
    assert (joined["level_2_em_x"].eq("1") == joined["level_2_em_y"]).all()


def test_some_pupils_have_two_attainment_rows(profile):
    rates = document()["shared"]["schooling"]
    for table, rate in (("ks4", "ks4_repeated"), ("ks5", "ks5_repeated")):
        times = sample(profile)[table]["attainment_id"].value_counts()
        assert_near(times == 2, rates[rate])
        assert times.max() == 2


def test_independent_pupils_have_no_school_census_row_and_no_upn(profile):
    tables = sample(profile)
    private = set(tables["truth"].loc[tables["truth"]["is_independent"], "attainment_id"])
    assert_near(tables["truth"]["is_independent"], 0.07, slack=0.008)
    assert not private & set(tables["school_census"]["attainment_id"])
    theirs = tables["ks4"]["attainment_id"].isin(private)
    assert tables["ks4"].loc[theirs, "upn"].isna().all()
    assert tables["ks4"].loc[~theirs, "upn"].notna().all()
