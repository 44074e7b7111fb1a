"""Research variables of attainment, and the vulnerability flags.

Attainment has one name for each measure, whatever the year of the examination.
"""

from __future__ import annotations

from functools import partial

from attainment_linkage.domain.research_household import WITH_ADULTS, WITH_PARENTS
from attainment_linkage.domain.research_own import ALL, ATTAINMENT, CENSUS, LINKED, ON_ROLL, PUPILS
from attainment_linkage.domain.variable import Variable, coded, words

WITH_KS4 = "pupils with a Key Stage 4 record"
WITH_KS5 = "pupils with a Key Stage 5 record"
SCHOOL_TYPES = words("state independent special fe_college")

_FIRST = "of the first record: national result, then level 2 EM, then points"
_ks4 = partial(Variable, part="attainment", source=ATTAINMENT, universe=WITH_KS4, derivation=_FIRST)
_ks5 = partial(Variable, part="attainment", source=ATTAINMENT, universe=WITH_KS5, derivation=_FIRST)
_flag = partial(Variable, type="boolean", part="vulnerability", source=CENSUS, universe=LINKED)

ATTAINED = (
    _ks4(
        "ks2_points",
        "average Key Stage 2 point score",
        "double",
        unit="points",
        universe="pupils with a Key Stage 4 record and prior attainment",
    ),
    _ks4("ks4_academic_year", "academic year of Key Stage 4: the cohort"),
    _ks4("ks4_school_type", "type of school at Key Stage 4", values=SCHOOL_TYPES),
    _ks4("ks4_level_1", "five or more A*-G", "boolean"),
    _ks4("ks4_level_2", "five or more A*-C", "boolean"),
    _ks4("ks4_level_2_em", "five or more A*-C with English and mathematics", "boolean"),
    _ks4("ks4_ebacc", "English Baccalaureate achieved", "boolean"),
    _ks4("ks4_gcse_ac_count", "A*-C passes", "int", unit="passes"),
    _ks4("ks4_points_total", "total GCSE point score", "double", unit="points"),
    _ks4("ks4_points_capped", "capped GCSE point score, best 8", "double", unit="points"),
    _ks4(
        "ks4_record_count",
        "Key Stage 4 records of the pupil",
        "int",
        unit="records",
        is_required=True,
        universe=ALL,
        derivation="0 where none",
    ),
    _ks5("ks5_academic_year", "academic year of Key Stage 5"),
    _ks5("ks5_school_type", "type of school or college at Key Stage 5", values=SCHOOL_TYPES),
    _ks5("ks5_level_3", "two or more A levels or equivalent", "boolean"),
    _ks5("ks5_three_a", "three A*-A grades", "boolean"),
    _ks5("ks5_aab", "AAB or better", "boolean"),
    _ks5("ks5_a_level_entries", "A levels entered", "int", unit="entries"),
    _ks5("ks5_points_total", "total point score", "double", unit="points"),
    _ks5(
        "ks5_record_count",
        "Key Stage 5 records of the pupil",
        "int",
        unit="records",
        is_required=True,
        universe=ALL,
        derivation="0 where none",
    ),
    Variable(
        "has_level_3_by_18",
        "two or more A levels or equivalent within two years of Key Stage 4",
        "boolean",
        part="attainment",
        source=ATTAINMENT,
        universe="pupils of Key Stage 4 years E for which Key Stage 5 of E+2 was delivered",
        derivation="level 3 in a Key Stage 5 record; false where there is no such record",
    ),
)

FLAGS = (
    _flag("is_young_carer", "gives unpaid care", derivation="unpaid care of 1 hour or more"),
    _flag(
        "has_poor_health",
        "own limiting condition or bad health",
        derivation="limited a lot or a little, or general health bad or very bad",
    ),
    _flag(
        "is_in_workless_household",
        "no adult of the household in work",
        universe=WITH_ADULTS,
        derivation="adults_in_work is none",
    ),
    _flag(
        "is_in_lone_parent_family",
        "lives with a lone parent",
        derivation="household type lone_parent and relationship child",
    ),
    _flag(
        "has_no_qualified_adult",
        "no adult of the household has a qualification",
        universe=WITH_ADULTS,
        derivation="adults_highest_qualification is none",
    ),
    _flag("is_overcrowded", "overcrowded home", derivation="occupancy rating -1 or less"),
    _flag(
        "is_in_rented_home",
        "social or private rented home",
        derivation="tenure social_la, social_other or private",
    ),
    _flag(
        "has_parent_in_poor_health",
        "a parent has a limiting condition or bad health",
        universe=WITH_PARENTS,
        derivation="a parent limited a lot or a little, or in bad or very bad health",
    ),
    _flag(
        "has_no_english_speaking_adult",
        "no adult has English as main language",
        universe=WITH_ADULTS,
        derivation="adults_english is none",
    ),
    _flag(
        "is_recent_migrant",
        "arrived in the five years before the Census",
        derivation="born outside the United Kingdom, arrived in 2006 or later",
    ),
    _flag(
        "is_gypsy_roma_traveller",
        "Gypsy, Roma or Traveller",
        source=f"{CENSUS}, {PUPILS}",
        universe="pupils with an ethnic group in either record",
        derivation="Census group 03, or school code WIRT or WROM",
    ),
    _flag(
        "is_in_large_family",
        "four or more dependent children in the household",
        derivation="dependent_children 4 or more",
    ),
    _flag(
        "is_away_from_parents",
        "not living with a parent, under 18",
        universe="linked pupils aged under 18",
        derivation="relationship is not child",
    ),
    _flag(
        "is_teenage_parent",
        "aged under 20, with a child in a household of their own",
        universe="linked pupils aged under 20",
        derivation="reference person or partner, with a child of the reference person",
    ),
    _flag(
        "has_sen",
        "special educational needs",
        source=PUPILS,
        universe=ON_ROLL,
        derivation="sen is support or statement",
    ),
    _flag(
        "is_persistently_absent",
        "missed 15 in 100 sessions or more",
        source=PUPILS,
        universe=ON_ROLL,
        derivation="absence_rate 0.15 or more: the definition of 2010/11",
    ),
)

FLAGS_AS_RECORDED = ("is_fsm", "is_excluded", "is_child_in_need", "is_looked_after")
VULNERABILITY_FLAGS = (*(flag.name for flag in FLAGS), *FLAGS_AS_RECORDED)
"""The flags that are counted: the derived ones, and those that the schools' record has."""

VULNERABILITY = (
    *FLAGS,
    Variable(
        "vulnerability_count",
        "vulnerability flags that are true",
        "int",
        part="vulnerability",
        unit="flags",
        source=f"{CENSUS}, {PUPILS}",
        universe=LINKED,
        derivation="count of true flags, among them is_fsm, is_excluded, is_child_in_need and "
        "is_looked_after; unknown is not true",
    ),
    Variable(
        "vulnerability_known",
        "vulnerability flags that are known",
        "int",
        part="vulnerability",
        unit="flags",
        source=f"{CENSUS}, {PUPILS}",
        universe=LINKED,
        derivation="count of flags that are not null",
    ),
    Variable(
        "vulnerability_group",
        "number of vulnerabilities, grouped",
        part="vulnerability",
        values=coded({"0": "none", "1": "one", "2": "two", "3+": "three or more"}),
        source=f"{CENSUS}, {PUPILS}",
        universe=LINKED,
        derivation="vulnerability_count, 3 and more together",
    ),
)
