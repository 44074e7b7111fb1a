"""G3: executors, and their Python workers, are killed while they read, shuffle, run and write.

``local-cluster[2,1,1024]``: two executors, each a process of its own with one core and 1 GiB, under
Spark's own master and workers in the driver. Goal: the table that is written is the same, row for
row, as that of an undisturbed run, whatever moment an executor is killed at. And an executor that
runs out of memory ends the job under its own code, writes nothing, and the same session goes on.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pandas as pd
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from attainment_linkage.adapters import delta
from attainment_linkage.adapters.faults import named
from attainment_linkage.adapters.session import open_session
from attainment_linkage.domain import allow_list, tables
from attainment_linkage.domain.tables import Column, Table
from tests.campaign.locks import PROJECT
from tests.campaign.tally import Tally
from tests.conftest import LAUNCH, config_for

TABLE = Table(
    "counted", "one row per group", tables.IDENTIFIERS,
    (Column("group_id", "group"), Column("row_count", "rows", "bigint"),
     Column("total", "sum of a hash over the rows", "bigint")), ("group_id",),
)  # fmt: skip
Kind = Callable[[str], list[int]]
ROWS, GROUPS = 400_000, 5_000
CLUSTER = {
    "spark.master": "local-cluster[2,1,1024]",
    "spark.executor.memory": "1g",
    "spark.executorEnv.PYTHONPATH": os.pathsep.join([str(PROJECT / "lib"), str(PROJECT)]),
    "spark.executorEnv.PYSPARK_PYTHON": sys.executable,
    "spark.executor.extraJavaOptions": LAUNCH["spark.driver.extraJavaOptions"],
    "spark.deploy.maxExecutorRetries": "-1",
    "spark.sql.shuffle.partitions": "6",
}


@contextmanager
def cluster(folder: Path) -> Iterator[SparkSession]:
    """A session on two executors; a table of this test passes for a declared one."""
    really, allow_list.is_declared = allow_list.is_declared, lambda table: True
    config = config_for(folder / "session", spark={"driver_memory_gib": 1})
    launch = LAUNCH | CLUSTER | {"spark.driver.memory": "1g"}
    try:
        with open_session(config, "campaign-executors", launch=launch) as spark:
            yield spark
    finally:
        allow_list.is_declared = really


def work(spark: SparkSession) -> DataFrame:
    """Rows made, changed in Python, shuffled twice and counted; the same whatever happens."""

    def marked(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for batch in batches:
            ids = batch["id"].astype("int64")
            yield pd.DataFrame({"id": ids, "group_id": ("g" + (ids * 7919 % 5_000).astype(str))})

    rows = spark.range(0, ROWS, 1, 8).mapInPandas(marked, "id bigint, group_id string")
    spread = rows.repartition(6, "id")
    grouped = spread.groupBy("group_id").agg(
        F.count("*").alias("row_count"), F.sum(F.col("id") * 31 % 1_000_003).alias("total")
    )
    return grouped.select(*TABLE.names)


def attack(spark: SparkSession, folder: Path, kills: int, of_workers: int, tally: Tally) -> None:
    """Kill executors at ``kills`` moments of the work, Python workers at ``of_workers``."""
    drawn, took = random.Random(3), 0.0
    for warm in range(2):
        started = time.monotonic()
        expected = _written(spark, folder / f"undisturbed-{warm}")
        took = time.monotonic() - started
    hit = 0
    for kind, count in ((executors, kills), (python_workers, of_workers)):
        for number in range(count):
            moment = took * (number + drawn.random()) / count
            killer = Killer(spark, kind, moment, drawn)
            try:
                found = _written(spark, folder / f"{kind.__name__}-{number}")
            except Exception as error:  # noqa: BLE001  a lost job is a lost try
                found = str(named(error, "campaign"))
            hit += killer.ended()
            name = f"one of the {kind.__name__} killed after {moment:.1f} s of {took:.1f}"
            tally.judge(name, found, expected)
            wait_for_executors(spark, 2)
    tally.record("so many were killed", hit >= kills, f"{hit} of {kills + of_workers}")
    tally.note(undisturbed_seconds=round(took, 1), processes_killed=hit)


def _written(spark: SparkSession, path: Path) -> delta.Content:
    delta.write(work(spark), path, TABLE, f"campaign:{path.name}")
    return delta.content(delta.read(spark, path, TABLE))


class Killer:
    """Kills one process of a kind after some seconds, in a thread; waits for one to be there."""

    def __init__(
        self, spark: SparkSession, kind: Kind, seconds: float, drawn: random.Random
    ) -> None:
        self._killed = 0
        self._app, self._kind, self._drawn = spark.sparkContext.applicationId, kind, drawn
        self._is_over = threading.Event()
        self._thread = threading.Timer(seconds, self._kill)
        self._thread.start()

    def _kill(self) -> None:
        while not self._killed and not self._is_over.is_set():
            for pid in self._drawn.sample(found := self._kind(self._app), min(1, len(found))):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    self._killed = 1
            self._is_over.wait(0.02)

    def ended(self) -> int:
        """Wait for the moment, where the work was faster; how many were killed."""
        self._thread.join(timeout=1.0)
        self._is_over.set()
        self._thread.join()
        return self._killed


def executors(app_id: str) -> list[int]:
    """Process ids of the executors of one application."""
    return [
        pid
        for pid, _, words in _processes()
        if any(word.endswith("CoarseGrainedExecutorBackend") for word in words) and app_id in words
    ]


def python_workers(app_id: str) -> list[int]:
    """Process ids of the Python workers that these executors have forked."""
    parents = {pid: parent for pid, parent, _ in _processes()}
    of_app = set(executors(app_id))
    return [pid for pid in parents if parents.get(parents[pid]) in of_app]


def _processes() -> Iterator[tuple[int, int, list[str]]]:
    """Id, parent's id and words of every process there is."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().decode().split("\0")
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        yield int(entry.name), parent, words


def wait_for_executors(spark: SparkSession, count: int) -> None:
    until = time.monotonic() + 60
    app = spark.sparkContext.applicationId
    while len(executors(app)) < count and time.monotonic() < until:
        time.sleep(0.1)


def attack_memory(spark: SparkSession, folder: Path, tally: Tally) -> None:
    """A task outgrows its executor: a named error, no table; then the session goes on."""
    size = F.lit(1_500_000_000) + F.col("id").cast("int")
    outgrown = spark.range(0, 2, 1, 2).select(
        F.md5(F.repeat(F.lit("x"), size)).alias("group_id"),
        F.lit(1).cast("bigint").alias("row_count"),
        F.lit(1).cast("bigint").alias("total"),
    )
    path = folder / "outgrown"
    try:
        delta.write(outgrown, path, TABLE, "campaign:outgrown")
        code = "none"
    except Exception as error:  # noqa: BLE001  judged by its code
        code = getattr(error, "code", type(error).__name__)
    tally.judge("an executor out of memory", code, "MEMORY_FULL")
    tally.judge("a table after it", delta.latest_version(path), None)
    wait_for_executors(spark, 2)
    rows = _written(spark, path).rows
    tally.judge("the same table, with what fits", rows, GROUPS)
