"""School rows: the spring school censuses and the attainment tables as AEDE holds them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from attainment_linkage.core.population import geography, schooling, texts
from attainment_linkage.core.population.care import Care
from attainment_linkage.core.population.census_rows import (
    Columns,
    Written,
    ends_swapped,
    mistyped_postcodes,
)
from attainment_linkage.core.population.draws import Flags, Ints, chance, fixed_text
from attainment_linkage.core.population.ethnicity import ETHNIC_GROUPS
from attainment_linkage.core.population.moves import SPRINGS, Settlement
from attainment_linkage.core.population.outcomes import Results
from attainment_linkage.core.population.people import NONE
from attainment_linkage.core.population.profiles import Profile, Recording
from attainment_linkage.core.population.recording import (
    SCHOOL,
    WrittenNames,
    births_written,
    full_forenames,
    in_capitals,
    names_written,
    sex_written,
    side_rate,
)
from attainment_linkage.core.population.schooling import SEN_CODES, Pupils
from attainment_linkage.core.population.slips import date_digits, date_parts, mistyped, slashed

YEARS = tuple(f"{year - 1}/{year % 100:02d}" for year in SPRINGS)
GENDERS = ("M", "F")
_DEFAULT_BIRTHDAYS = ("1993-01-01", "1994-01-01", "1995-01-01")
_PSEUDO_POSTCODES = ("ZZ99 3VZ", "ZZ99 3CZ", "ZZ99 3WZ")


@dataclass(frozen=True)
class PupilRecords:
    """What the education data hold of each pupil, the same in every row; one row per pupil."""

    ids: pa.StringArray
    names: WrittenNames
    sex: Ints
    birth: Ints
    upn: pa.StringArray


def pupil_records(
    rng: np.random.Generator, at: Written, block: Settlement, pupils: Pupils, rates: Recording
) -> PupilRecords:
    """The names, sex, date of birth and numbers by which the education data know a pupil."""
    people = block.people.take(pupils.person)
    count = len(people)
    names = names_written(rng, people, SCHOOL, rates)
    lost = pa.array(chance(rng, rates.school_middle_names_missing, count))
    middle = pc.if_else(lost, pa.scalar(None, pa.string()), names.middle_names)
    birth = births_written(rng, people.birth, SCHOOL, rates)
    defaults = np.array(_DEFAULT_BIRTHDAYS, dtype="datetime64[D]").astype(np.int64)
    default = chance(rng, rates.default_birth_date, count)
    birth = np.where(default, defaults[np.clip(pupils.cohort - 1, 0, 2)], birth)
    temporary = chance(rng, rates.upn_temporary, count)
    return PupilRecords(
        ids=texts.attainment_ids(at.seed, at.block, pupils.person),
        names=WrittenNames(names.forename, middle, names.surname, names.former_surname),
        sex=sex_written(rng, people.sex, SCHOOL, rates),
        birth=birth,
        upn=schooling.unique_pupil_numbers(
            at.seed, at.block, np.arange(count), pupils.cohort, temporary
        ),
    )


def school_census(
    rng: np.random.Generator,
    block: Settlement,
    pupils: Pupils,
    results: Results,
    care: Care,
    records: PupilRecords,
    profile: Profile,
) -> Columns:
    """One row per pupil and spring census on a state school's roll."""
    rates = profile.recording
    row, spring = _on_roll(rng, pupils, results)
    count = len(row)
    row_index = pa.array(row)
    unit = _home_units(rng, block, pupils, profile)[row, spring]
    slashes = schooling.writes_slashes(pupils.school[row], rates.slashed_birth_dates)
    capitals = schooling.writes_capitals(pupils.school[row], rates.school_in_capitals)
    upn_lost = pa.array(chance(rng, rates.upn_missing, count))
    names = records.names
    return {
        "attainment_id": records.ids.take(row_index),
        "academic_year": texts.coded(YEARS, spring),
        "gender": texts.coded(GENDERS, records.sex[row]),
        "upn": pc.if_else(upn_lost, pa.scalar(None, pa.string()), records.upn.take(row_index)),
        "forename": in_capitals(names.forename.take(row_index), capitals),
        "middle_names": in_capitals(names.middle_names.take(row_index), capitals),
        "surname": in_capitals(names.surname.take(row_index), capitals),
        "former_surname": in_capitals(names.former_surname.take(row_index), capitals),
        "date_of_birth": _dates(records.birth[row], slashes),
        "postcode": _postcodes(rng, unit, rates),
        **_school_attributes(rng, block, pupils, records, profile, row, spring, unit),
        "is_child_in_need": texts.flag(care.in_need[row]),
        "is_looked_after": texts.flag(care.looked_after[row]),
    }


def _school_attributes(
    rng: np.random.Generator,
    block: Settlement,
    pupils: Pupils,
    records: PupilRecords,
    profile: Profile,
    row: Ints,
    spring: Ints,
    unit: Ints,
) -> Columns:
    year, month, _ = date_parts(records.birth[row])
    rates, count = profile.schooling, len(row)
    area = np.maximum(unit, 0) // geography.UNITS_PER_AREA
    groups = (*(group.school_code for group in ETHNIC_GROUPS), "NOBT", "REFU")
    refused = chance(rng, rates.ethnicity_refused, len(pupils))[row]
    language = np.where(pupils.other_language, 1, 0)
    language = np.where(chance(rng, rates.language_unknown, len(pupils)), 2, language)
    meals = pupils.free_meals[row] & ((spring == 3) | chance(rng, 0.9, count))
    return {
        "year_of_birth": texts.number(year),
        "month_of_birth": texts.number(month),
        "ethnicity": texts.coded(
            groups, np.where(refused, 18 + row % 2, block.people.ethnic[pupils.person[row]])
        ),
        "fsm_eligible": texts.flag(meals),
        "ever_fsm_6": texts.flag(pupils.ever_free_meals[row]),
        "language": texts.coded(("1_ENG", "2_OTH", "3_UNCL"), language[row]),
        "sen_provision": texts.coded(SEN_CODES, pupils.need[row]),
        "enrol_status": texts.coded(("C", "M"), (rng.random(count) < 0.01).astype(np.int64)),
        "nc_year": texts.number(11 + spring - pupils.cohort[row]),
        "school_urn": texts.coded(*school_codes(pupils.school[row])),
        "local_authority": geography.country().zone_code.take(geography.zone_of(area)),
        "lsoa": geography.area_codes("E01", geography.lsoa_of(area)),
        "idaci_score": texts.decimal(geography.idaci_score(geography.deprivation_of(area))),
        "absence_rate": texts.decimal(pupils.absence[row] * rng.uniform(0.7, 1.3, count)),
        "is_excluded": texts.flag(
            chance(rng, rates.excluded, count) & (pupils.absence[row] > 0.03)
        ),
    }


def school_codes(school: Ints) -> tuple[tuple[str, ...], Ints]:
    """School numbers as the words and places that ``texts.coded`` takes."""
    numbers, place = np.unique(school, return_inverse=True)
    return tuple(str(number) for number in numbers), place


def _on_roll(rng: np.random.Generator, pupils: Pupils, results: Results) -> tuple[Ints, Ints]:
    """Pupil row and spring (0 to 3) of each roll: to Year 11, and on in school sixth forms."""
    stays = results.takes_ks5 & chance(rng, 0.55, len(pupils))
    past = np.arange(len(SPRINGS))[None, :] - pupils.cohort[:, None]
    on_roll = (past <= 0) | (stays[:, None] & (past <= 2))
    on_roll &= ~pupils.is_independent[:, None]
    row, spring = np.nonzero(on_roll)
    return row, spring


def _home_units(
    rng: np.random.Generator, block: Settlement, pupils: Pupils, profile: Profile
) -> Ints:
    """The unit the school holds at each spring: after a move, sometimes still the old one."""
    springs = block.springs[block.people.household[pupils.person]]
    held = springs.copy()
    for spring in range(1, len(SPRINGS)):
        late = chance(rng, profile.moves.school_keeps_old_postcode, len(pupils))
        held[:, spring] = np.where(late, springs[:, spring - 1], springs[:, spring])
    return held


def _postcodes(rng: np.random.Generator, unit: Ints, rates: Recording) -> pa.StringArray:
    count = len(unit)
    lost = chance(rng, rates.school_postcode_missing, count)
    postcodes = geography.postcode_text(np.where(lost, NONE, unit))
    slip = chance(rng, side_rate(rates.postcode_mistyped, SCHOOL, rates), count) & ~lost
    postcodes = mistyped_postcodes(rng, postcodes, slip)
    ends = chance(rng, side_rate(rates.postcode_end_swapped, SCHOOL, rates), count) & ~lost
    postcodes = ends_swapped(postcodes, ends)
    pseudo = chance(rng, rates.pseudo_postcode, count)
    pseudo_text = texts.coded(_PSEUDO_POSTCODES, rng.integers(0, 3, count))
    return pc.if_else(pa.array(pseudo), pseudo_text, postcodes)


def _dates(birth: Ints, slashes: Flags) -> pa.StringArray:
    digits = date_digits(birth)
    return fixed_text(np.where(slashes[:, None], slashed(digits), digits))


def attainment_identity(
    rng: np.random.Generator,
    pupils: Pupils,
    records: PupilRecords,
    row: Ints,
    rates: Recording,
) -> Columns:
    """Forenames, surname and date of birth of attainment rows, with slips of their own."""
    names, row_index = records.names, pa.array(row)
    count = len(row)
    capitals = schooling.writes_capitals(pupils.school[row], 2 * rates.school_in_capitals)
    slip = chance(rng, rates.attainment_row_mistyped, count)
    on_forename = slip & (rng.random(count) < 0.5)
    forenames = mistyped(rng, full_forenames(names).take(row_index), on_forename, first=1)
    surname = mistyped(rng, names.surname.take(row_index), slip & ~on_forename, first=1)
    lost = pa.array(chance(rng, rates.attainment_names_missing, count))
    none = pa.scalar(None, pa.string())
    slashes = schooling.writes_slashes(pupils.school[row], rates.slashed_birth_dates)
    return {
        "forenames": pc.if_else(lost, none, in_capitals(forenames, capitals)),
        "surname": pc.if_else(lost, none, in_capitals(surname, capitals)),
        "date_of_birth": _dates(records.birth[row], slashes),
    }
