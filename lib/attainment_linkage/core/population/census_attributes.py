"""Census attributes: everything on a form line that is not a name, a date or a postcode."""

from __future__ import annotations

import numpy as np

from attainment_linkage.core.population import ethnicity, geography, texts
from attainment_linkage.core.population.census_rows import Columns, unit_year_ago
from attainment_linkage.core.population.conditions import (
    ACTIVITIES,
    NS_SEC,
    QUALIFICATIONS,
    STUDENT,
    TOO_YOUNG,
    HomeConditions,
    PersonConditions,
)
from attainment_linkage.core.population.draws import Flags, Ints, pick
from attainment_linkage.core.population.families import PRIVATE, SOCIAL_LA, TENURES
from attainment_linkage.core.population.forms import AWAY, STUDENT_AT_PARENTS, Forms
from attainment_linkage.core.population.moves import AT_HOME, AWAY_STUDENT, Settlement
from attainment_linkage.core.population.people import (
    COHABITING,
    MARRIED,
    OTHER,
    PARTNER,
    REFERENCE,
    Households,
    People,
)
from attainment_linkage.core.population.slips import date_parts

RELATIONSHIPS = ("reference", "partner", "child", "parent", "other")
MARITAL = ("single", "married", "civil_partner", "separated", "divorced", "widowed")
BIRTHPLACES = ("england", "wales", "scotland", "northern_ireland", "ireland", "eu", "other")
YEAR_AGO = ("same", "uk_elsewhere", "student_term_time", "abroad")
ACCOMMODATION = ("detached", "semi", "terraced", "flat", "other")
_BORN_HERE = (0.94, 0.02, 0.025, 0.008, 0.007)  # assumed


def attributes(
    rng: np.random.Generator,
    block: Settlement,
    state: PersonConditions,
    housing: HomeConditions,
    lines: Forms,
) -> Columns:
    """Attribute columns of each line; an away student's line has only what the form asks."""
    people = block.people.take(lines.person)
    own = state.take(lines.person)
    away = lines.reason == AWAY
    return {
        **_of_form(rng, block, people, own, lines),
        **_of_person(rng, block, people, own, lines, away),
        **_of_home(rng, block.homes, housing, lines, away),
    }


def _of_form(
    rng: np.random.Generator,
    block: Settlement,
    people: People,
    own: PersonConditions,
    lines: Forms,
) -> Columns:
    place = lines.place
    leaving = block.leaving[lines.person]
    at_family = lines.home == people.household
    role = np.where(at_family, people.role, OTHER)
    student = (own.activity == STUDENT) | (leaving == AWAY_STUDENT)
    student |= (own.activity == TOO_YOUNG) & (people.age >= 5)
    kind = block.homes.kind[lines.home]
    marital = _marital(rng, people, kind, role, leaving)
    return {
        "person_number": texts.number(place),
        "age": texts.number(people.age),
        "relationship": texts.coded(RELATIONSHIPS, np.where(place == 1, REFERENCE, role)),
        "marital_status": texts.coded(MARITAL, marital),
        "is_student": texts.flag(student),
    }


def _marital(
    rng: np.random.Generator, people: People, kind: Ints, role: Ints, leaving: Ints
) -> Ints:
    age = people.age
    draw = rng.random(len(age))
    grown = (role <= PARTNER) | (role == 3)
    unpaired = np.select(
        [draw < 1.15 - 0.014 * age, draw < 1.45 - 0.014 * age, age > 60], [0, 4, 5], 4
    )
    status = np.where(grown & (age >= 21), unpaired, 0)
    married = (kind == MARRIED) & (role <= PARTNER)
    status = np.where(married, np.where(draw < 0.003, 2, 1), status)
    status = np.where((kind == COHABITING) & (role <= PARTNER) & (draw < 0.65), 0, status)
    return np.where((leaving != AT_HOME) | (age < 18), 0, status)


def _of_person(
    rng: np.random.Generator,
    block: Settlement,
    people: People,
    own: PersonConditions,
    lines: Forms,
    away: Flags,
) -> Columns:
    count = len(lines)
    birth_year, _, _ = date_parts(people.birth)
    arrival = birth_year + (rng.random(count) ** 0.8 * np.maximum(2011 - birth_year, 1)).astype(int)
    abroad = own.born_abroad == 1
    european = np.isin(people.ethnic, [1, 3])
    birthplace = np.where(abroad, np.where(european, 5, 6), pick(rng, _BORN_HERE, count))
    activity = np.where(block.leaving[lines.person] == AWAY_STUDENT, STUDENT, own.activity)
    rank = np.where(activity == STUDENT, 8, own.ns_sec)
    english = own.other_language == 0
    _year_ago(block, lines, abroad, arrival)
    ethnic = tuple(group.code for group in ethnicity.ETHNIC_GROUPS)
    return {
        "country_of_birth": texts.coded(BIRTHPLACES, birthplace, away),
        "year_of_arrival": texts.number(np.minimum(arrival, 2011), away | ~abroad),
        "address_one_year_ago": texts.coded(
            YEAR_AGO, _year_ago(block, lines, abroad, arrival), away
        ),
        "general_health": texts.number(own.health, away),
        "limiting_condition": texts.number(own.limiting, away),
        "unpaid_care": texts.number(own.care, away),
        "ethnic_group": texts.coded(ethnic, people.ethnic, away),
        "religion": texts.coded(ethnicity.RELIGIONS, own.religion, away),
        "main_language": texts.coded(("english", "other"), own.other_language, away),
        "english_proficiency": texts.number(own.proficiency, away | english),
        "highest_qualification": texts.coded(QUALIFICATIONS, own.qualification, away),
        "economic_activity": texts.coded(ACTIVITIES, activity, away),
        "ns_sec": texts.coded(NS_SEC, np.where(people.age < 16, 9, rank), away),
    }


def _year_ago(block: Settlement, lines: Forms, abroad: Flags, arrival: Ints) -> Ints:
    moved = unit_year_ago(block)[lines.person] != block.homes.unit[lines.home]
    answer = moved.astype(np.int64)
    at_parents = lines.reason == STUDENT_AT_PARENTS
    return np.select([abroad & (arrival >= 2010), at_parents], [3, 2], answer)


def _of_home(
    rng: np.random.Generator,
    homes: Households,
    housing: HomeConditions,
    lines: Forms,
    away: Flags,
) -> Columns:
    home = lines.home
    bedrooms, rating = _rooms(rng, homes, housing)
    cars = np.digitize(
        rng.normal(0.0, 0.7, len(homes)) + 0.75 * homes.advantage + 0.5 * housing.adults,
        [0.15, 1.25, 2.6, 3.6],
    )
    kind = _accommodation(rng, homes)
    lsoa = geography.lsoa_of(homes.area)
    codes = np.array([region[0] for region in geography.REGIONS])
    region = geography.region_of(homes.area)
    authority = geography.country().zone_code
    return {
        "tenure": texts.coded(TENURES, homes.tenure[home], away),
        "accommodation_type": texts.coded(ACCOMMODATION, kind[home], away),
        "bedrooms": texts.number(bedrooms[home], away),
        "occupancy_rating": texts.signed(rating[home], away),
        "cars": texts.number(cars[home], away),
        "output_area": geography.area_codes("E00", homes.area[home]),
        "lsoa": geography.area_codes("E01", lsoa[home]),
        "local_authority": authority.take(geography.zone_of(homes.area)[home]),
        "region": texts.coded(tuple(codes), region[home]),
        "is_urban": texts.flag(geography.is_urban(homes.area)[home]),
    }


def _rooms(
    rng: np.random.Generator, homes: Households, housing: HomeConditions
) -> tuple[Ints, Ints]:
    """Bedrooms, and bedrooms less those needed: a couple one, other adults one, children half."""
    couples = (homes.kind <= COHABITING).astype(np.int64)
    minors = np.maximum(housing.size - housing.adults, 0)
    needed = np.maximum(housing.adults - couples, 1) + (minors + 1) // 2
    renting = (homes.tenure >= SOCIAL_LA) & (homes.tenure <= PRIVATE)
    spare = rng.normal(0.9, 0.8, len(homes)) + 0.35 * homes.advantage - 0.6 * renting
    bedrooms = np.clip(needed + np.rint(spare).astype(np.int64), 1, 8)
    return bedrooms, bedrooms - needed


def _accommodation(rng: np.random.Generator, homes: Households) -> Ints:
    score = 0.8 * homes.advantage + rng.normal(0.0, 0.7, len(homes)) + 0.3
    score -= 0.5 * (homes.tenure >= SOCIAL_LA)
    score -= 0.7 * (geography.region_of(homes.area) == geography.LONDON)
    return 3 - np.digitize(score, [-0.85, 0.0, 0.85])
