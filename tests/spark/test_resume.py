"""Resume: a finished stage is skipped while it is whole; an unfinished one is taken up."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import os
import shutil
from unittest import mock

import pytest

from attainment_linkage.adapters import delta, durable
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import (
    InputMissingError,
    InputUnreadableError,
    LakeUnwritableError,
    MixedRunsError,
    ModelRefusedError,
    StageFailedError,
)
from attainment_linkage.domain.road import INGEST, LINK, Stage
from attainment_linkage.domain.tables import Column, Table
from attainment_linkage.stages import inputs, stage_key
from attainment_linkage.stages.runner import run_stage
from tests.small_road import ANSWERS, COPIES, COPY, PEOPLE, SPLIT, whole_lake, with_link

THIRD = Table("third", "", tables.IDENTIFIERS, (Column("id", "id"),), ("id",))

pytestmark = pytest.mark.usefixtures("road")


def test_a_stage_is_skipped_on_the_same_key_and_made_again_on_another(spark, config, bodies):
    found, made = bodies
    first = run_stage(SPLIT, found["split"], config, spark)
    again = run_stage(SPLIT, found["split"], config, spark)
    other = run_stage(SPLIT, found["split"], with_link(config, accept_bits=9.0), spark)
    back = run_stage(SPLIT, found["split"], config, spark)

    assert [one.is_skipped for one in (first, again, other, back)] == [False, True, False, True]
    assert (again.key, again.tables) == (first.key, first.tables)
    assert other.key != first.key
    assert made == ["split", "split"]
    assert whole_lake(config).head(tables.IDENTIFIERS, "split") == first.key


def test_a_setting_of_another_section_changes_no_key(spark, config, bodies):
    found, _ = bodies
    first = run_stage(SPLIT, found["split"], config, spark)
    other = dataclasses.replace(config, synthesise=dataclasses.replace(config.synthesise, seed=1))

    assert run_stage(SPLIT, found["split"], other, spark).key == first.key


def test_force_makes_a_finished_stage_again(spark, config, bodies):
    found, made = bodies
    run_stage(SPLIT, found["split"], config, spark)

    assert not run_stage(SPLIT, found["split"], config, spark, force=True).is_skipped
    assert made == ["split", "split"]


def test_a_making_is_taken_back_before_its_tables_are_touched(spark, config, bodies):
    found, _ = bodies
    key = run_stage(SPLIT, found["split"], config, spark).key
    lake = whole_lake(config)
    line = {"name": "people", "stage_key": key}
    lake.publish(tables.IDENTIFIERS, "r1", [line])

    def stopped(stage_run):
        raise StageFailedError("killed")

    with pytest.raises(StageFailedError, match="killed"):
        run_stage(SPLIT, stopped, config, spark, force=True)
    assert lake.current(tables.IDENTIFIERS) is None
    assert lake.head(tables.IDENTIFIERS, "split") is None
    assert lake.manifest(tables.ATTRIBUTES, "split", key) is None


def lose_file(path):
    next(path.glob("*.parquet")).unlink()


def lose_manifest(path):
    shutil.rmtree(path.parents[1] / "_manifests")


def add_commit(path):
    log = path / "_delta_log"
    shutil.copy(log / f"{0:020}.json", log / f"{1:020}.json")


@pytest.mark.parametrize("damage", [shutil.rmtree, lose_file, lose_manifest, add_commit])
def test_a_finished_stage_that_is_no_longer_whole_is_made_again(spark, config, bodies, damage):
    found, made = bodies
    first = run_stage(SPLIT, found["split"], config, spark)
    damage(first.paths["answers"])

    again = run_stage(SPLIT, found["split"], config, spark)

    assert not again.is_skipped
    assert made == ["split", "split"]
    hashes = [[record.content_hash for record in one.tables] for one in (first, again)]
    assert hashes[0] == hashes[1]
    assert delta.read(spark, again.paths["answers"], ANSWERS).count() == 2


FAULTS = ((errno.EACCES, LakeUnwritableError), (errno.EIO, StageFailedError))


@pytest.mark.parametrize(("number", "fault"), FAULTS)
def test_a_stage_that_cannot_be_looked_at_now_keeps_its_publication(
    spark, config, bodies, monkeypatch, number, fault
):
    found, made = bodies
    first = run_stage(SPLIT, found["split"], config, spark)
    line = {"name": "answers", "stage_key": first.key}
    whole_lake(config).publish(tables.ATTRIBUTES, "run", [line])
    with monkeypatch.context() as starved:
        starved.setattr(delta, "sha256", mock.Mock(side_effect=OSError(number, "not now")))
        with pytest.raises(fault, match="reading its files again"):
            run_stage(SPLIT, found["split"], config, spark)

    assert whole_lake(config).current(tables.ATTRIBUTES)["run_id"] == "run"
    assert run_stage(SPLIT, found["split"], config, spark).is_skipped
    assert made == ["split"]


def test_a_making_is_on_the_disk_before_its_manifest_names_it(spark, config, bodies, monkeypatch):
    found, _ = bodies
    acts = []
    really = Lake.write_manifest

    def flush(path, root):
        acts.append(path.parent.name)

    def named(lake, zone, manifest):
        acts.append(sorted(record.name for record in manifest.tables))
        really(lake, zone, manifest)

    monkeypatch.setattr(durable, "flush", flush)
    monkeypatch.setattr(Lake, "write_manifest", named)
    run_stage(SPLIT, found["split"], config, spark)

    assert acts == ["people", ["people"], "answers", ["answers"]]


def test_a_changed_row_is_noticed(spark, config, rows, bodies):
    found, _ = bodies
    path = run_stage(SPLIT, found["split"], config, spark).paths["answers"]
    shutil.rmtree(path)
    delta.write(rows(ANSWERS, "id\n1\n3"), path, ANSWERS, "somebody else")

    assert not run_stage(SPLIT, found["split"], config, spark).is_skipped
    ids = delta.read(spark, path, ANSWERS).collect()
    assert sorted(row["id"] for row in ids) == ["1", "2"]


def test_a_row_changed_under_the_same_commit_is_not_taken_up_again(spark, config, rows, bodies):
    found, made = bodies
    first = run_stage(SPLIT, found["split"], config, spark)
    path = first.paths["answers"]
    shutil.rmtree(path)
    delta.write(rows(ANSWERS, "id\n1\n3"), path, ANSWERS, f"split:{first.key}")

    again = run_stage(SPLIT, found["split"], config, spark)

    assert made == ["split", "split"]
    hashes = [[record.content_hash for record in one.tables] for one in (first, again)]
    assert hashes[0] == hashes[1]
    assert sorted(row["id"] for row in delta.read(spark, path, ANSWERS).collect()) == ["1", "2"]


def test_what_an_unfinished_run_had_written_is_kept_and_not_written_twice(
    spark, config, bodies, monkeypatch
):
    found, _ = bodies

    def stopped(stage_run):
        stage_run.write(stage_run.spark.createDataFrame([("1",), ("2",)], "id string"), PEOPLE)
        raise StageFailedError("killed")

    with pytest.raises(StageFailedError, match="killed"):
        run_stage(SPLIT, stopped, config, spark)
    (log,) = config.lake.root(tables.IDENTIFIERS).glob("people/*/_delta_log")
    whole = sorted(log.iterdir())
    for name in (f".{0:020}.json.4a1c.tmp", f"..{0:020}.json.e0f2.tmp.crc"):
        (log / name).touch()  # as a kill between the renames of a commit leaves them
    written = []
    really = delta.write
    monkeypatch.setattr(
        delta,
        "write",
        lambda frame, path, table, app: (
            written.append(table.name) or really(frame, path, table, app)
        ),
    )
    result = run_stage(SPLIT, found["split"], config, spark)

    assert written == ["answers"]
    assert [record.rows for record in result.tables] == [2, 2]
    assert sorted(log.iterdir()) == whole


def test_what_an_unfinished_run_left_half_written_is_wiped(spark, config, rows, bodies):
    found, _ = bodies
    key, _ = stage_key.key_of(SPLIT, config, whole_lake(config))
    path = whole_lake(config).table_path(PEOPLE, key)
    delta.write(rows(PEOPLE, "id\n7\n8\n9"), path, PEOPLE, f"split:{key}")
    lose_file(path)
    (path / "stray.parquet").write_bytes(b"half")

    run_stage(SPLIT, found["split"], config, spark)

    assert delta.read(spark, path, PEOPLE).count() == 2
    assert not (path / "stray.parquet").exists()


def test_files_made_outside_delta_are_checked_before_a_skip(spark, config):
    stage = Stage("files", "makes a file", (), (), ())
    file = config.raw_path / "ks4.csv"

    def body(stage_run):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("id\n1\n")
        stage_run.made(file)

    assert not run_stage(stage, body, config, spark).is_skipped
    assert run_stage(stage, body, config, spark).is_skipped
    file.write_text("id\n2\n")
    assert not run_stage(stage, body, config, spark).is_skipped
    file.unlink()
    assert not run_stage(stage, body, config, spark).is_skipped


def test_the_key_of_ingest_follows_the_delivered_files(config):
    lake = whole_lake(config)
    with pytest.raises(InputMissingError, match="the file of census is not there"):
        stage_key.key_of(INGEST, config, lake)
    for source in tables.SOURCES:
        path = config.delivery_path(source.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("id\n1\n")
    first, read = stage_key.key_of(INGEST, config, lake)
    config.delivery_path("ks5").write_text("id\n2\n")

    assert set(read) >= {source.name for source in tables.SOURCES}
    assert stage_key.key_of(INGEST, config, lake)[0] != first


def test_roots_of_different_makings_are_refused(spark, config, bodies):
    both = Stage("both", "reads two roots", (PEOPLE, ANSWERS), (COPIES,), ())
    found, _ = bodies
    old = run_stage(SPLIT, found["split"], config, spark).key
    run_stage(SPLIT, found["split"], with_link(config, accept_bits=9.0), spark)
    whole_lake(config).move_head(tables.IDENTIFIERS, "split", old)

    with pytest.raises(MixedRunsError, match="different makings of split"):
        run_stage(both, lambda stage_run: None, config, spark)


def test_inputs_of_which_one_is_of_an_earlier_run_are_refused(spark, config, bodies, monkeypatch):
    last = Stage("last", "reads what two stages made", (PEOPLE, COPIES), (THIRD,), ())
    monkeypatch.setattr(inputs, "ROAD", (SPLIT, COPY, last))
    found, _ = bodies
    run_stage(SPLIT, found["split"], config, spark)
    run_stage(COPY, found["copy"], config, spark)
    run_stage(SPLIT, found["split"], with_link(config, accept_bits=9.0), spark)  # and cut short

    with pytest.raises(MixedRunsError, match="last: its inputs come from different makings of sp"):
        stage_key.key_of(last, config, whole_lake(config))


def test_files_whose_bytes_are_not_those_of_the_key_are_refused_and_read_again(config):
    lake = whole_lake(config)
    for source in tables.SOURCES:
        path = config.delivery_path(source.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("id\n1\n")
    _, keyed = stage_key.key_of(INGEST, config, lake)
    path, stamp = config.delivery_path("ks5"), config.delivery_path("ks5").stat().st_mtime_ns
    path.write_text("id\n2\n")
    os.utime(path, ns=(stamp, stamp))
    assert stage_key.key_of(INGEST, config, lake)[1]["ks5"] == keyed["ks5"]

    now = [hashlib.sha256(path.read_bytes()).hexdigest()]
    with pytest.raises(InputUnreadableError, match="a file of ks5 has changed"):
        stage_key.require_keyed("ks5", now, keyed, lake)
    _, again = stage_key.key_of(INGEST, config, lake)
    stage_key.require_keyed("ks5", now, again, lake)


def test_a_saved_model_that_is_not_there_is_refused_by_name_before_a_stage_starts(config):
    saved = dataclasses.replace(config.link, model="/nowhere/model.json")

    with pytest.raises(ModelRefusedError, match=r"model.json cannot be read \(FileNotFoundError\)"):
        stage_key.key_of(LINK, dataclasses.replace(config, link=saved), whole_lake(config))
