"""G4: the same tables whatever the partitions, the master, and the order of the delivered rows.

The linkers' road runs on one small delivery under each combination of shuffle partitions (1, 4, 8,
200), masters (local[1], local[2], local-cluster of two) and order of rows (as delivered, shuffled
within each file). Goal: one content hash for each table over all of them. Quarantine names rows by
their place in a file, so of it only the records and reasons are compared.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from pyspark.sql import SparkSession

from attainment_linkage.adapters import delta
from attainment_linkage.adapters.faults import named
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.core.settings import Config
from attainment_linkage.domain import tables
from attainment_linkage.domain.road import ROAD
from attainment_linkage.stages.run import run_one, run_road
from tests.campaign.plain_road import Quiet
from tests.campaign.tally import Tally
from tests.conftest import config_for

ZONES = (tables.LANDING, tables.IDENTIFIERS, tables.ATTRIBUTES)
PARTITIONS = (1, 4, 8, 200)
Opened = Callable[[Path], AbstractContextManager[SparkSession]]


def attack(
    folder: Path, masters: dict[str, Opened], partitions: Sequence[int], records: int, tally: Tally
) -> None:
    """Run the road under every combination, each on a lake of its own; compare with the first."""
    first: dict[str, object] = {}
    for master, opened in masters.items():
        with opened(folder / master.replace("[", "-").strip("]")) as spark:
            for number in partitions:
                for is_shuffled in (False, True):
                    lake = folder / f"lake-{master[:13]}-{number}-{is_shuffled}"
                    config = _delivered(spark, folder, lake, records)
                    if is_shuffled:
                        _shuffle(lake / "landing" / "raw", seed=number)
                    order = "shuffled" if is_shuffled else "as delivered"
                    name = f"{master}, {number} partitions, {order}"
                    try:
                        found = _contents(spark, config, number)
                    except Exception as error:  # noqa: BLE001  named, as the boundary does
                        tally.record(name, False, named(error, "campaign").code)
                        continue
                    first = first or found
                    differs = [name for name in first if found.get(name) != first[name]]
                    tally.record(name, not differs and len(found) == len(first), ", ".join(differs))
                    shutil.rmtree(lake)
    tally.note(tables_compared=len(first))


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


def _contents(spark: SparkSession, config: Config, partitions: int) -> dict[str, object]:
    """Rows and content hash of every table of the road, run with so many partitions."""
    before = spark.conf.get("spark.sql.shuffle.partitions")
    spark.conf.set("spark.sql.shuffle.partitions", str(partitions))
    try:
        summary = run_road(config, spark=spark, log=Quiet())
        return dict(_each(spark, config, summary.paths))
    finally:
        spark.conf.set("spark.sql.shuffle.partitions", str(before))


def _each(
    spark: SparkSession, config: Config, paths: dict[str, Path]
) -> Iterator[tuple[str, object]]:
    written = {table.name: table for stage in ROAD for table in stage.writes}
    lake = Lake.open(config.lake, ZONES)
    for name, path in paths.items():
        frame = delta.read(spark, path, written[name])
        if name.startswith("quarantine"):
            frame = frame.select("reasons", "record")
        yield name, delta.content(frame)
    yield "run", lake.published_run() is not None
