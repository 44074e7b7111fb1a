"""Census rows: the lines of the forms as the Census delivers them, all columns text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from attainment_linkage.core.population import geography, texts
from attainment_linkage.core.population.draws import Flags, Ints, chance, fixed_text
from attainment_linkage.core.population.forms import AWAY, Forms
from attainment_linkage.core.population.moves import Settlement
from attainment_linkage.core.population.people import NONE
from attainment_linkage.core.population.profiles import Recording
from attainment_linkage.core.population.recording import (
    CENSUS,
    births_written,
    in_capitals,
    names_written,
    sex_written,
    side_rate,
)
from attainment_linkage.core.population.slips import date_digits, mistyped, replaced

Columns = dict[str, pa.StringArray]
_SEXES = ("1", "2")


@dataclass(frozen=True)
class Written:
    """Where a block's rows stand: its seed, kind and number, for ids."""

    seed: int
    kind: int
    block: int


def identity(
    rng: np.random.Generator, at: Written, block: Settlement, lines: Forms, rates: Recording
) -> Columns:
    """Ids and identity columns of each line."""
    count = len(lines)
    people = block.people.take(lines.person)
    names = names_written(rng, people, CENSUS, rates)
    capitals = chance(rng, rates.census_in_capitals, len(block.homes))[lines.home]
    middle = _middle_names(rng, names.middle_names, rates)
    away = lines.reason == AWAY
    unit = block.homes.unit[lines.home]
    return {
        "census_id": texts.census_ids(at.seed, at.kind, at.block, lines.row),
        "household_id": texts.household_ids(at.seed, at.kind, at.block, lines.home),
        "sex": texts.coded(
            _SEXES,
            sex_written(rng, people.sex, CENSUS, rates),
            chance(rng, rates.census_sex_missing, count),
        ),
        "is_away_student": texts.flag(away),
        "forename": _lost(
            rng, in_capitals(names.forename, capitals), rates.census_forename_missing
        ),
        "middle_names": in_capitals(middle, capitals),
        "surname": _lost(rng, in_capitals(names.surname, capitals), rates.census_surname_missing),
        "date_of_birth": _birth_dates(rng, people.birth, rates),
        "house_number": texts.number(block.homes.house_number[lines.home]),
        "street": geography.street_text(unit),
        "postcode": _postcodes(rng, unit, rates),
        "postcode_one_year_ago": _year_ago(rng, block, lines, rates),
    }


def _middle_names(
    rng: np.random.Generator, middle: pa.StringArray, rates: Recording
) -> pa.StringArray:
    count = len(middle)
    initials = pa.array(chance(rng, rates.middle_initials_only, count))
    middle = pc.if_else(initials, pc.utf8_slice_codeunits(middle, 0, 1), middle)
    return _lost(rng, middle, rates.census_middle_names_missing)


def _lost(rng: np.random.Generator, column: pa.StringArray, rate: float) -> pa.StringArray:
    lost = chance(rng, rate, len(column))
    return pc.if_else(pa.array(lost), pa.scalar(None, pa.string()), column)


def _birth_dates(rng: np.random.Generator, birth: Ints, rates: Recording) -> pa.StringArray:
    """YYYY-MM-DD, with X for the parts that could not be read."""
    count = len(birth)
    digits = date_digits(births_written(rng, birth, CENSUS, rates))
    part = rng.random(count)
    partial = chance(rng, rates.census_birth_date_partial, count)
    day, month, year = partial & (part < 0.75), partial & (part > 0.6), partial & (part > 0.9)
    for rows, first, last in ((day, 8, 10), (month, 5, 7), (year, 0, 4)):
        digits[rows, first:last] = ord("X")
    dates = fixed_text(digits)
    return _lost(rng, dates, rates.census_birth_date_missing)


def _postcodes(rng: np.random.Generator, unit: Ints, rates: Recording) -> pa.StringArray:
    postcodes = geography.postcode_text(unit)
    rows = chance(rng, side_rate(rates.postcode_mistyped, CENSUS, rates), len(unit))
    postcodes = mistyped_postcodes(rng, postcodes, rows)
    ends = chance(rng, side_rate(rates.postcode_end_swapped, CENSUS, rates), len(unit))
    return ends_swapped(postcodes, ends)


def mistyped_postcodes(
    rng: np.random.Generator, postcodes: pa.StringArray, rows: Flags
) -> pa.StringArray:
    """A slip in the flagged postcodes, in capitals."""
    if not rows.any():
        return postcodes
    return pc.ascii_upper(mistyped(rng, postcodes, rows, first=1))


def ends_swapped(postcodes: pa.StringArray, rows: Flags) -> pa.StringArray:
    """The last two letters of the flagged postcodes changed about."""
    if not rows.any():
        return postcodes
    chosen = postcodes.filter(pa.array(rows))
    turned = pc.binary_join_element_wise(
        pc.utf8_slice_codeunits(chosen, 0, -2),
        pc.utf8_slice_codeunits(chosen, -1),
        pc.utf8_slice_codeunits(chosen, -2, -1),
        "",
    )
    return replaced(postcodes, rows, turned)


def _year_ago(
    rng: np.random.Generator, block: Settlement, lines: Forms, rates: Recording
) -> pa.StringArray:
    """The postcode a year before, where it differs and was given."""
    before = unit_year_ago(block)[lines.person]
    here = block.homes.unit[lines.home]
    given = (before != here) & (lines.reason != AWAY)
    given &= ~chance(rng, rates.census_year_ago_missing, len(lines))
    return geography.postcode_text(np.where(given, before, NONE))


def unit_year_ago(block: Settlement) -> Ints:
    """The postcode unit of each person a year before Census day."""
    families = len(block.springs)
    of_family = np.minimum(block.people.household, families - 1)
    before = block.springs[of_family, 2]
    newcomer = block.people.household >= families
    return np.where(newcomer, block.homes.unit[block.residence], before)
