"""Doubles model: how two Census lines of one person agree, and two lines of others.

A person counted twice is mostly linked by place: one line's postcode is the other's of a year
ago (another parent's home, a student's term-time address), or both lie on one form. There the
rivals are relatives: they share surname and place, as twins the birthday too, sometimes a
middle name or, a generation apart, all names. Levels of their own hold for lines of one home.
Elsewhere the rivals are namesakes: what counts is how common the whole name is, since names
go together (Okonkwo with Esther, Kowalski with Piotr), and a rare pair may be no coincidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attainment_linkage.core.comparisons import SLIP_YEARS
from attainment_linkage.core.levels import (
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
ELSEWHERE = "elsewhere: "
"""How the label of a level begins that pairs of one home never show."""
COLUMNS = (
    "forename", "forename_root", "forename_initial", "given_names", "middle_names",
    "middle_initial", "surname", "surname_sound", "surname_initial", "surname_parts",
    "name_forward", "name_backward", "birth_date", "birth_year", "birth_month", "birth_day",
    "sex", "postcode", "postcodes", "postcode_sectors", "postcode_districts",
)  # fmt: skip
"""Columns of a linkage record that the model or its rules read."""

_ONE_HOME = "list_has_any(postcodes_l, postcodes_r)"
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


def is_elsewhere(made: Mapping[str, Any]) -> bool:
    """Whether a level holds only for lines of no common home."""
    return str(made.get("label_for_charts", "")).startswith(ELSEWHERE)


def comparisons() -> tuple[Comparison, ...]:
    """The comparisons; each level starts from its m, home levels from their u too."""
    return (_forename(), _surname(), _middle_name(), _birth(), _sex(), _where())


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
        home_level("equal", f"{_ONE_HOME} AND {same('surname')}", 0.9, 0.25),
        home_level("near", f"{_ONE_HOME} AND {near}", 0.07, 0.005),
        home_level("different", _ONE_HOME, 0.03, 0.745),
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
    family = f"{_ONE_HOME} AND list_has_any(surname_parts_l, surname_parts_r)"
    return comparison(
        "birth",
        level("not known", unknown, 0.001),
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
    """Where: another address first, since one form is what relatives share."""
    return comparison(
        "where",
        null(either_null("postcodes")),
        level("another address, a postcode in common",
              f"postcode_l <> postcode_r AND {_ONE_HOME}", 0.76),
        level("one address", _ONE_HOME, 0.16),
        level("a sector in common", "list_has_any(postcode_sectors_l, postcode_sectors_r)", 0.01),
        level("a district in common",
              "list_has_any(postcode_districts_l, postcode_districts_r)", 0.02),
        otherwise(0.05),
    )  # fmt: skip
