"""Links the cases in ../shared/cases by their specs here, scores them, rewrites the README.

A spec `<case>.toml` is for the case of that name; `<case>_<variant>.toml` links the same
files in another way. The truth is read by the cases' own scorer alone, after the linkage.

    python tests/cases/run_cases.py            every spec; rewrites the table in README.md
    python tests/cases/run_cases.py CASE ...   these only; prints their lines
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SPECS = ROOT / "tests" / "cases"
CASES = ROOT.parent / "shared" / "cases"
README = ROOT / "README.md"
START, END = "<!-- cases -->\n", "<!-- /cases -->"
HEAD = (
    "| case | links | precision | recall | F1 | pairs found | seconds | what others score |\n"
    "|---|---|---|---|---|---|---|---|\n"
)


def case_of(spec: Path) -> Path:
    """The folder of the case that a spec is for: the longest name its own name starts with."""
    names = [folder.name for folder in CASES.iterdir() if spec.stem.startswith(folder.name)]
    if not names:
        raise SystemExit(f"cases: there is no case for {spec.name} in {CASES}.")
    return CASES / max(names, key=len)


def link(spec: Path, output: Path) -> float:
    """Run the command a user would run; return its seconds, start of the JVM included."""
    case = case_of(spec)
    command = [sys.executable, "-m", "attainment_linkage", "link-files", str(spec)]
    command += ["--left", str(case / "a.parquet"), "--right", str(case / "b.parquet")]
    began = time.monotonic()
    done = subprocess.run([*command, "--output", str(output)], check=False)
    if done.returncode:
        raise SystemExit(f"cases: {spec.stem} ended with exit code {done.returncode}.")
    return time.monotonic() - began


def score(spec: Path, pairs: Path) -> dict[str, dict[str, float]]:
    """What the cases' own scorer says of the pairs."""
    command = [sys.executable, str(CASES / "score_pairs.py"), str(case_of(spec)), str(pairs)]
    # -> JSON; no byte code is left beside the scorer, which is not ours
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    scores: dict[str, dict[str, float]] = json.loads(done.stdout)
    return scores


def others(spec: Path) -> str:
    """What others score on the case, from the table of the cases' own README."""
    for line in (CASES / "README.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == 6 and cells[1].strip("*") == spec.stem:
            return cells[4]
    return "-"


def line_of(spec: Path) -> str:
    """One line of the table: link, score, write down."""
    with tempfile.TemporaryDirectory(prefix="case-") as folder:
        seconds = link(spec, Path(folder))
        scores = score(spec, Path(folder) / "pairs.parquet")
    found, complete = scores["chosen"], scores["pair_completeness"]
    return (
        f"| {spec.stem} | {found['links']:,} | {found['precision']:.4f} | {found['recall']:.4f} "
        f"| {found['f1']:.4f} | {complete:.4f} | {seconds:.0f} | {others(spec)} |\n"
    )


def rewritten(readme: str, table: str) -> str:
    """The README with the table between its markers replaced."""
    before, start, rest = readme.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise SystemExit(f"cases: README.md has no block {START.strip()} ... {END}.")
    return before + START + table + END + after


def main(wanted: list[str]) -> None:
    """Run the wanted specs, or all of them and rewrite the README's table."""
    if not CASES.is_dir():
        raise SystemExit(f"cases: {CASES} is not there. Put the shared cases beside the clone.")
    specs = sorted(SPECS.glob("*.toml"))
    unknown = sorted(set(wanted) - {spec.stem for spec in specs})
    if unknown:
        raise SystemExit(f"cases: there is no spec for {', '.join(unknown)} in tests/cases.")
    lines = []
    for spec in specs:
        if not wanted or spec.stem in wanted:
            lines.append(line_of(spec))
            print(lines[-1], end="", flush=True)
    if not wanted:
        README.write_text(rewritten(README.read_text("utf-8"), HEAD + "".join(lines)), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
