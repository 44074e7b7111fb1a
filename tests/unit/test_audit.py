"""Audit: whatever is done to the log afterwards is found; many writers make one chain."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from attainment_linkage.adapters import documents
from attainment_linkage.adapters.audit_log import AuditLog
from attainment_linkage.cli import app
from attainment_linkage.core import audit as core
from attainment_linkage.core.audit import Deed, Entry, Head
from attainment_linkage.domain.errors import AuditError, DiskFullError, GateFailedError

DEED = Deed("link", "k1", "finished", "0badc0de", {"census_people": "c0"}, {"links": "5c"})


def chain(count):
    """The lines of a whole log, and its heads from 0 to ``count`` entries."""
    lines, heads = [], [Head()]
    for number in range(count):
        deed = Deed("link", f"k{number}", "finished")
        entry = core.next_entry(heads[-1], deed, when="2026-01-01T00:00:00Z", who="me", host="h")
        lines.append(entry.line)
        heads.append(core.head_of(entry))
    return lines, heads


LINES, HEADS = chain(6)


@pytest.fixture
def log(config):
    return AuditLog.of(config)


# --------------------------------------------------------------------------- the chain
def test_a_whole_log_has_no_broken_link_and_may_have_gone_on_since_a_head():
    assert list(core.broken_links(LINES, HEADS)) == []
    assert list(core.broken_links([], [Head()])) == []


@pytest.mark.parametrize("place", range(6))
def test_a_line_taken_out_doubled_or_put_in_is_found(place):
    foreign, _ = chain(1)
    forged = core.next_entry(HEADS[place], DEED, when="", who="somebody", host="h").line
    changed = [
        LINES[:place] + LINES[place + 1 :],
        [*LINES[:place], LINES[place], *LINES[place:]],
        [*LINES[:place], *foreign, *LINES[place:]],
        [*LINES[:place], forged, *LINES[place:]],
        [*LINES[:place], forged, *LINES[place + 1 :]],
        [*LINES[:place], "", *LINES[place:]],
    ]
    for lines in changed:
        assert list(core.broken_links(lines, [HEADS[-1]])), lines


@given(st.permutations(range(6)))
def test_any_other_order_is_found(order):
    found = list(core.broken_links([LINES[place] for place in order]))

    assert (found == []) == (list(order) == list(range(6)))


@given(st.integers(0, 5), st.data())
def test_any_changed_character_is_found(place, data):
    line = LINES[place]
    at = data.draw(st.integers(0, len(line) - 1))
    other = data.draw(st.characters(min_codepoint=32, max_codepoint=126).filter(line[at].__ne__))
    changed = line[:at] + other + line[at + 1 :]

    assert list(core.broken_links([*LINES[:place], changed, *LINES[place + 1 :]]))


@pytest.mark.parametrize("kept", range(6))
def test_a_cut_end_is_found_by_the_head_alone(kept):
    cut = LINES[:kept]

    assert list(core.broken_links(cut)) == []
    (said,) = core.broken_links(cut, [HEADS[-1]])
    assert said == f"it ends at entry {kept}; a head kept elsewhere is of 6"


def test_an_entry_with_another_s_number_is_found_though_it_follows():
    forged = core.next_entry(Head(8, HEADS[3].hash), DEED, when="", who="me", host="h")

    (said,) = core.broken_links([*LINES[:3], forged.line])
    assert said == "line 4 holds entry 9: lines were taken out, added or moved"


def test_a_rewritten_chain_is_found_by_a_head_noted_earlier():
    rewritten, _ = chain(3)
    last = core.next_entry(HEADS[3], DEED, when="", who="me", host="h")
    lines = [*rewritten, last.line]

    assert list(core.broken_links(lines, [HEADS[3]])) == []
    (said,) = core.broken_links(lines, [HEADS[4]])
    assert said == "entry 4 is not the one of a head kept elsewhere"


def test_a_line_of_another_form_is_no_entry():
    body = json.loads(LINES[0])
    for line in ("", "{}", "[1]", "null", LINES[0] + " ", json.dumps(body), '{"hash": 1}'):
        assert Entry.of_line(line) is None


# ------------------------------------------------------------------------------ the log
def test_a_deed_is_recorded_with_user_time_and_hashes_in_private_files(log):
    head = log.record(DEED)
    (entry,) = log.entries()

    assert (entry.what, entry.about, entry.key_id) == ("link", "k1", "0badc0de")
    assert (entry.inputs, entry.outputs) == ({"census_people": "c0"}, {"links": "5c"})
    assert entry.who
    assert entry.when.endswith("Z")
    assert log.verify() == head == log.head() == core.head_of(entry)
    for path in (log.path, log.head_path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_stopped_is_recorded_by_its_code_without_outputs(log):
    def stopped(error):
        with log.recorded(DEED) as outcome:
            outcome.outputs["links"] = "5c"
            raise error

    for error in (GateFailedError("NAME"), KeyboardInterrupt("NAME"), ValueError("NAME")):
        with pytest.raises(type(error), match="NAME"):
            stopped(error)
    with log.recorded(DEED) as outcome:
        outcome.outputs["links"], outcome.key_id = "77", "11223344"

    found = [(one.outcome, dict(one.outputs), one.key_id) for one in log.entries()]
    assert [one for one in found if one[0] == "started"] == [("started", {}, "0badc0de")] * 4
    assert [one for one in found if one[0] != "started"] == [
        ("GATE_FAILED", {}, "0badc0de"),
        ("stopped", {}, "0badc0de"),
        ("stopped", {}, "0badc0de"),
        ("finished", {"links": "77"}, "11223344"),
    ]
    assert "NAME" not in log.path.read_text()


def test_threads_and_processes_make_one_whole_chain(log):
    program = (
        "import sys; from pathlib import Path\n"
        "from attainment_linkage.adapters.audit_log import AuditLog\n"
        "from attainment_linkage.core.audit import Deed\n"
        "log = AuditLog(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "for number in range(10): log.record(Deed('p', str(number), 'finished'))\n"
    )
    words = [sys.executable, "-c", program, str(log.path), str(log.head_path)]
    processes = [subprocess.Popen(words) for _ in range(3)]
    threads = [
        threading.Thread(target=lambda: [log.record(DEED) for _ in range(10)]) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for worker in threads:
        worker.join()
    assert [process.wait() for process in processes] == [0, 0, 0]

    assert log.verify().entries == 60


def changed_line(log):
    log.path.write_bytes(log.path.read_bytes().replace(b'"k1"', b'"k2"', 1))


def cut_line(log):
    log.path.write_bytes(b"".join(log.path.read_bytes().splitlines(keepends=True)[:-1]))


def half_line(log):
    log.path.write_bytes(log.path.read_bytes()[:-9])


def no_line_end(log):
    log.path.write_bytes(log.path.read_bytes()[:-1])


def no_log(log):
    log.path.unlink()


def no_head(log):
    log.head_path.unlink()


def broken_head(log):
    log.head_path.write_text("{}")


@pytest.mark.parametrize(
    "tamper", [changed_line, cut_line, half_line, no_line_end, no_log, no_head, broken_head]
)
def test_a_tampered_log_is_found_and_by_the_command_too(log, config, tamper):
    for _ in range(3):
        log.record(DEED)
    tamper(log)

    with pytest.raises(AuditError, match="is not as it was written"):
        log.verify()
    done = CliRunner().invoke(app, ["audit", "verify", "--lake", config.lake.directory])
    assert (done.exit_code, done.stderr.split(":")[0]) == (37, "AUDIT_BROKEN")


@pytest.mark.parametrize("tamper", [cut_line, half_line, no_line_end, no_log, no_head, broken_head])
def test_nothing_is_recorded_after_a_tampered_end(log, tamper):
    for _ in range(3):
        log.record(DEED)
    tamper(log)

    with pytest.raises(AuditError, match="nothing can be recorded, so nothing is done"):
        log.record(DEED)
    with pytest.raises(AuditError, match="nothing is done"), log.recorded(DEED):
        pytest.fail("it was done")


def test_a_process_killed_between_log_and_head_is_no_tampering(log):
    log.record(DEED)
    first = log.head_path.read_bytes()
    log.record(DEED)
    log.head_path.write_bytes(first)

    assert log.verify().entries == 2
    assert log.record(DEED).entries == 3
    assert log.verify().entries == 3
    log.head_path.write_bytes(first)
    with pytest.raises(AuditError, match="it ends at entry 3, its head is of 1"):
        log.record(DEED)


def test_a_head_that_twice_could_not_be_written_does_not_lock_the_log(log, monkeypatch):
    log.record(DEED)

    def full(path, body):
        raise DiskFullError("audit: no space is left")

    with monkeypatch.context() as disk:
        disk.setattr(documents, "replace", full)
        for _ in range(3):
            with pytest.raises(DiskFullError, match="no space is left"):
                log.record(DEED)

    assert log.record(DEED).entries == 3  # the first of the three was appended, the others not
    assert log.verify().entries == 3


@pytest.mark.parametrize("before", [0, 2])
def test_a_line_that_a_killed_process_had_half_written_is_taken_back(log, before):
    for _ in range(before):
        log.record(DEED)
    log.path.parent.mkdir(parents=True, exist_ok=True)
    whole = log.path.read_bytes() if before else b""
    log.path.write_bytes(whole + LINES[0].encode()[:70])

    assert log.record(DEED).entries == before + 1
    assert log.path.read_bytes().startswith(whole)
    assert log.verify().entries == before + 1


def test_the_command_says_the_head_and_checks_one_noted_earlier(log, config):
    noted = log.record(DEED)
    head = log.record(DEED)
    words = ["audit", "verify", "--lake", config.lake.directory]

    assert str(head) in CliRunner().invoke(app, [*words, "--head", str(noted)]).stdout
    for wrong, code in ((f"1:{head.hash}", 37), (f"9:{noted.hash}", 37), ("yesterday", 37)):
        assert CliRunner().invoke(app, [*words, "--head", wrong]).exit_code == code


def test_the_log_may_not_lie_in_a_root(tmp_path):
    mine = tmp_path / "mine.toml"
    for line in ('log = "research/log"', 'head = "identifiers/x/head"', 'head = "audit/log.jsonl"'):
        mine.write_text(f"[audit]\n{line}\n", "utf-8")
        done = CliRunner().invoke(app, ["audit", "verify", "--config", str(mine)])
        assert (done.exit_code, "audit." in done.stderr) == (10, True), done.stderr
