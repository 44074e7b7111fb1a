"""Runner: a stage's tables are there whole, audited, or not at all; it stays in its roots."""

from __future__ import annotations

import pytest

from attainment_linkage.adapters import delta
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import (
    GateFailedError,
    MissingColumnsError,
    MissingTableError,
    StageFailedError,
    ZoneError,
)
from attainment_linkage.stages.runner import run_stage
from tests.small_road import ANSWERS, COPIES, COPY, DRAWN, PEOPLE, SPLIT, whole_lake

pytestmark = pytest.mark.usefixtures("road")


def test_a_stage_writes_audits_and_lets_the_next_stage_read(spark, config, bodies):
    found, _ = bodies
    first = run_stage(SPLIT, found["split"], config, spark)
    second = run_stage(COPY, found["copy"], config, spark)

    assert [record.rows for record in first.tables] == [2, 2]
    assert second.notes == {"rows copied": 2}
    assert second.gate_seconds == 0.5
    assert delta.read(spark, second.paths["copies"], COPIES).count() == 2


def test_a_manifest_of_a_root_lists_that_roots_tables_only(spark, config, bodies, real_gates):
    key = run_stage(SPLIT, bodies[0]["split"], config, spark).key

    lake = whole_lake(config)
    names = {
        zone: [record.name for record in lake.manifest(zone, "split", key).tables]
        for zone in (tables.IDENTIFIERS, tables.ATTRIBUTES)
    }
    assert names == {"identifiers": ["people"], "attributes": ["answers"]}
    assert lake.manifest(tables.LANDING, "split", key) is None
    gate = lake.manifest(tables.IDENTIFIERS, "split", key).table("people").gate
    assert gate[0]["element_count"] == 2


def test_a_stage_opens_only_the_roots_it_declares(spark, config, bodies):
    found, _ = bodies
    run_stage(SPLIT, found["split"], config, spark)

    def peek(stage_run):
        stage_run.lake.root(tables.ATTRIBUTES)

    with pytest.raises(ZoneError, match="the root attributes is not open to this job"):
        run_stage(COPY, peek, config, spark)


def test_a_stage_reads_and_writes_only_what_it_declares(spark, config, rows, bodies):
    run_stage(SPLIT, bodies[0]["split"], config, spark)

    with pytest.raises(ZoneError, match="copy: it may not read answers"):
        run_stage(COPY, lambda stage_run: stage_run.read(ANSWERS), config, spark)
    with pytest.raises(ZoneError, match="copy: it may not write people"):
        run_stage(
            COPY, lambda stage_run: stage_run.write(rows(PEOPLE, DRAWN), PEOPLE), config, spark
        )
    with pytest.raises(StageFailedError, match="copy: it did not write copies"):
        run_stage(COPY, lambda stage_run: None, config, spark)
    assert whole_lake(config).head(tables.IDENTIFIERS, "copy") is None


def test_an_input_that_was_not_made_names_the_stage_to_run(spark, config, bodies):
    with pytest.raises(MissingTableError, match=r"input people .* Run the stage split first"):
        run_stage(COPY, bodies[0]["copy"], config, spark)


def test_an_input_whose_manifest_is_broken_counts_as_not_made(spark, config, bodies):
    found, _ = bodies
    run_stage(SPLIT, found["split"], config, spark)
    (path,) = (config.lake.root(tables.IDENTIFIERS) / "_manifests").iterdir()
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(MissingTableError, match="Run the stage split first"):
        run_stage(COPY, found["copy"], config, spark)


def test_a_frame_of_another_schema_is_refused(spark, config, rows):
    def body(stage_run):
        stage_run.write(rows(PEOPLE, DRAWN).withColumnRenamed("id", "name"), PEOPLE)

    with pytest.raises(MissingColumnsError, match="people lacks id"):
        run_stage(SPLIT, body, config, spark)


def test_a_table_that_fails_its_gate_is_read_by_nobody(spark, config, rows, bodies, real_gates):
    def twice(stage_run):
        stage_run.write(rows(PEOPLE, "id\n1\n1"), PEOPLE)

    with pytest.raises(GateFailedError, match="gate people"):
        run_stage(SPLIT, twice, config, spark)
    assert whole_lake(config).head(tables.IDENTIFIERS, "split") is None
    with pytest.raises(MissingTableError, match="Run the stage split first"):
        run_stage(COPY, bodies[0]["copy"], config, spark)


@pytest.mark.parametrize("value", ["O'Neill", "", "a\nb", "x" * 61])
def test_a_note_is_a_number_or_a_short_plain_text(spark, config, value):
    with pytest.raises(StageFailedError, match="the note rate is not a number or a short"):
        run_stage(SPLIT, lambda stage_run: stage_run.note("rate", value), config, spark)
