"""Run log: plain lines where nobody watches, nothing but the end if quiet, JSON if asked."""

import io
import json

import pytest
from rich.console import Console

from attainment_linkage.adapters import runlog
from attainment_linkage.adapters.runlog import RunLog


@pytest.fixture(autouse=True)
def plain_again():
    yield
    runlog.speak(runlog.PLAIN)


def said(voice, *, is_terminal=False):
    """What a short run says in a voice."""
    runlog.speak(voice)
    file = io.StringIO()
    log = RunLog(Console(file=file, force_terminal=is_terminal, width=100, highlight=False))
    log.road(["split", "copy"], {"split": 2.0, "copy": 3.0})
    with log.stage("split", "parts people"):
        log.table("people", 1234, 1.5, 0.5)
        log.note("rows in", 12)
    log.finished("split", 2.0)
    log.ended([("split", "made", 1234, 2.0)], "attainment-linkage copy --lake [lake]")
    return file.getvalue()


def test_lines_are_plain_where_it_is_no_terminal():
    text = said(runlog.PLAIN)

    assert "\x1b" not in text
    assert "1/2 split  parts people" in text
    assert "1,234 rows" in text
    assert text.endswith("next: attainment-linkage copy --lake [lake]\n")


def test_a_terminal_shows_the_stage_its_rows_and_what_is_left():
    text = said(runlog.PLAIN, is_terminal=True)

    assert "of about 2 s; 5 s to the end of the run" in text
    assert "1/2 split  1,234 rows" in text
    assert "0:00:0" in text  # elapsed


def test_quiet_says_the_end_alone():
    text = said(runlog.QUIET)

    assert "rows in" not in text
    assert text.splitlines()[1].split() == ["split", "made", "1,234", "2.0"]


def test_json_is_an_object_a_line_with_every_event():
    lines = [json.loads(line) for line in said(runlog.JSON).splitlines()]

    assert [line["event"] for line in lines] == ["stage", "table", "note", "finished", "ended"]
    assert lines[1] == {
        "event": "table", "table": "people", "rows": 1234, "seconds": 1.5, "gate_seconds": 0.5,
    }  # fmt: skip
    assert lines[-1]["next"].endswith("--lake [lake]")


def test_without_an_earlier_run_nothing_is_said_of_what_is_left():
    runlog.speak(runlog.PLAIN)
    file = io.StringIO()
    log = RunLog(Console(file=file, force_terminal=True, width=100))
    log.road(["split", "copy"], {"split": 2.0})
    with log.stage("split", "parts people"):
        pass
    assert "to the end" not in file.getvalue()
