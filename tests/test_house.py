"""The house rules on source code: rooms, sizes, names, and what a line may not do.

A rule is a function from a sheet (one source file) to its complaints. Every rule runs over
every sheet, and a planted breach shows that the rule can fail. The map of the house (road,
README, versions) is in test_map.py; import-linter checks the rooms too, in `make lint`.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from attainment_linkage.domain.road import ROAD

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "lib/attainment_linkage/"

MAX_FILE_LINES = 300
MAX_STAGE_LINES = 80
MAX_FUNCTION_LINES = 50

SEES = {
    "domain": {"domain"},
    "core": {"core", "domain"},
    "steps": {"steps", "core", "domain"},
    "adapters": {"adapters", "core", "domain"},
    "stages": {"stages", "steps", "adapters", "core", "domain"},
    "cli": {"cli", "stages", "domain"},
    "front": {"stages", "core", "domain"},
    "__main__": {"cli"},
}
ENGINES = {"pyspark", "splink", "delta", "duckdb", "great_expectations"}
NOT_IMPORTED = {"domain": ENGINES, "core": ENGINES, "stages": {"pyspark.sql.functions"}}
ONLY_IN = {
    "splink": {"steps/sessions.py", "steps/kernel.py", "steps/given_pairs.py"},
    "great_expectations": {"adapters/gates.py"},
}
BANNED_ROOMS = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "tools"}
BANNED_NAME = re.compile(r"^(df|.*_df|(.*_)?manager|.*Manager)$")
SPEAKS = {"show", "print", "toPandas", "printSchema"}
OF_THE_JVM = {
    "sparkContext",
    "_sc",
    "_jvm",
    "_jsc",
    "_jdf",
    "_jsparkSession",
    "rdd",
    "toDebugString",
}
UNREPEATABLE = {
    "rand", "randn", "uuid", "uuid4", "monotonically_increasing_id", "hash",
    "current_timestamp", "current_date", "shuffle", "input_file_name",
    "localtimestamp", "spark_partition_id", "now", "utcnow", "today", "time", "time_ns",
    "monotonic", "perf_counter", "urandom",
}  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """One source file: its path from the root of the repository, and its text."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def inside(self) -> str:
        """The path inside the package; empty for jobs and tests."""
        return self.path.removeprefix(PACKAGE) if self.path.startswith(PACKAGE) else ""

    @property
    def room(self) -> str:
        return self.inside.split("/")[0].removesuffix(".py")

    @property
    def imports(self) -> set[str]:
        """Every dotted name imported, `from a import b` as a.b."""
        names = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names |= {f"{node.module}.{alias.name}" for alias in node.names}
        return names

    @property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return [node for node in ast.walk(self.tree) if isinstance(node, kinds)]

    @property
    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Each call with the last part of the name that is called."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                if isinstance(node.func, ast.Name):
                    yield node.func.id, node
                elif isinstance(node.func, ast.Attribute):
                    yield node.func.attr, node


Rule = Callable[[Sheet], Iterator[str]]


def is_of(name: str, module: str) -> bool:
    return name == module or name.startswith(module + ".")


def looks_only_downstairs(sheet: Sheet) -> Iterator[str]:
    for name in sheet.imports if sheet.room in SEES else ():
        package, _, rest = name.partition(".")
        if package == "attainment_linkage" and rest.split(".")[0] not in SEES[sheet.room]:
            yield f"{sheet.room} may not import {name}"
        for banned in NOT_IMPORTED.get(sheet.room, ()):
            if is_of(name, banned):
                yield f"{sheet.room} may not import {banned}"


def keeps_an_engine_to_its_sheets(sheet: Sheet) -> Iterator[str]:
    for engine, homes in ONLY_IN.items() if sheet.inside else ():
        if sheet.inside not in homes and any(is_of(name, engine) for name in sheet.imports):
            yield f"{engine} is imported only in {', '.join(sorted(homes))}"
    for name in sheet.imports:
        if is_of(name, "splink.internals"):
            yield "splink's internals are not ours to import"


def is_short(sheet: Sheet) -> Iterator[str]:
    is_stage = sheet.inside in {f"stages/{stage.name}.py" for stage in ROAD}
    lines, limit = len(sheet.text.splitlines()), MAX_STAGE_LINES if is_stage else MAX_FILE_LINES
    if lines > limit:
        yield f"{lines} lines; at most {limit}"


def has_short_functions(sheet: Sheet) -> Iterator[str]:
    rows = sheet.text.splitlines()
    for function in sheet.functions:
        docstring = function.body[0] if ast.get_docstring(function) is not None else None
        first = docstring.end_lineno + 1 if docstring else function.body[0].lineno
        body = [row.strip() for row in rows[first - 1 : function.end_lineno]]
        length = sum(1 for row in body if row and not row.startswith("#"))
        if length > MAX_FUNCTION_LINES:
            yield f"{function.name} has {length} lines of code; at most {MAX_FUNCTION_LINES}"


def explains_what_is_public(sheet: Sheet) -> Iterator[str]:
    if not sheet.inside:
        return
    if sheet.text.strip() and ast.get_docstring(sheet.tree) is None:
        yield "the module has no docstring"
    for owner in [sheet.tree, *(n for n in sheet.tree.body if isinstance(n, ast.ClassDef))]:
        for node in owner.body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            if ast.get_docstring(node) is None:
                yield f"{node.name} has no docstring"
            if isinstance(node, ast.FunctionDef):
                yield from unannotated(node)


def unannotated(function: ast.FunctionDef) -> Iterator[str]:
    arguments = function.args.posonlyargs + function.args.args + function.args.kwonlyargs
    for argument in arguments:
        if argument.annotation is None and argument.arg not in {"self", "cls"}:
            yield f"{function.name}: {argument.arg} is not annotated"
    if function.returns is None:
        yield f"{function.name} does not say what it returns"


def has_plain_names(sheet: Sheet) -> Iterator[str]:
    for part in Path(sheet.path).with_suffix("").parts:
        if part in BANNED_ROOMS:
            yield f"{part} names no room of the house"
    for node in ast.walk(sheet.tree) if sheet.inside else ():
        name = getattr(node, "arg", None) or getattr(node, "id", None)
        name = name or getattr(node, "name", None)
        if isinstance(name, str) and BANNED_NAME.match(name):
            yield f"{name} does not say what it holds"


def speaks_only_in_the_run_log(sheet: Sheet) -> Iterator[str]:
    if sheet.inside and sheet.inside != "adapters/runlog.py":
        for name, call in sheet.calls:
            if name in SPEAKS:
                yield f"line {call.lineno}: {name}() may show a row; the run log speaks, in counts"


def is_repeatable(sheet: Sheet) -> Iterator[str]:
    for name, call in sheet.calls if sheet.room in {"core", "steps"} else ():
        if name in UNREPEATABLE:
            yield f"line {call.lineno}: {name}() differs from run to run"


def runs_without_a_jvm_of_its_own(sheet: Sheet) -> Iterator[str]:
    """So that it runs under Spark Connect too; the session's own sheet alone may ask the JVM."""
    if sheet.inside in {"", "adapters/session.py"}:
        return
    for node in ast.walk(sheet.tree):
        if isinstance(node, ast.Attribute) and node.attr in OF_THE_JVM:
            yield f"line {node.lineno}: {node.attr} is not there under Spark Connect"
    if any(is_of(name, "pyspark.SparkContext") for name in sheet.imports):
        yield "SparkContext is not there under Spark Connect"


def says_which_error_it_expects(sheet: Sheet) -> Iterator[str]:
    for name, call in sheet.calls if sheet.path.startswith("tests/") else ():
        if name == "raises" and "match" not in {keyword.arg for keyword in call.keywords}:
            yield f"line {call.lineno}: pytest.raises without match"


LONG_FUNCTION = "def f() -> int:\n" + "    x = 1\n" * 50 + "    return x\n"
PLANTED: list[tuple[Rule, str, str]] = [
    (looks_only_downstairs, "core/a.py", "import pyspark"),
    (looks_only_downstairs, "domain/a.py", "from attainment_linkage.core import policy"),
    (looks_only_downstairs, "steps/a.py", "from attainment_linkage.adapters import delta"),
    (looks_only_downstairs, "adapters/a.py", "from attainment_linkage import steps"),
    (looks_only_downstairs, "stages/a.py", "from pyspark.sql import functions as F"),
    (keeps_an_engine_to_its_sheets, "steps/block.py", "from splink import Linker"),
    (keeps_an_engine_to_its_sheets, "steps/score.py", "import splink.internals.linker"),
    (keeps_an_engine_to_its_sheets, "stages/a.py", "import great_expectations as gx"),
    (is_short, "steps/a.py", "x = 1\n" * 301),
    (is_short, "stages/runner.py", "x = 1\n" * 301),
    (is_short, "stages/link.py", "x = 1\n" * 81),
    (has_short_functions, "core/a.py", LONG_FUNCTION),
    (explains_what_is_public, "core/a.py", "x = 1"),
    (explains_what_is_public, "core/a.py", '"""Doc."""\nclass A:\n    x = 1'),
    (explains_what_is_public, "core/a.py", '"""Doc."""\ndef f() -> int:\n    return 1'),
    (explains_what_is_public, "core/a.py", '"""D."""\ndef f(x) -> int:\n    """D."""'),
    (explains_what_is_public, "core/a.py", '"""D."""\ndef f(x: int):\n    """D."""'),
    (has_plain_names, "core/utils.py", ""),
    (has_plain_names, "core/a.py", "pairs_df = 1"),
    (has_plain_names, "core/a.py", "class RunManager: ..."),
    (speaks_only_in_the_run_log, "steps/a.py", "pairs.show()"),
    (speaks_only_in_the_run_log, "stages/a.py", "print(1)"),
    (is_repeatable, "steps/a.py", "F.rand()"),
    (is_repeatable, "core/a.py", "hash('x')"),
    (is_repeatable, "core/a.py", "datetime.now()"),
    (runs_without_a_jvm_of_its_own, "stages/a.py", "n = spark.sparkContext.defaultParallelism"),
    (runs_without_a_jvm_of_its_own, "steps/a.py", "n = pairs.rdd.getNumPartitions()"),
    (runs_without_a_jvm_of_its_own, "stages/a.py", "from pyspark import SparkContext"),
    (says_which_error_it_expects, "../../tests/test_a.py", "pytest.raises(ValueError)"),
]
RULES = list(dict.fromkeys(rule for rule, _, _ in PLANTED))


def sheets() -> list[Sheet]:
    found = [ROOT / "setup.py"]
    for folder in ("lib", "jobs", "tests"):
        found += sorted((ROOT / folder).rglob("*.py"))
    return [Sheet(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in found]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_sheet(rule):
    complaints = [f"{sheet.path}: {said}" for sheet in sheets() for said in rule(sheet)]

    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize(("rule", "path", "text"), PLANTED)
def test_the_rule_catches_a_planted_breach(rule, path, text):
    path = path.removeprefix("../../") if path.startswith("../../") else PACKAGE + path

    assert list(rule(Sheet(path, text)))


def test_every_room_of_the_package_is_known():
    rooms = {sheet.room for sheet in sheets() if sheet.inside}

    assert rooms - {"__init__"} <= set(SEES)


def test_every_direct_dependency_is_declared_and_every_declared_one_is_used():
    called = {"python-stdnum": "stdnum", "delta-spark": "delta", "vl-convert-python": "vl_convert"}
    ours = {"attainment_linkage", *sys.stdlib_module_names}
    imported = {name.split(".")[0] for sheet in sheets() if sheet.inside for name in sheet.imports}
    setup = ast.parse((ROOT / "setup.py").read_text("utf-8"))
    pins = next(
        ast.literal_eval(node.value)
        for node in setup.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "RUN_TIME"
    )
    names = [pin.partition("==")[0] for pin in pins]
    declared = {called.get(name, name.replace("-", "_")) for name in names}

    # delta: the pin of the jar in spark-defaults.conf
    assert imported - ours == declared - {"delta"}
