"""One process: several commands of the console script in turn, under one start of Java.

Two words are this test's own: ``plant`` puts the canaries into the delivery, ``break-gate``
makes a gate fail from then on. Usage: CODES-FILE ROOT COMMANDS-AS-JSON.
"""

import json
import os
import sys
from pathlib import Path

import typer

from attainment_linkage.cli import app
from tests.leaks.road import break_gate, plant


def done(words: list[str], root: Path) -> int:
    """Do one command; give back its exit code."""
    if words[0] == "plant":
        plant(root / "lake")
        return 0
    if words[0] == "break-gate":
        break_gate(Path(os.environ["ATTAINMENT_LINKAGE_HOME"]), words[1])
        return 0
    try:
        found = app(words, standalone_mode=False)
    except typer.Exit as ended:
        return int(ended.exit_code)
    return int(found or 0)


if __name__ == "__main__":
    codes_file, given_root, commands = sys.argv[1:]
    codes = [done(words, Path(given_root)) for words in json.loads(commands)]
    Path(codes_file).write_text(json.dumps(codes), "ascii")
