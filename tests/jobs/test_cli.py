"""The command line: each door leads to its stage, and every end has its exit code."""

import os
import runpy
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from attainment_linkage.adapters.processes import Process
from attainment_linkage.cli import app
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.errors import GateFailedError
from attainment_linkage.domain.road import ROAD
from attainment_linkage.stages.doors import linkers, review

ROOT = Path(__file__).resolve().parents[2]
STAGES = [stage.name for stage in ROAD]


def ends(*words):
    """Run the console script inside this process."""
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def called(monkeypatch):
    """What the doors of the road were called with; nothing is run."""
    calls = []

    def noting(*given, **named):
        calls.append((*given, named))

    monkeypatch.setattr(linkers, "run_one", noting)
    monkeypatch.setattr(linkers, "run_road", noting)
    monkeypatch.setattr(linkers, "link_files", noting)
    monkeypatch.setattr(linkers, "say", lambda linked, log: None)
    return calls


@pytest.mark.parametrize("stage", STAGES)
def test_a_subcommand_runs_its_stage_on_the_lake_and_configuration_given(called, tmp_path, stage):
    done = ends(stage, "--config", "cluster", "--lake", tmp_path)

    [(name, config, switches)] = called
    assert (done.exit_code, name) == (0, stage)
    assert config.lake.directory == str(tmp_path)
    assert config.spark.master == ""  # cluster's: as launched
    assert switches == {"force": False, "break_lock": False}


def test_run_runs_the_road_with_the_generator_only_where_asked(called, tmp_path):
    ends("run", "--lake", tmp_path)
    ends("run", "--lake", tmp_path, "--synthesise", "--force", "--break-lock")

    assert [switches for _, switches in called] == [
        {"synthesise": False, "force": False, "break_lock": False, "at_end": linkers.close},
        {"synthesise": True, "force": True, "break_lock": True, "at_end": linkers.close},
    ]


def test_link_files_keeps_its_spill_files_in_the_output_and_leaves_none(called, tmp_path):
    output, dead = tmp_path / "out", Process(socket.gethostname(), 2**22 + 1, 1)
    (output / f".work-{dead.name}").mkdir(parents=True)

    done = ends("link-files", "s.toml", "--left", "a", "--right", "b.csv", "--output", output)

    [(*paths, config, _)] = called
    assert (done.exit_code, paths) == (0, [Path("s.toml"), Path("a"), Path("b.csv"), output])
    assert config.lake.temporary_path.is_relative_to(output)
    assert list(output.iterdir()) == []


@pytest.mark.parametrize("name", [*STAGES, "run"])
def test_spark_submit_s_script_is_the_subcommand_of_its_name(called, monkeypatch, tmp_path, name):
    script = ROOT / "jobs" / f"{name}.py"
    monkeypatch.setattr(sys, "argv", [str(script), "--lake", str(tmp_path)])

    with pytest.raises(SystemExit, match=r"^0$"):
        runpy.run_path(str(script), run_name="__main__")

    assert called[0][0] == name or name == "run"
    assert called[0][-2].lake.directory == str(tmp_path)


@pytest.mark.parametrize("stage", [*STAGES, "run"])
def test_a_refused_configuration_ends_with_its_code_and_every_problem(called, tmp_path, stage):
    mine = tmp_path / "mine.toml"
    mine.write_text('colour = "red"\n[link]\nmargin_bits = 0\n', "utf-8")

    done = ends(stage, "--config", mine)

    assert done.exit_code == 10
    assert done.stderr.startswith("CONFIG_REFUSED: ")
    assert "colour" in done.stderr
    assert "margin_bits" in done.stderr
    assert not called


def test_an_error_of_the_road_ends_with_its_own_code(monkeypatch, tmp_path):
    def refuse(*_, **__):
        raise GateFailedError("links: 1 of 3 critical expectations failed.")

    monkeypatch.setattr(linkers, "run_one", refuse)
    done = ends("link", "--lake", tmp_path)

    assert done.exit_code == GateFailedError.exit_code
    assert done.stderr == (
        "GATE_FAILED: links: 1 of 3 critical expectations failed. "
        "More: attainment-linkage explain GATE_FAILED\n"
    )


def test_an_error_of_a_library_ends_without_what_it_said(monkeypatch, tmp_path):
    def fail(*_, **__):
        raise ValueError("cannot cast 'SECRETNAME'")

    monkeypatch.setattr(linkers, "run_road", fail)
    done = ends("run", "--lake", tmp_path)

    assert done.exit_code == 80
    assert done.stderr.startswith("STAGE_FAILED: ")
    assert "SECRETNAME" not in done.output + done.stderr


def submitted(lake, *launch):
    """Run one job through the real spark-submit, as the README says to.

    spark-submit sends what a Python job says to standard output, its errors too.
    """
    scripts = Path(sys.executable).parent
    command = [scripts / "spark-submit", *launch, ROOT / "jobs" / "link.py", "--lake", lake]
    environment = os.environ | {"PYSPARK_PYTHON": sys.executable}
    return subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_spark_submit_with_the_launch_settings_gets_as_far_as_the_missing_input(tmp_path):
    done = submitted(tmp_path, "--properties-file", ROOT / "conf" / "spark-defaults.conf")

    assert done.returncode == 31, done.stderr
    assert "TABLE_MISSING: link: its input attainment_people has not been made" in done.stdout


def test_spark_submit_without_the_launch_settings_stops_at_the_missing_delta(tmp_path):
    done = submitted(tmp_path)

    assert done.returncode == 52, done.stderr
    assert "DELTA_MISSING: " in done.stdout
    assert "--properties-file conf/spark-defaults.conf" in done.stdout


@pytest.mark.parametrize(
    ("words", "does", "given"),
    [
        ([], "serve", ("A", {"batch": None, "is_third": False, "port": 0})),
        (
            ["--reviewer", "C", "--third-look", "--batch", "b", "--port", "9"],
            "serve",
            ("C", {"batch": "b", "is_third": True, "port": 9}),
        ),
        (["sample"], "draw", ({"codes": None},)),
        (["sample", "--codes", "c.csv"], "draw", ({"codes": Path("c.csv")},)),
        (["read", "d.csv", "--third-look"], "read", (Path("d.csv"), {"is_third": True})),
        (["measure"], "measure", ({},)),
        (["train"], "train", ({},)),
    ],
)
def test_review_opens_the_root_of_names_only(monkeypatch, tmp_path, words, does, given):
    calls = []
    monkeypatch.setattr(review, does, lambda config, *more, **named: calls.append((*more, named)))
    monkeypatch.setattr(Config, "only", lambda self, roots: calls.append(roots) or self)

    done = ends("review", *words, "--lake", tmp_path)
    assert done.exit_code == 0, done.output
    assert calls == [("identifiers",), given]


@pytest.mark.parametrize(
    ("words", "by"),
    [([], ["sex", "ethnic_group"]), (["--by", "fsm", "--by", "twin"], ["fsm", "twin"])],
)
def test_review_codes_are_made_where_no_name_is(monkeypatch, tmp_path, words, by):
    calls = []
    monkeypatch.setattr(review, "hand_over", lambda config, *more: calls.append(more))
    monkeypatch.setattr(Config, "only", lambda self, roots: calls.append(roots) or self)

    done = ends("review", "codes", "--output", "c.csv", *words, "--lake", tmp_path)
    assert done.exit_code == 0, done.output
    assert calls == [("attributes",), (by, Path("c.csv"))]


def test_a_command_starts_without_what_only_some_of_them_need():
    """A start that must leave at once, as another run holds the lock, pays for every import."""
    said = "import sys, attainment_linkage.cli; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    slow = {"scipy.stats", "scipy.optimize", "splink", "altair", "great_expectations"}

    # scipy loads a part of it when it is first spoken of: `import scipy`, then scipy.stats.t
    assert not slow & set(found.stdout.split())
