"""Victim: the console script, or a small road of two stages, with a moment at which it is killed.

``python -m tests.campaign.victim POINT-AS-JSON WORDS...``: at the point the whole process group
(Python, Java, Python workers) is killed with SIGKILL, which nothing can catch, or where the point
has ``"by": "SIGTERM"`` is told to stop. A point is one of

    {"files": PATTERN, "count": K}      K files of this pattern lie in the lake
    {"call": NAME, "of": STAGE}         before the call of ``NAMES`` for a stage, table or root
    {"seconds": S}                      S seconds after the first stage has begun

``small --config CONFIG --lake LAKE`` for the words of a command is the small road, on real Delta
tables.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from attainment_linkage.adapters import gates
from attainment_linkage.adapters.config import lake_override, load
from attainment_linkage.adapters.gate_results import GateResult
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.cli import main as console_script
from attainment_linkage.domain import allow_list
from attainment_linkage.stages import inputs, run
from attainment_linkage.stages.boundary import guarded
from tests.small_road import ANSWERS, COPIES, COPY, PEOPLE, SPLIT

NAMES = {
    "audit": (gates, "audit", lambda frame, table: table.name),
    "manifest": (Lake, "write_manifest", lambda lake, zone, made: f"{made.stage} {zone}"),
    "head": (Lake, "move_head", lambda lake, zone, stage, key: f"{stage} {zone}"),
    "publish": (Lake, "publish", lambda lake, zone, name, lines: zone),
}
"""What can be killed before: where it is, and how a call of it is told from the others."""


BY = {"signal": signal.SIGKILL}


def die() -> None:
    """Kill this process and all it started, at once, or tell them to stop."""
    os.killpg(os.getpgid(0), BY["signal"])


def arm(point: dict[str, object], lake: Path) -> None:
    """Make ready to die at a point; none is no point."""
    BY["signal"] = signal.Signals[str(point.get("by", "SIGKILL"))]
    if "files" in point:
        watch(lambda: len(list(lake.glob(str(point["files"])))) >= int(point["count"]))
    if "call" in point:
        place, name, told = NAMES[str(point["call"])]
        really = getattr(place, name)

        def called(*given: object) -> object:
            if told(*given) == point["of"]:
                die()
            return really(*given)

        setattr(place, name, called)
    if "seconds" in point:
        really_run = run._run_stages

        def begun(*given: object) -> object:
            moment = threading.Timer(float(point["seconds"]), die)
            moment.daemon = True  # who is done before it is not waited for
            moment.start()
            return really_run(*given)

        run._run_stages = begun


def watch(is_there: Callable[[], bool]) -> None:
    """Look every millisecond, and die when it is there."""

    def look() -> None:
        while not is_there():
            time.sleep(0.001)
        die()

    threading.Thread(target=look, daemon=True).start()


def small(config_file: str, lake: str) -> int:
    """The road of two stages, on Delta; its gates pass at once."""
    config = load(config_file, lake_override(Path(lake)))

    def split(stage_run):
        ids = stage_run.spark.range(20).repartition(4).selectExpr("cast(id as string) id")
        stage_run.write(ids, PEOPLE)
        stage_run.write(ids, ANSWERS)

    def copy(stage_run):
        stage_run.write(stage_run.read(PEOPLE), COPIES)

    bodies = {"split": split, "copy": copy}
    really = gates.audit  # a point may stand there
    passed = GateResult("small", (), 0.0)
    patches = [
        mock.patch.object(allow_list, "is_declared", return_value=True),
        mock.patch.object(inputs, "ROAD", (SPLIT, COPY)),
        mock.patch.object(run, "ROAD", (SPLIT, COPY)),
        mock.patch.object(run, "body_of", lambda stage: bodies[stage.name]),
        mock.patch.object(gates, "_validated", return_value=[]),
        mock.patch.object(gates, "suite_of", return_value={"expectations": []}),
        mock.patch.object(gates, "audit", lambda frame, table: really(frame, table) and passed),
    ]
    for patch in patches:
        patch.start()
    return guarded(lambda: run.run_road(config))


if __name__ == "__main__":
    given_point, *words = sys.argv[1:]
    arm(json.loads(given_point), Path(words[words.index("--lake") + 1]))
    if words[0] == "small":
        sys.exit(small(words[words.index("--config") + 1], words[words.index("--lake") + 1]))
    console_script(words)
