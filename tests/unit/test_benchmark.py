"""Benchmark: its last line tells the truth, its design is one for all, its watch sees children."""

import subprocess
import sys

import pytest

from tests.benchmarks import design
from tests.benchmarks.__main__ import _verdict
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
