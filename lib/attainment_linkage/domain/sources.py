"""Sources: the four deliveries as they come, and where each of their columns goes."""

from __future__ import annotations

from dataclasses import dataclass

from attainment_linkage.domain.table import (
    ACADEMIC_YEAR,
    ATTAINMENT_ID,
    ATTRIBUTES,
    CENSUS_ID,
    HOUSEHOLD_ID,
    IDENTIFIERS,
    LANDING,
    Column,
    Table,
    personal,
    required,
)


@dataclass(frozen=True)
class Source:
    """One delivered table: its columns as delivered, and where each of them goes.

    Every column is delivered as text. ``identity`` columns go to the identifiers root,
    ``attributes`` to the attributes root, ``both`` (ids, sex, year) to each of the two.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    both: tuple[Column, ...]
    identity: tuple[Column, ...]
    attributes: tuple[Column, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns in delivery order."""
        return self.both + self.identity + self.attributes

    @property
    def names(self) -> list[str]:
        """Column names in delivery order."""
        return [column.name for column in self.columns]

    @property
    def identity_table(self) -> Table:
        """The part that identifies, in the identifiers root."""
        return Table(
            f"{self.name}_identity", self.grain, IDENTIFIERS, self.both + self.identity, self.key
        )

    @property
    def attribute_table(self) -> Table:
        """The part that does not identify, in the attributes root."""
        return Table(
            f"{self.name}_attributes", self.grain, ATTRIBUTES, self.both + self.attributes, self.key
        )

    @property
    def quarantine_table(self) -> Table:
        """Rows refused at the door, with the reason and the line they came from."""
        return Table(
            f"quarantine_{self.name}",
            f"one row per refused row of {self.name}",
            LANDING,
            (
                required("source_file", "name of the delivered file"),
                required("source_row", "row number in the file, the first data row is 1", "bigint"),
                required("reasons", "codes of the rules the row breaks", "array<string>"),
                personal("record", "the row as delivered, as JSON"),
            ),
            ("source_file", "source_row"),
        )


CENSUS_SOURCE = Source(
    name="census",
    grain="one row per person on a Census form",
    key=("census_id",),
    both=(
        CENSUS_ID,
        HOUSEHOLD_ID,
        Column("sex", "sex as recorded: 1 male, 2 female"),
        Column("is_away_student", "1: a student whose term-time address is elsewhere; else 0"),
    ),
    identity=(
        personal("forename", "first forename as written"),
        personal("middle_names", "other forenames as written"),
        personal("surname", "surname as written"),
        personal("date_of_birth", "YYYY-MM-DD; an unread part is XX or XXXX"),
        personal("house_number", "house number or name of the address"),
        personal("street", "street of the address"),
        personal("postcode", "postcode of the enumeration address"),
        personal("postcode_one_year_ago", "postcode one year before, where it differs"),
    ),
    attributes=(
        Column("person_number", "place on the form, person 1 is the reference person"),
        Column("age", "age on Census day", unit="years"),
        Column(
            "relationship", "relationship to person 1: reference, partner, child, parent, other"
        ),
        Column("marital_status", "single, married, civil_partner, separated, divorced, widowed"),
        Column("is_student", "1: full-time student or schoolchild; else 0"),
        Column(
            "country_of_birth", "england, wales, scotland, northern_ireland, ireland, eu, other"
        ),
        Column("year_of_arrival", "year of arrival in the UK, where born outside", unit="year"),
        Column("address_one_year_ago", "same, uk_elsewhere, student_term_time, abroad"),
        Column("general_health", "1 very good to 5 very bad"),
        Column("limiting_condition", "1 limited a lot, 2 a little, 3 not"),
        Column("unpaid_care", "0 none, 1: 1-19, 2: 20-49, 3: 50 or more", unit="hours a week"),
        Column("ethnic_group", "Census 2011 ethnic group, code 01 to 18"),
        Column("religion", "Census 2011 religion; empty where not stated"),
        Column("main_language", "english, other"),
        Column("english_proficiency", "1 very well to 4 not at all, where not the main language"),
        Column(
            "highest_qualification", "none, level1, level2, apprenticeship, level3, level4, other"
        ),
        Column(
            "economic_activity", "employed, unemployed, inactive, student, retired; empty under 16"
        ),
        Column("ns_sec", "NS-SEC analytic class 1 to 8, L15 student; empty under 16"),
        Column("tenure", "owned, mortgage, shared, social_la, social_other, private, rent_free"),
        Column("accommodation_type", "detached, semi, terraced, flat, other"),
        Column("bedrooms", "bedrooms of the household"),
        Column("occupancy_rating", "bedrooms less bedrooms needed"),
        Column("cars", "cars or vans of the household"),
        Column("output_area", "output area 2011 (E00)"),
        Column("lsoa", "lower layer super output area 2011 (E01)"),
        Column("local_authority", "local authority (E06 to E09)"),
        Column("region", "region (E12)"),
        Column("is_urban", "1 urban, 0 rural"),
    ),
)

SCHOOL_CENSUS_SOURCE = Source(
    name="school_census",
    grain="one row per pupil and spring school census",
    key=("attainment_id", "academic_year"),
    both=(ATTAINMENT_ID, ACADEMIC_YEAR, Column("gender", "M or F")),
    identity=(
        personal("upn", "unique pupil number, 13 characters"),
        personal("forename", "forename as recorded by the school"),
        personal("middle_names", "middle names as recorded by the school"),
        personal("surname", "surname as recorded by the school"),
        personal("former_surname", "earlier surname, where the school holds one"),
        personal("date_of_birth", "YYYY-MM-DD or DD/MM/YYYY"),
        personal("postcode", "home postcode at that census"),
    ),
    attributes=(
        Column("year_of_birth", "year of birth", unit="year"),
        Column("month_of_birth", "month of birth, 1 to 12"),
        Column("ethnicity", "NPD minor ethnic group: WBRI, APKN, ..., NOBT, REFU"),
        Column("fsm_eligible", "1 eligible for free school meals, else 0"),
        Column("ever_fsm_6", "1 eligible at any census of the last six years, else 0"),
        Column("language", "1_ENG, 2_OTH, 3_UNCL"),
        Column("sen_provision", "N none, A school action, P action plus, S statement; later K, E"),
        Column("enrol_status", "C current, M main, S subsidiary"),
        Column("nc_year", "national curriculum year"),
        Column("school_urn", "school number"),
        Column("local_authority", "local authority of the school (E06 to E09)"),
        Column("lsoa", "home LSOA (E01)"),
        Column("idaci_score", "IDACI 2010 of the home LSOA, 0 to 1"),
        Column("absence_rate", "share of sessions missed, 0 to 1"),
        Column("is_excluded", "1 fixed or permanent exclusion in the year, else 0"),
        Column("is_child_in_need", "1 a child in need in the year (CIN), else 0"),
        Column("is_looked_after", "1 looked after by a local authority in the year (CLA), else 0"),
    ),
)

_ATTAINMENT_IDENTITY = (
    personal("forenames", "all forenames as recorded"),
    personal("surname", "surname as recorded"),
    personal("date_of_birth", "YYYY-MM-DD or DD/MM/YYYY"),
)

KS4_SOURCE = Source(
    name="ks4",
    grain="one row per Key Stage 4 attainment record (a pupil may have several)",
    key=(),
    both=(ATTAINMENT_ID, ACADEMIC_YEAR, Column("gender", "M or F")),
    identity=(
        personal("upn", "unique pupil number; empty outside the state sector"),
        *_ATTAINMENT_IDENTITY,
    ),
    attributes=(
        Column("school_urn", "school number"),
        Column("school_type", "state, independent, special, fe_college"),
        Column("national_result", "NATRES: 1 counts in national results, else 0"),
        Column("level_2_em", "1: five or more A*-C with English and maths, else 0"),
        Column("level_2", "1: five or more A*-C, else 0"),
        Column("level_1", "1: five or more A*-G, else 0"),
        Column("gcse_ac_count", "number of A*-C passes"),
        Column("points_total", "total GCSE point score", unit="points"),
        Column("points_capped", "capped GCSE point score, best 8", unit="points"),
        Column("ebacc", "1: English Baccalaureate achieved, else 0"),
        Column("ks2_points", "average Key Stage 2 point score, 15 to 39", unit="points"),
    ),
)

KS5_SOURCE = Source(
    name="ks5",
    grain="one row per Key Stage 5 attainment record (a pupil may have several)",
    key=(),
    both=(ATTAINMENT_ID, ACADEMIC_YEAR, Column("gender", "M or F")),
    identity=_ATTAINMENT_IDENTITY,
    attributes=(
        Column("school_urn", "school or college number"),
        Column("school_type", "state, independent, special, fe_college"),
        Column("national_result", "1 counts in national results, else 0"),
        Column("a_level_entries", "number of A levels entered"),
        Column("points_total", "total UCAS-like point score", unit="points"),
        Column("level_3", "1: two or more A levels or equivalent, else 0"),
        Column("three_a", "1: three A*-A grades, else 0"),
        Column("aab", "1: AAB or better, else 0"),
    ),
)

SOURCES = (CENSUS_SOURCE, SCHOOL_CENSUS_SOURCE, KS4_SOURCE, KS5_SOURCE)
