"""Attribute tables: clean rows of pupils and Census people, and the spine that joins them."""

from __future__ import annotations

from attainment_linkage.domain.table import (
    ACADEMIC_YEAR,
    ATTAINMENT_ID,
    ATTRIBUTES,
    CENSUS_ID,
    HOUSEHOLD_ID,
    UNREAD_COLUMNS,
    Column,
    Table,
)

UNREAD_ATTRIBUTES = Table(
    "unread_attributes",
    "one row per value and column that is null for it, as the value cannot be read",
    ATTRIBUTES,
    UNREAD_COLUMNS,
)

PUPIL_ATTAINMENT = Table(
    "pupil_attainment",
    "one row per pupil and key stage: the first of its attainment records",
    ATTRIBUTES,
    (
        ATTAINMENT_ID,
        Column("key_stage", "4 or 5", "int", is_required=True),
        ACADEMIC_YEAR,
        Column("sex", "M or F"),
        Column("school_type", "state, independent, special, fe_college"),
        Column("level_1", "five or more A*-G", "boolean"),
        Column("level_2", "five or more A*-C", "boolean"),
        Column("level_2_em", "five or more A*-C with English and maths", "boolean"),
        Column("level_3", "two or more A levels or equivalent", "boolean"),
        Column("three_a", "three A*-A grades", "boolean"),
        Column("aab", "AAB or better", "boolean"),
        Column("ebacc", "English Baccalaureate achieved", "boolean"),
        Column("gcse_ac_count", "number of A*-C passes", "int"),
        Column("a_level_entries", "number of A levels entered", "int"),
        Column("points_total", "total point score of the key stage", "double", unit="points"),
        Column("points_capped", "capped GCSE point score, best 8", "double", unit="points"),
        Column("ks2_points", "average Key Stage 2 point score", "double", unit="points"),
        Column("record_count", "attainment records of the pupil at the key stage", "int"),
    ),
    ("attainment_id", "key_stage"),
)

PUPIL_CHARACTERISTICS = Table(
    "pupil_characteristics",
    "one row per pupil with a school census record: the latest one",
    ATTRIBUTES,
    (
        ATTAINMENT_ID,
        ACADEMIC_YEAR,
        Column("sex", "M or F"),
        Column("year_of_birth", "year of birth", "int", unit="year"),
        Column("month_of_birth", "month of birth", "int"),
        Column("ethnicity", "NPD minor ethnic group; UNCLA where not stated"),
        Column("ethnic_group_5", "white, mixed, asian, black, other; null where not stated"),
        Column("is_fsm", "eligible for free school meals", "boolean"),
        Column("is_ever_fsm", "eligible at any census of the last six years", "boolean"),
        Column("first_language", "english, other; null where unclassified"),
        Column("sen", "none, support, statement"),
        Column("nc_year", "national curriculum year", "int"),
        Column("school_urn", "school number"),
        Column("local_authority", "local authority of the school"),
        Column("lsoa", "home LSOA 2011"),
        Column("idaci_score", "IDACI 2010 of the home LSOA", "double"),
        Column("absence_rate", "share of sessions missed", "double"),
        Column("is_excluded", "excluded in the year", "boolean"),
        Column("is_child_in_need", "child in need (CIN) in the year", "boolean"),
        Column("is_looked_after", "looked after (CLA) in the year", "boolean"),
    ),
    ("attainment_id",),
)

CENSUS_CHARACTERISTICS = Table(
    "census_characteristics",
    "one row per person on a Census form",
    ATTRIBUTES,
    (
        CENSUS_ID,
        HOUSEHOLD_ID,
        Column("sex", "M or F"),
        Column("is_away_student", "a student whose term-time address is elsewhere", "boolean"),
        Column("person_number", "place on the form", "int"),
        Column("age", "age on Census day", "int", unit="years"),
        Column("relationship", "relationship to person 1"),
        Column("marital_status", "marital status"),
        Column("is_student", "full-time student or schoolchild", "boolean"),
        Column("country_of_birth", "country of birth group"),
        Column("year_of_arrival", "year of arrival in the UK", "int", unit="year"),
        Column("address_one_year_ago", "kind of address one year before"),
        Column("general_health", "1 very good to 5 very bad", "int"),
        Column("limiting_condition", "1 limited a lot, 2 a little, 3 not", "int"),
        Column("unpaid_care", "0 none to 3: 50 or more hours", "int"),
        Column("ethnic_group", "Census 2011 ethnic group, 01 to 18"),
        Column("ethnic_group_5", "white, mixed, asian, black, other"),
        Column("religion", "religion; null where not stated"),
        Column("main_language", "english, other"),
        Column("english_proficiency", "1 very well to 4 not at all", "int"),
        Column("highest_qualification", "highest qualification"),
        Column("economic_activity", "economic activity; null under 16"),
        Column("ns_sec", "NS-SEC analytic class"),
        Column("tenure", "tenure of the household"),
        Column("accommodation_type", "type of accommodation"),
        Column("bedrooms", "bedrooms", "int"),
        Column("occupancy_rating", "bedrooms less bedrooms needed", "int"),
        Column("cars", "cars or vans", "int"),
        Column("output_area", "output area 2011"),
        Column("lsoa", "LSOA 2011"),
        Column("local_authority", "local authority"),
        Column("region", "region"),
        Column("is_urban", "urban area", "boolean"),
    ),
    ("census_id",),
)

REVIEWED = {
    "right": "links that its link, decided to be a match, stands for in a review's sample",
    "wrong": "links that its link, decided to be none, stands for in a review's sample",
    "missed": "scored pairs that its pairs which are matches and no links stand for",
}
"""What reviewers decided of a pupil's pairs, in pairs that the decided ones stand for."""

LINK_SPINE = Table(
    "link_spine",
    "one row per pupil with an attainment record, linked or not",
    ATTRIBUTES,
    (
        ATTAINMENT_ID,
        Column("census_id", "the Census person it is linked to; null: not linked"),
        Column(
            "weight_band", "match weight rounded down to 2 bits; null: not linked", "int", "bits"
        ),
        Column("matchkey_number", "strictest matchkey that holds, null where none", "int"),
        Column(
            "missing_field",
            "linkage field that no record of the pupil has: name, birth_date, sex, postcode; "
            "several; none",
            is_required=True,
        ),
        Column("is_mover", "its records hold more than one postcode", "boolean", is_required=True),
        Column(
            "is_twin",
            "another pupil has its surname, date of birth and postcode",
            "boolean",
            is_required=True,
        ),
        *(
            Column(
                f"reviewed_{name}",
                f"{meaning}; null where none of the pupil's is decided",
                "double",
                "pairs",
            )
            for name, meaning in REVIEWED.items()
        ),
    ),
    ("attainment_id",),
)
"""The links without names: all that a stage outside the identifiers root may know of them."""

QUARANTINE_LINKS = Table(
    "quarantine_links",
    "one row per link that cannot carry Census answers to a pupil",
    ATTRIBUTES,
    (
        ATTAINMENT_ID,
        CENSUS_ID,
        Column(
            "reason",
            "two_people, two_pupils, no_attainment, no_census_person, two_households, away_student",
            is_required=True,
        ),
    ),
    ("attainment_id", "census_id"),
)
"""Links set aside by ``pseudonymise``; their pupils stay, unlinked."""

LINK_DRAWS = Table(
    "link_draws",
    "one row per draw of links and pupil that the draw links otherwise than the links do",
    ATTRIBUTES,
    (
        ATTAINMENT_ID,
        Column("draw", "number of the draw, from 1", "int", is_required=True),
        Column("census_id", "the Census person it is linked to in this draw; null: nobody"),
        Column(
            "weight_band", "match weight rounded down to 2 bits; null: not linked", "int", "bits"
        ),
        Column("matchkey_number", "strictest matchkey that holds, null where none", "int"),
    ),
    ("attainment_id", "draw"),
)
"""Linkage error without names: what links as likely as those made would have been."""
