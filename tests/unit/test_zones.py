"""Zones: every stage, table and column where it must not be is refused, each combination tried."""

from __future__ import annotations

import itertools

import pytest

from attainment_linkage.adapters import delta
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.lake_settings import CLOSED
from attainment_linkage.domain import allow_list, tables
from attainment_linkage.domain.errors import ZoneError
from attainment_linkage.domain.road import PROVISION, ROAD, SYNTHESISE, Stage
from attainment_linkage.domain.tables import (
    ATTRIBUTES,
    IDENTIFIERS,
    LANDING,
    RESEARCH,
    ZONES,
    Column,
    Table,
)
from attainment_linkage.stages.diff import DIFF
from attainment_linkage.stages.pair_in_run import WHY
from attainment_linkage.stages.review.codes import CODES
from attainment_linkage.stages.review.under_review import REVIEW
from attainment_linkage.stages.runner import StageRun, run_stage

MAY_OPEN = {
    "synthesise": {LANDING},
    "ingest": {LANDING, IDENTIFIERS, ATTRIBUTES},
    "standardise": {IDENTIFIERS, ATTRIBUTES},
    "deduplicate": {IDENTIFIERS},
    "link": {IDENTIFIERS},
    "detach": {IDENTIFIERS, ATTRIBUTES},
    "measure": {ATTRIBUTES},
    "pseudonymise": {ATTRIBUTES, RESEARCH},
    "review": {IDENTIFIERS},
    "review codes": {ATTRIBUTES},
    "why": {IDENTIFIERS},
    "diff": {ATTRIBUTES},
}
"""Separation of functions, as it was agreed; any stage that is not here: research only."""

EVERY = (*ROAD, PROVISION, REVIEW, CODES, WHY, DIFF)
STAGES = pytest.mark.parametrize("stage", EVERY, ids=lambda stage: stage.name)
DECLARED = sorted(allow_list.declared().values(), key=lambda table: table.name)
ON_THE_ROAD = {table.name: table for stage in ROAD for table in (*stage.reads, *stage.writes)}
PERSONAL = {
    column.name: column for table in DECLARED for column in table.columns if column.is_personal
}


def run_of(stage, config):
    """What the body of a stage is given, before any session."""
    lake = Lake.open(config.lake, stage.roots)
    return StageRun(stage, config.only(stage.roots), None, lake, "k1", RunLog())


# ----------------------------------------------------------------------- stage x root
@STAGES
def test_a_stage_opens_no_more_roots_than_its_function_needs(stage):
    assert set(stage.roots) <= MAY_OPEN.get(stage.name, {RESEARCH})


@STAGES
@pytest.mark.parametrize("zone", ZONES)
def test_a_job_is_given_the_paths_of_its_roots_and_of_no_other(stage, zone, config):
    run = run_of(stage, config)
    places = [run.lake.root, run.lake.settings.root, run.config.lake.root]
    if zone in stage.roots:
        assert {place(zone) for place in places} == {config.lake.root(zone)}
        return
    narrow = [run.lake.only, run.config.only, lambda zones: Lake.open(run.config.lake, zones)]
    for place in places:
        with pytest.raises(ZoneError, match=f"the root {zone} is not open to this job"):
            place(zone)
    for widened in narrow:
        with pytest.raises(ZoneError, match=f"the root {zone} is not open to this job"):
            widened([*stage.roots, zone])
    assert str(config.lake.root(zone)) not in repr((run.lake, run.config))
    assert not config.lake.root(zone).exists()


@pytest.mark.parametrize(
    ("stage", "zone"),
    [(stage, zone) for stage in EVERY for zone in stage.roots],
    ids=lambda given: getattr(given, "name", given),
)
def test_a_job_that_is_not_given_a_root_of_its_stage_stops_before_it_starts(stage, zone, config):
    rest = config.only(other for other in ZONES if other != zone)

    with pytest.raises(ZoneError, match=f"the root {zone} is not open to this job"):
        run_stage(stage, lambda run: None, rest, None)


@pytest.mark.parametrize("zone", [IDENTIFIERS, ATTRIBUTES, RESEARCH])
def test_in_a_run_with_every_root_a_stage_is_given_its_own_only(zone, config):
    looks = [lambda run: run.lake.root(zone), lambda run: run.config.lake.root(zone)]
    for look in looks:
        with pytest.raises(ZoneError, match=f"the root {zone} is not open to this job"):
            run_stage(SYNTHESISE, look, config, None, lake=Lake.open(config.lake, ZONES))


def test_a_root_is_closed_by_the_word_in_the_configuration(config):
    assert config.only([RESEARCH]).lake.identifiers == CLOSED
    assert config.only([RESEARCH]).lake.zones == (RESEARCH,)
    assert config.only([]).lake.fault_root is None
    assert config.only([ATTRIBUTES, RESEARCH]).lake.fault_root == config.lake.root(ATTRIBUTES)


@pytest.mark.parametrize("zone", [LANDING, IDENTIFIERS])
def test_no_stage_can_be_declared_that_holds_research_beside_people(zone):
    people, linked = (Table(name, "", where, ()) for name, where in (("p", zone), ("r", RESEARCH)))
    for reads, writes in [((people,), (linked,)), ((linked,), (people,))]:
        with pytest.raises(ZoneError, match=f"research may not open {zone}"):
            Stage("shortcut", "", reads, writes, ())


# ---------------------------------------------------------------------- stage x table
@STAGES
@pytest.mark.parametrize("table", ON_THE_ROAD.values(), ids=lambda table: table.name)
def test_a_stage_reads_and_writes_the_tables_it_declares_only(stage, table, config):
    run = run_of(stage, config)
    if table not in stage.reads:
        with pytest.raises(ZoneError, match=f"{stage.name}: it may not read {table.name}"):
            run.read(table)
    if table not in stage.writes:
        with pytest.raises(ZoneError, match=f"{stage.name}: it may not write {table.name}"):
            run.write(None, table)


def test_after_the_links_only_detach_reads_a_table_with_personal_columns():
    names = [stage.name for stage in ROAD]
    later = ROAD[names.index("link") + 1 :]

    assert {
        (stage.name, table.name)
        for stage in later
        for table in stage.reads
        if table.has_personal_columns
    } == {("detach", "attainment_people")}


# ------------------------------------------------------------------------ table x root
@pytest.mark.parametrize("table", DECLARED, ids=lambda table: table.name)
def test_a_declared_table_lies_in_its_root_and_in_no_other(table):
    delta.require_zone(table)
    for zone in set(ZONES) - {table.zone}:
        with pytest.raises(ZoneError, match=f"delta: {table.name} "):
            delta.require_zone(Table(table.name, "", zone, table.columns, table.key))


@pytest.mark.parametrize("table", DECLARED, ids=lambda table: table.name)
def test_a_declared_table_may_have_no_column_more_less_or_other(table):
    more = (*table.columns, Column("extra", ""))
    other = (Column(table.columns[0].name, "", "binary"), *table.columns[1:])
    for columns in (more, table.columns[1:], other):
        with pytest.raises(ZoneError, match="is not on the allow-list of the root"):
            delta.require_zone(Table(table.name, "", table.zone, columns, table.key))


def test_a_table_nobody_declared_is_refused_in_every_root():
    for zone in ZONES:
        with pytest.raises(ZoneError, match=f"on the allow-list of the root {zone}"):
            delta.require_zone(Table("mine", "", zone, (Column("id", ""),)))


# ------------------------------------------------------------------- column x root
@pytest.mark.parametrize("zone", [ATTRIBUTES, RESEARCH])
@pytest.mark.parametrize(
    "table", [table for table in DECLARED if table.zone in (ATTRIBUTES, RESEARCH)],
    ids=lambda table: table.name,
)  # fmt: skip
def test_no_personal_column_goes_into_attributes_or_research(zone, table):
    marked = [column for name, column in PERSONAL.items() if name not in table.names]
    by_name = [Column(name, "") for name in allow_list.PERSONAL_NAMES]
    for column in itertools.chain(marked, by_name):
        leaky = Table(table.name, "", zone, (*table.columns, column), table.key)
        with pytest.raises(ZoneError, match=rf"would carry .*\b{column.name}\b.* into the root"):
            delta.require_zone(leaky)


@pytest.mark.parametrize("name", sorted(allow_list.SOURCE_IDS))
def test_no_id_of_a_source_goes_into_research(name, drawn_tables):
    given = Table("given", "", RESEARCH, (Column("person_id", ""), Column(name, "")))

    with pytest.raises(ZoneError, match=f"given would carry {name} into the root research"):
        delta.require_zone(given)


def test_names_dates_postcodes_and_pupil_numbers_are_among_the_personal_names():
    known = {"forename", "surname", "former_surname", "date_of_birth", "birth_date", "postcode"}
    known |= {"upn", "street", "house_number", "postcodes", "name_sorted", "record", "phone"}

    assert known <= allow_list.PERSONAL_NAMES
    assert tables.LINKED_PUPILS.zone == RESEARCH
    assert not allow_list.PERSONAL_NAMES & set(tables.LINK_SPINE.names)
