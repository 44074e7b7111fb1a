"""Stages: the linkers' road at a size, stage by stage: seconds, peak memory, gates.

python -m tests.benchmarks.stages SIZE FOLDER

The delivery is generated once; then each stage runs by the command, in a process of its own, cold.
The link stage is the road's own: its rules, its comparisons, its ladder of matchkeys.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.design import SIZES, Size
from tests.benchmarks.watch import Watch

DELIVERED = "synthesise"
STAGES = ("ingest", "standardise", "deduplicate", "link")
REST_OF_THE_ROAD = ("ingest", "standardise")
"""What may take no longer than the link stage, and no gate of theirs."""
SETTINGS = """
[synthesise]
attainment_records = {}
census_people = {}
"""
"""After those of ``conf/local.toml``: one file is all that a command is given."""


def main(size: Size, folder: Path) -> int:
    """Make the delivery where there is none, run the stages, print and keep what was measured."""
    folder.mkdir(parents=True, exist_ok=True)
    settings, lake = folder / "settings.toml", folder / "lake"
    local = Path("conf/local.toml").read_text("utf-8")
    asked = size.attainment_records, size.census_people or 0
    settings.write_text(local + SETTINGS.format(*asked), "utf-8")
    made = folder / "delivered"
    if not made.exists():
        shutil.rmtree(lake, ignore_errors=True)
        measured(DELIVERED, settings, lake)
        made.touch()
    found = []
    for stage in STAGES:
        found.append(measured(stage, settings, lake, "--force"))
        for line in table([found[-1]]):
            print(line, flush=True)
    (folder / "stages.json").write_text(json.dumps(found, indent=1), "utf-8")
    print(verdict(found))
    return 0


def measured(stage: str, settings: Path, lake: Path, *more: str) -> dict[str, Any]:
    """One run of a stage: its seconds, processor, peak memory by kind, tables and gates."""
    command = Path(sys.executable).parent / "attainment-linkage"
    watch, started = Watch(), time.monotonic()
    watch.start()
    process = subprocess.run(
        [command, stage, "--config", settings, "--lake", lake, "--json", *more],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    seconds, cpu = time.monotonic() - started, watch.cpu_seconds()
    peaks = watch.end()
    if process.returncode:
        raise SystemExit(f"benchmark: {stage} ended with exit code {process.returncode}")
    events = [json.loads(line) for line in process.stdout.splitlines() if line.startswith("{")]
    return {
        "stage": stage,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(cpu, 1),
        "peak_mib": peaks,
        "tables": [
            {name: event[name] for name in ("table", "rows", "seconds", "gate_seconds")}
            for event in events
            if event["event"] == "table"
        ],
    }


def table(found: Sequence[dict[str, Any]]) -> list[str]:
    """A line for each stage, and one for each of its tables with its gate."""
    lines = []
    for one in found:
        peaks = ", ".join(f"{kind} {mib:,} MiB" for kind, mib in one["peak_mib"].items())
        lines.append(f"{one['stage']}: {one['seconds']} s, {one['cpu_seconds']} CPU s; {peaks}")
        lines += [
            f"    {t['table']:<28} {t['rows']:>12,} rows {t['seconds']:>8.1f} s, "
            f"gate {t['gate_seconds']:>6.1f} s"
            for t in one["tables"]
        ]
    return lines


def verdict(found: Sequence[dict[str, Any]]) -> str:
    """Whether anything of the rest of the road takes longer than the link stage."""
    by_stage = {one["stage"]: one["seconds"] for one in found}
    spent = {name: by_stage[name] for name in REST_OF_THE_ROAD}
    spent |= {f"gate {t['table']}": t["gate_seconds"] for one in found for t in one["tables"]}
    slower = [name for name, seconds in spent.items() if seconds > by_stage["link"]]
    said = f"link stage {by_stage['link']} s"
    if slower:
        return f"{said}; longer: {', '.join(slower)}: short of the goal"
    longest = max(spent, key=lambda name: spent[name])
    return f"{said}; the longest beside it, {longest}, {spent[longest]} s: within the goal"


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in SIZES:
        raise SystemExit(f"benchmark: give SIZE FOLDER; SIZE is one of {', '.join(SIZES)}")
    raise SystemExit(main(SIZES[sys.argv[1]], Path(sys.argv[2])))
