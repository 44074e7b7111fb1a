"""Doubles model: how two Census lines of one person agree, and two lines of others.

A person counted twice is mostly linked by place: one line's postcode is the other's of a year
ago (another parent's home, a student's term-time address), or both lie on one form. There the
rivals are relatives: they share surname and place, as twins the birthday too, sometimes a
middle name or, a generation apart, all names. Levels of their own hold for lines of one home.
Elsewhere the rivals are namesakes: what counts is how common the whole name is, since names
go together (Okonkwo with Esther, Kowalski with Piotr), and a rare pair may be no coincidence.

The forms themselves speak too. Whoever is counted twice is so mostly with somebody else, and
two forms with the same second person are one home; or is a stranger on the other form, whose
residents all have another surname, as real residents seldom are. Twins are on one form.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attainment_linkage.core.comparisons import SLIP_YEARS
from attainment_linkage.core.levels import (
    AT_HOME,
    Comparison,
    alike,
    comparison,
    edits,
    either_null,
    home_level,
    level,
    null,
    otherwise,
    same,
)
from attainment_linkage.core.rules import Rule

FREQUENCY_COLUMNS = ("forename", "forename_root", "surname")
"""Names whose value frequencies adjust their weight, beside that of the whole name."""
WHOLE_NAME = "name_forward"
HOUSEHOLD = "one household: "
"""How the label of a home level goes on that holds only for two lines of one household."""
ELSEWHERE = "elsewhere: "
"""How the label of a level begins that pairs of one home never show."""
FORM_COLUMNS = ("form", "companions", "is_among_strangers")
"""Columns that ``steps.census_forms`` adds to a line: what its form says of it."""
COLUMNS = (
    "forename", "forename_root", "forename_initial", "given_names", "middle_names",
    "middle_initial", "surname", "surname_sound", "surname_initial", "surname_parts",
    "name_forward", "name_backward", "birth_date", "birth_year", "birth_month", "birth_day",
    "sex", "postcode", "postcodes", "postcode_sectors", "postcode_districts", *FORM_COLUMNS,
)  # fmt: skip
"""Columns of a linkage record that the model or its rules read."""

PLACES_OF_A_HOME = 3
"""Levels of ``where``, the first ones, that hold only for two lines of one home."""

_IN_COMPANY = "coalesce(list_has_any(companions_l, companions_r), false)"
_ONE_HOME = f"(coalesce(list_has_any(postcodes_l, postcodes_r), false) OR {_IN_COMPANY})"
_HOUSEHOLD = f"(coalesce(form_l = form_r, false) OR {_IN_COMPANY})"
"""Relatives live together; of lines of one postcode most are neighbours', not relatives'."""
_WHOLE_ELSEWHERE = f"NOT {_ONE_HOME} AND {same(WHOLE_NAME)}"
_ONCE = "l.record_id < r.record_id"
RULES = tuple(
    Rule.parse(f"{text} | {_ONCE}")
    for text in (
        "birth_date & surname_sound",
        "birth_date & forename_root",
        "birth_date & forename_initial & surname_initial",
        "postcodes[] & forename_initial",
        "postcodes[] & birth_date",
        "postcodes[] & birth_year & surname_initial",
    )
)
"""Blocking rules of the file with itself: each pair once, no line with itself."""


def household_level(label: str, condition: str, m: float, u: float) -> dict[str, Any]:
    """A home level for two lines of one household, with chances of its own."""
    return home_level(HOUSEHOLD + label, condition, m, u)


def is_of_household(made: Mapping[str, Any]) -> bool:
    """Whether a level holds only for two lines of one household."""
    return str(made.get("label_for_charts", "")).startswith(AT_HOME + HOUSEHOLD)


def plain_label(made: Mapping[str, Any]) -> str:
    """What a level says, wherever the two lines are."""
    label = str(made["label_for_charts"])
    return label.removeprefix(AT_HOME).removeprefix(HOUSEHOLD)


def is_elsewhere(made: Mapping[str, Any]) -> bool:
    """Whether a level holds only for lines of no common home."""
    return str(made.get("label_for_charts", "")).startswith(ELSEWHERE)


def comparisons() -> tuple[Comparison, ...]:
    """The comparisons; each level starts from its m, home levels from their u too."""
    return (_forename(), _surname(), _middle_name(), _birth(), _sex(), _where(), _company())


def _forename() -> Comparison:
    """Forename. A middle name in common is none in common: relatives share middle names."""
    turned = (
        "(list_contains(given_names_l, forename_r) OR list_contains(given_names_r, forename_l))"
    )
    is_letter = "least(length(forename_l), length(forename_r)) = 1"
    return comparison(
        "forename",
        null(either_null("forename")),
        level(f"{ELSEWHERE}whole name equal", _WHOLE_ELSEWHERE, 0.8, WHOLE_NAME, True),
        level("equal", same("forename"), 0.889, "forename"),
        level("swapped with surname", "name_forward_l = name_backward_r", 0.002),
        level("same root", same("forename_root"), 0.02, "forename_root", True),
        level("one edit", f"{edits('forename', 1)} AND length(forename_l) > 2", 0.04),
        level("a given name of the other", turned, 0.02),
        level("initial", f"{same('forename_initial')} AND {is_letter}", 0.008),
        level("alike", alike("forename", 0.88), 0.015),
        level("somewhat alike", alike("forename", 0.75), 0.005),
        otherwise(0.001),
    )


def _surname() -> Comparison:
    near = (
        f"(list_has_any(surname_parts_l, surname_parts_r) OR {edits('surname', 1)} "
        f"OR {alike('surname', 0.9)})"
    )
    return comparison(
        "surname",
        null(
            f"{either_null('surname')} OR name_forward_l = name_backward_r OR ({_WHOLE_ELSEWHERE})"
        ),
        household_level("equal", f"{_HOUSEHOLD} AND {same('surname')}", 0.9, 0.75),
        household_level("near", f"{_HOUSEHOLD} AND {near}", 0.07, 0.02),
        household_level("different", _HOUSEHOLD, 0.03, 0.23),
        home_level("equal", f"{_ONE_HOME} AND {same('surname')}", 0.9, 0.05),
        home_level("near", f"{_ONE_HOME} AND {near}", 0.07, 0.005),
        home_level("different", _ONE_HOME, 0.03, 0.945),
        level("equal", same("surname"), 0.9, "surname"),
        level("near", near, 0.07),
        otherwise(0.03),
    )


def _middle_name() -> Comparison:
    """Middle name. Elsewhere its initial alone counts: whole names go together."""
    return comparison(
        "middle_name",
        null(either_null("middle_initial")),
        home_level("equal", f"{_ONE_HOME} AND {same('middle_names')}", 0.75, 0.05),
        home_level("initial", f"{_ONE_HOME} AND {same('middle_initial')}", 0.22, 0.08),
        home_level("different", _ONE_HOME, 0.03, 0.87),
        level(f"{ELSEWHERE}initial", same("middle_initial"), 0.97),
        level(f"{ELSEWHERE}different", "ELSE", 0.03),
    )


def _birth() -> Comparison:
    parts = ("birth_year", "birth_month", "birth_day")
    agree = " + ".join(f"coalesce(({same(part)})::INT, 0)" for part in parts)
    known = " + ".join(f"({part}_l IS NOT NULL AND {part}_r IS NOT NULL)::INT" for part in parts)
    years = "coalesce(abs(try_cast(birth_year_l AS INT) - try_cast(birth_year_r AS INT)), 0)"
    as_known = f"({agree}) = ({known}) AND ({known}) = 2"
    slip = f"(({agree}) = 2 OR hamming(birth_date_l, birth_date_r) = 1) AND {years} <= {SLIP_YEARS}"
    unknown = " AND ".join(f"({either_null(part)})" for part in parts)
    namesakes = "list_has_any(surname_parts_l, surname_parts_r)"
    household, family = f"{_HOUSEHOLD} AND {namesakes}", f"{_ONE_HOME} AND {namesakes}"
    return comparison(
        "birth",
        level("not known", unknown, 0.001),
        household_level("equal", f"{household} AND {same('birth_date')}", 0.93, 0.01),
        household_level("as far as known", f"{household} AND {as_known}", 0.02, 0.0005),
        household_level("a slip", f"{household} AND {slip}", 0.04, 0.01),
        household_level("different", f"{household} AND {years} <= {SLIP_YEARS}", 0.0098, 0.4),
        household_level("years apart", household, 0.0002, 0.5795),
        home_level("equal", f"{family} AND {same('birth_date')}", 0.93, 0.01),
        home_level("as far as known", f"{family} AND {as_known}", 0.02, 0.0005),
        home_level("a slip", f"{family} AND {slip}", 0.04, 0.01),
        home_level("different", f"{family} AND {years} <= {SLIP_YEARS}", 0.0098, 0.4),
        home_level("years apart", family, 0.0002, 0.5795),
        level("equal", same("birth_date"), 0.93),
        level("as far as known", as_known, 0.02),
        level("a slip", slip, 0.04),
        level("different", f"{years} <= {SLIP_YEARS}", 0.0088),
        level("years apart", "ELSE", 0.0002),
    )


def _sex() -> Comparison:
    return comparison(
        "sex", null(either_null("sex")), level("equal", same("sex"), 0.99), otherwise(0.01)
    )


def _where() -> Comparison:
    """Where: another form first, since one form is what relatives share."""
    return comparison(
        "where",
        null(f"({either_null('postcodes')}) AND NOT {_IN_COMPANY}"),
        level("another form, somebody else in common",
              f"coalesce(form_l <> form_r, false) AND {_IN_COMPANY}", 0.25),
        level("another form, a postcode in common",
              f"coalesce(form_l <> form_r, false) AND {_ONE_HOME}", 0.55),
        level("one form", _ONE_HOME, 0.08),
        level("a sector in common", "list_has_any(postcode_sectors_l, postcode_sectors_r)", 0.01),
        level("a district in common",
              "list_has_any(postcode_districts_l, postcode_districts_r)", 0.02),
        otherwise(0.09),
    )  # fmt: skip


def _company() -> Comparison:
    """Company: whether one of the two is a stranger on a form, its surname no one else's."""
    strange = "(is_among_strangers_l OR is_among_strangers_r)"
    return comparison(
        "company",
        null(
            f"form_l = form_r OR {_IN_COMPANY} OR is_among_strangers_l IS NULL"
            " OR is_among_strangers_r IS NULL"
        ),
        home_level("a stranger", f"{_ONE_HOME} AND {strange}", 0.8, 0.3),
        home_level("among relatives", _ONE_HOME, 0.2, 0.7),
        level("a stranger", strange, 0.8),
        level("among relatives", "ELSE", 0.2),
    )
