"""G8: one run at a time: many starts on one lake, holders killed, locks left behind.

Goal: of all starts exactly one is at work at any moment; every other leaves with RUN_LOCKED, a
console command within 2 seconds; the lock of a dead holder gives way by itself, whatever the
moment it was killed at. The three conflicts of Delta: ``conflicts.py``.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from attainment_linkage.adapters import locks
from tests.campaign.tally import Tally

PROJECT = Path(__file__).resolve().parents[2]
RUN_LOCKED = 60
LIMIT_SECONDS = 2.0
_SCRIPT = Path(sys.executable).parent / "attainment-linkage"
_STARTER = """
import os, random, signal, sys, time
from pathlib import Path
from attainment_linkage.adapters import locks
from attainment_linkage.domain.errors import RunLockedError
root, seed, kills = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
drawn = random.Random(seed)
log = os.open(root / "log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
def say(word):
    os.write(log, f"{word} {os.getpid()}\\n".encode())
while not (root / "go").exists():
    time.sleep(0.001)
refused = 0
while True:
    try:
        with locks.held([root], break_lock=False, heartbeat_seconds=60) as held:
            say("in")
            time.sleep(drawn.uniform(0.0, 0.004))
            held.require()
            if drawn.random() < kills:
                say("killed")
                os.kill(os.getpid(), signal.SIGKILL)
            say("out")
        break
    except RunLockedError:
        refused += 1
        time.sleep(0.001)
"""


def environment() -> dict[str, str]:
    """The environment of a start: this tree's code."""
    paths = os.pathsep.join([str(PROJECT / "lib"), str(PROJECT)])
    return {**os.environ, "PYTHONPATH": paths, "ATTAINMENT_LINKAGE_HOME": str(PROJECT)}


def attack_starts(
    folder: Path, starts: int, tally: Tally, limit_seconds: float = LIMIT_SECONDS
) -> None:
    """Console starts against a lake whose lock is held: each must leave at once, by name."""
    lake = folder / "held"
    (lake / "landing").mkdir(parents=True)
    slowest = 0.0
    with locks.held([lake / "landing"], break_lock=False, heartbeat_seconds=60) as held:
        for number in range(starts):
            words = [str(_SCRIPT), "run", "--config", "local", "--lake", str(lake)]
            before = _cpu_seconds()
            done = subprocess.run(
                words, env=environment(), capture_output=True, text=True, check=False, cwd=folder
            )
            took = _cpu_seconds() - before
            slowest = max(slowest, took)
            is_right = done.returncode == RUN_LOCKED and done.stderr.startswith("RUN_LOCKED: ")
            why = f"exit {done.returncode} after {took:.1f} s"
            tally.record(f"start {number}", is_right and took < limit_seconds, why)
        held.require()
    tally.note(slowest_refusal_seconds_of_processor=round(slowest, 2))


def _cpu_seconds() -> float:
    """Seconds of processor of ended children: what a start takes on a quiet core."""
    times = os.times()
    return times.children_user + times.children_system


def attack_races(folder: Path, processes: int, rounds: int, tally: Tally) -> None:
    """Processes race for one lock, a third of the winners are killed while they hold it."""
    for number in range(rounds):
        root = folder / f"race-{number}"
        root.mkdir()
        racers = [
            subprocess.Popen(
                [sys.executable, "-c", _STARTER, str(root), f"{number} {racer}", "0.34"],
                env=environment(), stderr=subprocess.PIPE,
            )
            for racer in range(processes)
        ]  # fmt: skip
        time.sleep(0.2)
        (root / "go").touch()
        codes = {racer.pid: _ended(racer) for racer in racers}
        judge_race(number, (root / "log").read_text().splitlines(), codes, tally)
        is_left = (root / locks.LOCK).exists()
        last = (root / "log").read_text().splitlines()[-1].split()[0]
        tally.judge(f"race {number}: a lock left behind", is_left, last == "killed")


def _ended(racer: subprocess.Popen[bytes]) -> int:
    try:
        return racer.wait(timeout=60)
    except subprocess.TimeoutExpired:
        racer.send_signal(signal.SIGKILL)
        return racer.wait()


def judge_race(number: int, lines: list[str], codes: dict[int, int], tally: Tally) -> None:
    """Each process was inside once, alone; nobody came in before who was there had left."""
    inside: str | None = None
    came = set()
    for line in lines:
        word, who = line.split()
        if word == "in":
            tally.record(f"race {number}: {who} came in", inside is None, f"{inside} was there")
            inside = who
            came.add(int(who))
        elif inside == who:
            inside = None
        else:
            tally.record(f"race {number}: {who} left", False, f"{inside} was there")
    tally.judge(f"race {number}: all came in", came, set(codes))
    odd = set(codes.values()) - {0, -signal.SIGKILL}
    tally.judge(f"race {number}: how they ended", odd, set())


def attack_left_locks(folder: Path, tally: Tally) -> None:
    """Locks that dead, ended but unasked, and foreign processes left behind."""
    root = folder / "left"
    root.mkdir()
    with subprocess.Popen([sys.executable, "-c", _LEAVER, str(root)], env=environment()) as left:
        os.waitid(os.P_PID, left.pid, os.WEXITED | os.WNOWAIT)  # ended, and nobody asked
        tally.record("the lock of a process that ended unasked", _can_take(root))
    for name, said in (("empty", ""), ("cut short", '{"host": "x", "pi'), ("no JSON", "\0" * 80)):
        (root / locks.LOCK).write_text(said)
        tally.record(f"a lock that is {name}", _can_take(root))
    (root / locks.LOCK).write_text('{"host": "elsewhere", "pid": 1, "start_ticks": 1}')
    tally.record("the lock of another host stays", not _can_take(root))


_LEAVER = """
import os, sys
from pathlib import Path
from attainment_linkage.adapters import locks
with locks.held([Path(sys.argv[1])], break_lock=False, heartbeat_seconds=60):
    os._exit(0)
"""


def _can_take(root: Path) -> bool:
    try:
        with locks.held([root], break_lock=False, heartbeat_seconds=60) as held:
            held.require()
            return True
    except locks.RunLockedError:
        return False
