"""G1 and G7, act by act: a run is killed, and another starved, before each act on the file system.

An act is a call that changes what lies on the disk: create, link, rename, remove, flush, make a
folder. Before act 1, 2, 3, ... of a run over an older published one, the process is killed (or told
that the disk is full, or to stop), and looked at is:

- what readers see: the old run or the new one, whole, or a refusal; never a mixture;
- the next run: it ends well, makes no finished stage again, and leaves the same as a run that was
  never disturbed, with nothing half, open or forgotten, and an audit log that is whole.

Runs in a process of its own: ``python -m tests.campaign.acts FOLDER TALLY.json STEP``.
"""

from __future__ import annotations

import errno
import io
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from attainment_linkage.adapters import workplace
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.errors import DiskFullError, LinkageError
from attainment_linkage.stages.boundary import guarded
from tests.campaign import plain_road
from tests.campaign.tally import Tally, keep
from tests.conftest import config_for

ACTS = ("open", "link", "replace", "unlink", "rmdir", "mkdir", "fsync", "ftruncate", "write")
_CREATES = os.O_CREAT | os.O_TRUNC
KILL, FULL, STOP = "killed", "disk full", "told to stop"
_ENDED_OTHERWISE = 77


def before_act(number: int, do: Callable[[], None]) -> Callable[[], int]:
    """Do something before the n-th act of this process from now on; gives the counter."""
    done = 0

    def watched(really: Callable[..., object], name: str) -> Callable[..., object]:
        def act(*given: object, **named: object) -> object:
            nonlocal done
            is_act = name != "open" or bool(int(given[1]) & _CREATES)
            done += is_act
            if is_act and done == number:
                do()
            return really(*given, **named)

        return act

    for name in ACTS:
        setattr(os, name, watched(getattr(os, name), name))
    return lambda: done


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _full() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def _stop() -> None:
    raise SystemExit(128 + signal.SIGTERM)


HOW = {KILL: _kill, FULL: _full, STOP: _stop}


def in_child(work: Callable[[], object]) -> int:
    """Do the work in a copy of this process; its exit code, or minus the signal that ended it."""
    child = os.fork()
    if not child:
        sys.stderr = io.StringIO()
        try:
            os._exit(guarded(work))
        finally:
            os._exit(_ENDED_OTHERWISE)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def attack(folder: Path, step: int, tally: Tally) -> None:
    """Disturb a run before every ``step``-th act, in each of the three ways."""
    older = config_for(folder / "older")
    assert in_child(lambda: _run(older)) == 0
    plain = _copy(older, folder / "plain")
    counted = folder / "acts"
    assert in_child(lambda: _run(plain_road.later(plain), counted)) == 0
    acts, undisturbed = int(counted.read_text()), plain_road.published(plain)
    tally.judge("an undisturbed run leaves nothing", plain_road.faults(plain), [])
    tally.note(acts_of_a_run=acts)
    for how in HOW:
        for number in range(1, acts + 1, step):
            lake = folder / "disturbed"
            config = _copy(older, lake)
            name = f"{how} before act {number} of {acts}"
            tally.record(name, *_survives(config, how, number, undisturbed))
            shutil.rmtree(lake)


def _copy(config: Config, place: Path) -> Config:
    shutil.copytree(config.lake.directory, place, copy_function=shutil.copy2)
    return plain_road.only_lake(config, place)


def _run(config: Config, counted: Path | None = None) -> None:
    count = before_act(-1, lambda: None)
    plain_road.road(config, [])
    if counted is not None:
        counted.write_text(str(count()))


def _survives(
    older: Config, how: str, number: int, undisturbed: dict[str, object] | None
) -> tuple[bool, str]:
    newer = plain_road.later(older)
    before = plain_road.published(older)
    ended = in_child(lambda: _disturbed(newer, how, number))
    expected = {
        KILL: {-signal.SIGKILL},
        FULL: {DiskFullError.exit_code, 0},
        STOP: {128 + signal.SIGTERM, 0},
    }[how]
    if ended not in expected:
        return False, f"the disturbed run ended with {ended}"
    try:
        seen = plain_road.published(newer)
    except (LinkageError, OSError, ValueError) as error:
        return False, f"a reader met {type(error).__name__}"
    if seen is not None and seen["run"] is not None and seen not in (before, undisturbed):
        return False, "a reader saw a mixture"
    done = plain_road.finished(newer)
    made: list[str] = []
    try:
        plain_road.road(newer, made)
    except (LinkageError, OSError) as error:
        return False, f"the next run ended with {getattr(error, 'code', type(error).__name__)}"
    again = [stage for stage in made if any(one.startswith(f"{stage} ") for one in done)]
    is_of_this_run = plain_road.finished(newer) >= done
    if again and is_of_this_run:
        return False, f"{', '.join(again)} was finished and made again"
    if plain_road.published(newer) != undisturbed:
        return False, "the next run left something else"
    left = plain_road.faults(newer)
    return not left, "; ".join(left)


def _disturbed(config: Config, how: str, number: int) -> None:
    before_act(number, HOW[how])
    plain_road.road(config, [])


if __name__ == "__main__":
    workplace.restrict_process()  # as a session does
    tally = Tally("G1", "killed, starved and stopped before each act")
    attack(Path(sys.argv[1]), int(sys.argv[3]), tally)
    keep(Path(sys.argv[2]), [tally])
