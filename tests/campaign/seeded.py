"""G14: defects seeded into sound tables, and clean deliveries of many seeds, before the gates.

Goal: every defect is caught by the very expectation that stands against it, with its count, and no
other one speaks; no clean delivery stops at a gate; no value of a row is in what a gate says.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pyspark.sql import DataFrame, SparkSession

from attainment_linkage.adapters import gates, suites
from attainment_linkage.adapters.project import conf_folder
from attainment_linkage.core.population import Population, profile_named
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import GateFailedError
from attainment_linkage.domain.tables import SOURCES, Table
from attainment_linkage.steps import synthesise
from tests.campaign.tally import Tally

SEEDED = (
    tables.LINK_SPINE,
    tables.LINKAGE_WEIGHTS,
    tables.SCORED_PAIRS,
    tables.PUPIL_CHARACTERISTICS,
    tables.CENSUS_CHARACTERISTICS,
    tables.PUPIL_ATTAINMENT,
)
ROWS = 60
CANARY = "CANARY"
_OF_PATTERNS = {"academic_year": "2010/11", "lsoa": "E01000001", "ethnic_group": "01"}
_WHOLE = ("int", "bigint")


@dataclass
class Draft:
    """A sound table as plain rows, and the defects put into it."""

    table: Table
    rows: list[dict[str, object]]
    defects: dict[str, str] = field(default_factory=dict)

    @classmethod
    def sound(cls, table: Table) -> Draft:
        """Rows that meet every expectation of the table's gate."""
        suite = suites.suite_of(table.name)["expectations"]
        rows = [{one.name: _value(one, suite, n) for one in table.columns} for n in range(ROWS)]
        return cls(table, rows)

    @property
    def cells(self) -> list[tuple[object, ...]]:
        return [tuple(row[name] for name in self.table.names) for row in self.rows]


def _value(column: tables.Column, suite: list[dict[str, object]], number: int) -> object:
    """A sound value: as the expectations on the column have it, else as its type has it."""
    for one in suite:
        kwargs = one["kwargs"]
        if kwargs.get("column") == column.name:
            if "value_set" in kwargs:
                return kwargs["value_set"][0]
            if "regex" in kwargs:
                return _OF_PATTERNS.get(column.name, f"P{number}")
            if "min_value" in kwargs or "max_value" in kwargs:
                least, most = kwargs.get("min_value"), kwargs.get("max_value")
                middle = most if least is None else least if most is None else (least + most) / 2
                return int(middle) if column.type in _WHOLE else float(middle)
    kinds = {"int": number, "bigint": number, "double": 1.0 + number, "boolean": False}
    return kinds.get(column.type, f"{column.name} {number}" if column.type == "string" else None)


def seed(draft: Draft) -> None:
    """One defect for each critical expectation that a single row can break, in a row of its own."""
    place = 1
    for one in suites.suite_of(draft.table.name)["expectations"]:
        kind, kwargs = str(one["type"]), one["kwargs"]
        broken = _broken(draft, kind, kwargs, place) if one["severity"] == "critical" else 0
        if broken:
            name = kwargs.get("column") or ", ".join(kwargs["column_list"])
            draft.defects[f"{kind} ({name})"] = f": {broken} of "
            place += 2


def _broken(draft: Draft, kind: str, kwargs: dict[str, object], place: int) -> int:
    """Break an expectation; how many rows are wrong then, 0 where one row cannot break it."""
    row, other = draft.rows[place], draft.rows[place + 1]
    column = kwargs.get("column")
    types = {one.name: one.type for one in draft.table.columns}
    if kwargs.get("mostly", 1.0) != 1.0 or kwargs.get("row_condition"):
        return 0
    if kind.endswith("not_be_null"):
        row[column] = None
        return 1
    if kind.endswith("to_be_unique"):
        for name in kwargs.get("column_list") or [column]:
            row[name] = other[name]
        return 2
    if kind.endswith("be_in_set"):
        row[column] = CANARY if types[column] == "string" else 99
        return int(types[column] != "boolean")
    if kind.endswith("match_regex"):
        row[column] = CANARY
        return 1
    if kind.endswith("values_to_be_between"):
        edge = kwargs["max_value"] if kwargs.get("max_value") is not None else kwargs["min_value"]
        beyond = edge + 1 if kwargs.get("max_value") is not None else edge - 1
        row[column] = int(beyond) if types[column] in _WHOLE else float(beyond)
        return 1
    return 0


def attack_defects(spark: SparkSession, seeded_tables: Sequence[Table], tally: Tally) -> int:
    """Each table sound, then with all its defects; gives the number of defects."""
    seeded = 0
    for table in seeded_tables:
        draft = Draft.sound(table)
        said = _said(spark.createDataFrame(draft.cells, table.ddl), table)
        tally.judge(f"{table.name} as it should be", said, "")
        seed(draft)
        said = _said(spark.createDataFrame(draft.cells, table.ddl), table)
        seeded += len(draft.defects)
        for defect, count in draft.defects.items():
            tally.record(f"{table.name}: {defect}", f"{defect}{count}" in said, "not caught")
        failed = said.count("expect_") - len(draft.defects)
        tally.judge(f"{table.name}: expectations that spoke without a defect", failed, 0)
        tally.judge(f"{table.name}: values in what the gate said", CANARY in said, False)
    return seeded


def _said(frame: DataFrame, table: Table) -> str:
    """What the gate says of a table: nothing where it passes without a warning."""
    try:
        result = gates.audit(frame, table)
    except GateFailedError as failed:
        return str(failed)
    return json.dumps([one.said for one in result.warnings]) if result.warnings else ""


def attack_clean(spark: SparkSession, seeds: int, tally: Tally) -> None:
    """Deliveries of so many seeds, each at the gates of one table in turn."""
    gated = list(_halves())
    for number in range(seeds):
        source, table = gated[number % len(gated)]
        frame = synthesise.delivered(spark, source, population(1000 + number), 2)
        said = _said(frame.select(*table.names), table)
        tally.judge(f"seed {number} at {table.name}", said, "")


def _halves() -> Iterator[tuple[tables.Source, Table]]:
    for source in SOURCES:
        yield source, source.identity_table
        yield source, source.attribute_table


def population(number: int, records: int = 300) -> Population:
    """A small realistic population of a seed."""
    profiles = tomllib.loads((conf_folder() / "population.toml").read_text("utf-8"))
    return Population(number, profile_named(profiles, "realistic"), records, None)
