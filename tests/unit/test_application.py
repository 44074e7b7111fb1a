"""Application and public register: what is missing is listed; the page holds no data."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from attainment_linkage.adapters import fingerprint, registers
from attainment_linkage.adapters.audit_log import AuditLog
from attainment_linkage.adapters.config import load
from attainment_linkage.adapters.registers import load_register, read_toml
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.domain.errors import (
    ApplicationError,
    InputEncodingError,
    InputMissingError,
    RegisterError,
)
from attainment_linkage.stages.application import apply, publish_register
from attainment_linkage.stages.release import check, decision
from tests.conftest import config_for
from tests.outputs import FSM, write_request

CONF = Path(__file__).resolve().parents[2] / "conf"
EXAMPLES = (CONF / "projects.toml").read_text("utf-8")
FIRST, SECOND = re.split(r"(?=\[project\.ALP-2026-02\])", EXAMPLES)


@pytest.fixture
def config(tmp_path):
    return config_for(tmp_path / "lake")


def written(tmp_path, text):
    path = tmp_path / "application.toml"
    path.write_text(text, "utf-8")
    return path


def deeds(config):
    """What the audit log holds: what was done, about what, how it went, from what, to what."""
    return [
        (one.what, one.about, one.outcome, {**one.inputs}, {**one.outputs})
        for one in AuditLog.of(config).entries()
        if one is not None
    ]


def test_a_complete_application_says_what_is_still_to_be_decided(tmp_path, config, capsys):
    text = FIRST.replace("is_met = true", "", 1).replace("approved = 2026-01-12", "")
    path = written(tmp_path, text)
    apply(path, config)

    said = capsys.readouterr().out
    assert "application ALP-2026-01: complete" in said
    assert "still to be decided: feasible" in said
    from_file = {path.name: fingerprint.sha256(path)}
    assert deeds(config) == [
        ("apply", path.name, "started", {}, {}), ("apply", path.name, "finished", from_file, {}),
    ]  # fmt: skip


def test_an_incomplete_one_is_refused_with_all_that_is_missing(tmp_path, config):
    text = SECOND.replace('"vulnerability_count"', '"vulnerability_score"')

    with pytest.raises(ApplicationError, match="to mend, 4: ") as refused:
        apply(written(tmp_path, text), config)
    assert deeds(config)[-1][2] == "APPLICATION_INCOMPLETE"
    for part in ("questions.legal.case", "public_interest.case", "vulnerability_score"):
        assert part in str(refused.value)


@pytest.mark.parametrize("text", ["", EXAMPLES, "project = 3"])
def test_an_application_is_one_project(tmp_path, config, text):
    with pytest.raises(ApplicationError, match="not one table"):
        apply(written(tmp_path, text), config)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(InputMissingError, match="is not there"):
        read_toml(tmp_path / "none.toml")
    with pytest.raises(RegisterError, match="is not TOML"):
        read_toml(written(tmp_path, "[project"))
    (tmp_path / "latin.toml").write_bytes("title = 'caf\xe9'".encode("latin-1"))
    with pytest.raises(InputEncodingError, match="not in UTF-8"):
        read_toml(tmp_path / "latin.toml")


class _Words(HTMLParser):
    """The words of a page, and the addresses it would load."""

    def __init__(self):
        super().__init__()
        self.words, self.loads = [], []

    def handle_data(self, data):
        self.words.append(data.strip())

    def handle_starttag(self, tag, attrs):
        self.loads += [value for name, value in attrs if name in {"src", "href"}]


def test_the_public_page_lists_projects_decisions_and_releases_and_no_researcher(tmp_path, config):
    staging = config.lake.root("research") / "staging" / "ALP-2026-01" / "001"
    brought = {
        staging: ("ann", "T3"),
        tmp_path / "own": ("bob", "T4"),
        tmp_path / "r": ("bob", "T5"),
    }
    for folder, (analyst, name) in brought.items():
        given = FSM | {"title": f"Level 2, {name}", "universe": name}
        package = check.check(write_request(folder, name, given), config, analyst, RunLog())
        is_good = name != "T5"
        decision.decide(package.name, config, "carol", "safe", RunLog(), is_approved=is_good)
    publish_register(config, tmp_path / "register.html")
    *_, last = deeds(config)
    assert last[:3] == ("register", "register.html", "finished")
    assert last[3:] == tuple(
        {path.name: fingerprint.sha256(path)}
        for path in (CONF / "projects.toml", tmp_path / "register.html")
    )

    page = _Words()
    page.feed((tmp_path / "register.html").read_text("utf-8"))
    first, second, others = re.split(r"ALP-2026-02|Releases of no project", " ".join(page.words))
    assert all(part in first for part in ("ALP-2026-01", "data owner", "Level 2, T3"))
    assert str(registers.today()) in first
    assert "not approved" in second
    assert "Nothing has been released yet." in second
    assert "Level 2, T4" in others
    text = first + second + others
    assert not [part for part in ("AR-0001", "T5", "ann", "34.6") if part in text.split()]
    assert page.loads == []


def test_the_register_of_the_project_is_read_from_conf():
    assert len(load_register(load("local").projects.register)) == 2
