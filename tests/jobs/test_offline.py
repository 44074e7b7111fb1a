"""After the set-up nothing needs a network: the road in a network of its own, an empty one."""

import json
import re

import pytest

from attainment_linkage.domain.road import ROAD
from tests.alone import why_not
from tests.calibration.run_calibrate import Told
from tests.leaks.planting import weakest_link
from tests.report_sample import CHARTS

LINKERS_ROAD = [stage.name for stage in ROAD if stage.is_linkers]


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
        ("standardise", "Census lines"), ("standardise", "Census answers"),
        ("standardise", "attainment records"),
        ("detach", "pupils"), ("detach", "links"), ("measure", "pupils"),
        ("measure", "linked pupils"),
    }  # fmt: skip


def test_the_whole_road_runs_without_a_network(canary_road):
    """The generator, every stage of the linkers' road with its gates, and the page at the end."""
    if not canary_road.is_alone:
        pytest.skip(why_not())
    made, complained = canary_road.said()["run-planted"]

    assert complained == ""
    finished = [line.split()[0] for line in made.splitlines() if " finished in " in line]
    assert finished == LINKERS_ROAD
    assert "published run" in made
    assert_expected_errors_hold(made)
    assert "key group " in made
    assert_nothing_is_lost(made)
    assert list((canary_road.lake / "temporary").iterdir()) == []
    [page] = (canary_road.lake / "reports").glob("run-*.html")
    drawn = set(re.findall(r'<figure id="figure-(\w+)">', page.read_text("utf-8")))
    assert set(CHARTS) - {"birth_years"} <= drawn  # so few pupils: years may be too small to show


def test_a_pair_is_explained_by_ids_alone_which_only_the_audit_log_keeps(canary_road):
    """The weight is that of the table, and the ids are in no word of it, though in the audit."""
    link = weakest_link(canary_road.lake)
    said, complained = canary_road.said()["why"]

    assert complained == ""
    assert "outcome: linked: " in said
    assert "found by: blocking rule " in said or "no blocking rule; " in said
    [weight] = re.findall(r"match weight +([+-][\d.]+) bits", said)
    assert abs(float(weight) - link["match_weight"]) < 0.1
    [why] = (canary_road.lake / "identifiers" / "_why").iterdir()
    ids = (link["left_id"], link["right_id"])
    assert not any(one in said + why.read_text("utf-8") for one in ids)
    log = (canary_road.lake / "audit" / "log.jsonl").read_text("utf-8").splitlines()
    [last] = [
        one for one in map(json.loads, log) if (one["what"], one["outcome"]) == ("why", "finished")
    ]
    assert len(last["inputs"]["pair"]) > 8
