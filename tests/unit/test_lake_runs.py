"""Lake: what a dead run left in it, room for Spark's own files, and roots of two runs."""

from __future__ import annotations

import shutil

import pytest

from attainment_linkage.adapters.config import lake_override, load
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import DiskFullError, MixedRunsError


@pytest.fixture
def lake(tmp_path):
    return Lake.open(load("local", lake_override(tmp_path / "lake")).lake, tables.ZONES)


def test_too_little_space_for_sparks_own_files_is_refused(tmp_path, monkeypatch):
    lake = Lake.open(load("local", lake_override(tmp_path)).lake, ["landing"])
    spill = tmp_path / "temporary"
    spill.mkdir()
    really = shutil.disk_usage

    def usage(place):
        return really(place)._replace(free=0) if place == spill else really(place)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    with pytest.raises(DiskFullError, match="temporary: 0 MiB are free"):
        lake.require_space()


def test_roots_of_two_runs_are_not_read_as_one(lake):
    assert lake.published_run() is None
    for zone in tables.ZONES:
        lake.publish(zone, "r1", [])
    assert lake.published_run() == "r1"

    lake.publish("landing", "r2", [])
    with pytest.raises(MixedRunsError, match="landing has r2, identifiers has r1"):
        lake.published_run()
    assert lake.only(["identifiers", "attributes"]).published_run() == "r1"


def test_what_a_dead_run_left_is_swept_when_the_lake_is_locked(lake):
    lake.publish("identifiers", "r1", [])
    root = lake.root("identifiers")
    left = [
        root / "_scratch" / "link-k1" / "records" / "part",
        root / "._CURRENT.json.1",
        root / "_runs" / ".r1.json.1",
        root / "_manifests" / ".link-k1.json.1",
    ]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("rows")
    with lake.locked():
        assert [path for path in left if path.exists()] == []
        assert lake.current("identifiers")["run_id"] == "r1"
