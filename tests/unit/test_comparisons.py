"""Comparisons: which level two drawn records reach, by the SQL that Splink is given."""

import duckdb
import pytest

from attainment_linkage.core import comparisons as compare
from attainment_linkage.core import place_comparisons as places
from attainment_linkage.core.levels import Home, telling
from attainment_linkage.core.patterns import pattern_sql

HOME = Home("address", 12, "home_l = home_r", 0.6)


def level_of(comparison, left, right):
    """The label of the level of two records, dictionaries of fields; a list is an array."""
    columns = [
        f"{_sql(record.get(name))} as {name}_{side}"
        for side, record in (("l", left), ("r", right))
        for name in {*left, *right}
    ]
    found = (
        duckdb.connect()
        .sql(
            f"with pairs as (select {', '.join(columns)}) "
            f"select {pattern_sql([comparison])} from pairs"
        )
        .fetchall()[0][0]
    )
    return "not known" if found < 0 else telling(comparison)[found]["label_for_charts"]


def _sql(value):
    if isinstance(value, list):
        return f"{value}::varchar[]"
    return f"cast({'null' if value is None else repr(value)} as varchar)"


def named(forename, surname="LEE", root=None, given=None):
    return {
        "forename": forename,
        "forename_root": root or forename,
        "forename_initial": forename[0],
        "given_names": given or [forename],
        "name_forward": f"{forename} {surname}",
        "name_backward": f"{surname} {forename}",
    }


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        (named("ANN"), named("ANN"), "equal"),
        (named("LEE", "ANN"), named("ANN", "LEE"), "swapped with surname"),
        (named("JOHN"), named("JOHNN"), "one edit"),
        (named("BOB", root="ROBERT"), named("ROBERT", root="ROBERT"), "same root"),
        (named("MOHAMMED", root="M"), named("MUHAMAD", root="M"), "same root"),
        (named("MARY", given=["MARY", "ANN"]), named("ANN"), "a further given name of the other"),
        (named("MARY", given=["MARY", "ANN"]), named("ROSE", given=["ROSE", "ANN"]), "different"),
        (named("J"), named("JOHN"), "initial"),
        (named("KATHARINA"), named("KATHARIENNA"), "alike"),
        (named("ANN"), named("ROBERT"), "different"),
    ],
)
def test_forenames(left, right, level):
    assert level_of(compare.forename(True), left, right) == level
    assert level_of(compare.forename(True), right, left) == level


def middle(names, home, initial=None):
    return {"middle_names": names, "middle_initial": initial or names[0], "home": home}


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        (middle("ANN", "A"), middle("ANN", "A"), "at home: equal"),
        (middle("ANN", "A"), middle(None, "A", "A"), "at home: initial equal"),
        (middle("ANN", "A"), middle("ROSE", "A"), "at home: different"),
        (middle("ANN", "A"), middle("ANN", "B"), "equal"),
        (middle("ANN", "A"), middle("ABI", None), "initial equal"),
        (middle("ANN", "A"), middle("ROSE", "B"), "different"),
    ],
)
def test_middle_names_in_common_say_less_of_two_of_one_home(left, right, level):
    assert level_of(compare.middle_name(True, HOME), left, right) == level


def family(surname, home, *parts):
    return {
        "surname": surname,
        "surname_parts": list(parts) or [surname],
        "home": home,
        "name_forward": "",
        "name_backward": "-",
    }


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        (family("LEE", "1 HIGH ST"), family("LEE", "1 HIGH ST"), "at home: equal"),
        (family("LEE", None), family("LEE", "1 HIGH ST"), "equal"),
        (family("LEA", "A"), family("LEE", "A"), "at home: alike"),
        (family("POE LEE", "A", "POE", "LEE"), family("LEE", "A"), "at home: alike"),
        (family("POE LEE", "A", "POE", "LEE"), family("LEE", "B"), "a part in common"),
        (family("LEE", "A"), family("SMITH", "A"), "at home: different"),
        (family("LEE", "A"), family("SMITH", "B"), "different"),
    ],
)
def test_surnames(left, right, level):
    assert level_of(compare.surname(True, HOME), left, right) == level


def born(date, home=None, surname="LEE"):
    year, month, day = (part if part != "-" else None for part in date.split("/"))
    return {
        "birth_year": year,
        "birth_month": month,
        "birth_day": day,
        "birth_date": "-".join([year, month, day]) if year and month and day else None,
        "home": home,
        "surname_parts": [surname],
    }


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("1995/03/04", "1995/03/04", "equal"),
        ("1995/03/04", "1995/03/-", "as far as known, two or more"),
        ("1995/03/04", "1995/04/03", "day and month transposed"),
        ("1995/03/04", "1985/03/04", "one digit differs"),
        ("1995/-/-", "1995/03/04", "year alone known, equal"),
        ("1995/03/09", "1995/03/10", "two parts equal, the third near"),
        ("1995/03/04", "1972/03/04", "two parts of three equal"),
        ("1995/01/31", "1995/02/01", "near"),
        ("1995/03/04", "1985/11/04", "one part equal"),
        ("1995/03/04", "1984/11/21", "different"),
        ("1995/03/04", "1965/11/04", "years apart"),
        ("-/-/-", "1980/11/21", "not known"),
    ],
)
def test_birth_dates(left, right, level):
    assert level_of(compare.birth(HOME), born(left), born(right)) == level


@pytest.mark.parametrize(
    ("left", "right", "surname", "level"),
    [
        ("1995/03/04", "1995/03/04", "LEE", "at home: equal"),
        ("1995/03/04", "1995/03/-", "LEE", "at home: as far as known"),
        ("1995/03/04", "1995/04/03", "LEE", "at home: nearly equal"),
        ("1995/03/04", "1995/01/20", "LEE", "at home: near"),
        ("1995/03/04", "1997/11/21", "LEE", "at home: different"),
        ("1995/03/04", "1965/11/04", "LEE", "at home: years apart"),
        ("1995/03/04", "1972/03/04", "LEE", "at home: near"),
        ("1995/03/04", "1995/03/04", "SMITH", "equal"),
    ],
)
def test_birth_dates_of_one_family_have_levels_of_their_own(left, right, surname, level):
    pair = born(left, "A"), born(right, "A", surname)
    assert level_of(compare.birth(HOME), *pair) == level


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("20", "20", "equal"),
        ("20", "30", "10 years older"),
        ("30", "29", "-1 years older"),
        ("20", "60", "different"),
        (None, "20", "not known"),
    ],
)
def test_ages_are_compared_by_their_gap_where_no_birth_year_is_known(left, right, level):
    made = compare.age()
    unknown = {"birth_year": None}
    assert level_of(made, {"age": left, **unknown}, {"age": right, **unknown}) == level
    known = {"birth_year": "1990"}
    assert level_of(made, {"age": left, **known}, {"age": right, **known}) == "not known"


def lived(*units):
    return {
        "postcodes": list(units),
        "postcode_sectors": [unit[:-2] for unit in units],
        "postcode_districts": [unit[:-3] for unit in units],
    }


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        (lived("AB11AA", "CD22BB"), lived("CD22BB"), "a unit in common"),
        (lived("AB11AA", "CD22BB"), lived("CD22XX"), "a sector in common"),
        (lived("AB11AA", "CD22BB"), lived("CD29XX"), "a district in common"),
        (lived("AB11AA"), lived("CD22BB"), "different"),
    ],
)
def test_the_best_of_several_postcodes_counts(left, right, level):
    assert level_of(places.several_postcodes(), left, right) == level


def test_house_number_and_postcode_settle_an_address_without_a_street():
    here = {"house_number": "12", "postcode": "LS11AA"}
    here |= {"postcode_sector": "LS11", "postcode_district": "LS1"}
    next_door, unnumbered = here | {"house_number": "14"}, here | {"house_number": None}
    comparison = places.where(frozenset(here))

    assert level_of(comparison, here, here) == "number and postcode equal"
    assert level_of(comparison, here, next_door) == "postcode equal"
    assert level_of(comparison, here, unnumbered) == "postcode equal"


def test_a_shared_telephone_at_home_says_less_and_an_identifier_has_no_frequency():
    phone, number = compare.number("phone", HOME), compare.number("identifier")

    at_home = {"phone": "01234567890", "home": "A"}
    assert level_of(phone, at_home, at_home) == "at home: equal"
    assert level_of(phone, at_home, {**at_home, "home": "B"}) == "equal"
    assert compare.frequency_columns((number,)) == ()
