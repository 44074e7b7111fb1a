"""One process: several commands of the console script in turn, under one start of Java.

Five words are this test's own: ``plant`` puts the canaries into the delivery, ``break-gate``
makes a gate fail from then on, ``explain-weakest`` asks why the weakest link was made,
``check-analysis`` takes what ``analyse`` made to output checking, ``approve-all`` lets every
package leave, as a second person would. After each command both streams get a line that starts
with ``MARK``. Usage: CODES-FILE ROOT COMMANDS-AS-JSON.
"""

import json
import os
import sys
import time
from pathlib import Path
from unittest import mock

import typer

from attainment_linkage.cli import app
from tests.leaks.planting import plant, weakest_link
from tests.leaks.road import MARK, break_gate


def done(words: list[str], root: Path) -> int:
    """Do one command; give back its exit code."""
    if words[0] == "plant":
        plant(root / "lake")
        return 0
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
