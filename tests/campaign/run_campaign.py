"""The campaign, whole: `make campaign`, or one goal of it: `make campaign GOAL=G5`.

Each goal runs in a process of its own, two at once, and leaves its tally in ``lake-campaign/``; a
start that was cut short goes on with the goals it had not done. A tally counts while package,
settings, gates and tests are as they were; a goal that is named is run again. The last line is
tried, survived, lost of all goals; the exit code is 1 where anything was lost, or a goal did not
end.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from attainment_linkage.adapters import fingerprint
from attainment_linkage.core.stage_key import digest
from tests.campaign.goals import GOALS, SHARES, Goal, run
from tests.campaign.tally import Tally, keep, kept, last_line, merged, table

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "lake-campaign"
LANES = 2
"""Goals at work at once: a start of the road keeps hardly more than one core busy."""


def main(names: list[str]) -> int:
    """Run the goals named, or those not done yet; give back the exit code."""
    unknown = [name for name in names if name not in GOALS]
    if unknown:
        say(f"campaign: no goal {', '.join(unknown)}; there are {', '.join(GOALS)}")
        return 2
    RESULTS.mkdir(exist_ok=True)
    results = {name: RESULTS / f"{name}-{code()}.json" for name in GOALS}
    started = time.monotonic()
    with ThreadPoolExecutor(max_workers=LANES) as lanes:
        for name in names or GOALS:
            lanes.submit(_run_goal, name, results, started, is_named=bool(names))
    done = _done(results)
    missing = [name for name in names or GOALS if not results[name].exists()]
    body = {"goals": [one.as_json() for one in done], "not_done": missing}
    (RESULTS / "campaign.json").write_text(json.dumps(body, indent=1) + "\n")
    say(f"\n{table(done)}\n")
    for name in missing:
        say(f"{name}: did not end")
    say(last_line(done))
    return 1 if missing or any(one.lost for one in done) else 0


def _run_goal(name: str, results: dict[str, Path], started: float, *, is_named: bool) -> None:
    """One goal in a process of its own, unless an earlier start has its tally."""
    path = results[name]
    say(f"{name}: {(GOALS[name].__doc__ or '').strip()}")
    if path.exists() and not is_named:
        say(f"  {name} was kept from an earlier start")
        return
    path.unlink(missing_ok=True)
    words = [sys.executable, "-m", "tests.campaign.run_campaign", "--one", name, str(path)]
    subprocess.run(words, check=False)
    minutes = (time.monotonic() - started) / 60
    say(f"  {name} ended, {minutes:.1f} minutes from the start; {last_line(_done(results))}")


def _done(results: dict[str, Path]) -> list[Tally]:
    """What has been found so far, goal by goal."""
    return merged([one for path in results.values() if path.exists() for one in kept(path)])


def code() -> str:
    """What the results hang on: the package, its settings and gates, and the tests' own code."""
    settings = [file for name in ("conf", "expectations") for file in (ROOT / name).glob("*.*")]
    hashes = {file.name: fingerprint.sha256(file) for file in sorted(settings)}
    return digest([fingerprint.code_hash(), dict(fingerprint.code_of(ROOT / "tests")), hashes])[:12]


def one(goal: Goal, path: Path) -> int:
    """Run one goal here, say and keep its tallies."""
    started = time.monotonic()
    Tally.progress = say
    tallies = run(goal)
    tallies[0].seconds = time.monotonic() - started
    for tally in tallies:
        for line in tally.lost[:20]:
            say(f"  LOST {line}")
        for note, value in tally.notes.items():
            say(f"  {note}: {value}")
        say(tally.line)
    keep(path, tallies)
    return 0


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        sys.exit(one(GOALS[sys.argv[2]], Path(sys.argv[3])))
    if sys.argv[1:2] == ["--share"]:
        sys.exit(one(SHARES[sys.argv[2]], Path(sys.argv[3])))
    sys.exit(main(sys.argv[1:]))
