"""Attainment rows: Key Stage 4 and Key Stage 5 results, some pupils with more than one."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from attainment_linkage.core.population import texts
from attainment_linkage.core.population.census_rows import Columns
from attainment_linkage.core.population.draws import Flags, Ints, chance
from attainment_linkage.core.population.outcomes import Results
from attainment_linkage.core.population.profiles import Profile
from attainment_linkage.core.population.school_rows import (
    GENDERS,
    PupilRecords,
    attainment_identity,
    school_codes,
)
from attainment_linkage.core.population.schooling import STATEMENT, Pupils

# cohort 0 took Key Stage 4 in 2007/08, a year before the first table delivered
KS4_YEARS = ("2007/08", "2008/09", "2009/10", "2010/11")
KS5_YEARS = ("2009/10", "2010/11")
SCHOOL_TYPES = ("state", "independent", "special", "fe_college")


def has_ks4(pupils: Pupils) -> Flags:
    """Whose Key Stage 4 year is delivered."""
    return np.asarray(pupils.cohort >= 1)


def has_ks5(pupils: Pupils, results: Results) -> Flags:
    """Whose Key Stage 5 year is delivered, and who went on."""
    return np.asarray((pupils.cohort <= 1) & results.takes_ks5)


def ks4(
    rng: np.random.Generator,
    pupils: Pupils,
    results: Results,
    records: PupilRecords,
    profile: Profile,
) -> Columns:
    """Key Stage 4 rows; a repeated row holds less than the full result."""
    row, repeat = _with_repeats(rng, has_ks4(pupils), profile.schooling.ks4_repeated)
    got = results.take(row)
    upn = records.upn.take(pa.array(row))
    private = pa.array(pupils.is_independent[row])
    kind = np.where(pupils.need[row] == STATEMENT, np.where(rng.random(len(row)) < 0.4, 2, 0), 0)
    kind = np.where(pupils.is_independent[row], 1, kind)
    part = np.where(repeat, rng.uniform(0.1, 0.9, len(row)), 1.0)
    keeps = ~repeat
    return {
        "attainment_id": records.ids.take(pa.array(row)),
        "academic_year": texts.coded(KS4_YEARS, pupils.cohort[row]),
        "gender": texts.coded(GENDERS, records.sex[row]),
        "upn": pc.if_else(private, pa.scalar(None, pa.string()), upn),
        **attainment_identity(rng, pupils, records, row, profile.recording),
        "school_urn": texts.coded(*school_codes(pupils.school[row])),
        "school_type": texts.coded(SCHOOL_TYPES, kind),
        "national_result": texts.flag(keeps),
        "level_2_em": texts.flag(got.level_2_em & keeps),
        "level_2": texts.flag(got.level_2 & keeps),
        "level_1": texts.flag(got.level_1 & (part > 0.5)),
        "gcse_ac_count": texts.number((got.passes * part).astype(np.int64)),
        "points_total": texts.number((got.points_total * part).astype(np.int64)),
        "points_capped": texts.number((got.points_capped * part).astype(np.int64)),
        "ebacc": texts.flag(got.ebacc & keeps),
        "ks2_points": texts.number(got.ks2_points, pupils.is_independent[row]),
    }


def ks5(
    rng: np.random.Generator,
    pupils: Pupils,
    results: Results,
    records: PupilRecords,
    profile: Profile,
) -> Columns:
    """Key Stage 5 rows of schools and colleges; repeats as in ``ks4``."""
    row, repeat = _with_repeats(rng, has_ks5(pupils, results), profile.schooling.ks5_repeated)
    got = results.take(row)
    at_college = ~pupils.is_independent[row] & (pupils.person[row] % 100 < 40)
    kind = np.where(pupils.is_independent[row], 1, np.where(at_college, 3, 0))
    part = np.where(repeat, rng.uniform(0.1, 0.9, len(row)), 1.0)
    keeps = ~repeat
    school = np.where(at_college, pupils.college[row], pupils.school[row])
    return {
        "attainment_id": records.ids.take(pa.array(row)),
        "academic_year": texts.coded(KS5_YEARS, pupils.cohort[row]),
        "gender": texts.coded(GENDERS, records.sex[row]),
        **attainment_identity(rng, pupils, records, row, profile.recording),
        "school_urn": texts.coded(*school_codes(school)),
        "school_type": texts.coded(SCHOOL_TYPES, kind),
        "national_result": texts.flag(keeps),
        "a_level_entries": texts.number((got.entries * part).astype(np.int64)),
        "points_total": texts.number((got.ks5_points * part).astype(np.int64)),
        "level_3": texts.flag(got.level_3 & keeps),
        "three_a": texts.flag(got.three_a & keeps),
        "aab": texts.flag(got.aab & keeps),
    }


def _with_repeats(rng: np.random.Generator, has: Flags, rate: float) -> tuple[Ints, Flags]:
    """Pupil rows, some twice, and whether each is the second of its pupil."""
    once = np.flatnonzero(has)
    again = once[chance(rng, rate, len(once))]
    row = np.concatenate([once, again])
    repeat = np.arange(len(row)) >= len(once)
    order = np.lexsort((repeat, row))
    return row[order], repeat[order]
