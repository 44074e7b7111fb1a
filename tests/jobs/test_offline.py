"""After the set-up nothing needs a network: the road in a network of its own, an empty one."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from attainment_linkage.domain.road import ROAD
from tests.calibration.run_calibrate import Told
from tests.report_sample import CHARTS

ROOT = Path(__file__).resolve().parents[2]
SMALL = """
[spark]
master = "local[2]"
driver_memory_gib = 2
shuffle_partitions = 2
delta_snapshot_partitions = 1
[synthesise]
attainment_records = 1500
"""
LINKERS_ROAD = [stage.name for stage in ROAD if stage.is_linkers]
ALONE = ["unshare", "--map-root-user", "--net"]

# Spark and its workers speak over the loopback; in a new network it is there, but down.
INSIDE = """
import fcntl, os, socket, struct, sys
SET_FLAGS, UP_AND_RUNNING = 0x8914, 0x41
fcntl.ioctl(socket.socket(), SET_FLAGS, struct.pack("16sh22x", b"lo", UP_AND_RUNNING))
try:
    socket.create_connection(("192.0.2.1", 80), timeout=1)
except OSError:
    os.execv(sys.executable, [sys.executable, "-m", "attainment_linkage", *sys.argv[1:]])
sys.exit("there is a network after all")
"""


def offline(*words):
    """Run the console script where no address but the loopback can be reached."""
    try:
        allowed = subprocess.run([*ALONE, "true"], capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("unshare is not there: no network of one's own to test in")
    if allowed.returncode:
        pytest.skip("this system does not let a user make a network of their own")
    command = [*ALONE, sys.executable, "-c", INSIDE, *map(str, words)]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"HTTP_PROXY": "", "HTTPS_PROXY": ""},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def assert_expected_errors_hold(said):
    """The share of `make calibrate` that CI runs: what `link` expects holds what is true."""
    figures = dict(line.strip().split(": ", 1) for line in said.splitlines() if ": " in line)
    for rate, right in (("false links expected", "precision"), ("missed links expected", "recall")):
        told = Told.of(figures[rate], 1 - float(figures[right]))
        assert told.is_inside, f"{rate} {told.text}"


def assert_nothing_is_lost(said):
    """Each stage that moves records prints how many came in, went out and were set aside."""
    stage, printed = "", {}
    for line in said.splitlines():
        stage = found[1] if (found := re.match(r"\d/\d (\w+) ", line)) else stage
        if found := re.match(r"  ([\w :]+) (in|out|set aside|quarantined|accepted): \S+$", line):
            count = int(line.rsplit(": ", 1)[1].replace(",", ""))
            printed.setdefault((stage, found[1]), {})[found[2]] = count
    balanced = {kind: counts for kind, counts in printed.items() if "in" in counts}
    for counts in balanced.values():
        assert counts.pop("in") == sum(counts.values())
    assert {kind for stage, kind in balanced if stage == "ingest"} == {
        f"{source}: rows" for source in ("census", "school_census", "ks4", "ks5")
    }
    assert set(balanced) >= {
        ("standardise", "Census lines"), ("standardise", "attainment records"),
        ("detach", "pupils"), ("detach", "links"), ("measure", "pupils"),
        ("measure", "linked pupils"),
    }  # fmt: skip


def test_the_whole_road_runs_without_a_network(tmp_path):
    """The generator, every stage of the linkers' road with its gates, and the page at the end."""
    small = tmp_path / "small.toml"
    small.write_text(SMALL, "utf-8")

    done = offline("run", "--synthesise", "--config", small, "--lake", tmp_path / "lake")

    assert (done.returncode, done.stderr) == (0, "")
    finished = [line.split()[0] for line in done.stdout.splitlines() if " finished in " in line]
    assert finished == LINKERS_ROAD
    assert "published run" in done.stdout
    assert_expected_errors_hold(done.stdout)
    assert "key group " in done.stdout
    assert_nothing_is_lost(done.stdout)
    assert list((tmp_path / "lake" / "temporary").iterdir()) == []
    [page] = (tmp_path / "lake" / "reports").glob("run-*.html")
    drawn = set(re.findall(r'<figure id="figure-(\w+)">', page.read_text("utf-8")))
    assert set(CHARTS) - {"birth_years"} <= drawn  # so few pupils: years may be too small to show
    a_pair_is_explained(tmp_path / "lake", small)


def a_pair_is_explained(lake, small):
    """The weight is that of the table, and the ids are in no word of it, though in the audit."""
    [path] = (lake / "identifiers" / "links").iterdir()
    links = duckdb.sql(f"from '{path}/*.parquet' order by match_weight, left_id limit 1")
    [(left_id, right_id, weight, *_)] = links.fetchall()

    done = offline("why", left_id, right_id, "--config", small, "--lake", lake)

    assert (done.returncode, done.stderr) == (0, "")
    assert "outcome: linked: " in done.stdout
    assert "found by: blocking rule " in done.stdout or "no blocking rule; " in done.stdout
    [said] = re.findall(r"match weight +([+-][\d.]+) bits", done.stdout)
    assert abs(float(said) - weight) < 0.1
    [why] = (lake / "identifiers" / "_why").iterdir()
    assert not any(one in done.stdout + why.read_text("utf-8") for one in (left_id, right_id))
    last = json.loads((lake / "audit" / "log.jsonl").read_text("utf-8").splitlines()[-1])
    assert (last["what"], last["outcome"]) == ("why", "finished")
    assert len(last["inputs"]["pair"]) > 8
