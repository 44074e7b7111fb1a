"""Codes: how each attribute of a source is read, and into which harmonised codes.

A reading says where an output column comes from and which delivered values it knows. A
value no reading knows becomes null, and is counted: it costs one attribute, not the row.
Values listed as ``unstated`` (refused, not obtained, unclassified) are declared nulls and
are not counted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class Reading:
    """How one output column is read.

    ``codes``: delivered value -> kept value; empty where a ``pattern`` or a number is read.
    ``least``, ``most``: bounds of a number, both inclusive. ``unstated``: known nulls.
    """

    column: str
    source: str
    type: str = "string"
    codes: Mapping[str, str] = field(default_factory=dict)
    pattern: str = ""
    least: float = -math.inf
    most: float = math.inf
    unstated: tuple[str, ...] = ()


def coded(
    column: str, source: str, codes: Mapping[str, str], unstated: Iterable[str] = ()
) -> Reading:
    """A column of codes, each delivered code giving the kept one."""
    return Reading(column, source, codes=MappingProxyType(dict(codes)), unstated=tuple(unstated))


def listed(column: str, source: str, *values: str) -> Reading:
    """A column whose values are kept as they are, where they are on the list."""
    return coded(column, source, {value: value for value in values})


def flag(column: str, source: str) -> Reading:
    """A yes or no."""
    return Reading(column, source, "boolean", codes=FLAGS)


def number(column: str, source: str, least: float, most: float, type: str = "int") -> Reading:
    """A number within bounds."""
    return Reading(column, source, type, least=least, most=most)


def patterned(column: str, source: str, pattern: str) -> Reading:
    """A text of a pattern."""
    return Reading(column, source, pattern=pattern)


FLAGS = MappingProxyType({"1": "true", "0": "false", "true": "true", "false": "false"})

SEX = MappingProxyType({"M": "M", "F": "F", "B": "M", "G": "F", "1": "M", "2": "F"})
"""School (M/F, older B/G) and Census (1/2) codes."""

GROUPS_5 = ("white", "mixed", "asian", "black", "other")

NPD_ETHNICITY_5 = MappingProxyType(
    {
        **dict.fromkeys(("WBRI", "WIRI", "WIRT", "WROM", "WOTH"), "white"),
        **dict.fromkeys(("MWBC", "MWBA", "MWAS", "MOTH"), "mixed"),
        **dict.fromkeys(("AIND", "APKN", "ABAN", "AOTH", "CHNE"), "asian"),
        **dict.fromkeys(("BCRB", "BAFR", "BOTH"), "black"),
        "OOTH": "other",
    }
)
"""NPD minor groups to five: Chinese under Asian and Roma under White, as in Census 2011.

The schools' own five groups count Chinese apart; Arab pupils are within OOTH."""

CENSUS_ETHNICITY_5 = MappingProxyType(
    {
        f"{code:02d}": group
        for group, codes in zip(
            GROUPS_5,
            (range(1, 5), range(5, 9), range(9, 14), range(14, 17), range(17, 19)),
            strict=True,
        )
        for code in codes
    }
)
"""Census 2011's 18 groups to its five: 01-04, 05-08, 09-13, 14-16, 17-18."""

UNCLASSIFIED = "UNCLA"
NOT_STATED = ("NOBT", "REFU", UNCLASSIFIED)

SEN = MappingProxyType(
    {"N": "none", "A": "support", "P": "support", "K": "support", "S": "statement",
     "E": "statement"}
)  # fmt: skip
"""School Action and Action Plus became K in 2014, statements became E."""

LANGUAGE = MappingProxyType({"1_ENG": "english", "2_OTH": "other"})

SCHOOL_TYPES = ("state", "independent", "special", "fe_college")
_LSOA, _OA = "^[EW]01[0-9]{6}$", "^[EW]00[0-9]{6}$"
_AUTHORITY, _REGION = "^(E0[6-9]|W06)[0-9]{6}$", "^(E12|W92)[0-9]{6}$"
_URN = "^[0-9A-Za-z_-]{1,20}$"

KS4_READINGS = (
    coded("sex", "gender", SEX),
    listed("school_type", "school_type", *SCHOOL_TYPES),
    flag("national_result", "national_result"),
    flag("level_1", "level_1"),
    flag("level_2", "level_2"),
    flag("level_2_em", "level_2_em"),
    flag("ebacc", "ebacc"),
    number("gcse_ac_count", "gcse_ac_count", 0, 50),
    number("points_total", "points_total", 0, 3000, "double"),
    number("points_capped", "points_capped", 0, 1000, "double"),
    number("ks2_points", "ks2_points", 0, 60, "double"),
)

KS5_READINGS = (
    coded("sex", "gender", SEX),
    listed("school_type", "school_type", *SCHOOL_TYPES),
    flag("national_result", "national_result"),
    flag("level_3", "level_3"),
    flag("three_a", "three_a"),
    flag("aab", "aab"),
    number("a_level_entries", "a_level_entries", 0, 20),
    number("points_total", "points_total", 0, 5000, "double"),
)

SCHOOL_CENSUS_READINGS = (
    coded("sex", "gender", SEX),
    number("year_of_birth", "year_of_birth", 1970, 2015),
    number("month_of_birth", "month_of_birth", 1, 12),
    coded(
        "ethnicity",
        "ethnicity",
        {**{code: code for code in NPD_ETHNICITY_5}, **dict.fromkeys(NOT_STATED, UNCLASSIFIED)},
    ),
    coded("ethnic_group_5", "ethnicity", NPD_ETHNICITY_5, NOT_STATED),
    flag("is_fsm", "fsm_eligible"),
    flag("is_ever_fsm", "ever_fsm_6"),
    coded("first_language", "language", LANGUAGE, ["3_UNCL"]),
    coded("sen", "sen_provision", SEN),
    number("nc_year", "nc_year", 0, 14),
    patterned("school_urn", "school_urn", _URN),
    patterned("local_authority", "local_authority", _AUTHORITY),
    patterned("lsoa", "lsoa", _LSOA),
    number("idaci_score", "idaci_score", 0, 1, "double"),
    number("absence_rate", "absence_rate", 0, 1, "double"),
    flag("is_excluded", "is_excluded"),
    flag("is_child_in_need", "is_child_in_need"),
    flag("is_looked_after", "is_looked_after"),
)

CENSUS_READINGS = (
    coded("sex", "sex", SEX),
    flag("is_away_student", "is_away_student"),
    number("person_number", "person_number", 1, 999),
    number("age", "age", 0, 120),
    listed("relationship", "relationship", "reference", "partner", "child", "parent", "other"),
    listed("marital_status", "marital_status", "single", "married", "civil_partner", "separated",
           "divorced", "widowed"),
    flag("is_student", "is_student"),
    listed("country_of_birth", "country_of_birth", "england", "wales", "scotland",
           "northern_ireland", "ireland", "eu", "other"),
    number("year_of_arrival", "year_of_arrival", 1890, 2011),
    listed("address_one_year_ago", "address_one_year_ago", "same", "uk_elsewhere",
           "student_term_time", "abroad"),
    number("general_health", "general_health", 1, 5),
    number("limiting_condition", "limiting_condition", 1, 3),
    number("unpaid_care", "unpaid_care", 0, 3),
    listed("ethnic_group", "ethnic_group", *CENSUS_ETHNICITY_5),
    coded("ethnic_group_5", "ethnic_group", CENSUS_ETHNICITY_5),
    listed("religion", "religion", "no_religion", "christian", "buddhist", "hindu", "jewish",
           "muslim", "sikh", "other"),
    listed("main_language", "main_language", "english", "other"),
    number("english_proficiency", "english_proficiency", 1, 4),
    listed("highest_qualification", "highest_qualification", "none", "level1", "level2",
           "apprenticeship", "level3", "level4", "other"),
    listed("economic_activity", "economic_activity", "employed", "unemployed", "inactive",
           "student", "retired"),
    listed("ns_sec", "ns_sec", *(str(rank) for rank in range(1, 9)), "L15"),
    listed("tenure", "tenure", "owned", "mortgage", "shared", "social_la", "social_other",
           "private", "rent_free"),
    listed("accommodation_type", "accommodation_type", "detached", "semi", "terraced", "flat",
           "other"),
    number("bedrooms", "bedrooms", 0, 99),
    number("occupancy_rating", "occupancy_rating", -20, 99),
    number("cars", "cars", 0, 99),
    patterned("output_area", "output_area", _OA),
    patterned("lsoa", "lsoa", _LSOA),
    patterned("local_authority", "local_authority", _AUTHORITY),
    patterned("region", "region", _REGION),
    flag("is_urban", "is_urban"),
)  # fmt: skip
"""Outside bounds and lists a value is undeclared; bounds are wide: they catch slips of the
key and foreign codes, not rare people."""


MAIN_ENROLMENTS = ("C", "M")
"""Current and main registrations; a subsidiary one (S) is a guest's."""
