"""Table: what a row is, in which root it lies, and its columns, declared in one object.

Roots (zones): ``landing`` holds the files as delivered and the rows in quarantine;
``identifiers`` holds names, dates, postcodes and source ids; ``attributes`` holds source
ids and everything else, no names; ``research`` holds de-identified data.
"""

from __future__ import annotations

from dataclasses import dataclass

LANDING = "landing"
IDENTIFIERS = "identifiers"
ATTRIBUTES = "attributes"
RESEARCH = "research"
ZONES = (LANDING, IDENTIFIERS, ATTRIBUTES, RESEARCH)


@dataclass(frozen=True)
class Column:
    """One column: Spark type, meaning, unit where it has one, and whether it identifies."""

    name: str
    meaning: str
    type: str = "string"
    unit: str = ""
    is_personal: bool = False
    is_required: bool = False


@dataclass(frozen=True)
class Table:
    """One table: what a row is, where the table lives, and its columns in order."""

    name: str
    grain: str
    zone: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """Column names, in order."""
        return [column.name for column in self.columns]

    @property
    def ddl(self) -> str:
        """The schema as Spark DDL, in order."""
        return ", ".join(f"{column.name} {column.type}" for column in self.columns)

    @property
    def has_personal_columns(self) -> bool:
        """Whether any column identifies a person."""
        return any(column.is_personal for column in self.columns)


def personal(name: str, meaning: str, type: str = "string") -> Column:
    """A column that identifies a person."""
    return Column(name, meaning, type, is_personal=True)


def required(name: str, meaning: str, type: str = "string") -> Column:
    """A column without nulls."""
    return Column(name, meaning, type, is_required=True)


ATTAINMENT_ID = required("attainment_id", "pupil matching reference: one per AEDE pupil")
CENSUS_ID = required("census_id", "one per person on a Census form")
HOUSEHOLD_ID = required("household_id", "one per Census household")
ACADEMIC_YEAR = required("academic_year", "academic year, as 2010/11")

UNREAD_COLUMNS = (
    required("source", "census, school_census, ks4 or ks5"),
    required("record_id", "census_id or attainment_id of the row"),
    Column("academic_year", "academic year of the row; null for the Census"),
    required("column_name", "the column that is null for it: of attributes, of the clean table"),
    required("reason", "why: one of core.value_rules"),
)
"""Of a value that was not read: whose it is, where it stands and the reason, never the value."""
