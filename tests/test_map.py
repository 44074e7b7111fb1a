"""The map of the house: road, README, error codes, versions and tracked files agree."""

import ast
import json
import re
import subprocess
from pathlib import Path

import pytest

from attainment_linkage.domain import error_texts, errors, road

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "lib" / "attainment_linkage"

# Put together here, so that this sheet does not break its own rule.
MACHINE_PATHS = re.compile("|".join(["/" + "work/", "/" + "tmp/w", "/" + "root/", r"/home/\w+/"]))
REGISTRIES = re.compile(
    "|".join(["py" + r"pi\.org", "python" + "hosted", r"maven\.", "repo1" + r"\."])
)


def readme() -> str:
    return (ROOT / "README.md").read_text("utf-8")


def between(name: str) -> str:
    """What the README holds between the two markers of that name."""
    found = re.findall(f"<!-- {name} -->\n(.*?)<!-- /{name} -->", readme(), flags=re.DOTALL)
    assert len(found) == 1, f"README.md has {len(found)} blocks named {name}"
    return found[0]


def table(name: str) -> list[list[str]]:
    """The rows of the README's table between the two markers, without its head."""
    lines = [line for line in between(name).splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.split("|")[1:-1]] for line in lines[2:]]


def all_errors(kind: type[errors.LinkageError] = errors.LinkageError) -> list[type]:
    return [kind, *(each for child in kind.__subclasses__() for each in all_errors(child))]


def pins(name: str) -> dict[str, str]:
    """The pinned versions in one list of setup.py."""
    for node in ast.parse((ROOT / "setup.py").read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return dict(pin.split("==") for pin in ast.literal_eval(node.value))
    raise LookupError(f"setup.py has no {name}")


def spark_defaults() -> dict[str, str]:
    lines = (ROOT / "conf" / "spark-defaults.conf").read_text("utf-8").splitlines()
    return dict(line.split(maxsplit=1) for line in lines if line and not line.startswith("#"))


def tracked() -> list[Path]:
    """Files that are, or would be, in the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git repository: nothing says which files are tracked")
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in files if path.is_file()]


# ------------------------------------------------------------------------------ the road


def test_each_read_is_a_source_or_was_written_before():
    written = set()
    for stage in road.ROAD:
        missing = [table.name for table in stage.reads if table.name not in written]
        assert not missing, f"{stage.name} reads {missing}, which no stage before it writes"
        written |= {table.name for table in stage.writes}


def test_each_table_is_written_once():
    names = [table.name for stage in road.ROAD for table in stage.writes]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("stage", road.ROAD, ids=lambda stage: stage.name)
def test_each_stage_has_its_sheet_door_steps_and_their_tests(stage):
    expected = [PACKAGE / "stages" / f"{stage.name}.py", ROOT / "jobs" / f"{stage.name}.py"]
    for step in stage.step_modules:
        expected += [PACKAGE / "steps" / f"{step}.py", ROOT / f"tests/spark/test_{step}.py"]
    missing = [path.relative_to(ROOT).as_posix() for path in expected if not path.is_file()]

    assert not missing


def test_each_door_is_three_lines():
    for door in (ROOT / "jobs").glob("*.py"):
        code = [
            node
            for node in ast.parse(door.read_text("utf-8")).body
            if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        ]
        assert len(code) <= 3, f"{door.name} does something of its own"


@pytest.mark.parametrize("table", [t for s in road.ROAD for t in s.writes], ids=lambda t: t.name)
def test_each_table_has_its_gate_and_each_expectation_its_severity(table):
    suite = json.loads((ROOT / "expectations" / f"{table.name}.json").read_text("utf-8"))

    assert suite["expectations"]
    for expectation in suite["expectations"]:
        severity = expectation.get("severity") or expectation.get("meta", {}).get("severity")
        assert severity in {"critical", "warning"}, expectation["type"]


def test_no_gate_stands_where_no_table_is():
    tables = {table.name for stage in road.ROAD for table in stage.writes}

    assert {path.stem for path in (ROOT / "expectations").glob("*.json")} <= tables


# ---------------------------------------------------------------------------- the README


def test_readme_shows_the_road_as_the_code_has_it():
    assert between("road") == f"```\n{road.diagram()}\n```\n"


def test_readme_has_one_line_for_each_stage():
    lines = [f"- `{stage.name}` {stage.summary}" for stage in road.ROAD]

    assert between("stages").splitlines() == lines


def test_every_error_has_its_cause_and_cure_where_explain_finds_them():
    rows = [[each.code, each.exit_code] for each in sorted(all_errors(), key=lambda e: e.exit_code)]

    assert list(error_texts.TEXTS) == [code for code, _ in rows]
    assert all(text.cause and text.cure for text in error_texts.TEXTS.values())


def test_readme_lists_every_error_as_explain_says_it():
    exits = {each.code: str(each.exit_code) for each in all_errors()}
    texts = error_texts.TEXTS.values()

    assert table("errors") == [
        [text.code, exits[text.code], *(part.strip("`") for part in (text.cause, text.cure))]
        for text in texts
    ]


def test_readme_names_every_target_of_make():
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)

    assert not [target for target in targets if f"make {target}" not in readme()]


def test_every_path_the_readme_points_to_is_there():
    paths = re.findall(r"`((?:conf|lib|jobs|tests|expectations|\.github|\.ci)/[\w./-]*)`", readme())

    assert paths
    assert not [path for path in paths if not (ROOT / path).exists()]


def test_every_shared_case_has_its_specification():
    cases = ROOT.parent / "shared" / "cases"
    if not cases.is_dir():
        pytest.skip("the shared cases are not beside this clone")
    specs = {path.stem for path in (ROOT / "tests" / "cases").glob("*.toml")}

    assert {folder.name for folder in cases.iterdir() if folder.is_dir()} <= specs


# ---------------------------------------------------------------------------- the errors


def test_every_error_has_a_code_and_an_exit_code_of_its_own():
    codes = [each.code for each in all_errors()]
    exits = [each.exit_code for each in all_errors()]

    assert len(set(codes)) == len(codes)
    assert len(set(exits)) == len(exits)
    assert all(re.fullmatch(r"[A-Z]+(_[A-Z]+)*", code) for code in codes)
    assert all(0 < number < 126 for number in exits)  # above: the shell's own


def test_the_tree_in_the_docstring_is_the_tree_of_classes():
    drawn = dict(re.findall(r"-- (\w+) +(\d+)", errors.__doc__))
    real = {each.__name__: str(each.exit_code) for each in all_errors()}

    assert {"LinkageError": "1", **drawn} == real


# -------------------------------------------------------------------------- the versions


def test_setup_and_constraints_pin_the_same_versions():
    lines = (ROOT / "conf" / "constraints.txt").read_text("utf-8").splitlines()
    frozen = dict(line.split("==") for line in lines if not line.startswith("#"))
    pinned = pins("RUN_TIME") | pins("DEVELOPMENT")
    called = {name.lower().replace("_", "-"): version for name, version in frozen.items()}

    assert pinned == {name: called.get(name) for name in pinned}


def test_delta_s_jar_is_of_the_pinned_delta_and_spark():
    run_time = pins("RUN_TIME")
    spark = ".".join(run_time["pyspark"].split(".")[:2])
    jar = f"io.delta:delta-spark_{spark}_2.13:{run_time['delta-spark']}"

    assert spark_defaults()["spark.jars.packages"] == jar


# --------------------------------------------------------------------- the tracked files


def test_no_file_names_a_machine_s_path_or_a_registry():
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked()
        for match in [
            pattern.search(path.read_text("utf-8", errors="ignore"))
            for pattern in (MACHINE_PATHS, REGISTRIES)
        ]
        if match
    ]

    assert not found


def test_git_does_not_ignore_the_source_root():
    command = ["git", "check-ignore", "-q", "lib/attainment_linkage/cli/__init__.py"]

    assert subprocess.run(command, cwd=ROOT, check=False).returncode


def test_the_top_level_is_the_owner_s():
    allowed = {"jobs", "lib", "expectations", "tests", "conf", "setup.py", "README.md"}
    allowed |= {"Makefile", "pyproject.toml", "LICENSE"}
    top = {path.relative_to(ROOT).parts[0] for path in tracked()}

    assert {name for name in top if not name.startswith(".")} <= allowed
