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
from tests.campaign import (
    conflicts,
    documents,
    ingested,
    kills,
    locks,
    malformed,
    mutations,
    seeded,
    skewed,
    starved,
)
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
    """Before every act of a small run, in three ways; drivers killed at six points, on Delta."""
    acts = acts_of(folder, 1)
    with session(folder) as spark:
        return [acts, *kills.attack(spark, folder / "killed", kills.POINTS)]


def g5(folder: Path) -> list[Tally]:
    """80 and more hand-made files, 1,000 changed ones, 100 of them on Spark."""
    tally = Tally("G5", "malformed and changed files")
    malformed.preflight(folder, tally)
    mutations.attack(folder, 1000, tally)
    with session(folder) as spark:
        ingested.attack_cases(spark, folder, tally)
        ingested.attack_changes(spark, folder, 100, tally)
    return [tally]


def g8(folder: Path) -> list[Tally]:
    """50 starts, 20 races of 6, locks left behind, each conflict of Delta 5 times."""
    tally = Tally("G8", "two at once: starts, killed holders, conflicts of Delta")
    locks.attack_starts(folder, 50, tally)
    locks.attack_races(folder, 6, 20, tally)
    locks.attack_left_locks(folder, tally)
    with session(folder) as spark:
        conflicts.attack(spark, folder, 5, tally)
    return [tally]


def g6(folder: Path) -> list[Tally]:
    """Plans over 100,000 records, balanced and skewed."""
    tally = Tally("G6", "plans where a tenth of all records has one value")
    with session(folder) as spark:
        skewed.attack_plan(spark, 100_000, tally)
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


def g14(folder: Path) -> list[Tally]:
    """Every seeded defect of six tables; clean deliveries of 20 seeds."""
    tally = Tally("G14", "defects seeded before the gates, clean deliveries")
    with session(folder) as spark:
        tally.note(defects=seeded.attack_defects(spark, seeded.SEEDED, tally))
        seeded.attack_clean(spark, 20, tally)
    return [tally]


def g17(folder: Path) -> list[Tally]:
    """2,000 turned bits and every truncation."""
    return [documents.attack(folder, 2000)]


GOALS: dict[str, Goal] = {
    "G1": g1,
    "G5": g5,
    "G6": g6,
    "G7": g7,
    "G8": g8,
    "G14": g14,
    "G17": g17,
}
"""G2 and G15 are looked at after every kill of G1."""


def run(goal: Goal) -> list[Tally]:
    """Run one goal in a folder of its own, which goes at the end."""
    with tempfile.TemporaryDirectory(prefix="campaign-") as folder:
        return goal(Path(folder))
