"""Run: the road under its locks, published at its end in every root, or not at all."""

from __future__ import annotations

import pytest
from rich.console import Console

from attainment_linkage.adapters import delta
from attainment_linkage.adapters.audit_log import AuditLog
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.locks import LOCK
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import (
    GateFailedError,
    InputMissingError,
    RunLockedError,
    StageFailedError,
)
from attainment_linkage.domain.road import LINK
from attainment_linkage.stages import run
from attainment_linkage.stages.runner import run_stage
from tests.small_road import ANSWERS, COPIES, DRAWN, PEOPLE, SPLIT, whole_lake, with_link

pytestmark = pytest.mark.usefixtures("road")


def test_a_run_publishes_every_root_at_its_end(spark, config, bodies):
    summary = run.run_road(config, spark=spark)

    lake = whole_lake(config)
    published = {zone: lake.current(zone) for zone in tables.ZONES}
    assert published["identifiers"]["run_id"] == summary.run_id
    assert published["attributes"]["run_id"] == summary.run_id
    assert set(published["identifiers"]["tables"]) == {"people", "copies"}
    assert set(published["attributes"]["tables"]) == {"answers"}
    line = published["attributes"]["tables"]["answers"]
    assert (line["stage_key"], line["version"]) == (summary.stages[0].key, 0)
    assert config.lake.root("attributes") / line["path"] == summary.paths["answers"]
    assert summary.gate_seconds == 1.5
    tracker = spark.sparkContext.statusTracker()
    assert all(tracker.getJobIdsForGroup(stage) for stage in ("split", "copy"))


def test_a_second_run_skips_every_stage_and_says_so(spark, config, bodies, capsys):
    first = run.run_road(config, spark=spark)
    capsys.readouterr()
    again = run.run_road(config, spark=spark)

    outcomes = [(one.what, one.outcome) for one in AuditLog.of(config).entries()]
    assert [one for one in outcomes if one[1] != "started"] == [
        ("split", "finished"),
        ("copy", "finished"),
        ("publish", "finished"),
        ("split", "skipped"),
        ("copy", "skipped"),
        ("publish", "finished"),
    ]
    assert [stage.is_skipped for stage in again.stages] == [True, True]
    assert again.run_id == first.run_id
    assert capsys.readouterr().out.count("unchanged") == 2


def test_a_run_that_stops_leaves_the_published_one(spark, config, bodies, rows, real_gates):
    found, _ = bodies
    first = run.run_road(config, spark=spark)
    found["copy"] = lambda stage_run: stage_run.write(rows(COPIES, "id\n1\n1"), COPIES)

    with pytest.raises(GateFailedError, match="gate copies"):
        run.run_road(with_link(config, accept_bits=9.0), spark=spark)
    lake = whole_lake(config)
    *_, copied, _, failed = AuditLog.of(config).entries()
    record = lake.manifest("identifiers", "copy", first.stages[1].key).table("copies")
    assert (copied.what, failed.what, failed.outcome) == ("split", "copy", "GATE_FAILED")
    assert failed.inputs["people"] == copied.outputs["people"]
    assert failed.outputs == {}
    assert record.content_hash in AuditLog.of(config).path.read_text()
    assert lake.current("identifiers")["run_id"] == first.run_id
    line = lake.current("identifiers")["tables"]["people"]
    assert delta.read(spark, lake.root("identifiers") / line["path"], PEOPLE).count() == 2


def test_one_stage_alone_publishes_nothing(spark, config, bodies):
    run.run_one("split", config, spark=spark)

    assert whole_lake(config).current("identifiers") is None


def test_a_second_run_of_the_same_lake_is_refused_before_spark_is_asked_for(config, bodies):
    with whole_lake(config).locked(), pytest.raises(RunLockedError, match="another run holds it"):
        run.run_road(config)
    assert not (config.lake.root("identifiers") / LOCK).exists()


def test_a_delivery_that_cannot_be_used_is_refused_on_the_record_before_spark_is_asked_for(
    config, monkeypatch
):
    monkeypatch.undo()  # the road as it is, not as drawn
    monkeypatch.setattr(run, "open_session", None)

    with pytest.raises(InputMissingError, match="census"):
        run.run_one("ingest", config)
    outcomes = [one.outcome for one in AuditLog.of(config).entries() if one]
    assert outcomes == ["started", "INPUT_MISSING"]


def test_stages_that_need_other_roots_do_not_wait_for_each_other(spark, config, bodies):
    with Lake.open(config.lake, [tables.LANDING, tables.RESEARCH]).locked():
        assert not run.run_one("split", config, spark=spark).is_skipped


def test_a_stage_of_the_road_is_found_by_its_name():
    assert callable(run.body_of(LINK))


def test_the_log_of_a_run_holds_names_and_counts_only(spark, config, bodies, rows):
    def canary(stage_run):
        stage_run.write(rows(PEOPLE, "id\nCANARY"), PEOPLE)
        stage_run.write(rows(ANSWERS, DRAWN), ANSWERS)

    console = Console(record=True, width=200, force_terminal=True)
    run_stage(SPLIT, canary, config, spark, log=RunLog(console))

    said = console.export_text()
    assert "people" in said
    assert "1 rows" in said
    assert "CANARY" not in said
    for path in (config.lake.root(tables.IDENTIFIERS) / "_manifests").iterdir():
        assert "CANARY" not in path.read_text()


def test_a_report_that_fails_does_not_hide_that_the_run_is_published(config):
    def fail(spark, config, summary, log):
        raise KeyError("SECRET")

    summary = run.RunSummary("r1", (), 1.0)
    with pytest.raises(StageFailedError, match=r"^run r1 is published, and its report") as told:
        run._at_end(fail, None, config, summary, RunLog())
    assert "SECRET" not in str(told.value)
