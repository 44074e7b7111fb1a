"""Purge: of a destroyed run no byte of a person is left; what others read or hold stays."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from attainment_linkage.adapters import documents, review_files
from attainment_linkage.adapters.audit_log import AuditLog
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.manifests import Manifest, TableRecord
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.cli import app
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import MixedRunsError, PurgeRefusedError, RunLockedError
from attainment_linkage.stages.purge import purge_run

CANARY = b"CANARYNAME"
MADE = {
    "ingest": (tables.CENSUS_SOURCE.quarantine_table, tables.CENSUS_SOURCE.identity_table),
    "standardise": (tables.CENSUS_PEOPLE, tables.CENSUS_CHARACTERISTICS),
    "link": review_files.REVIEWED,
}
OLDER = {"ingest": "k0", "standardise": "k1", "link": "k2"}
NEWER = {"ingest": "k0", "standardise": "k8", "link": "k9"}
"""Stage keys of two runs, which share the making of ingest."""


def published(lake, run_id, keys):
    """Make a run by hand: for each table a folder, its manifest and head, then the pointer."""
    for zone in tables.ZONES:
        lines = []
        for stage, key in keys.items():
            records = [
                TableRecord(table.name, f"{table.name}/{key}", 0, 1, key, "", 0, 0)
                for table in MADE[stage]
                if table.zone == zone
            ]
            for record in records:
                folder = lake.root(zone) / record.path / "_delta_log"
                folder.mkdir(parents=True, exist_ok=True)
                (folder.parent / "part").write_bytes(CANARY if zone != "attributes" else b"1")
                lines.append({"name": record.name, "path": record.path, "stage_key": key})
            if records:
                lake.write_manifest(zone, Manifest(stage, key, {}, tuple(records)))
                lake.move_head(zone, stage, key)
        lake.publish(zone, run_id, lines)


@pytest.fixture
def lake(config):
    lake = Lake.open(config.lake, tables.ZONES)
    published(lake, "older", OLDER)
    published(lake, "newer", NEWER)
    return lake


def folders_of(lake):
    """Every making that lies in the lake, as zone/table/key."""
    return {
        f"{zone}/{path.parent.relative_to(lake.root(zone))}"
        for zone in tables.ZONES
        for path in lake.root(zone).glob("*/*/part")
    }


def purged(run_id, config, *, is_published_too=False):
    purge_run(run_id, config, RunLog(), is_published_too=is_published_too, break_lock=False)


def test_a_run_s_own_tables_of_people_are_destroyed_and_the_shared_ones_kept(lake, config, capsys):
    before, current = folders_of(lake), lake.current("identifiers")
    purged("older", config)

    gone = {"census_people/k1", *(f"{table.name}/k2" for table in review_files.REVIEWED)}
    assert before - folders_of(lake) == {f"identifiers/{name}" for name in gone}
    assert lake.current("identifiers") == current
    assert lake.head("identifiers", "link") == "k9"
    assert lake.manifest("identifiers", "link", "k2") is None
    assert lake.manifest("identifiers", "link", "k9") is not None
    assert lake.runs("identifiers") == ["newer"]
    said = capsys.readouterr().out
    assert "tables destroyed: 4" in said
    assert "kept, as the published run reads it too: census_identity/k0" in said
    *_, last = AuditLog.of(config).entries()
    assert (last.what, last.about, last.outcome) == ("purge", "older", "finished")
    assert last.outputs == dict.fromkeys(gone, "destroyed")


def test_the_published_run_is_destroyed_where_that_is_said_and_then_no_byte_is_left(lake, config):
    left = ("_scratch/link-k1/records/part", "_faults/log", "links/unfinished/part")
    for place in (lake.root("identifiers") / path for path in left):
        place.parent.mkdir(parents=True)
        place.write_bytes(CANARY)
    words = ["purge", "newer", "--lake", config.lake.directory]
    refused = CliRunner().invoke(app, words)
    assert (refused.exit_code, refused.stderr.split(":")[0]) == (38, "PURGE_REFUSED")
    assert len(folders_of(lake)) == 13

    purged("older", config)
    assert CliRunner().invoke(app, [*words, "--published"]).exit_code == 0

    files = [path for path in lake.root("identifiers").parent.rglob("*") if path.is_file()]
    assert [path for path in files if CANARY in path.read_bytes()] == []
    assert folders_of(lake) == {f"attributes/census_characteristics/{key}" for key in ("k1", "k8")}
    for zone in ("landing", "identifiers"):
        assert (lake.current(zone), lake.runs(zone)) == (None, [])
        assert {lake.head(zone, stage) for stage in MADE} == {None}
    assert lake.current("attributes")["run_id"] == "newer"


def test_batches_for_review_go_with_the_last_links_they_were_drawn_of(lake, config):
    root = lake.root("identifiers")
    runs = {
        key: review_files.reviewed_run(lake.manifest("identifiers", "link", key))
        for key in ("k2", "k9")
    }
    for key, run in {**runs, "broken": "x"}.items():
        documents.create(root / "review" / key / "sample.json", {"run": run, "left": "SMITH"})
        (root / "review" / key / "decisions-A.csv").write_text("batch,pair,reviewer,decision\n")
    (root / "review" / "broken" / "sample.json").write_text("SMITH")
    documents.create(root / "review" / "evidence.json", {"counts": {}})
    documents.create(root / "review" / "returned.json", {"run": runs["k9"], "pairs": ["a1"]})
    purged("older", config)

    assert {path.name for path in (root / "review").iterdir()} == {
        "k9", "evidence.json", "returned.json",
    }  # fmt: skip
    *_, last = AuditLog.of(config).entries()
    assert last.outputs.keys() >= {"review/k2", "review/broken"}
    purged("newer", config, is_published_too=True)
    assert [path.name for path in (root / "review").iterdir()] == ["evidence.json"]


def test_a_run_at_work_and_a_run_that_is_not_there_stop_it(lake, config):
    before = folders_of(lake)
    with lake.locked(), pytest.raises(RunLockedError, match="another run holds it"):
        purged("older", config, is_published_too=True)
    for unknown in ("none", "../_runs/older", ""):
        with pytest.raises(PurgeRefusedError, match=rf"no run {unknown}\. It has newer, older"):
            purged(unknown, config, is_published_too=True)
    assert folders_of(lake) == before


def test_no_run_is_destroyed_while_two_are_half_published(config, lake):
    lake.publish("landing", "older", [])

    with pytest.raises(MixedRunsError, match="landing has older, identifiers has newer"):
        purge_run("older", config, RunLog(), is_published_too=False, break_lock=False)
    assert f"identifiers/links/{NEWER['link']}" in folders_of(lake)


def test_a_damaged_manifest_of_the_published_run_stops_it(lake, config):
    manifest = lake.root("identifiers") / "_manifests" / "standardise-k8.json"
    manifest.write_bytes(manifest.read_bytes().replace(b"standardise", b"standardisf", 1))
    before = folders_of(lake)

    with pytest.raises(PurgeRefusedError, match="no whole manifest knows census_people/k8"):
        purged("older", config)
    assert folders_of(lake) == before


def test_what_the_pointer_names_is_kept_though_the_record_of_its_run_is_damaged(lake, config):
    (lake.root("identifiers") / "_runs" / "newer.json").write_text("{")
    purged("older", config)

    assert "identifiers/census_people/k8" in folders_of(lake)
    assert lake.current("identifiers")["run_id"] == "newer"
