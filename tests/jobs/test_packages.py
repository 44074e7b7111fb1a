"""The wheel and the sdist: built and installed without a network, they hold and do the same."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("lib", "conf", "expectations", "setup.py", "pyproject.toml", "README.md", "LICENSE")


def said(*words, cwd, **environment):
    """What a command says, run in a folder; it must end well."""
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def files(folder):
    inside = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path for path in inside if "dist-info" not in str(path) and path.suffix != ".pyc"}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The wheel and the sdist, made from a copy of the source."""
    source, made = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    for part in PARTS:
        path = ROOT / part
        copied = shutil.copytree if path.is_dir() else shutil.copy
        copied(path, source / part)
    said("setup.py", "-q", "sdist", "-d", made, "bdist_wheel", "-d", made, cwd=source)
    return sorted(made.iterdir())


def test_both_install_cleanly_and_the_installed_program_finds_its_configuration(built, tmp_path):
    sdist, wheel = built
    assert (sdist.suffix, wheel.suffix) == (".gz", ".whl")
    for package, name in ((wheel, "of_wheel"), (sdist, "of_sdist")):
        offline = ["--no-deps", "--no-index", "--no-build-isolation", "--quiet"]
        said("-m", "pip", "install", *offline, "--target", name, package, cwd=tmp_path)
    places = [tmp_path / name for name in ("of_wheel", "of_sdist")]

    assert files(places[0]) == files(places[1])
    pages = ROOT / "lib" / "attainment_linkage" / "adapters" / "pages"
    inside = places[0] / "attainment_linkage"
    assert files(inside / "adapters" / "pages") == files(pages)
    assert (inside / "py.typed").is_file()
    shown = said(
        "-c",
        "import attainment_linkage as it; from attainment_linkage.cli import main; "
        "print(it.__file__); main(['doctor', '--lake', 'lake'])",
        cwd=tmp_path,
        PYTHONPATH=str(places[0]),
        ATTAINMENT_LINKAGE_HOME=str(places[0] / "share" / "attainment-linkage"),
    )
    assert str(inside) in shown
    assert "well: packages" in shown
