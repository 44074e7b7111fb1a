"""Truth: which Census line is whose, what is double, and what each pupil is really like.

Truth is never part of a delivered table. Its strata are as they truly are: not as written.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from attainment_linkage.core.population import ethnicity, geography, texts
from attainment_linkage.core.population.blocks import BlockOfPeople
from attainment_linkage.core.population.conditions import NS_SEC, QUALIFICATIONS, HomeConditions
from attainment_linkage.core.population.draws import Flags, Ints
from attainment_linkage.core.population.families import TENURES
from attainment_linkage.core.population.forms import REASONS, counted
from attainment_linkage.core.population.moves import AWAY_STUDENT
from attainment_linkage.core.population.name_stock import forenames
from attainment_linkage.core.population.outcomes import Results
from attainment_linkage.core.population.people import NONE, People, birth_year
from attainment_linkage.core.population.schooling import SEN_CODES, Pupils

_FLAGS = (
    "is_mover", "is_student_away", "is_twin", "has_namesake", "is_counted_twice",
    "is_independent", "fsm", "is_lone_parent", "is_workless", "level_2_em", "level_3",
)  # fmt: skip
_WORDS = (
    "attainment_id", "census_id", "away_census_id", "sex", "ethnic_group", "sen", "region",
    "tenure", "parents_qualification", "reference_ns_sec",
)  # fmt: skip
_NUMBERS = ("birth_year", "cohort", "idaci_fifth")

TRUTH_SCHEMA: dict[str, str] = (
    dict.fromkeys(_WORDS, "string")
    | dict.fromkeys(_FLAGS, "boolean")
    | dict.fromkeys(_NUMBERS, "int")
)
DOUBLES_SCHEMA: dict[str, str] = {"census_id": "string", "double_of": "string", "reason": "string"}


def truth(block: BlockOfPeople) -> pa.Table:
    """One row per pupil: the Census line that is theirs, null where none is, and strata.

    ``census_id`` is the line of usual residence, or the one other line where that is
    missing; ``away_census_id`` the line of an away student, which stands for nobody.
    """
    pupils, results = block.pupils()
    _, housing = block.conditions()
    lines = block.forms()
    stands = counted(lines, len(block.settlement.people))
    ids = texts.census_ids(block.population.seed, block.kind, block.number, lines.row)
    person = pupils.person
    columns = {
        "attainment_id": texts.attainment_ids(block.population.seed, block.number, person),
        "census_id": _line_ids(ids, stands.usual[person]),
        "away_census_id": _line_ids(ids, stands.away[person]),
        "is_counted_twice": pa.array(stands.is_counted_twice[person]),
        **_strata(block, pupils, results, housing),
    }
    return pa.table({name: columns[name] for name in TRUTH_SCHEMA})


def doubles(block: BlockOfPeople) -> pa.Table:
    """One row per surplus Census line: the line of the same person it doubles, and why."""
    lines = block.forms()
    stands = counted(lines, len(block.settlement.people))
    representative = stands.usual[lines.person]
    surplus = (representative != np.arange(len(lines))) & (representative != NONE)
    rows = np.flatnonzero(surplus)
    ids = texts.census_ids(block.population.seed, block.kind, block.number, lines.row)
    return pa.table(
        {
            "census_id": ids.take(pa.array(rows)),
            "double_of": ids.take(pa.array(representative[rows])),
            "reason": texts.coded(REASONS, lines.reason[rows]),
        }
    )


def _line_ids(ids: pa.StringArray, line: Ints) -> pa.StringArray:
    return ids.take(pa.array(line, mask=line == NONE))


def _strata(
    block: BlockOfPeople, pupils: Pupils, results: Results, housing: HomeConditions
) -> dict[str, pa.Array]:
    settlement = block.settlement
    people = settlement.people.take(pupils.person)
    homes, home = settlement.homes, people.household
    lives_at = homes.unit[settlement.residence[pupils.person]]
    last_known = settlement.springs[home, np.clip(pupils.cohort, 0, 3)]
    fifth = np.digitize(homes.deprivation[home], [-0.84, -0.25, 0.25, 0.84]) + 1
    groups = tuple(group.code for group in ethnicity.ETHNIC_GROUPS)
    regions = tuple(region[0] for region in geography.REGIONS)
    return {
        "is_mover": pa.array(last_known != lives_at),
        "is_student_away": pa.array(settlement.leaving[pupils.person] == AWAY_STUDENT),
        "is_twin": pa.array(people.is_twin),
        "has_namesake": pa.array(_has_namesake(settlement.people)[pupils.person]),
        "is_independent": pa.array(pupils.is_independent),
        "fsm": pa.array(pupils.free_meals),
        "is_lone_parent": pa.array(housing.lone_parent[home] == 1),
        "is_workless": pa.array(housing.workless[home] == 1),
        "level_2_em": pa.array(results.level_2_em),
        "level_3": pa.array(results.level_3),
        "sex": texts.coded(("M", "F"), people.sex),
        "ethnic_group": texts.coded(groups, people.ethnic),
        "sen": texts.coded(SEN_CODES, pupils.need),
        "region": texts.coded(regions, geography.region_of(homes.area)[home]),
        "tenure": texts.coded(TENURES, homes.tenure[home]),
        "parents_qualification": texts.coded(QUALIFICATIONS, housing.best_qualification[home]),
        "reference_ns_sec": texts.coded(NS_SEC, housing.reference_ns_sec[home]),
        "birth_year": pa.array(birth_year(people.birth), pa.int32()),
        "cohort": pa.array(2008 + pupils.cohort, pa.int32()),
        "idaci_fifth": pa.array(fifth, pa.int32()),
    }


def _has_namesake(people: People) -> Flags:
    """Whether another member of the household bears the same forename and surname."""
    key = (people.household * 40_000 + people.surname) * (len(forenames().names) + 1)
    _, place, times = np.unique(key + people.forename, return_inverse=True, return_counts=True)
    return np.asarray(times[place] > 1)
