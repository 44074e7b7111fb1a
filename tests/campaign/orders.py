"""G4: the same tables whatever the partitions, the master, and the order of the delivered rows.

The linkers' road runs on one small delivery under each combination of shuffle partitions (1, 4, 8,
200), masters (local[1], local[2], local-cluster of two) and order of rows (as delivered, shuffled
within each file), and on the cluster with an executor lost on the way. Where the rows are shuffled,
Spark interprets its expressions, else it compiles them. Goal: one content hash for each table over
all of them. Quarantine names rows by their place in a file, so of it only the records and reasons
are compared.
"""

from __future__ import annotations

import random
import shutil
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from pyspark.sql import SparkSession

from attainment_linkage.adapters import delta, gates
from attainment_linkage.adapters.faults import named
from attainment_linkage.adapters.gate_results import GateResult
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.project import conf_folder
from attainment_linkage.core.population import Population, profile_named
from attainment_linkage.core.settings import Config
from attainment_linkage.domain import tables
from attainment_linkage.domain.road import ROAD
from attainment_linkage.stages.run import RunSummary, run_one, run_road
from tests.campaign import executors
from tests.campaign.plain_road import Quiet
from tests.campaign.tally import Tally
from tests.conftest import INTERPRETED, config_for
from tests.coverage import quick, short_road

ZONES = (tables.LANDING, tables.IDENTIFIERS, tables.ATTRIBUTES)
PARTITIONS = (1, 4, 8, 200)
Opened = Callable[[Path], AbstractContextManager[SparkSession]]


@dataclass
class Orders:
    """The road on lakes of one delivery; every outcome is compared with the first."""

    folder: Path
    records: int
    tally: Tally
    first: dict[str, object] = field(default_factory=dict)
    seconds: float = 0.0

    def try_one(self, spark: SparkSession, name: str, partitions: int, seed: int = 0) -> None:
        """Run the road on a lake of its own, its rows in another order where a seed is given."""
        lake = self.folder / "lake"
        config = _delivered(spark, self.folder, lake, self.records)
        if seed:
            _shuffle(lake / "landing" / "raw", seed)
        started = time.monotonic()
        try:
            found = _contents(spark, config, partitions, is_compiled=not seed)
        except Exception as error:  # noqa: BLE001  named, as the boundary does
            found = {named(error, "campaign").code: 0}
        self.seconds = time.monotonic() - started
        self.first = self.first or found
        differs = sorted(name for name in self.first | found if self._differs(found, name))
        self.tally.record(name, not differs and len(found) > 1, ", ".join(differs))
        shutil.rmtree(lake)

    def _differs(self, found: dict[str, object], name: str) -> bool:
        return name not in found or found[name] != self.first.get(name)


def attack(
    folder: Path, masters: dict[str, Opened], partitions: Sequence[int], records: int, tally: Tally
) -> None:
    """Run the road under every combination; where executors can be lost, lose some of them."""
    orders = Orders(folder, records, tally)
    for master, opened in masters.items():
        with opened(folder / master.replace("[", "-").strip("]")) as spark:
            for number in partitions:
                orders.try_one(spark, f"{master}, {number} partitions, as delivered", number)
                orders.try_one(spark, f"{master}, {number} partitions, shuffled", number, number)
            if master.startswith("local-cluster"):
                _lose_executors(spark, orders, partitions[0])
    tally.note(tables_compared=len(orders.first))


def attack_bodies(
    spark: SparkSession, folder: Path, records: int, tries: Sequence[tuple[int, int]], tally: Tally
) -> None:
    """The bodies of the stages over partitions and orders of rows, without Delta and gates."""
    profiles = tomllib.loads((conf_folder() / "population.toml").read_text("utf-8"))
    population = Population(7, profile_named(profiles, "realistic"), records)
    delivered = quick.delivered(population, has_others=True)
    first: dict[str, object] = {}
    for partitions, seed in tries:
        place = folder / f"{partitions}-{seed}"
        given = {
            name: rows.sample(frac=1, random_state=seed) if seed else rows
            for name, rows in delivered.items()
        }
        with _at_work(spark, partitions, is_compiled=not seed):
            short_road.links_made(spark, given, config_for(place), place)
            found = {
                table.name: delta.content(spark.read.parquet(str(place / table.name)))
                for stage in short_road.STAGES
                for table in stage.writes
            }
        first = first or found
        differs = sorted(name for name in found if found[name] != first[name])
        tally.record(f"{partitions} partitions, seed {seed}", not differs, ", ".join(differs))
    tally.note(tables_compared=len(first))


def _lose_executors(spark: SparkSession, orders: Orders, partitions: int) -> None:
    """Run the road with an executor killed in each third of its time."""
    drawn, seconds = random.Random(4), orders.seconds
    for third in range(3):
        moment = seconds * (third + drawn.random()) / 3
        killer = executors.Killer(spark, executors.executors, moment, drawn)
        orders.try_one(spark, f"an executor killed after {moment:.0f} s", partitions)
        orders.tally.judge("it was killed", killer.ended(), 1)
        executors.wait_for_executors(spark, 2)


def _delivered(spark: SparkSession, folder: Path, lake: Path, records: int) -> Config:
    """A lake with the delivery and nothing else."""
    whole = folder / "delivered"
    if not whole.exists():
        config = config_for(whole, synthesise={"attainment_records": records})
        run_one("synthesise", config, spark=spark, log=Quiet())
    shutil.copytree(whole / "landing" / "raw", lake / "landing" / "raw")
    shutil.copytree(whole / "truth", lake / "truth")
    return config_for(lake, synthesise={"attainment_records": records})


def _shuffle(folder: Path, seed: int) -> None:
    """Put the rows of every delivered file in another order, under its header."""
    drawn = random.Random(seed)
    for path in sorted(folder.glob("*/part-*")):
        header, *rows = path.read_bytes().splitlines(keepends=True)
        drawn.shuffle(rows)
        path.write_bytes(header + b"".join(rows))
        path.with_name(f".{path.name}.crc").unlink(missing_ok=True)


def _contents(
    spark: SparkSession, config: Config, partitions: int, *, is_compiled: bool
) -> dict[str, object]:
    """Rows and content hash of every table of the road, run with so many partitions."""
    passed = GateResult("", (), 0.0)  # a gate changes no table
    at_work = _at_work(spark, partitions, is_compiled=is_compiled)
    with at_work, mock.patch.object(gates, "audit", return_value=passed):
        summary = run_road(config, spark=spark, log=Quiet())
        return dict(_each(spark, config, summary))


@contextmanager
def _at_work(spark: SparkSession, partitions: int, *, is_compiled: bool) -> Iterator[None]:
    """So many shuffle partitions for the time, expressions compiled or interpreted."""
    instead = {"spark.sql.shuffle.partitions": str(partitions)}
    if not is_compiled:
        instead |= INTERPRETED
    before = {name: spark.conf.get(name) for name in instead}
    for name, value in instead.items():
        spark.conf.set(name, value)
    try:
        yield
    finally:
        for name, was in before.items():
            spark.conf.set(name, str(was))


def _each(spark: SparkSession, config: Config, summary: RunSummary) -> Iterator[tuple[str, object]]:
    written = {table.name: table for stage in ROAD for table in stage.writes}
    lake = Lake.open(config.lake, ZONES)
    for stage in summary.stages:
        for table in stage.tables:
            found: object = (table.rows, table.content_hash)
            if table.name.startswith("quarantine"):
                frame = delta.read(spark, stage.paths[table.name], written[table.name])
                found = delta.content(frame.select("reasons", "record"))
            yield table.name, found
    yield "run", lake.published_run() is not None
