"""The share of the campaign in CI: every attack, small. Whole: `make campaign`."""

from __future__ import annotations

import subprocess
import sys

import pytest

from attainment_linkage.adapters.lake import Lake
from attainment_linkage.domain.tables import KS5_SOURCE
from tests.campaign import (
    conflicts,
    documents,
    goals,
    ingested,
    kills,
    locks,
    malformed,
    mutations,
    orders,
    plain_road,
    seeded,
    skewed,
    starved,
)
from tests.campaign.tally import Tally, keep, kept, last_line, merged, table


@pytest.fixture
def tally():
    """A tally that must have lost nothing at the end of its test."""
    tally = Tally("share", "the share of CI")
    yield tally
    assert tally.tried > 0
    assert tally.lost == []


def test_no_damaged_document_is_trusted(tmp_path):
    found = documents.attack(tmp_path, 200)

    assert found.tried > 1500
    assert found.lost == []


def test_of_all_starts_one_runs(tmp_path, tally):
    locks.attack_starts(tmp_path, 2, tally, limit_seconds=10.0)
    locks.attack_races(tmp_path, 6, 1, tally)
    locks.attack_left_locks(tmp_path, tally)


def test_every_malformed_file_is_refused_or_quarantined_by_name(tmp_path, tally):
    malformed.preflight(tmp_path, tally)

    assert tally.tried >= 80


def test_a_changed_file_is_refused_or_read_as_it_is(tmp_path, tally):
    mutations.attack(tmp_path, 100, tally)


def test_rows_in_are_rows_accepted_and_quarantined(spark, tmp_path, tally):
    ingested.attack_cases(spark, tmp_path, tally, [KS5_SOURCE])

    assert tally.tried > 600


def test_conflicts_of_delta_have_their_names(spark, tmp_path, tally):
    conflicts.attack(spark, tmp_path, 1, tally)


def test_a_run_disturbed_before_any_act_is_survived(tmp_path):
    found = goals.acts_of(tmp_path, 12)

    assert found.tried > 40
    assert found.lost == []


def test_a_driver_killed_again_and_again_loses_nothing(spark, tmp_path):
    points = [kills.POINTS[1], kills.POINTS[3], kills.POINTS[4]]
    tallies = kills.attack(spark, tmp_path, points)

    assert [one.lost for one in tallies] == [[], [], []]
    assert all(one.tried for one in tallies)


def test_neither_partitions_nor_the_order_of_rows_change_a_table(spark, tmp_path, tally):
    orders.attack_bodies(spark, tmp_path, 400, [(2, 0), (5, 4)], tally)

    assert tally.notes["tables_compared"] == 18


def test_executors_killed_at_work_change_nothing(tmp_path):
    report = tmp_path / "G3.json"
    words = [sys.executable, "-m", "tests.campaign.run_campaign", "--share", "G3", str(report)]
    subprocess.run(words, env=locks.environment(), check=True, stdout=subprocess.DEVNULL)

    (found,) = kept(report)
    assert found.tried > 3
    assert found.lost == []


@pytest.fixture
def mountable(tmp_path):
    """Skips where no disk can be mounted that fills."""
    if not starved.can_mount(tmp_path / "probe"):
        pytest.skip("needs the right to mount a tmpfs: run it as root")


@pytest.mark.usefixtures("mountable", "road")
def test_full_disks_are_named_and_made_good(spark, tmp_path, tally):
    starved.attack_table(spark, tmp_path, ["4m"], tally)
    starved.attack_stage(spark, tmp_path, ["300k"], tally)


@pytest.mark.usefixtures("road")
def test_damaged_files_are_noticed_and_made_good(spark, tmp_path, tally):
    starved.attack_files(spark, tmp_path, 1, tally)


def test_the_pairs_of_a_great_block_are_known_before_they_are_formed(spark, tmp_path, tally):
    skewed.attack_plan(spark, tmp_path, 20_000, tally)


def test_seeded_defects_are_caught_and_clean_deliveries_pass(spark, tally):
    assert seeded.attack_defects(spark, seeded.SEEDED[:4], tally) >= 30
    seeded.attack_clean(spark, 2, tally)


# ------------------------------------------------------------------- the campaign's own rules
def test_a_try_that_is_lost_is_counted_and_named(tmp_path):
    tally = Tally("G0", "a goal")
    for number in range(29):
        tally.record(f"try {number}", True)
    assert tally.bound == "0.1034"

    tally.judge("the last", 1, 2)
    keep(tmp_path / "G0.json", [tally])
    (again,) = kept(tmp_path / "G0.json")
    assert (again.tried, again.survived, again.lost) == (30, 29, ["the last: found 1, expected 2"])
    assert again.bound == "-"
    assert last_line([tally, again]) == "campaign: tried 60, survived 58, lost 2"
    assert "| G0 | a goal | 30 | 29 | 1 | - | 0 |" in table([again])
    assert [one.tried for one in merged([again, Tally("G1", ""), tally])] == [60, 0]


def test_a_mixture_of_two_runs_is_refused_and_would_be_noticed(config, monkeypatch):
    newer = plain_road.later(config)
    plain_road.road(config, [])
    older_pointer = (config.lake.root("attributes") / "_CURRENT.json").read_bytes()
    older = plain_road.published(config)
    plain_road.road(newer, [])
    seen = plain_road.published(newer)
    (config.lake.root("attributes") / "_CURRENT.json").write_bytes(older_pointer)

    assert plain_road.published(newer) is None
    careless = lambda lake: (lake.current("identifiers") or {}).get("run_id")  # noqa: E731
    monkeypatch.setattr(Lake, "published_run", careless)
    assert plain_road.published(newer) not in (None, older, seen)


def test_space_is_asked_for_before_each_stage_and_each_table(config, monkeypatch):
    did: list[str] = []
    really = plain_road.write
    monkeypatch.setattr(Lake, "require_space", lambda lake: did.append("space"))
    monkeypatch.setattr(plain_road, "write", lambda *given: did.append("table") or really(*given))

    plain_road.road(config, did)

    assert did[0] == "space"  # before the lake is opened
    table = ["space", "table"]
    assert did[1:] == ["space", "split", *table, *table, "space", "copy", *table]


def test_a_finished_stage_of_another_schema_is_not_kept(config, monkeypatch):
    plain_road.road(config, [])
    kept_stages, made = [], []
    plain_road.road(config, kept_stages)
    monkeypatch.setattr(plain_road.delta, "schema_hash", lambda table: "of other columns")

    plain_road.road(config, made)

    assert (kept_stages, made) == ([], ["split", "copy"])


def test_a_race_in_which_two_were_inside_is_lost():
    tally = Tally("G8", "races")
    locks.judge_race(0, ["in 1", "in 2", "out 1", "out 2"], {1: 0, 2: 0}, tally)

    assert len(tally.lost) == 2
    assert "2 came in" in tally.lost[0]


def test_a_reader_that_is_wrong_would_be_noticed():
    drawn = mutations.Drawn(mutations.SOURCES[0])
    data = drawn.file(*drawn.rows(3))

    assert not mutations.is_refused_justly(data, drawn)
    assert [row["census_id"] for row in mutations.rows_of(data, drawn)] == [
        "P0001", "P0002", "P0003",
    ]  # fmt: skip
    assert mutations.rows_of(drawn.file('a,"b'), drawn) == [None]
