"""Benchmark: its last line tells the truth, its design is one for all, its watch sees children."""

import json
import subprocess
import sys

import pytest

from tests.benchmarks import design, stages
from tests.benchmarks.__main__ import _beside_large, _verdict
from tests.benchmarks.watch import WORKER, Watch

BURN = (
    "import time\nend = time.process_time() + 0.6\nwhile time.process_time() < end: pass\ninput()"
)


@pytest.mark.parametrize(
    ("spark", "duckdb", "said"),
    [
        (0.2, 1.5, "within the goal"),
        (0.21, 1.5, "short of the goal"),
        (0.2, 1.51, "short of the goal"),
    ],
)
def test_the_last_line_holds_the_ratios_and_the_verdict(spark, duckdb, said):
    line = _verdict({"splink_spark": spark, "splink_duckdb": duckdb}, [])

    assert line == f"ours / splink_spark = {spark}, ours / splink_duckdb = {duckdb}: {said}"


def test_a_peer_that_was_stopped_gives_a_bound():
    line = _verdict({"splink_spark": 0.4, "splink_duckdb": 1.0}, ["splink_spark"])

    assert line.startswith("ours / splink_spark < 0.4, ours / splink_duckdb = 1.0: short of")


@pytest.mark.parametrize(("seconds", "said"), [(20.0, "2.0: within"), (20.2, "2.02: short of")])
def test_census_is_held_against_large(tmp_path, seconds, said):
    large = tmp_path / "benchmark.json"
    summary = {"median_seconds": {"ours": seconds}}

    assert "SIZE=large first" in _beside_large(summary, large)
    large.write_text(json.dumps({"median_seconds": {"ours": 10.0}}))
    assert _beside_large(summary, large) == f"census / large = {said} the goal"


def test_the_rest_of_the_road_is_held_against_the_link_stage():
    def stage(name, seconds, gate):
        tables = [{"table": f"{name} made", "rows": 1, "seconds": 1.0, "gate_seconds": gate}]
        return {"stage": name, "seconds": seconds, "tables": tables}

    found = [stage("ingest", 9.0, 1.0), stage("standardise", 8.0, 2.0), stage("link", 9.5, 3.0)]
    assert stages.verdict(found) == (
        "link stage 9.5 s; the longest beside it, ingest, 9.0 s: within the goal"
    )
    found[1] = stage("standardise", 9.6, 9.7)
    assert stages.verdict(found) == (
        "link stage 9.5 s; longer: standardise, gate standardise made: short of the goal"
    )


def test_the_peers_rules_and_comparisons_are_ours():
    ours = design.model(design.MATCHKEYS)
    peer = design.settings("duckdb", 0.001)

    columns = [
        " and ".join(f"l.{c} = r.{c}" for c in rule.left_columns) for rule in ours.blocking_rules
    ]
    assert sorted(peer["blocking_rules_to_generate_predictions"]) == sorted(columns)
    assert peer["comparisons"] == list(ours.comparisons)
    assert {rule.text for rule in ours.training_rules} == set(design.TRAINING_RULES)


def test_the_watch_counts_the_work_of_what_was_started():
    watch = Watch()
    watch.start()
    before = watch.cpu_seconds()
    child = subprocess.Popen([sys.executable, "-c", BURN], stdin=subprocess.PIPE)
    while watch.cpu_seconds() - before < 0.6:
        assert child.poll() is None
    peaks = watch.end()
    child.communicate(b"\n")

    assert peaks[WORKER] > 1
