"""Comparisons: how each field of two linkage records is compared, as levels in DuckDB SQL.

Every comparison is a Splink comparison dictionary. Its levels are tried in order, the
cheapest and strictest first; ``m_probability`` of a level is where training starts from and
what smoothing pulls a thinly observed level towards. A comparison reads no column on which
another one is trained (names swapped are found by ``name_forward`` and ``name_backward``),
so that each can be estimated while another field is held equal; home levels apart, which
have a training of their own (``core.homes``).
"""

from __future__ import annotations

from attainment_linkage.core.levels import (
    YEARS_APART,
    Comparison,
    Home,
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

_SWAPPED = "name_forward_l = name_backward_r"


_TURNED = "(list_contains(given_names_l, forename_r) OR list_contains(given_names_r, forename_l))"


def forename(has_surname: bool) -> Comparison:
    """Forename: equal, same root, swapped with the surname, a further name, initial, near.

    A further given name of one is the other's forename; further ones in common are none of
    this comparison's: relatives share them, and ``middle_name`` has them.
    """
    swapped = [level("swapped with surname", _SWAPPED, 0.002)] if has_surname else []
    return comparison(
        "forename",
        null(either_null("given_names")),
        level("equal", same("forename"), 0.85, "forename"),
        *swapped,
        level("one edit", edits("forename", 1) + " AND length(forename_l) > 2", 0.05),
        level("same root", same("forename_root"), 0.02, "forename_root", True),
        level("a further given name of the other", _TURNED, 0.01),
        level(
            "initial",
            "forename_initial_l = forename_initial_r"
            " AND least(length(forename_l), length(forename_r)) = 1",
            0.01,
        ),
        level("alike", alike("forename", 0.88), 0.015),
        level("somewhat alike", alike("forename", 0.75), 0.01),
        otherwise(0.02),
    )


_SURNAME_SHARED = "list_has_any(surname_parts_l, surname_parts_r)"


def surname(has_forename: bool, home: Home | None = None) -> Comparison:
    """Surname: equal, a part in common (double or former names), near; swapped says no more."""
    swapped = f" OR {_SWAPPED}" if has_forename else ""
    near = f"({_SURNAME_SHARED} OR {edits('surname', 1)} OR {alike('surname', 0.9)})"
    at_home = (
        []
        if home is None
        else [
            home_level("equal", f"{home.condition} AND {same('surname')}", 0.92, home.same_surname),
            home_level("alike", f"{home.condition} AND {near}", 0.06, 0.02),
            home_level("different", home.condition, 0.02, 0.98 - home.same_surname),
        ]
    )
    return comparison(
        "surname",
        null(f"surname_parts_l IS NULL OR surname_parts_r IS NULL{swapped}"),
        *at_home,
        level("equal", same("surname"), 0.87, "surname"),
        level("one edit", edits("surname", 1) + " AND length(surname_l) > 2", 0.04),
        level("a part in common", _SURNAME_SHARED, 0.02),
        level("alike", alike("surname", 0.9), 0.015),
        level("somewhat alike", alike("surname", 0.78), 0.01),
        otherwise(0.03),
    )


def middle_name(has_whole: bool, home: Home | None = None) -> Comparison:
    """Middle name or its initial; not compared where a forename is missing.

    Relatives are given the same middle names: levels of their own for two of one home.
    """
    whole = [level("equal", same("middle_names"), 0.6, "middle_names")] if has_whole else []
    initial = 0.3 if has_whole else 0.9
    at_home = []
    if home is not None:
        equal = f"{home.condition} AND {same('middle_names')}"
        begins = f"{home.condition} AND {same('middle_initial')}"
        at_home = [
            *([home_level("equal", equal, 0.6, 0.05)] if has_whole else []),
            home_level("initial equal", begins, initial, 0.08),
            home_level("different", home.condition, 0.1, 0.87),
        ]
    return comparison(
        "middle_name",
        null(either_null("middle_initial")),
        *at_home,
        *whole,
        level("initial equal", same("middle_initial"), initial, "middle_initial"),
        otherwise(0.1),
    )


def birth_year() -> Comparison:
    """Year of birth alone: equal, a year apart, few years apart."""
    years = "abs(birth_year_l::INT - birth_year_r::INT)"
    return comparison(
        "birth",
        null(either_null("birth_year")),
        level("equal", same("birth_year"), 0.9),
        level("a year apart", f"{years} <= 1", 0.05),
        level("few years apart", f"{years} <= 5", 0.03),
        otherwise(0.02),
    )


SLIP_YEARS = 12
"""A birth date is a slip of another one only within these; a parent's is further away."""
_BIRTH_PARTS = ("birth_year", "birth_month", "birth_day")


def birth(home: Home | None = None) -> Comparison:
    """Birth date: equal, transposed, one digit, parts equal as far as known, near.

    Of two people of one home and surname, twins have the same birthday and others never a
    near one by chance alone: levels of their own. A father whose name his son bears is
    told from him by the years between them.
    """
    unknown = " AND ".join(f"({either_null(part)})" for part in _BIRTH_PARTS)
    agree = " + ".join(f"coalesce(({same(part)})::INT, 0)" for part in _BIRTH_PARTS)
    known = " + ".join(
        f"({part}_l IS NOT NULL AND {part}_r IS NOT NULL)::INT" for part in _BIRTH_PARTS
    )
    apart = [f"abs(try_cast({part}_l AS INT) - try_cast({part}_r AS INT))" for part in _BIRTH_PARTS]
    years = apart[0]
    days = "abs(datediff('day', try_cast(birth_date_l AS DATE), try_cast(birth_date_r AS DATE)))"
    one_apart = " AND ".join(f"coalesce({part}, 0) <= 1" for part in apart)
    transposed = (
        "birth_year_l = birth_year_r AND birth_day_l = birth_month_r"
        " AND birth_month_l = birth_day_r"
    )
    is_slip = f"coalesce({years}, 0) <= {SLIP_YEARS}"
    one_digit = "hamming(birth_date_l, birth_date_r) = 1"
    near = f"{days} <= 62 OR ({one_apart}) OR (({agree}) = 1 AND {years} <= 1)"
    as_known = f"({agree}) = ({known}) AND ({known}) >= 2"
    family = "" if home is None else f"{home.condition} AND {_SURNAME_SHARED}"
    slip = f"({transposed} OR {one_digit} OR (({agree}) = 2 AND {one_apart}))"
    in_family = (
        []
        if home is None
        else [
            home_level("equal", f"{family} AND {same('birth_date')}", 0.9, 0.012),
            home_level("as far as known", f"{family} AND {as_known}", 0.03, 0.008),
            home_level("nearly equal", f"{family} AND {slip}", 0.04, 0.01),
            home_level("near", f"{family} AND (({agree}) = 2 OR {near})", 0.01, 0.02),
            home_level("different", f"{family} AND {is_slip}", 0.0195, 0.4),
            home_level(YEARS_APART, family, 0.0005, 0.55),
        ]
    )
    return comparison(
        "birth",
        null(unknown),
        *in_family,
        level("equal", same("birth_date"), 0.9, "birth_date"),
        level("as far as known, two or more", as_known, 0.02),
        level("day and month transposed", transposed, 0.003),
        level("one digit differs", one_digit, 0.03),
        level("year alone known, equal", f"({agree}) = ({known}) AND {same('birth_year')}", 0.01),
        level("two parts equal, the third near", f"({agree}) = 2 AND {one_apart}", 0.01),
        level("two parts of three equal", f"({agree}) = 2", 0.02),
        level(YEARS_APART, f"NOT ({is_slip})", 0.0005),
        level("near", near, 0.006),
        level("one part equal", f"({agree}) = 1", 0.006),
        otherwise(0.01),
    )


_MOST_YEARS = 12


def age() -> Comparison:
    """Age in years, only where a birth date or year is missing: a level per gap.

    Two files taken years apart hold the same people older by as much: which gap true pairs
    have is learnt in training.
    """
    gap = "age_r::INT - age_l::INT"
    apart = [years for n in range(1, _MOST_YEARS + 1) for years in (n, -n)]
    return comparison(
        "age",
        null(f"{either_null('age')} OR (birth_year_l IS NOT NULL AND birth_year_r IS NOT NULL)"),
        level("equal", same("age"), 0.6),
        *(
            level(f"{years} years older", f"{gap} = {years}", 0.05 if abs(years) == 1 else 0.01)
            for years in apart
        ),
        otherwise(0.08),
    )


def sex() -> Comparison:
    """Sex: equal or not."""
    return comparison(
        "sex", null(either_null("sex")), level("equal", same("sex"), 0.99), otherwise(0.01)
    )


def category(column: str, m: float = 0.9, home: Home | None = None) -> Comparison:
    """A category: equal, its frequency counted, or different.

    ``home``: given for one that people who live together share, such as the ethnic group.
    """
    at_home = []
    if home is not None:
        at_home = [
            home_level("equal", f"{home.condition} AND {same(column)}", m, 0.85),
            home_level("different", home.condition, 1 - m, 0.15),
        ]
    return comparison(
        column,
        null(either_null(column)),
        *at_home,
        level("equal", same(column), m, column),
        otherwise(1 - m),
    )


def number(column: str, home: Home | None = None) -> Comparison:
    """A long number or code: equal, one or two edits apart, different.

    Its frequency is not counted: where each value is one person's, two records of that
    person would make it look common. ``home``: given for what people who live together
    share, such as a telephone.
    """
    at_home = []
    if home is not None:
        at_home = [
            home_level("equal", f"{home.condition} AND {same(column)}", 0.85, 0.6),
            home_level("near", f"{home.condition} AND {edits(column, 2)}", 0.07, 0.05),
            home_level("different", home.condition, 0.08, 0.35),
        ]
    return comparison(
        column,
        null(either_null(column)),
        *at_home,
        level("equal", same(column), 0.85),
        level("one edit", edits(column, 1), 0.05),
        level("two edits", edits(column, 2), 0.02),
        otherwise(0.08),
    )


def frequency_columns(comparisons: tuple[Comparison, ...]) -> tuple[str, ...]:
    """The columns whose value frequencies some level needs, sorted."""
    levels = (one for made in comparisons for one in made["comparison_levels"])
    return tuple(sorted({one.get("tf_adjustment_column", "") for one in levels} - {""}))
