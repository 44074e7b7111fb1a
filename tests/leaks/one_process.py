"""One process: several commands of the console script in turn, under one start of Java.

Five words are this test's own. ``run-planted``: the road from the generator on, with the canaries
put into what it delivers. ``break-gate``: a gate fails from then on. ``explain-weakest``: why the
weakest link was made. ``check-analysis``: what ``analyse`` made goes to output checking.
``approve-all``: every package leaves, by a second person. After each command both streams get a
line that starts with ``MARK``. Usage: CODES-FILE ROOT COMMANDS-AS-JSON.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import typer

from attainment_linkage.cli import app
from attainment_linkage.domain.road import SYNTHESISE, Stage
from attainment_linkage.stages import run
from attainment_linkage.stages.runner import Body, StageRun
from tests.leaks.planting import plant, weakest_link
from tests.leaks.road import MARK, break_gate


def done(words: list[str], root: Path) -> int:
    """Do one command; give back its exit code."""
    if words[0] == "run-planted":
        with mock.patch.object(run, "body_of", planting_after(root / "lake")):
            return ended(["run", "--synthesise", *words[1:]])
    if words[0] == "break-gate":
        break_gate(Path(os.environ["ATTAINMENT_LINKAGE_HOME"]), words[1])
        return 0
    if words[0] == "explain-weakest":
        pair = weakest_link(root / "lake")
        return ended(["why", pair["left_id"], pair["right_id"], *words[1:]])
    research = root / "lake" / "research"
    if words[0] == "check-analysis":
        (folder,) = (one for one in (research / "outputs").iterdir() if one.is_dir())
        code = ended(["release", "check", str(folder), *words[1:]])
        return 0 if code == 62 else code  # numbers withheld: as it should be of so few pupils
    if words[0] == "approve-all":
        packages = sorted(one.name for one in (research / "release" / "packages").iterdir())
        with mock.patch("attainment_linkage.stages.door.this_user", return_value="checker"):
            return max(
                ended(["release", "approve", name, "--reason", "safe", *words[1:]])
                for name in packages
            )
    return ended(words)


def planting_after(lake: Path) -> Callable[[Stage], Body]:
    """What stages do, but that canaries are planted when the generator has ended."""
    body_of = run.body_of

    def bodies(stage: Stage) -> Body:
        body = body_of(stage)

        def with_canaries(stage_run: StageRun) -> None:
            body(stage_run)
            plant(lake)

        return with_canaries if stage == SYNTHESISE else body

    return bodies


def ended(words: list[str]) -> int:
    """Do one command of the console script; give back its exit code."""
    try:
        found = app(words, standalone_mode=False)
    except typer.Exit as ended:
        return int(ended.exit_code)
    return int(found or 0)


if __name__ == "__main__":
    codes_file, given_root, commands = sys.argv[1:]
    codes = []
    for given in json.loads(commands):
        start = time.monotonic()
        codes.append(done(given, Path(given_root)))
        line = f"{MARK}{given[0]}: {codes[-1]} after {time.monotonic() - start:.1f} s\n"
        for stream in (sys.stdout, sys.stderr):
            stream.write(line)
            stream.flush()
    Path(codes_file).write_text(json.dumps(codes), "ascii")
