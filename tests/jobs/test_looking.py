"""Looking: the commands that explain, and the codes they explain."""

import pytest
from typer.testing import CliRunner

from attainment_linkage.cli import app, first_words
from attainment_linkage.domain.error_texts import TEXTS
from attainment_linkage.domain.road import ROAD
from attainment_linkage.stages.doors import linkers, looking
from attainment_linkage.stages.explain import code_of, codes, near


def ends(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.mark.parametrize("given", ["GATE_FAILED", "gate-failed", "40"])
def test_a_code_is_explained_by_its_name_or_exit_code(given):
    done = ends("explain", given)
    shown = " ".join(done.output.split())

    assert done.exit_code == 0
    assert "GATE_FAILED, exit code 40" in shown
    assert TEXTS["GATE_FAILED"].cause in shown
    assert TEXTS["GATE_FAILED"].cure in shown


def test_every_code_is_explained_and_an_unknown_one_is_refused():
    assert all(code_of(code) == code for code in codes())
    assert "it is a kind of: INPUT_REFUSED" in " ".join(
        ends("explain", "INPUT_EMPTY").output.split()
    )
    assert ends("explain", "9999").exit_code == 2
    assert near("gate faild") == "did you mean GATE_FAILED?"
    assert near("9999") == "README.md lists them all"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Short enough to stand as it is; all of it.", None),
        ("Makes what is delivered, all; further words follow, until the line ends.", 28),
        ("Takes the names off the links, and off draws of what else they may have been.", 29),
    ],
)
def test_a_long_help_ends_with_a_clause(said, shown):
    assert first_words(said) == (said if shown is None else f"{said[:shown]}.")


def test_a_long_help_without_a_clause_ends_in_dots():
    said = "Takes the names off the links and off draws of what else they may have been"

    assert first_words(said) == "Takes the names off the links and off draws of what ..."


def test_why_opens_the_identifiers_root_alone(monkeypatch, tmp_path):
    calls = []
    monkeypatch.setattr(looking, "explain_pair", lambda config, *ids: calls.append((config, ids)))

    assert ends("why", "A1", "C1", "--lake", tmp_path).exit_code == 0
    [(config, ids)] = calls
    assert ids == ("A1", "C1")
    assert config.lake.zones == ("identifiers",)


def test_doctor_opens_no_root(monkeypatch, tmp_path):
    calls = []
    monkeypatch.setattr(looking, "examine", calls.append)

    assert ends("doctor", "--lake", tmp_path).exit_code == 0
    assert [config.lake.zones for config in calls] == [()]


def test_help_has_the_whole_road_on_one_screen(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    shown = ends("--help").output

    assert len(shown.splitlines()) <= 52
    assert all(f"\u2502 {stage.name} " in shown for stage in ROAD)


@pytest.mark.parametrize(
    ("words", "voice"), [([], "plain"), (["--quiet"], "quiet"), (["--json"], "json")]
)
def test_run_and_stages_speak_as_they_are_told(monkeypatch, tmp_path, words, voice):
    heard = []
    monkeypatch.setattr(linkers.runlog, "speak", heard.append)
    monkeypatch.setattr(linkers, "run_road", lambda *_, **__: None)
    monkeypatch.setattr(linkers, "run_one", lambda *_, **__: None)

    assert ends("run", "--lake", tmp_path, *words).exit_code == 0
    assert ends("link", "--lake", tmp_path, *words).exit_code == 0
    assert heard == [voice, voice]
