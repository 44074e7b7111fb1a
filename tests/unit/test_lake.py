"""Lake: only the roots a job opened; manifests, heads and pointers whole or not at all."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from attainment_linkage.adapters import documents, locks
from attainment_linkage.adapters.config import lake_override, load
from attainment_linkage.adapters.lake import CURRENT, Lake
from attainment_linkage.adapters.manifests import FileRecord, Manifest, TableRecord
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import (
    DiskFullError,
    LakeUnwritableError,
    RunLockedError,
    StoreUnsupportedError,
    ZoneError,
)

RECORD = TableRecord("links", "links/k1", 0, 2, "c0", "5c", 1.5, 0.5, ({"is_met": True},))
MANIFEST = Manifest(
    "link", "k1", {"standardise": "k0"}, (RECORD,), (FileRecord("raw", 1, 9, "aa"),), {"pairs": 3}
)


@pytest.fixture
def lake(tmp_path):
    settings = load("local", lake_override(tmp_path / "lake")).lake
    return Lake.open(settings, tables.ZONES)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# -------------------------------------------------------------------------------- roots
def test_every_root_and_what_is_written_in_it_is_private(lake):
    before = os.umask(0o000)
    try:
        lake.write_manifest("identifiers", MANIFEST)
        lake.move_head("identifiers", "link", "k1")
        lake.publish("identifiers", "r1", [])
    finally:
        os.umask(before)

    for zone in tables.ZONES:
        assert mode(lake.root(zone)) == 0o700
    inside = list(lake.root("identifiers").rglob("*"))
    assert {mode(path) for path in inside if path.is_file()} == {0o600}
    assert {mode(path) for path in inside if path.is_dir()} == {0o700}


def test_a_root_left_open_to_others_is_closed(tmp_path):
    settings = load("local", lake_override(tmp_path)).lake
    (tmp_path / "landing").mkdir(mode=0o755)

    assert mode(Lake.open(settings, ["landing"]).root("landing")) == 0o700


def test_a_root_that_was_not_opened_is_refused_and_not_made(tmp_path):
    settings = load("local", lake_override(tmp_path / "lake")).lake
    lake = Lake.open(settings, ["identifiers"])

    with pytest.raises(ZoneError, match="the root attributes is not open to this job"):
        lake.root("attributes")
    with pytest.raises(ZoneError, match="the root attributes is not open"):
        lake.table_path(tables.PUPIL_ATTAINMENT, "k1")
    with pytest.raises(ZoneError, match="the root landing is not open"):
        lake.only(["landing"])
    assert [path.name for path in (tmp_path / "lake").iterdir()] == ["identifiers"]


def test_a_narrowed_lake_has_only_the_roots_asked_for(lake):
    narrow = lake.only(["identifiers"])

    with pytest.raises(ZoneError, match="it has identifiers"):
        narrow.root("landing")


def test_a_zone_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(ZoneError, match="no root cellar"):
        Lake.open(load("local", lake_override(tmp_path)).lake, ["cellar"])


@pytest.mark.parametrize("place", ["s3a://bucket/lake", "abfss://x@y/z", "hdfs://h/lake", "gs://b"])
def test_an_object_store_is_refused_by_name(place):
    settings = load("local", {"lake": {"directory": place}}).lake

    with pytest.raises(StoreUnsupportedError, match=f"lake: {place.split(':')[0]}: is not"):
        Lake.open(settings, ["landing"])


def test_one_root_on_an_object_store_is_refused():
    settings = load("local", {"lake": {"research": "s3://bucket/research"}}).lake

    with pytest.raises(StoreUnsupportedError, match="lake: s3: is not"):
        Lake.open(settings, ["landing"])


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    settings = load("local", lake_override(tmp_path / "file")).lake

    with pytest.raises(LakeUnwritableError, match="file/landing cannot be written: Not a dir"):
        Lake.open(settings, ["landing"])


def test_a_place_without_the_right_to_write_is_named(tmp_path, monkeypatch):
    def refuse(self, *args, **kwargs):
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(LakeUnwritableError, match="cannot be written: Permission denied"):
        Lake.open(load("local", lake_override(tmp_path / "lake")).lake, ["landing"])


# -------------------------------------------------------------------------------- space
def test_too_little_free_space_is_refused_before_anything_is_written(tmp_path):
    enough = load("local", lake_override(tmp_path)).lake.minimum_free_mib
    given = {"lake": {"directory": str(tmp_path), "minimum_free_mib": 10**12}}

    assert enough > 0
    with pytest.raises(DiskFullError, match=r"lake\.minimum_free_mib is 10{12}"):
        Lake.open(load("local", given).lake, ["landing"])


def test_no_space_for_a_manifest_is_named_and_leaves_none(lake, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFullError, match="no space is left"):
        lake.write_manifest("identifiers", MANIFEST)
    assert lake.manifest("identifiers", "link", "k1") is None
    assert list((lake.root("identifiers") / "_manifests").iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system needs root")
def test_a_file_system_that_is_full_keeps_the_old_pointer(tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let a tmpfs be mounted")
    try:
        given = {"lake": {"directory": str(small), "minimum_free_mib": 0}}
        lake = Lake.open(load("local", given).lake, ["research"])
        lake.publish("research", "first", [])
        (small / "filler").write_bytes(b"x" * (shutil.disk_usage(small).free))

        with pytest.raises(DiskFullError, match=r"second.json: no space is left"):
            lake.publish("research", "second", [{"name": "links", "stage_key": "k"}] * 1)
        assert lake.current("research") == {"run_id": "first", "tables": {}}
    finally:
        subprocess.run(["umount", "--lazy", str(small)], check=True)


# ---------------------------------------------------------------------------- manifests
def test_a_manifest_is_read_back_as_it_was_written(lake):
    lake.write_manifest("identifiers", MANIFEST)

    assert lake.manifest("identifiers", "link", "k1") == MANIFEST


def test_a_manifest_cut_short_anywhere_counts_as_absent_and_is_named(lake, caplog):
    lake.write_manifest("identifiers", MANIFEST)
    (path,) = (lake.root("identifiers") / "_manifests").iterdir()
    whole = path.read_bytes()

    with caplog.at_level(logging.CRITICAL):
        for length in range(len(whole) - 1):
            path.write_bytes(whole[:length])
            assert lake.manifest("identifiers", "link", "k1") is None, length
    with caplog.at_level(logging.WARNING):
        lake.manifest("identifiers", "link", "k1")
    assert "link-k1.json is not whole; it counts as absent" in caplog.text


def test_a_manifest_with_any_letter_changed_counts_as_absent(lake):
    lake.write_manifest("identifiers", MANIFEST)
    (path,) = (lake.root("identifiers") / "_manifests").iterdir()
    whole = path.read_bytes()

    for place in range(0, len(whole), 3):
        spoiled = bytearray(whole)
        spoiled[place] ^= 0x15
        path.write_bytes(bytes(spoiled))
        assert lake.manifest("identifiers", "link", "k1") is None, place


def test_a_manifest_of_another_stage_under_this_name_counts_as_absent(lake):
    path = lake.root("identifiers") / "_manifests" / "link-k1.json"
    documents.create(path, Manifest("measure", "k1", {}).as_json())

    assert lake.manifest("identifiers", "link", "k1") is None


def test_a_whole_manifest_is_never_replaced_and_a_broken_one_is(lake):
    lake.write_manifest("identifiers", MANIFEST)
    lake.write_manifest("identifiers", Manifest("link", "k1", {"other": "k9"}))
    assert lake.manifest("identifiers", "link", "k1") == MANIFEST

    (path,) = (lake.root("identifiers") / "_manifests").iterdir()
    path.write_bytes(path.read_bytes()[:40])
    lake.write_manifest("identifiers", MANIFEST)
    assert lake.manifest("identifiers", "link", "k1") == MANIFEST


def test_a_document_is_put_in_place_only_when_it_is_whole(lake, monkeypatch):
    lake.publish("research", "first", [])

    def killed(handle):
        raise KeyboardInterrupt("killed")

    monkeypatch.setattr(os, "fsync", killed)
    with pytest.raises(KeyboardInterrupt, match="killed"):
        lake.publish("research", "second", [])
    assert lake.current("research") == {"run_id": "first", "tables": {}}


# -------------------------------------------------------------------- heads and pointers
def test_a_head_names_the_latest_making_in_its_own_root_only(lake):
    lake.move_head("identifiers", "standardise", "k1")
    lake.move_head("identifiers", "standardise", "k2")

    assert lake.head("identifiers", "standardise") == "k2"
    assert lake.head("attributes", "standardise") is None


def test_what_is_published_names_run_stage_key_version_and_path(lake):
    line = {"name": "links", "path": "links/k1", "version": 0, "stage_key": "k1"}

    lake.publish("identifiers", "r1", [line])

    assert lake.current("identifiers") == {"run_id": "r1", "tables": {"links": line}}
    assert (lake.root("identifiers") / CURRENT).is_file()


def test_a_making_taken_back_is_no_longer_published_read_or_done(lake):
    lake.write_manifest("identifiers", MANIFEST)
    lake.move_head("identifiers", "link", "k1")
    lake.publish("identifiers", "r1", [{"name": "links", "stage_key": "k1"}])

    lake.retract("identifiers", "link", "k1")

    assert lake.current("identifiers") is None
    assert lake.head("identifiers", "link") is None
    assert lake.manifest("identifiers", "link", "k1") is None


def test_taking_back_one_making_leaves_another_published_and_read(lake):
    lake.move_head("identifiers", "link", "k2")
    lake.publish("identifiers", "r1", [{"name": "links", "stage_key": "k2"}])

    lake.retract("identifiers", "link", "k1")

    assert lake.head("identifiers", "link") == "k2"
    assert lake.current("identifiers")["run_id"] == "r1"


def test_a_run_whose_lock_was_broken_publishes_nothing(lake):
    with lake.locked() as mine:
        (lake.root("research") / locks.LOCK).unlink()

        for publish in (
            lambda: mine.publish("research", "r1", []),
            lambda: mine.move_head("research", "link", "k1"),
            lambda: mine.write_manifest("research", MANIFEST),
        ):
            with pytest.raises(RunLockedError, match="the lock of this run was broken"):
                publish()
    assert lake.current("research") is None
