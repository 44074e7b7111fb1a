"""Publication of the research root: what its stages last finished, and never two makings mixed."""

from __future__ import annotations

from dataclasses import replace
from unittest import mock

import pytest

from attainment_linkage.adapters.audit_log import AuditLog
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.manifests import Manifest, TableRecord
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import MixedRunsError
from attainment_linkage.domain.road import BY_NAME, ROAD
from attainment_linkage.stages import makings, run
from attainment_linkage.stages.publication import (
    publish_research,
    publish_run,
    require_published,
)
from attainment_linkage.stages.runner import StageResult
from tests.campaign.plain_road import Quiet
from tests.conftest import config_for

RESEARCH = tables.RESEARCH


@pytest.fixture
def config(tmp_path):
    return config_for(tmp_path / "lake")


@pytest.fixture
def lake(config):
    return Lake.open(config.lake, [RESEARCH])


def finish(lake, name, key, **made_from):
    """A stage is finished in the research root: its manifest, then its head."""
    records = [
        TableRecord(one.name, f"{one.name}/{key}", 0, 1, key, "", 0.0, 0.0)
        for one in BY_NAME[name].writes
        if one.zone == RESEARCH
    ]
    manifest = Manifest(name, key, {"analysis.toml": "f1"} | made_from, tuple(records))
    lake.write_manifest(RESEARCH, manifest)
    lake.move_head(RESEARCH, name, key)


def seen(lake):
    current = lake.current(RESEARCH) or {"tables": {}}
    return {name: line["stage_key"] for name, line in current["tables"].items()}


def test_readers_never_see_answers_of_one_making_beside_pupils_of_another(lake):
    finish(lake, "pseudonymise", "p1", detach="d1")
    assert publish_research(lake) == {"pseudonymise": "p1"}
    assert seen(lake) == {"linked_pupils": "p1", "drawn_pupils": "p1"}

    finish(lake, "analyse", "a1", pseudonymise="p1")
    publish_research(lake)
    whole = lake.current(RESEARCH)
    assert seen(lake) == {"linked_pupils": "p1", "drawn_pupils": "p1", "analysis_cells": "a1"}

    finish(lake, "pseudonymise", "p2", detach="d2")
    assert lake.current(RESEARCH) == whole  # a kill here leaves the older publication whole
    publish_research(lake)
    assert seen(lake) == {"linked_pupils": "p2", "drawn_pupils": "p2"}

    finish(lake, "analyse", "a2", pseudonymise="p2")
    publish_research(lake)
    assert seen(lake) == {"linked_pupils": "p2", "drawn_pupils": "p2", "analysis_cells": "a2"}
    assert lake.current(RESEARCH)["run_id"] != whole["run_id"]
    assert set(lake.runs(RESEARCH)) >= {whole["run_id"], lake.current(RESEARCH)["run_id"]}


@pytest.mark.parametrize("is_skipped", [False, True])
def test_a_stage_of_research_publishes_its_root_when_run_alone(
    lake, config, monkeypatch, is_skipped
):
    def finished(stage, *_, **__):
        if not is_skipped:
            finish(lake, stage.name, "a1", pseudonymise="p1")
        makings.move_heads(stage, "a1", lake)
        return StageResult(stage.name, "a1", is_skipped, 0.0, 0.0, (), {}, {})

    finish(lake, "pseudonymise", "p1")
    if is_skipped:  # the start before was killed when its head had moved
        finish(lake, "analyse", "a1", pseudonymise="p1")
    monkeypatch.setattr(run, "run_stage", finished)

    run.run_one("analyse", config, spark=mock.MagicMock(), log=Quiet())

    assert seen(lake) == {"linked_pupils": "p1", "drawn_pupils": "p1", "analysis_cells": "a1"}
    entries = list(AuditLog.of(config).entries())
    assert [(one.what, one.about, one.outcome) for one in entries] == [
        ("publish", "research", "started"),
        ("publish", "research", "finished"),
    ]
    assert entries[-1].outputs == {"pseudonymise": "p1", "analyse": "a1"}


def test_the_pointers_of_a_run_move_in_the_order_of_the_roots_and_research_is_the_last():
    linkers = [stage for stage in ROAD if stage.is_linkers]
    results = [StageResult(one.name, "k1", True, 0.0, 0.0, (), {}, {}) for one in linkers]
    lake = mock.Mock(zones=(tables.ATTRIBUTES, tables.IDENTIFIERS, tables.LANDING))

    publish_run(linkers, results, lake, "r1")

    moved = [call.args[0] for call in lake.publish.call_args_list]
    assert moved == [tables.LANDING, tables.IDENTIFIERS, tables.ATTRIBUTES]
    assert (*moved, RESEARCH) == tables.ZONES
    assert not any(RESEARCH in stage.roots for stage in linkers)


def test_a_linkers_stage_run_alone_publishes_nothing(config, monkeypatch):
    result = StageResult("measure", "m1", False, 0.0, 0.0, (), {}, {})
    monkeypatch.setattr(run, "run_stage", lambda *_, **__: result)

    run.run_one("measure", config, spark=mock.MagicMock(), log=Quiet())

    lake = Lake.open(config.lake, BY_NAME["measure"].roots)
    assert [lake.current(zone) for zone in lake.zones] == [None] * len(lake.zones)


def test_no_answers_are_made_of_what_was_made_anew_and_not_published(config):
    stage = BY_NAME["measure"]
    lake = Lake.open(config.lake, stage.roots)
    research = replace(BY_NAME["pseudonymise"], reads=stage.writes)
    found = TableRecord("link_quality", "link_quality/m1", 0, 1, "m1", "", 0.0, 0.0)
    weights = replace(found, name="linkage_weights", path="linkage_weights/m1")
    made = Manifest("measure", "m1", {}, (found, weights))
    lake.write_manifest(tables.ATTRIBUTES, made)
    lake.move_head(tables.ATTRIBUTES, "measure", "m1")

    require_published(research, lake)  # nothing is published: stages are run one by one
    lines = [{"name": one.name, "path": one.path} for one in made.tables]
    lake.publish(tables.ATTRIBUTES, "run", lines)
    require_published(research, lake)
    lake.publish(tables.ATTRIBUTES, "older", [lines[0], lines[1] | {"path": "linkage_weights/m0"}])
    with pytest.raises(MixedRunsError, match="linkage_weights was made anew and is not published"):
        require_published(research, lake)
