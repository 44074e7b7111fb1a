"""Secure room: who may open it, what the script can reach, and what is left of it."""

import dataclasses
import json
import os
import stat
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from attainment_linkage.adapters import extract_files, fingerprint, registers, secure_room
from attainment_linkage.adapters.audit_log import AuditLog
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.projects.reading import read_project
from attainment_linkage.core.projects.register import Register
from attainment_linkage.domain.errors import (
    ExtractRefusedError,
    InputMissingError,
    ProjectRefusedError,
    ScriptFailedError,
)
from attainment_linkage.stages import secure_room as stage
from attainment_linkage.stages.extract import described
from attainment_linkage.stages.release import check, store
from tests.conftest import config_for
from tests.outputs import FSM, FSM_HEADER, FSM_ROWS
from tests.unit.test_projects import GOOD, changed

IS_CLOSED = secure_room.walls().are_up
needs_walls = pytest.mark.skipif(not IS_CLOSED, reason="this system gives no namespaces")


@pytest.fixture
def config(tmp_path):
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "internal.key").write_text("secret")
    return config_for(tmp_path / "lake", keys={"folder": str(keys)})


@pytest.fixture
def extract(config):
    """A made extract of the example project, and roots with something to be found in them."""
    for zone in ("landing", "identifiers", "attributes", "research"):
        config.lake.root(zone).mkdir(parents=True)
        (config.lake.root(zone) / "found").write_text("SMITH")
    folder = config.lake.root("research") / "extracts" / GOOD / "v1"
    folder.mkdir(parents=True)
    (folder / "linked_pupils.csv").write_text("sex\nF\nM\nF\n")
    project, _ = read_project(GOOD, changed())
    extract_files.write_manifest(folder, described(project))
    return folder


@pytest.fixture
def register(monkeypatch):
    """Let the register hold the example project with this user as its researcher."""

    def of(**values):
        day = registers.today()
        me = {
            "user": registers.this_user(),
            "accreditation": "AR-1",
            "accredited_until": day + timedelta(days=values.pop("days", 1)),
        }
        entry = changed(approved=day, expires=day, **{"researchers": [me], **values})
        project, problems = read_project(GOOD, entry)
        assert not problems
        found: Register = {GOOD: project}
        monkeypatch.setattr(stage, "load_register", lambda path: found)

    return of


def script(tmp_path, text):
    path = tmp_path / "analysis.py"
    path.write_text("import os, pathlib\nEXTRACT, STAGING = (pathlib.Path(os.environ[n]) for n in "
                    f"('EXTRACT', 'STAGING'))\n{text}\n")  # fmt: skip
    return path


def test_a_script_counts_its_extract_and_leaves_only_what_it_staged(
    config, extract, register, tmp_path, capsys
):
    register()
    counting = script(
        tmp_path,
        "rows = (EXTRACT / 'linked_pupils.csv').read_text().split()[1:]\n"
        "(STAGING / 'table.csv').write_text(f'sex,n\\nF,{rows.count(\"F\")}\\n')\n"
        "(pathlib.Path.home() / 'notes').write_text('F,2')\n"
        "print('said in the room')",
    )
    outputs = stage.open_project(GOOD, counting, config)
    staging = outputs.parent

    said = capsys.readouterr().out
    assert [path.name for path in outputs.iterdir()] == ["table.csv"]
    assert (outputs / "table.csv").read_text() == "sex,n\nF,2\n"
    assert (staging / "script.py").read_text() == counting.read_text()
    assert {path.name for path in staging.iterdir()} == {
        "outputs", "script.py", "stdout.txt", "stderr.txt",
    }  # fmt: skip
    assert (staging / "stdout.txt").read_text() == "said in the room\n"
    assert "said in the room" not in said
    assert secure_room.walls().said[:20] in said.replace("\n", " ")
    assert staging == config.lake.root("research").absolute() / "staging" / GOOD / "001"
    assert list(config.lake.temporary_path.iterdir()) == []
    assert stat.S_IMODE((outputs / "table.csv").stat().st_mode) == 0o600
    *_, last = AuditLog.of(config).entries()
    assert last.inputs == {
        path.name: fingerprint.sha256(path) for path in (counting, extract / "manifest.json")
    }


def test_what_a_script_made_goes_to_output_checking_as_it_lies_there(
    config, extract, register, tmp_path
):
    register()
    rows = [FSM_HEADER, *FSM_ROWS]
    making = script(
        tmp_path,
        "import csv, json\n"
        "with (STAGING / 'T3.csv').open('w', newline='') as file:\n"
        f"    csv.writer(file).writerows({rows!r})\n"
        f"(STAGING / 'T3.json').write_text(json.dumps({dict(FSM)!r}))",
    )
    outputs = stage.open_project(GOOD, making, config)
    package = check.check(outputs, config, "analyst", RunLog())

    assert store.project_of(outputs, config) == GOOD
    assert store.project_of(config.lake.root("research") / "outputs", config) == ""
    assert f"for {GOOD}." in (package / "record" / "form.md").read_text("utf-8")


@needs_walls
def test_a_script_has_no_network_no_roots_no_keys_and_one_place_to_write(
    config, extract, register, tmp_path
):
    register()
    elsewhere = [extract, tmp_path, Path.home(), *map(config.lake.root, config.lake.zones)]
    probing = script(
        tmp_path,
        "import json, socket\n"
        "def tried(work):\n"
        "    try:\n"
        "        work()\n"
        "        return True\n"
        "    except OSError:\n"
        "        return False\n"
        f"places = {[str(one) for one in elsewhere]} + [str(EXTRACT), '/dev/shm', '/tmp']\n"
        "writes = [p for p in places if tried(lambda: (pathlib.Path(p) / 'x').write_text('x'))]\n"
        f"roots = {[str(config.lake.root(z)) for z in config.lake.zones]}\n"
        f"roots.append({str(config.keys.folder)!r})\n"
        "reads = [p for p in roots if tried(lambda: os.listdir(p)) and os.listdir(p)]\n"
        "net = tried(lambda: socket.create_connection(('127.0.0.1', 22), 1).close())\n"
        "undo = os.system('mount -o remount,bind,rw / 2>/dev/null') == 0\n"
        "copy = tried(lambda: (EXTRACT / 'linked_pupils.csv').write_text('x'))\n"
        "links = open('/proc/net/dev').read().count(':')\n"
        "found = dict(writes=writes, reads=reads, net=net, undo=undo, copy=copy, links=links)\n"
        "(STAGING / 'found.json').write_text(json.dumps(found))",
    )
    staging = stage.open_project(GOOD, probing, config)

    assert json.loads((staging / "found.json").read_text()) == {
        "writes": [], "reads": [], "net": False, "undo": False, "copy": False, "links": 1,
    }  # fmt: skip
    assert (extract / "linked_pupils.csv").read_text() == "sex\nF\nM\nF\n"
    assert (config.lake.root("identifiers") / "found").read_text() == "SMITH"


@needs_walls
def test_a_killed_opener_takes_its_script_along_and_the_next_one_sweeps_its_room(
    config, extract, tmp_path
):
    beating = script(
        tmp_path,
        "import time\n"
        "while True:\n"
        "    (STAGING / 'beat').write_text(str(time.time()))\n"
        "    time.sleep(0.05)",
    )
    opening = (
        "import pathlib, sys\n"
        "from attainment_linkage.adapters import secure_room\n"
        "extract, at, script, parent = map(pathlib.Path, sys.argv[1:])\n"
        "with secure_room.copied(extract, at) as room:\n"
        "    secure_room.run_script(script, room, secure_room.next_staging(parent), [])\n"
    )
    places = [extract, config.lake.temporary_path, beating, tmp_path / "staging"]
    opener = subprocess.Popen([sys.executable, "-c", opening, *map(str, places)])
    beat = tmp_path / "staging" / "001" / "outputs" / "beat"
    until = time.monotonic() + 60
    while not beat.exists() and time.monotonic() < until:
        time.sleep(0.05)
    opener.kill()
    opener.wait()
    time.sleep(0.3)
    last = beat.read_text()
    time.sleep(0.5)

    assert beat.read_text() == last
    assert len(list(config.lake.temporary_path.iterdir())) == 1
    with secure_room.copied(extract, config.lake.temporary_path):
        pass
    assert list(config.lake.temporary_path.iterdir()) == []


def _not_as_now(said):
    return f"its {said} are not what the register has now"


@pytest.mark.parametrize(
    ("values", "refused", "reason"),
    [
        ({"researchers": []}, ProjectRefusedError, "is not one of its researchers"),
        ({"days": -1}, ProjectRefusedError, "the accreditation of .* ended"),
        ({"questions": {}}, ProjectRefusedError, "whether it is legal is not decided"),
        (
            {"variables": ["sex", "household_size"], "quasi_identifiers": ["sex"]},
            ExtractRefusedError,
            _not_as_now("variables"),
        ),
        ({"population": []}, ExtractRefusedError, _not_as_now("population")),
        (
            {"coarsen": [{"variable": "household_size", "cap": 6}]},
            ExtractRefusedError,
            _not_as_now("coarsened"),
        ),
    ],
)
def test_the_room_stays_shut_to_whoever_may_not_and_on_what_was_approved_before(
    config, extract, register, tmp_path, values, refused, reason
):
    register(**values)

    with pytest.raises(refused, match=f"{reason}.*The room was not opened"):
        stage.open_project(GOOD, script(tmp_path, ""), config)
    assert not (config.lake.root("research") / "staging").exists()


def test_a_failing_script_is_reported_by_its_exit_code_alone(config, extract, register, tmp_path):
    register()

    with pytest.raises(ScriptFailedError, match=r"exit code 1\. .*stderr\.txt") as refused:
        stage.open_project(GOOD, script(tmp_path, "raise ValueError('SMITH')"), config)
    assert "SMITH" not in str(refused.value)
    assert (
        "SMITH" in (config.lake.root("research") / "staging" / GOOD / "001/stderr.txt").read_text()
    )


def test_an_extract_that_was_changed_is_not_opened(config, extract, register, tmp_path):
    register()
    (extract / "linked_pupils.csv").write_text("sex\nF\n")
    (extract / "more.csv").write_text("x")

    with pytest.raises(ExtractRefusedError, match=r"linked_pupils\.csv, more\.csv: not as"):
        stage.open_project(GOOD, script(tmp_path, ""), config)
    assert not (config.lake.root("research") / "staging").exists()


def test_without_an_extract_or_script_there_is_nothing_to_open(config, register, tmp_path):
    register()
    with pytest.raises(InputMissingError, match=r"the script .*none\.py is not there"):
        stage.open_project(GOOD, tmp_path / "none.py", config)
    with pytest.raises(InputMissingError, match="extract: there is none"):
        stage.open_project(GOOD, script(tmp_path, ""), config)


def test_where_the_system_gives_no_namespaces_it_says_so_and_runs(
    config, extract, register, tmp_path, monkeypatch, capsys
):
    register()
    monkeypatch.setattr(secure_room, "walls", lambda: secure_room.Walls(are_up=False))
    outputs = stage.open_project(GOOD, script(tmp_path, "print(os.getpid())"), config)

    assert "NOT closed" in capsys.readouterr().out
    assert (outputs.parent / "stdout.txt").read_text().strip().isdigit()
    assert dataclasses.asdict(secure_room.Walls(are_up=True)) == {"are_up": True}
    assert not os.listdir(config.lake.temporary_path)
