"""Research variables of the Census household that a pupil was found in.

Residents are the people on the form, students away at term time set aside. A dependent
child is aged 0 to 15, or 16 to 18, a full-time student and a child of the reference person
(Census 2011, less children of other families: the form has relationships to person 1
only). Adults are residents aged 16 or more who are not dependent children. Parents are the
reference person and partner of a household in which the pupil is a child of the former.
"""

from __future__ import annotations

from functools import partial

from attainment_linkage.domain.research_own import (
    BIRTHPLACES,
    CENSUS,
    ETHNIC_5,
    LINKED,
    RELIGIONS,
)
from attainment_linkage.domain.variable import Variable, coded, words

WITH_ADULTS = "linked pupils in a household with an adult"
WITH_PARENTS = "linked pupils who live with a parent"
QUALIFICATIONS = words("none other level1 level2 apprenticeship level3 level4")
"""Lowest first; other: foreign or vocational of unknown level."""

NS_SEC = coded(
    {
        "1": "higher managerial, administrative, professional",
        "2": "lower managerial, administrative, professional",
        "3": "intermediate",
        "4": "small employers, own account workers",
        "5": "lower supervisory and technical",
        "6": "semi-routine",
        "7": "routine",
        "8": "never worked, long-term unemployed",
        "L15": "full-time student",
    }
)
SHARES = coded({"all": "all adults", "some": "some adults", "none": "no adult"})

_home = partial(Variable, part="household", source=CENSUS, universe=LINKED)
_count = partial(_home, type="int", unit="people")
_reference = partial(_home, universe="linked pupils whose household has a reference person")

HOUSEHOLD = (
    _home(
        "household_type",
        "composition of the household",
        values=coded(
            {
                "one_person": "one adult alone",
                "married": "married or civil-partnered couple",
                "cohabiting": "cohabiting couple",
                "lone_parent": "reference person with children, no partner",
                "other": "other households",
                "no_adults": "no adult on the form",
            }
        ),
        derivation="partner and children of the reference person; partner's and own marital "
        "status part married from cohabiting",
    ),
    _count("household_size", "residents", derivation="people on the form, away students less"),
    _count(
        "dependent_children",
        "dependent children",
        derivation="aged 0 to 15, or 16 to 18, student and child of the reference person",
    ),
    _count("adults", "adults", derivation="aged 16 or more, not a dependent child"),
    _home(
        "relationship",
        "pupil's relationship to the reference person",
        values=words("reference partner child parent other"),
        derivation="as recorded",
    ),
    _home(
        "is_living_with_parent",
        "lives with a parent",
        "boolean",
        derivation="relationship is child",
    ),
    _count(
        "siblings",
        "brothers and sisters in the household",
        universe=WITH_PARENTS,
        derivation="other children of the reference person, of any age",
    ),
    _home(
        "adults_highest_qualification",
        "highest qualification of the adults",
        values=QUALIFICATIONS,
        universe=WITH_ADULTS,
        derivation="highest among adults",
    ),
    _home(
        "parents_highest_qualification",
        "highest qualification of the parents",
        values=QUALIFICATIONS,
        universe=WITH_PARENTS,
        derivation="highest of the parents",
    ),
    _reference(
        "reference_ns_sec",
        "NS-SEC of the household reference person",
        values=NS_SEC,
        derivation="as recorded of the reference person",
    ),
    _home(
        "adults_in_work",
        "employment of the adults",
        values=SHARES,
        universe=WITH_ADULTS,
        derivation="adults whose economic activity is employed, of those with one",
    ),
    _home(
        "tenure",
        "tenure",
        values=words("owned mortgage shared social_la social_other private rent_free"),
        derivation="as recorded",
    ),
    _home(
        "accommodation_type",
        "type of accommodation",
        values=words("detached semi terraced flat other"),
        derivation="as recorded",
    ),
    _home("occupancy_rating", "bedrooms less bedrooms needed", "int", derivation="as recorded"),
    _home("cars", "cars or vans", "int", derivation="as recorded"),
    _count(
        "residents_in_bad_health",
        "residents in bad or very bad health",
        derivation="general health 4 or 5",
    ),
    _count(
        "residents_limited",
        "residents limited by a lasting condition",
        derivation="limited a lot or a little",
    ),
    _count("unpaid_carers", "residents who give unpaid care", derivation="one hour a week or more"),
    _home(
        "adults_english",
        "adults with English as main language",
        values=SHARES,
        universe=WITH_ADULTS,
        derivation="adults whose main language is English, of those with one",
    ),
    _reference(
        "reference_religion",
        "religion of the reference person",
        values=RELIGIONS,
        derivation="as recorded of the reference person",
    ),
    _reference(
        "reference_ethnic_group_5",
        "ethnic group of the reference person",
        values=ETHNIC_5,
        derivation="as recorded of the reference person",
    ),
    _reference(
        "reference_country_of_birth",
        "country of birth of the reference person",
        values=BIRTHPLACES,
        derivation="as recorded of the reference person",
    ),
    _reference(
        "reference_year_of_arrival",
        "year of arrival of the reference person",
        "int",
        unit="year",
        universe="linked pupils whose reference person was born outside the United Kingdom",
        derivation="as recorded of the reference person",
    ),
)
