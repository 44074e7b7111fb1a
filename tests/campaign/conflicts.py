"""G8: the three kinds of conflict that Delta can refuse a commit for, each made to happen.

A write is held in the midst of its work while another process's commit goes in; then it goes on.
Goal: it is refused under its own code, its message quotes no row, and the table is as the other
commit left it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from pyspark.sql import DataFrame, SparkSession

from attainment_linkage.adapters import delta
from attainment_linkage.adapters.faults import named
from attainment_linkage.domain import allow_list, tables
from attainment_linkage.domain.tables import Column, Table
from tests.campaign.tally import Tally

TABLE = Table("contended", "one row per id", tables.IDENTIFIERS, (Column("id", "an id"),), ("id",))
_APP = "link:0123456789abcdef"
_PATIENCE_SECONDS = 300


def attack(spark: SparkSession, folder: Path, rounds: int, tally: Tally) -> None:
    """Each conflict, ``rounds`` times, on a table of its own."""
    kinds: dict[str, tuple[Callable[[DataFrame, Path], None], Callable[[SparkSession, Path], None]]]
    kinds = {
        "TRANSACTION_CONFLICT": (_append, _append_same),
        "SCHEMA_CONFLICT": (_append, _set_property),
        "TABLE_CONFLICT": (_overwrite, _append_other),
    }
    with _allowed():
        for number in range(rounds):
            for code, (write, meanwhile) in kinds.items():
                path = folder / f"{code}-{number}"
                _append_other(spark, path)
                error = _contended(spark, path, write, meanwhile)
                rows = delta.read(spark, path, TABLE).count()
                expected = 1 if meanwhile is _set_property else 2
                quotes = "HELD" in str(error)
                found = (getattr(error, "code", type(error).__name__), rows, quotes)
                tally.judge(f"conflict {number}", found, (code, expected, False))


@contextmanager
def _allowed() -> Iterator[None]:
    """The table of this test passes for a declared one."""
    really, allow_list.is_declared = allow_list.is_declared, lambda table: True
    try:
        yield
    finally:
        allow_list.is_declared = really


def _contended(
    spark: SparkSession,
    path: Path,
    write: Callable[[DataFrame, Path], None],
    meanwhile: Callable[[SparkSession, Path], None],
) -> Exception | None:
    """Start a write, let another commit go in while it works, and give back what it raised."""
    at_work, go_on = path.with_suffix(".at-work"), path.with_suffix(".go-on")
    raised: list[Exception] = []

    def held(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        Path(at_work).touch()
        until = time.monotonic() + _PATIENCE_SECONDS
        while not Path(go_on).exists() and time.monotonic() < until:
            time.sleep(0.01)
        for batch in batches:
            yield pd.DataFrame({"id": ["HELD"] * len(batch)})

    def work() -> None:
        try:
            one = spark.range(0, 1, 1, 1)  # one task: the other core is for the other commit
            write(one.mapInPandas(held, "id string"), path)
        except Exception as error:  # noqa: BLE001  looked at by the caller
            raised.append(named(error, "delta: writing contended"))

    writer = threading.Thread(target=work)
    writer.start()
    until = time.monotonic() + _PATIENCE_SECONDS
    while not at_work.exists() and writer.is_alive() and time.monotonic() < until:
        time.sleep(0.01)
    meanwhile(spark, path)
    go_on.touch()
    writer.join()
    return raised[0] if raised else None


def _rows(spark: SparkSession, value: str) -> DataFrame:
    return spark.createDataFrame([(value,)], "id string")


def _append(frame: DataFrame, path: Path) -> None:
    delta.write(frame, path, TABLE, _APP)


def _overwrite(frame: DataFrame, path: Path) -> None:
    frame.write.format("delta").mode("overwrite").save(str(path))


def _append_same(spark: SparkSession, path: Path) -> None:
    delta.write(_rows(spark, "same"), path, TABLE, _APP)


def _append_other(spark: SparkSession, path: Path) -> None:
    delta.write(_rows(spark, "other"), path, TABLE, f"another:{time.monotonic_ns()}")


def _set_property(spark: SparkSession, path: Path) -> None:
    spark.sql(f"alter table delta.`{path}` set tblproperties ('campaign.changed' = '1')")
