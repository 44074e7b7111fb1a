"""G7: full disks, full memory and damaged files, at each place that is written or read.

Goal: a named error, the table at the version it had, and the same command succeeds once there is
room, with exactly what it would have made. Small file systems are real ones (tmpfs; they need the
right to mount), no double of one. What is starved act by act: ``acts.py``.
"""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from pyspark.sql import DataFrame, SparkSession

from attainment_linkage.adapters import delta, gates
from attainment_linkage.adapters.faults import named
from attainment_linkage.adapters.gate_results import GateResult
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.session import open_session
from attainment_linkage.domain import allow_list, tables
from attainment_linkage.stages import inputs, makings
from attainment_linkage.stages.runner import run_stage
from tests.campaign.tally import Tally
from tests.conftest import LAUNCH, config_for
from tests.small_road import ANSWERS, COPY, PEOPLE, SPLIT


def can_mount(folder: Path) -> bool:
    """Whether this user may mount a small file system."""
    folder.mkdir()
    if subprocess.run(_mounted(folder, "1m"), capture_output=True, check=False).returncode:
        return False
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
    return True


def _mounted(folder: Path, size: str, *more: str) -> list[str]:
    return ["mount", "-t", "tmpfs", "-o", ",".join([*more, f"size={size}"]), "tmpfs", str(folder)]


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Callable[[str], None]]:
    """A file system of this size in a folder; what is given makes it larger."""
    folder.mkdir(parents=True, mode=0o700)
    subprocess.run(_mounted(folder, size), check=True)
    try:
        yield lambda larger: _run(_mounted(folder, larger, "remount"))
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _run(words: list[str]) -> None:
    subprocess.run(words, check=True)


def code_of(work: Callable[[], object]) -> str:
    """The code of the error that stops some work; empty where none does."""
    try:
        work()
    except Exception as error:  # noqa: BLE001  named, as the boundary does
        return named(error, "campaign").code
    return ""


@contextmanager
def drawn_road() -> Iterator[None]:
    """The small road in the place of the project's; its gates pass at once."""
    patches = [
        mock.patch.object(allow_list, "is_declared", return_value=True),
        mock.patch.object(inputs, "ROAD", (SPLIT, COPY)),
        mock.patch.object(gates, "audit", lambda frame, table: GateResult(table.name, (), 0.0)),
    ]
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        mock.patch.stopall()


# ------------------------------------------------------------------------------ full disks
def attack_table(spark: SparkSession, folder: Path, sizes: list[str], tally: Tally) -> None:
    """A table on a disk that fills while it is written."""
    wide = _hashes(spark, 100_000)
    expected = delta.content(wide)
    for size in sizes:
        with small_disk(folder / f"table-{size}", size) as grow:
            path = folder / f"table-{size}" / "people"

            def write(path: Path = path) -> None:
                delta.write(wide, path, PEOPLE, "campaign:full")

            tally.judge(f"a table on {size}", code_of(write), "DISK_FULL")
            tally.judge(f"its version on {size}", delta.latest_version(path), None)
            grow("200m")
            tally.judge(f"the same write with room, {size}", code_of(write), "")
            found = delta.content(delta.read(spark, path, PEOPLE))
            tally.judge(f"what it holds then, {size}", found, expected)


def attack_stage(spark: SparkSession, folder: Path, sizes: list[str], tally: Tally) -> None:
    """A stage whose root fills: in its table, its manifest or its head; then with room."""
    for size in sizes:
        place = folder / f"stage-{size}"
        with small_disk(place, size) as grow:
            config = config_for(place / "lake", lake={"minimum_free_mib": 0})
            body = _split(
                spark.range(0, 3_000, 1, 2).selectExpr("sha2(cast(id as string), 512) as id")
            )

            def work(config: object = config, body: object = body) -> None:
                run_stage(SPLIT, body, config, spark)

            filler = place / "filler"
            code = code_of(work)
            lake = Lake.open(config.lake, tables.ZONES)
            head = lake.head(tables.IDENTIFIERS, SPLIT.name)
            tally.judge(f"a stage on {size}", (code, head), ("DISK_FULL", None))
            grow("64m")
            filler.unlink(missing_ok=True)
            tally.judge(f"the same stage with room, {size}", code_of(work), "")
            tally.judge(f"rows then, {size}", _rows(spark, lake), [3_000, 3_000])


def _hashes(spark: SparkSession, count: int) -> DataFrame:
    """So many different ids of 128 characters, which do not compress."""
    return spark.range(0, count, 1, 4).selectExpr("sha2(cast(id as string), 512) as id")


def _split(frame: DataFrame) -> Callable[[object], None]:
    def body(stage_run: object) -> None:
        stage_run.write(frame, PEOPLE)
        stage_run.write(frame, ANSWERS)

    return body


def _rows(spark: SparkSession, lake: Lake) -> list[int]:
    found = []
    for table in (PEOPLE, ANSWERS):
        key = lake.head(table.zone, SPLIT.name)
        found.append(delta.read(spark, lake.table_path(table, key), table).distinct().count())
    return found


def attack_session(folder: Path, tally: Tally) -> None:
    """Spark's own folder on a disk too small to start, then to spill; too large a result."""
    place = folder / "spill"
    with small_disk(place, "1m") as grow:
        given = {"temporary": str(place), "minimum_free_mib": 0}
        config = config_for(folder / "lake", lake=given)
        launch = LAUNCH | {"spark.driver.maxResultSize": "1m"}

        def start() -> None:
            with open_session(config, "campaign", launch=launch):
                pass

        tally.judge("a start without room for Spark's files", code_of(start), "DISK_FULL")
        tally.judge("what it left there", list(place.iterdir()), [])
        grow("150m")
        with open_session(config, "campaign", launch=launch) as spark:
            rows = spark.range(0, 900_000, 1, 2).selectExpr("cast(id as string) id")
            wide = rows.selectExpr("id", "sha2(id, 512) a", "sha2(concat(id, 'b'), 512) b")
            spread = wide.repartition(3, "a").write.format("noop").mode("append")
            tally.judge("a result above its bound", code_of(wide.toArrow), "MEMORY_FULL")
            tally.judge("a shuffle without room", code_of(spread.save), "DISK_FULL")
            grow("900m")
            tally.judge("the same shuffle with room", code_of(spread.save), "")
        tally.judge("what the session left there", list(place.iterdir()), [])


# --------------------------------------------------------------------------- damaged files
def attack_files(spark: SparkSession, folder: Path, flips: int, tally: Tally) -> None:
    """Data files of a table cut short, emptied, taken away or with a byte turned.

    Where a manifest names the table, the stage is made again; where only its commit does, as
    after a kill, it is not adopted. Both end in the same rows as ever.
    """
    frame = (
        spark.range(0, 500, 1, 1)
        .selectExpr("sha2(cast(id as string), 256) as id")
        .localCheckpoint()
    )
    expected, body = delta.content(frame), _split(frame)
    drawn = random.Random(7)
    damages: list[tuple[str, Callable[[Path], None]]] = [
        ("cut short", lambda path: _put(path, path.read_bytes()[:-9])),
        ("emptied", lambda path: _put(path, b"")),
        ("taken away", Path.unlink),
        *((f"byte {n} turned", lambda path: _turn(path, drawn)) for n in range(flips)),
    ]
    config = config_for(folder / "lake")
    key = run_stage(SPLIT, body, config, spark).key
    lake = Lake.open(config.lake, tables.ZONES)
    path = lake.table_path(PEOPLE, key)
    for is_finished in (True, False):
        for name, damage in damages:
            damage(next(path.glob("*.parquet")))
            shutil.rmtree(path / "_crc", ignore_errors=True)
            for crc in path.glob(".*.crc"):
                crc.unlink()
            if not is_finished:
                makings.clear(SPLIT, key, lake, is_forced=False)
            said = f"a file {name}, {'finished' if is_finished else 'only committed'}"
            tally.judge(said, code_of(lambda: run_stage(SPLIT, body, config, spark)), "")
            found = delta.content(delta.read(spark, path, PEOPLE))
            tally.judge(f"{said}: what is there then", found, expected)


def _put(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _turn(path: Path, drawn: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[drawn.randrange(4, len(content) - 8)] ^= 1 << drawn.randrange(8)
    path.write_bytes(bytes(content))
