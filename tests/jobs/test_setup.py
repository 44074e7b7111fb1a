"""Set-up: without the right Python or Java, one sentence before anything is started."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from attainment_linkage.adapters import project

ROOT = Path(__file__).resolve().parents[2]


def program(folder, name, *lines):
    """A program of that name that only speaks."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]), "utf-8")
    path.chmod(0o755)
    return path


def preflight(*path, **environment):
    """Run .ci/preflight with these folders in front of the PATH."""
    kept = {key: value for key, value in os.environ.items() if key not in {"JAVA_HOME", "PYTHON"}}
    kept["PATH"] = os.pathsep.join([*map(str, path), os.environ["PATH"]])
    command = [str(ROOT / ".ci" / "preflight")]
    return subprocess.run(
        command, env=kept | environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "version", ['openjdk version "17.0.15" 2025-04-15', 'java version "21" 2023-09-19 LTS']
)
def test_java_17_and_21_are_accepted_and_the_python_to_use_is_named(tmp_path, version):
    program(tmp_path, "java", f"echo '{version}' >&2")

    done = preflight(tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("python3")


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ('openjdk version "11.0.2" 2019-01-15', "is Java 11;"),
        ('java version "1.8.0_292"', "is Java 8;"),
        ("gij (GNU libgcj)", "is of an unknown version;"),
    ],
)
def test_another_java_is_refused_in_one_sentence_that_says_which_it_is(tmp_path, version, said):
    program(tmp_path, "java", f"echo '{version}' >&2")

    done = preflight(tmp_path)

    assert done.returncode == 1
    assert said in done.stderr
    assert "Spark needs Java 17 or 21" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_no_java_is_refused_in_one_sentence(tmp_path):
    done = preflight(JAVA_HOME=str(tmp_path))

    assert done.returncode == 1
    assert done.stderr.startswith(f"java: {tmp_path}/bin/java cannot be run; Spark needs Java 17")
    assert len(done.stderr.splitlines()) == 1


def test_java_home_goes_before_the_path(tmp_path):
    program(tmp_path / "path", "java", "echo 'version \"11\"' >&2")
    program(tmp_path / "home" / "bin", "java", "echo 'version \"17\"' >&2")

    assert preflight(tmp_path / "path", JAVA_HOME=str(tmp_path / "home")).returncode == 0


def test_an_old_python_is_refused_in_one_sentence(tmp_path):
    old = program(tmp_path, "python3.11", "exit 1")

    done = preflight(PYTHON=str(old))

    assert done.returncode == 1
    assert done.stderr.startswith("python: 3.11 or later with its venv module is needed")
    assert len(done.stderr.splitlines()) == 1


def test_a_python_that_does_not_run_is_passed_over(tmp_path):
    program(tmp_path, "python3.11", "exit 127")
    program(tmp_path, "python3.12", f'exec {sys.executable} "$@"')

    assert preflight(tmp_path).stdout == "python3.12\n"


@pytest.mark.parametrize("target", ["demo", "test", "setup"])
def test_make_stops_before_it_makes_anything(tmp_path, target):
    for name in ("Makefile", ".ci", "setup.py", "conf", "lib"):
        (tmp_path / name).symlink_to(ROOT / name)
    environment = os.environ | {"JAVA_HOME": str(tmp_path / "none")}

    command = ["make", "-C", str(tmp_path), target]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode
    assert "Spark needs Java 17 or 21" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_what_is_installed_brings_the_configuration_and_the_gates(tmp_path, monkeypatch):
    command = [sys.executable, "setup.py", "--quiet", "install_data", f"--install-dir={tmp_path}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

    home = tmp_path / "share" / "attainment-linkage"
    for folder in ("conf", "expectations"):
        delivered = {path.name for path in (ROOT / folder).iterdir() if path.is_file()}
        assert {path.name for path in (home / folder).iterdir()} == delivered
    monkeypatch.setattr(project, "__file__", str(tmp_path / "lib" / "a" / "b" / "project.py"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.chdir(tmp_path / "share")
    assert project.project_folder() == home
