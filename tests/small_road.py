"""A small road for the tests of the runner: two stages, three tables, drawn rows.

``road`` puts it in the place of the project's; its gates pass at once unless a test asks
for ``real_gates`` (gates have tests of their own). ``bodies`` are what its stages do.
"""

from __future__ import annotations

import dataclasses
import json

import pytest

from attainment_linkage.adapters import gates, suites
from attainment_linkage.adapters.gate_results import GateResult
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.domain import allow_list, tables
from attainment_linkage.domain.road import Stage
from attainment_linkage.domain.tables import Column, Table
from attainment_linkage.stages import inputs, run

PEOPLE = Table("people", "", tables.IDENTIFIERS, (Column("id", "id"),), ("id",))
ANSWERS = Table("answers", "", tables.ATTRIBUTES, (Column("id", "id"),), ("id",))
COPIES = Table("copies", "", tables.IDENTIFIERS, (Column("id", "id"),), ("id",))
SPLIT = Stage("split", "parts people and answers", (), (PEOPLE, ANSWERS), (), ("link",))
COPY = Stage("copy", "copies people", (PEOPLE,), (COPIES,), ())
DRAWN = "id\n1\n2"


@pytest.fixture
def drawn_tables(monkeypatch):
    """Tables that a test draws pass for declared ones (the allow-list: test_zones.py)."""
    monkeypatch.setattr(allow_list, "is_declared", lambda table: True)


@pytest.fixture
def road(request, tmp_path, monkeypatch, drawn_tables):
    """A road of two small stages; its gates really run where a test asks for ``real_gates``."""
    for table in (PEOPLE, ANSWERS, COPIES):
        unique = {
            "type": "expect_column_values_to_be_unique",
            "kwargs": {"column": "id"},
            "severity": "critical",
            "meta": {"reason": "an id"},
        }
        suite = {"name": table.name, "expectations": [unique]}
        (tmp_path / f"{table.name}.json").write_text(json.dumps(suite))
    monkeypatch.setattr(suites, "expectations_folder", lambda: tmp_path)
    monkeypatch.setattr(
        "attainment_linkage.adapters.fingerprint.expectations_folder", lambda: tmp_path
    )
    if "real_gates" not in request.fixturenames:
        monkeypatch.setattr(gates, "audit", lambda frame, table: GateResult(table.name, (), 0.5))
    monkeypatch.setattr(inputs, "ROAD", (SPLIT, COPY))
    monkeypatch.setattr(run, "ROAD", (SPLIT, COPY))
    monkeypatch.setattr(run, "BY_NAME", {"split": SPLIT, "copy": COPY})


@pytest.fixture
def real_gates():
    """Run Great Expectations; without it a gate passes at once (gates: test_gates.py)."""


@pytest.fixture
def bodies(road, rows, monkeypatch):
    """What the two stages do; ``made`` lists which of them were at work."""
    made = []

    def split(stage_run):
        made.append("split")
        stage_run.write(rows(PEOPLE, DRAWN), PEOPLE)
        stage_run.write(rows(ANSWERS, DRAWN), ANSWERS)

    def copy(stage_run):
        made.append("copy")
        stage_run.write(stage_run.read(PEOPLE), COPIES)
        stage_run.note("rows copied", 2)

    found = {"split": split, "copy": copy}
    monkeypatch.setattr(run, "body_of", lambda stage: found[stage.name])
    return found, made


def whole_lake(config):
    return Lake.open(config.lake, tables.ZONES)


def with_link(config, **values):
    return dataclasses.replace(config, link=dataclasses.replace(config.link, **values))
