"""Comparisons: how each field of two linkage records is compared, as levels in DuckDB SQL.

Every comparison is a Splink comparison dictionary. Its levels are tried in order, the
cheapest and strictest first; ``m_probability`` of a level is where training starts from and
what smoothing pulls a thinly observed level towards. A comparison reads no column on which
another one is trained (names swapped are found by ``name_forward`` and ``name_backward``),
so that each can be estimated while another field is held equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Comparison = Mapping[str, Any]


def _null(condition: str) -> dict[str, Any]:
    return {"sql_condition": condition, "label_for_charts": "not known", "is_null_level": True}


def _level(
    label: str, condition: str, m: float, frequency: str = "", is_own_frequency: bool = False
) -> dict[str, Any]:
    """One level; ``frequency`` is the column whose value frequencies adjust its weight."""
    level: dict[str, Any] = {
        "sql_condition": condition,
        "label_for_charts": label,
        "m_probability": m,
    }
    if frequency:
        level["tf_adjustment_column"] = frequency
        level["tf_adjustment_weight"] = 1.0
        if is_own_frequency:
            level["disable_tf_exact_match_detection"] = True
    return level


def _else(m: float) -> dict[str, Any]:
    return {"sql_condition": "ELSE", "label_for_charts": "different", "m_probability": m}


def _comparison(name: str, *levels: dict[str, Any]) -> Comparison:
    return {"output_column_name": name, "comparison_levels": list(levels)}


def _either_null(column: str) -> str:
    return f"{column}_l IS NULL OR {column}_r IS NULL"


def _same(column: str) -> str:
    return f"{column}_l = {column}_r"


def _edits(column: str, most: int) -> str:
    return f"levenshtein({column}_l, {column}_r) <= {most}"


def _alike(column: str, least: float) -> str:
    return f"jaro_winkler_similarity({column}_l, {column}_r) >= {least}"


_SWAPPED = "name_forward_l = name_backward_r"


def forename(has_surname: bool) -> Comparison:
    """Forename: equal, same root, swapped with the surname, shared, initial, near."""
    swapped = [_level("swapped with surname", _SWAPPED, 0.002)] if has_surname else []
    return _comparison(
        "forename",
        _null(_either_null("given_names")),
        _level("equal", _same("forename"), 0.85, "forename"),
        *swapped,
        _level("one edit", _edits("forename", 1) + " AND length(forename_l) > 2", 0.05),
        _level("same root", _same("forename_root"), 0.02, "forename_root", True),
        _level("a given name shared", "list_has_any(given_names_l, given_names_r)", 0.01),
        _level(
            "initial",
            "forename_initial_l = forename_initial_r"
            " AND least(length(forename_l), length(forename_r)) = 1",
            0.01,
        ),
        _level("alike", _alike("forename", 0.88), 0.015),
        _level("somewhat alike", _alike("forename", 0.75), 0.01),
        _else(0.02),
    )


def surname(has_forename: bool) -> Comparison:
    """Surname: equal, a part in common (double or former names), near; swapped says no more."""
    swapped = f" OR {_SWAPPED}" if has_forename else ""
    shared = "list_has_any(surname_parts_l, surname_parts_r)"
    return _comparison(
        "surname",
        _null(f"surname_parts_l IS NULL OR surname_parts_r IS NULL{swapped}"),
        _level("equal", _same("surname"), 0.87, "surname"),
        _level("one edit", _edits("surname", 1) + " AND length(surname_l) > 2", 0.04),
        _level("a part in common", shared, 0.02),
        _level("alike", _alike("surname", 0.9), 0.015),
        _level("somewhat alike", _alike("surname", 0.78), 0.01),
        _else(0.03),
    )


def middle_name(has_whole: bool) -> Comparison:
    """Middle name or its initial; not compared where a forename is missing."""
    whole = [_level("equal", _same("middle_names"), 0.6, "middle_names")] if has_whole else []
    return _comparison(
        "middle_name",
        _null(_either_null("middle_initial")),
        *whole,
        _level(
            "initial equal", _same("middle_initial"), 0.3 if has_whole else 0.9, "middle_initial"
        ),
        _else(0.1),
    )


def birth_year() -> Comparison:
    """Year of birth alone: equal, a year apart, few years apart."""
    years = "abs(birth_year_l::INT - birth_year_r::INT)"
    return _comparison(
        "birth",
        _null(_either_null("birth_year")),
        _level("equal", _same("birth_year"), 0.9),
        _level("a year apart", f"{years} <= 1", 0.05),
        _level("few years apart", f"{years} <= 5", 0.03),
        _else(0.02),
    )


_BIRTH_PARTS = ("birth_year", "birth_month", "birth_day")


def birth() -> Comparison:
    """Birth date: equal, transposed, one digit, parts equal as far as known, near."""
    unknown = " AND ".join(f"({_either_null(part)})" for part in _BIRTH_PARTS)
    agree = " + ".join(f"coalesce(({_same(part)})::INT, 0)" for part in _BIRTH_PARTS)
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
    one_digit = "hamming(birth_date_l, birth_date_r) = 1"
    near = f"{days} <= 62 OR ({one_apart}) OR (({agree}) = 1 AND {years} <= 1)"
    return _comparison(
        "birth",
        _null(unknown),
        _level("equal", _same("birth_date"), 0.9, "birth_date"),
        _level("as far as known, two or more", f"({agree}) = ({known}) AND ({known}) >= 2", 0.02),
        _level("day and month transposed", transposed, 0.003),
        _level("one digit differs", one_digit, 0.03),
        _level("year alone known, equal", f"({agree}) = ({known}) AND {_same('birth_year')}", 0.01),
        _level("two parts equal, the third near", f"({agree}) = 2 AND {one_apart}", 0.01),
        _level("two parts of three equal", f"({agree}) = 2", 0.02),
        _level("near", near, 0.006),
        _level("one part equal", f"({agree}) = 1", 0.006),
        _else(0.01),
    )


def age() -> Comparison:
    """Age in years, only where a birth date or year is missing."""
    years = "abs(age_l::INT - age_r::INT)"
    return _comparison(
        "age",
        _null(f"{_either_null('age')} OR (birth_year_l IS NOT NULL AND birth_year_r IS NOT NULL)"),
        _level("equal", _same("age"), 0.7),
        _level("a year apart", f"{years} <= 1", 0.15),
        _level("few years apart", f"{years} <= 5", 0.1),
        _else(0.05),
    )


def sex() -> Comparison:
    """Sex: equal or not."""
    return _comparison(
        "sex", _null(_either_null("sex")), _level("equal", _same("sex"), 0.99), _else(0.01)
    )


def several_postcodes() -> Comparison:
    """Postcodes where records hold several: the best of all pairs, unit, sector, district."""
    return _comparison(
        "where",
        _null(_either_null("postcodes")),
        _level("a unit in common", "list_has_any(postcodes_l, postcodes_r)", 0.75),
        _level("a sector in common", "list_has_any(postcode_sectors_l, postcode_sectors_r)", 0.03),
        _level(
            "a district in common",
            "list_has_any(postcode_districts_l, postcode_districts_r)",
            0.06,
        ),
        _else(0.16),
    )


def where(fields: frozenset[str]) -> Comparison:
    """Where people live, once: address, postcode, street and town together, closest first.

    They are one comparison because they are one piece of evidence: a postcode settles the
    town and most of the street.
    """
    has_address, has_postcode = "address" in fields, "postcode" in fields
    has_street, has_place = "street" in fields, "place" in fields
    same_postcode, same_number = _same("postcode"), _same("house_number")
    near_postcode = f"({_edits('postcode', 1)} OR {_same('postcode_sector')})"
    levels: list[dict[str, Any]] = []
    if has_address and has_postcode:
        both = f"{_same('address')} AND {same_postcode}"
        levels.append(_level("address and postcode equal", both, 0.5, "address", True))
        both = f"{_same('address')} AND {near_postcode}"
        levels.append(_level("address equal, postcode near", both, 0.05))
        both = f"{same_number} AND {same_postcode}"
        levels.append(_level("number and postcode equal", both, 0.05))
    if has_address:
        levels.append(_level("address equal", _same("address"), 0.15, "address"))
        alike = f"{same_number} AND {_alike('street', 0.88)}"
        levels.append(_level("number equal, street alike", alike, 0.05))
    if has_address and has_postcode:
        both = f"{same_postcode} AND {_alike('street', 0.88)} AND {_edits('house_number', 1)}"
        levels.append(_level("number one edit, street alike, postcode equal", both, 0.03))
    if has_street and has_postcode:
        alike = f"{same_postcode} AND {_alike('street', 0.88)}"
        levels.append(_level("street alike, postcode equal", alike, 0.03))
    if has_place and has_postcode:
        both = f"{same_postcode} AND {_same('place')}"
        levels.append(_level("postcode and place equal", both, 0.3, "postcode", True))
    if has_postcode:
        levels.append(_level("postcode equal", same_postcode, 0.1, "postcode"))
    if has_street:
        levels.append(_level("street equal", _same("street"), 0.05, "street", True))
    if has_place and has_postcode:
        both = f"{_same('place')} AND {_edits('postcode', 1)}"
        levels.append(_level("place equal, postcode one edit", both, 0.05, "place", True))
    if has_postcode:
        levels.append(_level("postcode one edit", _edits("postcode", 1), 0.04))
        levels.append(_level("sector equal", _same("postcode_sector"), 0.02))
    if has_place:
        levels.append(_level("place equal", _same("place"), 0.1, "place", True))
        near = f"{_edits('place', 2)} AND length(place_l) > 4"
        levels.append(_level("place nearly equal", near, 0.03))
    if has_street:
        levels.append(_level("street alike", _alike("street", 0.9), 0.02))
    if has_postcode:
        levels.append(_level("district equal", _same("postcode_district"), 0.02))
    known = ["street"] * has_street + ["place"] * has_place
    known += ["postcode_district", "postcode"] * has_postcode
    unknown = " AND ".join(f"({_either_null(column)})" for column in known)
    return _comparison("where", _null(unknown), *levels, _else(0.15))


def place_name(name: str, column: str) -> Comparison:
    """A town or other place: equal, one or two edits, alike."""
    return _comparison(
        name,
        _null(_either_null(column)),
        _level("equal", _same(column), 0.75, column),
        _level("nearly equal", _edits(column, 2) + f" AND length({column}_l) > 4", 0.08),
        _level("alike", _alike(column, 0.88), 0.03),
        _else(0.14),
    )


def category(column: str, m: float = 0.9) -> Comparison:
    """A category: equal, its frequency counted, or different."""
    return _comparison(
        column, _null(_either_null(column)), _level("equal", _same(column), m, column), _else(1 - m)
    )


def number(name: str, column: str) -> Comparison:
    """A long number or code: equal, one or two edits apart, different."""
    return _comparison(
        name,
        _null(_either_null(column)),
        _level("equal", _same(column), 0.85, column),
        _level("one edit", _edits(column, 1), 0.05),
        _level("two edits", _edits(column, 2), 0.02),
        _else(0.08),
    )


def frequency_columns(comparisons: tuple[Comparison, ...]) -> tuple[str, ...]:
    """The columns whose value frequencies some level needs, sorted."""
    levels = (level for comparison in comparisons for level in comparison["comparison_levels"])
    return tuple(sorted({level.get("tf_adjustment_column", "") for level in levels} - {""}))
