"""Links the cases in ../shared/cases by their specs here, scores them, rewrites the README.

A spec `<case>.toml` is for the case of that name; `<case>_<variant>.toml` links the same
files in another way. The truth is read by the cases' own scorer alone, after the linkage.

    python tests/cases/run_cases.py            every spec; rewrites the table in README.md
    python tests/cases/run_cases.py CASE ...   these only; prints their lines

It ends with exit code 1 when a case falls short of its goal, and names what is missing.
"""

from __future__ import annotations

import json
import os
import re
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
    "| case | links | precision | recall | F1 | pairs found | seconds | goal | "
    "what others score |\n"
    "|---|---|---|---|---|---|---|---|---|\n"
)
EXPECTED_HEAD = (
    "\nWhat each linkage expected of itself, from its weights alone, with 95% intervals, and what "
    "is true:\n\n| case | false links expected | true | missed links expected | true |\n"
    "|---|---|---|---|---|\n"
)
_EXPECTED = re.compile(r"(false|missed) links expected: ([\d.]+)% ([\d.]+) to ([\d.]+)")
GOALS: dict[str, dict[str, float]] = {
    "essnet_census_cis_a": {"precision": 0.9995, "recall": 0.992},
    "ons_working_linkage": {"precision": 0.98, "recall": 0.75},
    "pseudopeople_census2020_2030": {"precision": 0.998, "recall": 0.975},
    "pseudopeople_acs_census2020": {"f1": 0.96},
    "easylink_w2_ssa_2020": {"precision": 0.995, "recall": 0.981},
    "easylink_w2_ssa_2020_without_ssn": {"precision": 0.995, "recall": 0.981},
    "febrl4": {"f1": 0.9995},
    "febrl_F_10000": {"precision": 0.995, "recall": 0.95},
    "historical50k_o2o": {"precision": 0.97, "recall": 0.62},
    "ncvr_ocp20": {"precision": 0.95, "recall": 0.77},
}
"""What the links of each case are to reach, with the defaults alone."""
SHORT = {"precision": "P", "recall": "R", "f1": "F1"}


def case_of(spec: Path) -> Path:
    """The folder of the case that a spec is for: the longest name its own name starts with."""
    names = [folder.name for folder in CASES.iterdir() if spec.stem.startswith(folder.name)]
    if not names:
        raise SystemExit(f"cases: there is no case for {spec.name} in {CASES}.")
    return CASES / max(names, key=len)


def link(spec: Path, output: Path) -> tuple[float, str]:
    """Run the command a user would run; its seconds, start of the JVM included, and its words."""
    case = case_of(spec)
    command = [sys.executable, "-m", "attainment_linkage", "link-files", str(spec)]
    command += ["--left", str(case / "a.parquet"), "--right", str(case / "b.parquet")]
    began = time.monotonic()
    command += ["--output", str(output)]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"{done.stdout}cases: {spec.stem} ended with exit code {done.returncode}.")
    return time.monotonic() - began, done.stdout


def expected_line(name: str, said: str, found: dict[str, float]) -> str:
    """One line of the table of expected errors; a truth outside its interval is marked."""
    told = {one[1]: tuple(map(float, one.groups()[1:])) for one in _EXPECTED.finditer(said)}
    cells = []
    for rate, right in (("false", found["precision"]), ("missed", found["recall"])):
        value, lower, upper = told[rate]
        true = 100 * (1 - right)
        is_inside = lower - 0.0005 <= true <= upper + 0.0005
        cells += [f"{value:.3f}% ({lower:.3f} to {upper:.3f})"]
        cells += [f"{true:.3f}%" if is_inside else f"**{true:.3f}%**"]
    return f"| {name} | {' | '.join(cells)} |\n"


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
        if len(cells) == 6 and cells[1].strip("*") == case_of(spec).name:
            return cells[4]
    return "-"


def goal_of(name: str) -> str:
    """The goal of a case as the table shows it."""
    return " ".join(f"{SHORT[what]} {least}" for what, least in GOALS.get(name, {}).items()) or "-"


def shortfalls(name: str, found: dict[str, float]) -> list[str]:
    """What a case falls short of: one text per figure under its goal."""
    return [
        f"{name}: {what} {found[what]:.5f} is under {least}"
        for what, least in GOALS.get(name, {}).items()
        if not found[what] >= least  # without a link there is no precision: NaN
    ]


def outcome_of(spec: Path) -> tuple[str, str, list[str]]:
    """A line of each table, and what it falls short of: link, score, write down."""
    with tempfile.TemporaryDirectory(prefix="case-") as folder:
        seconds, said = link(spec, Path(folder))
        scores = score(spec, Path(folder) / "pairs.parquet")
    found, complete = scores["chosen"], scores["pair_completeness"]
    line = (
        f"| {spec.stem} | {found['links']:,} | {found['precision']:.4f} | {found['recall']:.4f} "
        f"| {found['f1']:.4f} | {complete:.4f} | {seconds:.0f} | {goal_of(spec.stem)} "
        f"| {others(spec)} |\n"
    )
    return line, expected_line(spec.stem, said, found), shortfalls(spec.stem, found)


def rewritten(readme: str, table: str) -> str:
    """The README with the table between its markers replaced."""
    before, start, rest = readme.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise SystemExit(f"cases: README.md has no block {START.strip()} ... {END}.")
    return before + START + table + END + after


def main(wanted: list[str]) -> int:
    """Run the wanted specs, or all of them and rewrite the README's table; 1 if one is short."""
    if not CASES.is_dir():
        raise SystemExit(f"cases: {CASES} is not there. Put the shared cases beside the clone.")
    specs = sorted(SPECS.glob("*.toml"))
    unknown = sorted(set(wanted) - {spec.stem for spec in specs})
    if unknown:
        raise SystemExit(f"cases: there is no spec for {', '.join(unknown)} in tests/cases.")
    lines, expected, short = [], [], []
    for spec in specs:
        if not wanted or spec.stem in wanted:
            line, told, missing = outcome_of(spec)
            lines.append(line)
            expected.append(told)
            short += missing
            print(line, told, sep="", end="", flush=True)
    if not wanted:
        table = "".join([HEAD, *lines, EXPECTED_HEAD, *expected])
        README.write_text(rewritten(README.read_text("utf-8"), table), "utf-8")
    for text in short:
        print(text, file=sys.stderr)
    return 1 if short else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
