"""Locks: exactly one run in a root; a dead run's lock gives way, a living one's never."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time

import pytest

from attainment_linkage.adapters import locks
from attainment_linkage.adapters.processes import Process, this_process
from attainment_linkage.domain.errors import RunLockedError


def hold(*roots, break_lock=False, beat=60.0):
    return locks.held(roots, break_lock=break_lock, heartbeat_seconds=beat)


def dead_process():
    """A process of this host that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return Process(this_process().host, child.pid, 1)


def leave_lock(root, process):
    mark = {"host": process.host, "pid": process.pid, "start_ticks": process.start_ticks}
    (root / locks.LOCK).write_text(json.dumps(mark))


def test_a_second_run_is_refused_by_name_and_the_first_goes_on(tmp_path):
    with hold(tmp_path) as mine:
        with pytest.raises(RunLockedError, match=f"process {os.getpid()} on .*--break-lock"):
            hold(tmp_path).__enter__()
        mine.require()
    assert not (tmp_path / locks.LOCK).exists()


@pytest.mark.parametrize("is_stale_there", [False, True])
def test_of_many_starts_at_once_exactly_one_runs(tmp_path, monkeypatch, is_stale_there):
    if is_stale_there:
        leave_lock(tmp_path, dead_process())
    really = locks._is_stale
    # Time for another start to come between the look at a lock and its removal.
    monkeypatch.setattr(locks, "_is_stale", lambda said: (really(said), time.sleep(0.02))[0])
    gate, ran, refused = threading.Barrier(12), [], []
    release = threading.Event()

    def start():
        gate.wait()
        try:
            with hold(tmp_path):
                ran.append(1)
                release.wait(10)
        except RunLockedError:
            refused.append(1)
            if len(refused) == 11:
                release.set()

    threads = [threading.Thread(target=start) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(ran), len(refused)) == (1, 11)


def test_the_lock_of_a_dead_process_of_this_host_gives_way(tmp_path):
    leave_lock(tmp_path, dead_process())

    with hold(tmp_path) as mine:
        mine.require()


def test_the_lock_of_a_process_that_ended_and_was_not_asked_after_gives_way(tmp_path):
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        leave_lock(tmp_path, Process(this_process().host, child.pid, 0))

        with hold(tmp_path) as mine:
            mine.require()


def test_a_number_used_again_by_another_process_does_not_keep_a_lock(tmp_path):
    me = this_process()
    leave_lock(tmp_path, Process(me.host, me.pid, me.start_ticks + 1))

    with hold(tmp_path) as mine:
        mine.require()


@pytest.mark.parametrize(("later", "is_dead"), [(0, False), (1, True)])
def test_a_number_used_again_by_another_user_s_process_is_told_by_its_start(
    monkeypatch, later, is_dead
):
    me = this_process()

    def refuse(pid, number):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "kill", refuse)
    assert Process(me.host, me.pid, me.start_ticks + later).is_known_dead is is_dead


def test_the_lock_of_another_host_never_gives_way_by_itself(tmp_path):
    leave_lock(tmp_path, Process("elsewhere", dead_process().pid, 1))

    with pytest.raises(RunLockedError, match="on elsewhere"):
        hold(tmp_path).__enter__()
    with hold(tmp_path, break_lock=True) as mine:
        mine.require()


def test_a_lock_cut_short_by_a_kill_gives_way(tmp_path):
    (tmp_path / locks.LOCK).write_text('{"host": "th')

    with hold(tmp_path) as mine:
        mine.require()


def test_a_broken_lock_is_noticed_and_not_taken_from_its_new_holder(tmp_path):
    first = hold(tmp_path)
    mine = first.__enter__()
    with hold(tmp_path, break_lock=True) as second:
        with pytest.raises(RunLockedError, match="was broken"):
            mine.require()
        first.__exit__(None, None, None)
        second.require()


def test_a_run_refused_in_one_root_lets_go_of_the_others(tmp_path):
    roots = [tmp_path / "a", tmp_path / "b"]
    for root in roots:
        root.mkdir()
    leave_lock(roots[1], Process("elsewhere", 1, 1))

    with pytest.raises(RunLockedError, match=str(roots[1])):
        hold(*roots).__enter__()
    assert not (roots[0] / locks.LOCK).exists()


def test_the_heartbeat_renews_the_time_of_the_lock(tmp_path):
    with hold(tmp_path, beat=0.02):
        lock = tmp_path / locks.LOCK
        os.utime(lock, (1, 1))
        until = time.monotonic() + 10
        while lock.stat().st_mtime == 1 and time.monotonic() < until:
            time.sleep(0.02)
        assert lock.stat().st_mtime > 1


def test_of_a_lock_held_alone_nothing_stays_and_a_refused_one_takes_nothing_away(tmp_path):
    folder = tmp_path / "out"
    with locks.held_alone(folder, 60.0):
        before = sorted(folder.iterdir())
        with pytest.raises(RunLockedError, match="holds it"):
            locks.held_alone(folder, 60.0).__enter__()
        assert sorted(folder.iterdir()) == before
    assert list(folder.iterdir()) == []


def test_who_waited_for_a_guard_that_was_removed_guards_with_a_new_one(tmp_path):
    guard, held = tmp_path / "guard", threading.Event()

    def wait():
        with locks._guarded(guard):
            held.set()

    with locks._guarded(guard):
        waiting = threading.Thread(target=wait)
        waiting.start()
        time.sleep(0.1)
        guard.unlink()
        assert not held.is_set()
    waiting.join(5)
    assert held.is_set()
    assert guard.exists()
