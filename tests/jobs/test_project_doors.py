"""The doors of projects: each refusal has its exit code and its reason, and starts no Spark."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from attainment_linkage.cli import app
from attainment_linkage.core.settings import Config

EXAMPLES = Path(__file__).resolve().parents[2] / "conf" / "projects.toml"


@pytest.fixture
def ends(tmp_path, monkeypatch):
    """Run the console script in a folder of its own, where a start of Spark would fail."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("attainment_linkage.stages.session.open_session", None)
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def test_the_lake_s_own_folder_is_private_whichever_command_makes_it(ends, tmp_path):
    before = os.umask(0o022)
    try:
        assert ends("provision", "ALP-9", "--lake", tmp_path / "lake").exit_code == 93
    finally:
        os.umask(before)

    made = [tmp_path / "lake", *(tmp_path / "lake").rglob("*")]
    assert len(made) > 2
    assert not [path for path in made if path.stat().st_mode & 0o077]


def test_the_register_s_page_is_written(ends, tmp_path):
    done = ends("register", "--output", tmp_path / "page.html", "--lake", tmp_path / "lake")

    assert done.exit_code == 0
    assert "Register of projects" in (tmp_path / "page.html").read_text("utf-8")
    assert {path.name for path in tmp_path.iterdir()} == {"page.html", "lake"}
    assert {path.name for path in (tmp_path / "lake").iterdir()} == {"audit", "audit_head.json"}


@pytest.mark.parametrize(
    ("words", "worker"),
    [
        (("provision", "ALP-9"), "research.provision_project"),
        (("register",), "research.publish_register"),
        (("release", "check", "outputs"), "release.check.check"),
        (("release", "approve", "p", "--reason", "r"), "release.decision.decide"),
        (("release", "refuse", "p", "--reason", "r"), "release.decision.decide"),
        (("release", "verify", "p"), "release.store.verified"),
    ],
)
def test_what_works_on_research_is_given_the_path_of_no_other_root(
    ends, monkeypatch, words, worker
):
    given = []

    def kept(*values, **named):
        given.extend(one for one in values if isinstance(one, Config))

    monkeypatch.setattr(f"attainment_linkage.stages.doors.{worker}", kept)
    done = ends(*words)

    assert done.exit_code == 0, done.stderr
    assert [config.lake.zones for config in given] == [("research",)]


@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [
        (("provision", "ALP-9"), 93, "the register does not have it"),
        (("provision", "ALP-2026-02"), 93, "it is not approved"),
        (("provision", "ALP-9", "--dummy"), 93, "the register does not have it"),
        (("open", "ALP-2026-02", "analysis.py"), 93, "whether it is legal is not decided"),
        (("apply", EXAMPLES), 92, "not one table"),
        (("apply", "none.toml"), 21, "is not there"),
    ],
)
def test_a_refusal_has_its_exit_code_and_reason(ends, tmp_path, words, exit_code, said):
    lake = () if "--dummy" in words else ("--lake", tmp_path / "lake")
    done = ends(*words, *lake)

    assert (done.exit_code, said in done.stderr) == (exit_code, True), done.stderr
    assert not (tmp_path / "lake" / "research").exists()
