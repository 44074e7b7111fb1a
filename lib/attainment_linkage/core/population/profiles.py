"""Profiles: every rate of the population by name, read from a mapping and checked at once.

Rates are shares in 0..1 of the rows or people they speak of. conf/population.toml says of
each whether it is published or assumed; no rate has a default here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from attainment_linkage.domain.errors import ConfigError


@dataclass(frozen=True)
class Families:
    """Who lives together; rates of families with children, unless said otherwise."""

    twin_maternities: float
    same_sex_twins: float
    siblings: tuple[float, ...]
    lone_mothers: float
    lone_fathers: float
    no_parent: float
    cohabiting_couples: float
    step_families: float
    wives_keep_surname: float
    middle_names: float
    second_middle_names: float
    hyphenated_surnames: float
    sons_named_after_father: float
    middle_named_after_parent: float


@dataclass(frozen=True)
class Moves:
    """Who changed address, and who left home."""

    families_a_year: float
    school_record_to_census: float
    move_distance: tuple[float, ...]
    school_keeps_old_postcode: float
    students_at_18: float
    students_away: float
    own_home_at_18: float


@dataclass(frozen=True)
class Coverage:
    """Who is on a Census form, and how often; who is in the attainment extract."""

    households_missed: float
    people_missed: float
    away_students_listed: float
    separated_counted_twice: float
    students_counted_twice: float
    repeated_in_household: float
    repeated_elsewhere: float
    absent_from_extract: float


@dataclass(frozen=True)
class Recording:
    """How often the two records of one person differ, and values that are missing.

    The first group are rates of pairs, shared between the sides by
    ``census_share_of_errors``; the second are rates of rows of the side they name.
    """

    forename_respelled: float
    forename_shortened: float
    forename_other: float
    forename_order_swapped: float
    order_swapped_south_asian: float
    surname_respelled: float
    surname_of_family_changed: float
    hyphen_part_dropped: float
    convention_surname: float
    transliterated: float
    forename_surname_swapped: float
    sex_differs: float
    day_differs: float
    month_differs: float
    year_differs: float
    day_month_swapped: float
    postcode_mistyped: float
    postcode_end_swapped: float
    census_share_of_errors: float

    census_birth_date_partial: float
    census_birth_date_missing: float
    census_forename_missing: float
    census_surname_missing: float
    census_sex_missing: float
    census_year_ago_missing: float
    census_in_capitals: float
    school_middle_names_missing: float
    census_middle_names_missing: float
    middle_initials_only: float
    pseudo_postcode: float
    default_birth_date: float
    school_postcode_missing: float
    attainment_names_missing: float
    attainment_row_mistyped: float
    slashed_birth_dates: float
    school_in_capitals: float
    upn_missing: float
    upn_temporary: float


@dataclass(frozen=True)
class Schooling:
    """Schools, needs and attainment rows."""

    independent: float
    free_meals: float
    special_needs: float
    statements: float
    ks4_repeated: float
    ks5_repeated: float
    ks5_taken: float
    ethnicity_refused: float
    language_unknown: float
    excluded: float
    in_need: float
    looked_after: float


@dataclass(frozen=True)
class Profile:
    """All rates of one population."""

    families: Families
    moves: Moves
    coverage: Coverage
    recording: Recording
    schooling: Schooling

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> Profile:
        """Read a profile. Raises ConfigError with every unknown, missing or wrong value."""
        problems: list[str] = [
            f"{name} is not a group of rates" for name in mapping if name not in _GROUPS
        ]
        groups: dict[str, Any] = {
            name: _group(name, kind, mapping.get(name, {}), problems)
            for name, kind in _GROUPS.items()
        }
        if problems:
            raise ConfigError(
                f"population: {len(problems)} rates are wrong; " + "; ".join(problems)
                + ". Set them in conf/population.toml."
            )  # fmt: skip
        return cls(**groups)  # every group was read: none is None


_GROUPS: dict[str, type[Any]] = {
    "families": Families,
    "moves": Moves,
    "coverage": Coverage,
    "recording": Recording,
    "schooling": Schooling,
}


def profile_named(document: Mapping[str, Any], name: str) -> Profile:
    """The profile of this name: what all share, overlaid with its own rates.

    ``document`` is conf/population.toml as read: tables ``shared`` and one per profile.
    """
    if name not in document or name == "shared":
        known = ", ".join(sorted(key for key in document if key != "shared"))
        raise ConfigError(
            f"population: there is no profile of that name; there are {known}. "
            "Name one of them, or add it to conf/population.toml."
        )
    shared, own = document.get("shared", {}), document[name]
    groups = {*shared, *own}
    merged = {group: {**shared.get(group, {}), **own.get(group, {})} for group in sorted(groups)}
    return Profile.from_mapping(merged)


def _group(
    name: str, kind: type[Any], values: Mapping[str, Any], problems: list[str]
) -> Any | None:
    known = [field.name for field in fields(kind)]
    before = len(problems)
    problems += [f"{name}.{key} is not known" for key in values if key not in known]
    problems += [f"{name}.{key} is missing" for key in known if key not in values]
    for key in known:
        if key in values and not _is_rate(key, values[key]):
            problems.append(f"{name}.{key} is {values[key]!r}, not {_wanted(key)}")
    if len(problems) > before:
        return None
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


def _is_rate(key: str, value: Any) -> bool:
    parts = value if key in _LISTS and isinstance(value, list | tuple) else [value]
    if key in _LISTS and (not isinstance(value, list | tuple) or len(value) != _LISTS[key]):
        return False
    numbers = all(
        isinstance(part, int | float) and not isinstance(part, bool) and 0 <= part <= 1
        for part in parts
    )
    return numbers and (key not in _LISTS or abs(sum(parts) - 1) < 1e-6)


def _wanted(key: str) -> str:
    if key in _LISTS:
        return f"{_LISTS[key]} shares that sum to 1"
    return "a share from 0 to 1"


_LISTS = {"siblings": 5, "move_distance": 5}
