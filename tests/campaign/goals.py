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
    executors,
    ingested,
    kills,
    locks,
    malformed,
    mutations,
    orders,
    road_kills,
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


def g1_road(folder: Path) -> list[Tally]:
    """The linkers' road killed at 38 points: five of each stage, and before each root's pointer."""
    return road_kills.attack_points(folder, list(road_kills.points()))


def g1_random(folder: Path) -> list[Tally]:
    """The linkers' road killed at 20 moments drawn at random."""
    return road_kills.attack_moments(folder, 20)


def g3(folder: Path) -> list[Tally]:
    """20 executors and 5 Python workers killed at work; an executor that outgrows its memory."""
    tally = Tally("G3", "executors and their Python workers killed, and starved of memory")
    with executors.cluster(folder) as spark:
        executors.attack(spark, folder, 20, 5, tally)
        executors.attack_memory(spark, folder, tally)
    return [tally]


def g3_share(folder: Path) -> list[Tally]:
    """Three executors killed; it has a master of its own, so CI runs it beside its own session."""
    tally = Tally("G3", "executors and their Python workers killed")
    with executors.cluster(folder) as spark:
        executors.attack(spark, folder, 3, 1, tally)
    return [tally]


def g4(folder: Path) -> list[Tally]:
    """The linkers' road over 24 combinations of partitions, masters and order of rows."""
    tally = Tally("G4", "the road over partitions, masters, row orders; executors lost on it")
    masters: dict[str, orders.Opened] = {
        "local[1]": lambda place: session(place, **{"spark.master": "local[1]"}),
        "local[2]": lambda place: session(place, **{"spark.master": "local[2]"}),
        "local-cluster[2,1,1024]": executors.cluster,
    }
    orders.attack(folder, masters, orders.PARTITIONS, road_kills.RECORDS, tally)
    return [tally]


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
    """2,000,000 x 500,000 records linked, balanced and skewed; plans over 100,000 records."""
    tally = Tally("G6", "a tenth of all records under one value: linkages, plans")
    skewed.attack_linkage(folder, 2_000_000, 500_000, tally)
    with session(folder) as spark:
        skewed.attack_plan(spark, folder / "plans", 100_000, tally)
    return [tally]


def g7(folder: Path) -> list[Tally]:
    """Tables, stages, Spark's own folder on disks that fill, too large a result; damaged files."""
    tally = Tally("G7", "full disks, full memory, damaged files")
    if not starved.can_mount(folder / "probe"):
        raise SystemExit("G7 needs the right to mount a tmpfs: run it as root")
    starved.attack_session(folder, tally)
    with session(folder) as spark, starved.drawn_road():
        starved.attack_table(spark, folder, ["1m", "4m", "9m"], tally)
        starved.attack_stage(spark, folder, ["100k", "300k", "500k", "600k"], tally)
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
    "G4": g4,
    "G6": g6,
    "G1-road": g1_road,
    "G1-random": g1_random,
    "G1": g1,
    "G3": g3,
    "G5": g5,
    "G7": g7,
    "G8": g8,
    "G14": g14,
    "G17": g17,
}
"""The long ones first, so that both lanes end together. G2 and G15 are looked at after every kill
of G1."""
SHARES: dict[str, Goal] = {"G3": g3_share}
"""What CI runs in a process of its own, by ``run_campaign --share``."""


def run(goal: Goal) -> list[Tally]:
    """Run one goal in a folder of its own, which goes at the end."""
    with tempfile.TemporaryDirectory(prefix="campaign-") as folder:
        # Spark's own cluster in the driver keeps its executors' files beside Spark itself else
        os.environ["SPARK_WORKER_DIR"] = str(Path(folder) / "executors")
        return goal(Path(folder))
