"""One process: several commands of the console script in turn, under one start of Java.

Three words are this test's own. ``run-planted``: the road from the generator on, with the canaries
put into what it delivers. ``break-gate``: a gate fails from then on. ``by-checker``: the command
after it is another person's. Words in capitals are filled in when their turn comes (``asked``).
After each command both streams get a line that starts with ``MARK``.
Usage: CODES-FILE ROOT BESIDE SECRETS COMMANDS-AS-JSON.
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
from tests.leaks.asked import BY_CHECKER, Asked
from tests.leaks.planting import plant
from tests.leaks.road import MARK, break_gate


def done(words: list[str], root: Path) -> int:
    """Do one command; give back its exit code."""
    if words[0] == "run-planted":
        with mock.patch.object(run, "body_of", planting_after(root / "lake")):
            return ended(["run", "--synthesise", *words[1:]])
    if words[0] == "break-gate":
        break_gate(Path(os.environ["ATTAINMENT_LINKAGE_HOME"]), words[1])
        return 0
    if words[0] == BY_CHECKER:
        with mock.patch(
            "attainment_linkage.stages.doors.release.this_user", return_value="checker"
        ):
            return ended(words[1:])
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
    codes_file, *folders, commands = sys.argv[1:]
    asked = Asked(*map(Path, folders))
    codes = []
    for given in json.loads(commands):
        start = time.monotonic()
        codes.append(done(asked.filled(given), asked.root))
        line = f"{MARK}{given[0]}: {codes[-1]} after {time.monotonic() - start:.1f} s\n"
        for stream in (sys.stdout, sys.stderr):
            stream.write(line)
            stream.flush()
    Path(codes_file).write_text(json.dumps(codes), "ascii")
