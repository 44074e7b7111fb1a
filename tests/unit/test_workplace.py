"""Workplace: a run's own folder is private, and gone after it, however it ended."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import tempfile

import pytest

from attainment_linkage.adapters import workplace
from attainment_linkage.adapters.processes import Process, this_process


def test_the_folder_is_private_and_removed_at_the_end(tmp_path):
    before = tempfile.gettempdir()
    with workplace.run_folder(tmp_path / "temporary") as folder:
        (folder / "spill").write_text("rows")
        assert tempfile.gettempdir() == str(folder)  # where this process itself spills
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    assert list((tmp_path / "temporary").iterdir()) == []
    assert tempfile.gettempdir() == before


def test_the_folder_is_removed_after_an_error(tmp_path):
    def stop():
        with workplace.run_folder(tmp_path) as folder:
            (folder / "spill").write_text("rows")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        stop()
    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_removed_after_sigterm(tmp_path):
    before = signal.getsignal(signal.SIGTERM)

    with pytest.raises(SystemExit, match="143"), workplace.run_folder(tmp_path):
        os.kill(os.getpid(), signal.SIGTERM)

    assert list(tmp_path.iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) is before


def test_the_folder_is_removed_though_a_java_that_is_ending_still_writes_there(
    tmp_path, monkeypatch
):
    really, tries = shutil.rmtree, []

    def raced(folder, **how):
        really(folder, **how)
        tries.append(folder)
        if len(tries) < 3:
            (folder / "blockmgr").mkdir(parents=True)

    monkeypatch.setattr(shutil, "rmtree", raced)
    with workplace.run_folder(tmp_path):
        pass

    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_swept_and_a_living_ones_is_not(tmp_path):
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    here = this_process().host
    dead = tmp_path / f"run-{Process(here, child.pid, 1).name}"
    living = tmp_path / f"run-{Process(here, os.getppid(), 0).name}"
    elsewhere = tmp_path / f"run-{Process('else-where', child.pid, 1).name}"
    foreign = tmp_path / "run-of-somebody"
    for folder in (dead, living, elsewhere, foreign):
        folder.mkdir()
        (folder / "spill").write_text("rows")

    with workplace.run_folder(tmp_path):
        pass

    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        path.name for path in (living, elsewhere, foreign)
    )


def test_the_process_makes_private_files_and_no_core_dump(tmp_path):
    before = os.umask(0o022)
    try:
        workplace.restrict_process()
        (tmp_path / "made").write_text("x")
        assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == 0o600
        assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
    finally:
        os.umask(before)


def test_what_is_started_inside_prints_into_the_private_log_only(tmp_path, capfd):
    log = tmp_path / "log"
    with workplace.output_to(log):
        subprocess.run(["/bin/sh", "-c", "echo CANARY; echo CANARY >&2"], check=True)
    subprocess.run(["/bin/sh", "-c", "echo after"], check=True)

    assert log.read_text() == "CANARY\nCANARY\n"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert capfd.readouterr() == ("after\n", "")


def test_a_failed_runs_log_is_kept_in_the_identifiers_root_only(tmp_path):
    log = tmp_path / "log"
    log.write_text("rows")

    assert workplace.keep_log(log, tmp_path / "no such root", "spark") is None
    kept = workplace.keep_log(log, tmp_path, "spark")
    assert kept is not None
    assert kept.parent == tmp_path / "_faults"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
