"""Goals: what each goal of the campaign runs, whole and as the share of CI.

The figures are those of the column "Full"; the share of CI (``test_campaign.py``) calls the same
attacks with small ones.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pyspark.sql import SparkSession

from attainment_linkage.adapters.session import open_session
from tests.campaign import documents, locks, malformed, mutations, starved
from tests.campaign.tally import Tally, kept
from tests.conftest import LAUNCH, config_for

Goal = Callable[[Path], list[Tally]]


@contextmanager
def session(folder: Path, **launch: str) -> Iterator[SparkSession]:
    """A session as the tests have it, for this goal alone."""
    with open_session(config_for(folder / "session"), "campaign", launch=LAUNCH | launch) as spark:
        yield spark


def acts_of(folder: Path, step: int) -> Tally:
    """The attack act by act, in a process of its own: it makes copies of itself."""
    place = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else folder
    with tempfile.TemporaryDirectory(prefix="campaign-acts-", dir=place) as lakes:
        report = folder / "acts.json"
        words = [sys.executable, "-m", "tests.campaign.acts", lakes, str(report), str(step)]
        subprocess.run(words, env=locks.environment(), check=True)
        return kept(report)[0]


def g1(folder: Path) -> list[Tally]:
    """Before every act of a small run, in three ways."""
    return [acts_of(folder, 1)]


def g5(folder: Path) -> list[Tally]:
    """150 hand-made files and 1,000 changed ones at the pre-flight and the reader of a task."""
    tally = Tally("G5", "malformed and changed files")
    malformed.preflight(folder, tally)
    mutations.attack(folder, 1000, tally)
    return [tally]


def g8(folder: Path) -> list[Tally]:
    """50 starts, 20 races of 6, locks left behind."""
    tally = Tally("G8", "two at once: starts, killed holders, locks left behind")
    locks.attack_starts(folder, 50, tally)
    locks.attack_races(folder, 6, 20, tally)
    locks.attack_left_locks(folder, tally)
    return [tally]


def g7(folder: Path) -> list[Tally]:
    """A table and a stage on a disk that fills; damaged data files."""
    tally = Tally("G7", "full disks, damaged files")
    if not starved.can_mount(folder / "probe"):
        raise SystemExit("G7 needs the right to mount a tmpfs: run it as root")
    with session(folder) as spark, starved.drawn_road():
        starved.attack_table(spark, folder, ["4m"], tally)
        starved.attack_stage(spark, folder, ["300k"], tally)
        starved.attack_files(spark, folder, 20, tally)
    return [tally]


def g17(folder: Path) -> list[Tally]:
    """2,000 turned bits and every truncation."""
    return [documents.attack(folder, 2000)]


GOALS: dict[str, Goal] = {"G1": g1, "G5": g5, "G7": g7, "G8": g8, "G17": g17}


def run(goal: Goal) -> list[Tally]:
    """Run one goal in a folder of its own, which goes at the end."""
    with tempfile.TemporaryDirectory(prefix="campaign-") as folder:
        return goal(Path(folder))
