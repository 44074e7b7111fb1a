"""Linkage tables: linkage records, what blocking counted, scored pairs, links, reviews."""

from __future__ import annotations

from attainment_linkage.domain.table import (
    IDENTIFIERS,
    UNREAD_COLUMNS,
    Column,
    Table,
    personal,
    required,
)

LINKAGE_FIELDS: tuple[Column, ...] = (
    personal("forename", "first given name: A-Z, upper case"),
    personal("forename_root", "the name a nickname or spelling variant stands for"),
    personal("forename_initial", "first letter of the forename"),
    personal("forename_sound", "phonetic code of the forename"),
    personal("middle_names", "further given names"),
    personal("middle_initial", "first letter of the middle names"),
    personal("given_names", "all given names, each a word", "array<string>"),
    personal("surname", "whole surname"),
    personal("surname_initial", "first letter of the surname"),
    personal("surname_sound", "phonetic code of the surname"),
    personal("surname_start", "first four letters of the surname"),
    personal("surname_parts", "words of the surname and of former ones", "array<string>"),
    personal("name_sorted", "all names, words in alphabetical order"),
    personal("name_forward", "forename, then surname"),
    personal("name_backward", "surname, then forename"),
    personal("birth_date", "YYYY-MM-DD; null unless whole and valid"),
    personal("birth_year", "YYYY"),
    personal("birth_month", "MM"),
    personal("birth_day", "DD"),
    personal("age", "age, where no date of birth is given"),
    personal("sex", "M or F"),
    personal("postcode", "postcode without a space"),
    personal("postcode_sector", "postcode less its last two letters"),
    personal("postcode_district", "outward part of the postcode"),
    personal("postcodes", "every postcode of the record", "array<string>"),
    personal("postcode_sectors", "every sector of the record", "array<string>"),
    personal("postcode_districts", "every district of the record", "array<string>"),
    personal("house_number", "house number"),
    personal("street", "street, abbreviations written alike"),
    personal("street_sound", "phonetic code of the street"),
    personal("address", "house number and street"),
    personal("place", "town, suburb or city"),
    personal("place_sound", "phonetic code of the place"),
    personal("region", "state, county or region"),
    personal("birth_place", "place of birth"),
    personal("phone", "telephone number, digits"),
    personal("email", "email address"),
    personal("identifier", "a strong personal identifier"),
    personal("occupation", "occupation"),
    personal("ethnic_group", "ethnic group"),
)
"""Columns of a linkage record, the same on both sides; made by ``steps.linkage_record``."""

UNREAD_IDENTITY = Table(
    "unread_identity",
    "one row per identity value that counts for nothing, as it cannot be read",
    IDENTIFIERS,
    UNREAD_COLUMNS,
)

ATTAINMENT_PEOPLE = Table(
    "attainment_people",
    "one linkage record per pupil, with all its dated postcodes",
    IDENTIFIERS,
    (required("record_id", "attainment_id of the pupil"), *LINKAGE_FIELDS),
    ("record_id",),
)

CENSUS_PEOPLE = Table(
    "census_people",
    "one linkage record per person on a Census form, students away at term time set aside",
    IDENTIFIERS,
    (required("record_id", "census_id of the person"), *LINKAGE_FIELDS),
    ("record_id",),
)

_ONE_PERSON = Column(
    "match_weight",
    "log2 posterior odds that the two lines are one person",
    "double",
    unit="bits",
    is_required=True,
)

CENSUS_DOUBLES = Table(
    "census_doubles",
    "one row per further line of a person counted twice; its person has one line that stands",
    IDENTIFIERS,
    (
        required("census_id", "the further line, which does not compete for a pupil"),
        required("representative_id", "the line of the same person that does"),
        _ONE_PERSON,
    ),
    ("census_id",),
)

POSSIBLE_DOUBLES = Table(
    "possible_doubles",
    "one row per pair of lines that both stand and are likely one person, not taken for one",
    IDENTIFIERS,
    (
        required("left_id", "the line of lower id"),
        required("right_id", "the other line"),
        _ONE_PERSON,
    ),
    ("left_id", "right_id"),
)

# --------------------------------------------------------------------- identifiers: links

_LEFT = required("left_id", "id of the left record (the attainment side)")
_RIGHT = required("right_id", "id of the right record (the Census side)")
_WEIGHT = Column(
    "match_weight",
    "log2 posterior odds that the two records are one person, rounded to 1e-6",
    "double",
    unit="bits",
    is_required=True,
)
_RULE = Column("rule_number", "lowest number of the blocking rules that found the pair", "int")
_MATCHKEY = Column("matchkey_number", "strictest matchkey that holds, null where none", "int")

CANDIDATE_COUNTS = Table(
    "candidate_counts",
    "one row per blocking rule",
    IDENTIFIERS,
    (
        Column("rule_number", "place of the rule in the model, from 0", "int", is_required=True),
        required("rule", "the rule as written"),
        required("key_group", "columns both sides are partitioned on for this rule"),
        Column("left_records", "left records that have the whole key", "bigint"),
        Column("right_records", "right records that have the whole key", "bigint"),
        Column(
            "candidate_pairs",
            "pairs its equalities form: exact, an upper bound "
            "where the rule has a further condition",
            "bigint",
            is_required=True,
        ),
        Column("largest_block_pairs", "pairs in its largest block", "bigint"),
        Column("bucket_count", "partitions the group is cut in", "int"),
    ),
    ("rule_number",),
)

MATCHKEY_COUNTS = Table(
    "matchkey_counts",
    "one row per matchkey of the ladder, from the strictest",
    IDENTIFIERS,
    (
        Column("matchkey_number", "place of the key, from 0", "int", is_required=True),
        required("matchkey", "name of the key"),
        required("rule", "the key as written"),
        Column("pairs", "pairs whose strictest key it is", "bigint", is_required=True),
        Column("conflicts", "of them, sharing a record with another keyed pair", "bigint"),
        Column("links", "of them, linked", "bigint", is_required=True),
        Column(
            "residual_records",
            "left records not linked by a pair of this key or a stricter one",
            "bigint",
            is_required=True,
        ),
    ),
    ("matchkey_number",),
)

SCORED_PAIRS = Table(
    "scored_pairs",
    "one row per pair at or above the review threshold, or found by a matchkey",
    IDENTIFIERS,
    (_LEFT, _RIGHT, _WEIGHT, _RULE, _MATCHKEY),
    ("left_id", "right_id"),
)

LINKS = Table(
    "links",
    "one row per link: a left record and the right record it is",
    IDENTIFIERS,
    (
        _LEFT,
        _RIGHT,
        _WEIGHT,
        Column(
            "margin_bits",
            "lead over the best rival assignment; null: no rival competed",
            "double",
            unit="bits",
        ),
        _RULE,
        _MATCHKEY,
    ),
    ("left_id", "right_id"),
)

REVIEW_PAIRS = Table(
    "review_pairs",
    "one row per pair for clerical review: strong, tied or tangled, not linked",
    IDENTIFIERS,
    (
        _LEFT,
        _RIGHT,
        _WEIGHT,
        Column(
            "margin_bits",
            "lead over the best rival; 0: tied; null: no rival competed",
            "double",
            unit="bits",
        ),
        _RULE,
        _MATCHKEY,
        required(
            "reason",
            "weak: under the acceptance weight; contested: lead too small; "
            "conflict: two matchkey pairs share a record, and this one is not the link",
        ),
    ),
    ("left_id", "right_id"),
)
