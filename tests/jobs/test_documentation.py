"""The documentation: every command in it is taken as it stands, and run; its Python runs too.

Each command of the console script goes through its own parser as the page has it, with what it
would do taken out (the doors); and each is run for good, with real names in the place of those in
capitals, on the whole road of the leak scan (`tests/leaks/asked.py`), which then looks for names
in what it said. The first two commands, `make demo` and `make test`, are run by whoever reads this.
"""

import re
import shlex
from inspect import isfunction
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from attainment_linkage import front
from attainment_linkage.cli import app
from attainment_linkage.stages.doors import linkers, looking, release, research, review
from tests.leaks.asked import AFTER_THE_ROAD

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", ".github/CONTRIBUTING.md", "conf/README.md", "tests/benchmarks/README.md")
RUN_BEFORE = ("run", "--synthesise")
"""The road itself, that the others are asked after."""
RUN_BY_TEST_REVIEW = ("review", "--reviewer")
"""It serves a page until it is ended."""
PROGRAM = re.compile(r"^(?:\.venv/bin/)?attainment-linkage (.+)$")


def code(page):
    """Every line of an indented or fenced block, comments left out, and every inline piece."""
    text = re.sub(r"\\\n\s*", "", (ROOT / page).read_text("utf-8"))
    lines = re.findall(r"^(?: {4}|\t)(?=[.\w])(.+)$", text, re.MULTILINE)
    for block in re.findall(r"^```(?:bash|sh)?\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        lines += block.splitlines()
    lines = [line.split("  #")[0].split(" # ")[0].strip() for line in lines]
    return [*lines, *re.findall(r"`([^`\n]+)`", text)]


def commands():
    found = {}
    for page in PAGES:
        for line in code(page):
            if match := PROGRAM.match(line):
                found.setdefault(match[1], page)
    return found


COMMANDS = commands()


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[:60])
def test_every_command_of_the_console_script_is_one_it_takes(monkeypatch, words):
    called = []

    def noted(*given, **named):
        called.append(given)
        return 0

    for doors in (linkers, looking, release, research, review):
        for name, each in vars(doors).items():
            if isfunction(each) and each.__module__ == doors.__name__ and not name.startswith("_"):
                monkeypatch.setattr(doors, name, noted)
    given = shlex.split(words.translate({ord("["): None, ord("]"): None}))  # optional: given too
    done = CliRunner().invoke(app, given)

    assert done.exit_code == 0, f"{COMMANDS[words]}: {words}: {done.output}"
    assert called or given[-1] in {"--help", "--install-completion"}


def shape(words):
    """The words of a command and its options, without what is given to them."""
    command, named, options = get_command(app), [], set()
    for word in words:
        inner = getattr(command, "commands", {}).get(word)
        command, named = (inner, [*named, word]) if inner else (command, named)
        options |= {word} if word.startswith("--") else set()
    return (*named, *sorted(options - {"--config", "--lake"}))


def test_every_command_of_the_console_script_is_run(canary_road):
    assert canary_road.lake.exists()
    run = {shape(words) for words, _ in AFTER_THE_ROAD} | {RUN_BEFORE, RUN_BY_TEST_REVIEW}
    named = {
        shape(shlex.split(words.translate({ord("["): " ", ord("]"): " "}))) for words in COMMANDS
    }

    assert [one for one in sorted(named) if not any({*one} <= {*other} for other in run)] == []


def test_the_documentation_has_commands_at_all():
    assert len(COMMANDS) >= 25
    assert {words.split()[0] for words in COMMANDS} >= {"run", "why", "diff", "doctor", "review"}


def test_every_target_of_make_it_names_is_there():
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    named = {
        found
        for page in PAGES
        for line in code(page)
        for found in re.findall(r"^make ([a-z-]+)", line)
    }

    assert {"demo", "test", "setup"} <= named
    assert named <= set(targets)


def test_every_file_given_to_another_program_is_there():
    files = {
        word
        for page in PAGES
        for line in code(page)
        if re.match(r"(PYSPARK_PYTHON=|\.venv/bin/(spark-submit|ruff|pytest)|--|jobs/|pip )", line)
        for word in shlex.split(line.rstrip("\\"))
        if re.fullmatch(r"(jobs|conf|tests)/[\w./-]+", word)
    }

    assert {"jobs/link.py", "conf/spark-defaults.conf", "conf/constraints.txt"} <= files
    assert [name for name in files if not (ROOT / name).exists()] == []


def test_the_python_of_the_readme_runs(monkeypatch):
    linked = []

    class Linked:
        def table(self):
            return linked

    def noted(left, right, spec, output, config):
        linked.append((left, right, sorted(spec)))
        return Linked()

    monkeypatch.setattr(front.notebook, "link", noted)
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})
    assert linked == [("a.csv", "b.csv", ["left", "right"])]
