"""Research variables of the pupil: ids, the link, own characteristics, places."""

from __future__ import annotations

from functools import partial

from attainment_linkage.domain.variable import (
    AUTHORITY_LEVEL,
    HOUSEHOLD,
    PERSON,
    REGION_LEVEL,
    SCHOOL,
    Variable,
    coded,
    words,
)

ALL = "all pupils"
LINKED = "pupils linked to a Census person"
ON_ROLL = "pupils with a school census record (state schools)"
PUPILS, CENSUS = "pupil_characteristics", "census_characteristics"
ATTAINMENT, SPINE = "pupil_attainment", "link_spine"

ETHNIC_5 = words("white mixed asian black other")
ETHNIC_18 = coded(
    {
        "01": "White: English, Welsh, Scottish, Northern Irish, British",
        "02": "White: Irish",
        "03": "White: Gypsy or Irish Traveller",
        "04": "White: other",
        "05": "Mixed: White and Black Caribbean",
        "06": "Mixed: White and Black African",
        "07": "Mixed: White and Asian",
        "08": "Mixed: other",
        "09": "Asian: Indian",
        "10": "Asian: Pakistani",
        "11": "Asian: Bangladeshi",
        "12": "Asian: Chinese",
        "13": "Asian: other",
        "14": "Black: African",
        "15": "Black: Caribbean",
        "16": "Black: other",
        "17": "Arab",
        "18": "any other ethnic group",
    }
)
RELIGIONS = words("no_religion christian buddhist hindu jewish muslim sikh other")
BIRTHPLACES = words("england wales scotland northern_ireland ireland eu other")
LANGUAGES = words("english other")
HEALTH = coded(
    {"1": "very good", "2": "good", "3": "fair", "4": "bad", "5": "very bad"},
)

_id = partial(Variable, part="ids", derivation="keyed hash; of this release alone")
_link = partial(Variable, part="link", universe=LINKED)
_school = partial(Variable, part="own", source=PUPILS, universe=ON_ROLL)
_census = partial(Variable, part="own", source=CENSUS, universe=LINKED)
_place = partial(Variable, part="place")

IDS = (
    _id(
        "person_id",
        "pseudonymous id of the pupil",
        is_required=True,
        source=ATTAINMENT,
        universe=ALL,
        identifies=PERSON,
    ),
    _id(
        "household_id",
        "pseudonymous id of the Census household",
        source=CENSUS,
        universe=LINKED,
        identifies=HOUSEHOLD,
    ),
    _id(
        "school_id",
        "pseudonymous id of the school at the latest school census",
        source=PUPILS,
        universe=ON_ROLL,
        identifies=SCHOOL,
    ),
)

LINK = (
    _link(
        "is_linked",
        "found in the Census",
        "boolean",
        is_required=True,
        source=SPINE,
        universe=ALL,
        derivation="a link that can be used: one person, in the Census file, usually resident",
    ),
    _link(
        "link_band",
        "quality band of the link",
        is_required=True,
        values=coded(
            {
                "matchkey": "a strict matchkey holds",
                "strong": "no matchkey; 16 bits or more",
                "clear": "no matchkey; accepted, under 16 bits",
                "unlinked": "not linked",
            }
        ),
        source=SPINE,
        universe=ALL,
        derivation="from matchkey and match weight",
    ),
    _link(
        "link_probability",
        "probability that the link is right, as the model has it",
        "double",
        source=SPINE,
        derivation="2^b / (1 + 2^b), b the match weight in bits rounded down to a multiple of 2; "
        "4 decimals; never above the model's: the weight itself would tell how rare a name is",
    ),
    _link(
        "linkage_weight",
        "weight that makes linked pupils stand for all",
        "double",
        unit="pupils",
        source="linkage_weights",
        derivation="inverse of the modelled chance to be linked, trimmed, scaled to all pupils",
    ),
)

OWN = (
    Variable(
        "sex",
        "sex",
        values=coded({"F": "female", "M": "male"}),
        part="own",
        source=f"{PUPILS}, {ATTAINMENT}",
        universe=ALL,
        derivation="latest school census, else the attainment record",
    ),
    _school("year_of_birth", "year of birth", "int", unit="year", derivation="as recorded"),
    _school("month_of_birth", "month of birth", "int", derivation="as recorded"),
    _school(
        "school_ethnic_group_5",
        "ethnic group, schools' record",
        values=ETHNIC_5,
        derivation="19 school codes to five groups; Chinese under Asian; null where not stated",
    ),
    _school("is_fsm", "eligible for free school meals", "boolean", derivation="as recorded"),
    _school(
        "is_ever_fsm",
        "eligible for free school meals in the last six years",
        "boolean",
        derivation="as recorded",
    ),
    _school(
        "first_language", "first language, schools' record", values=LANGUAGES, derivation="recorded"
    ),
    _school(
        "sen",
        "special educational needs",
        values=words("none support statement"),
        derivation="A, P, K: support; S, E: statement",
    ),
    _school("absence_rate", "share of sessions missed", "double", derivation="as recorded"),
    _school("is_excluded", "excluded in the year", "boolean", derivation="as recorded"),
    _school(
        "is_child_in_need",
        "child in need (CIN) in the year",
        "boolean",
        derivation="as recorded at the latest school census; looked-after children are among them",
    ),
    _school(
        "is_looked_after",
        "looked after by a local authority (CLA) in the year",
        "boolean",
        derivation="as recorded at the latest school census",
    ),
    _census("age", "age on Census day", "int", unit="years", derivation="as recorded"),
    _census(
        "ethnic_group", "ethnic group, Census", values=ETHNIC_18, derivation="18 groups, recorded"
    ),
    _census(
        "ethnic_group_5",
        "ethnic group, Census, five groups",
        values=ETHNIC_5,
        derivation="01-04, 05-08, 09-13, 14-16, 17-18",
    ),
    _census("religion", "religion; null where not stated", values=RELIGIONS, derivation="recorded"),
    _census("main_language", "main language", values=LANGUAGES, derivation="as recorded"),
    _census(
        "english_proficiency",
        "proficiency in English",
        "int",
        values=coded({"1": "very well", "2": "well", "3": "not well", "4": "not at all"}),
        universe="linked pupils whose main language is another",
        derivation="as recorded",
    ),
    _census("country_of_birth", "country of birth", values=BIRTHPLACES, derivation="recorded"),
    _census(
        "year_of_arrival",
        "year of arrival in the United Kingdom",
        "int",
        unit="year",
        universe="linked pupils born outside the United Kingdom",
        derivation="as recorded",
    ),
    _census("general_health", "general health", "int", values=HEALTH, derivation="as recorded"),
    _census(
        "limiting_condition",
        "day-to-day activities limited by a lasting condition",
        "int",
        values=coded({"1": "a lot", "2": "a little", "3": "not limited"}),
        derivation="as recorded",
    ),
    _census(
        "unpaid_care",
        "unpaid care given",
        "int",
        values=coded(
            {"0": "none", "1": "1 to 19 hours", "2": "20 to 49 hours", "3": "50 hours or more"}
        ),
        unit="hours a week",
        derivation="as recorded",
    ),
)

PLACES = (
    _place(
        "region",
        "region of the home on Census day",
        source=CENSUS,
        universe=LINKED,
        derivation="as recorded",
        geography=REGION_LEVEL,
    ),
    _place(
        "local_authority",
        "local authority of the home on Census day",
        source=CENSUS,
        universe=LINKED,
        derivation="as recorded; output areas and LSOAs do not reach this root",
        geography=AUTHORITY_LEVEL,
    ),
    _place(
        "is_urban",
        "home in an urban area",
        "boolean",
        source=CENSUS,
        universe=LINKED,
        derivation="as recorded",
    ),
    _place(
        "school_region",
        "region of the school",
        source=f"{PUPILS}, {CENSUS}",
        universe=ON_ROLL,
        derivation="region of the school's local authority, as the Census has it",
        geography=REGION_LEVEL,
    ),
    _place(
        "school_local_authority",
        "local authority of the school",
        source=PUPILS,
        universe=ON_ROLL,
        derivation="latest school census",
        geography=AUTHORITY_LEVEL,
    ),
    _place(
        "idaci_fifth",
        "fifth of the income deprivation of the home's area",
        "int",
        values=coded({"1": "most deprived", "2": "2", "3": "3", "4": "4", "5": "least deprived"}),
        source=PUPILS,
        universe=ON_ROLL,
        derivation="fifths of IDACI 2010 among the pupils with a school census record",
    ),
)
