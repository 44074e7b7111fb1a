"""Generated files: the synthetic delivery and its truth, written as a supplier would."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from pyspark.sql import DataFrame, DataFrameWriter, SparkSession


def write_delivery(rows: DataFrame, folder: Path, kind: str) -> None:
    """One source as a folder of part files: CSV with a header each, or Parquet.

    A null is an empty cell; what an earlier delivery left in the folder is replaced.
    """

    def csv(writer: DataFrameWriter, path: str) -> None:
        writer.csv(path, header=True, emptyValue="", nullValue="", encoding="UTF-8")

    _written(rows, folder, csv if kind == "csv" else _parquet)


def write_truth(rows: DataFrame, folder: Path) -> None:
    """One table of the generator's truth, as Parquet; only ``measure`` opens it."""
    _written(rows, folder, _parquet)


def read_truth(spark: SparkSession, folder: Path) -> DataFrame:
    """A table of the truth, to measure a finished linkage by."""
    return spark.read.parquet(str(folder))


def _parquet(writer: DataFrameWriter, path: str) -> None:
    writer.parquet(path)


def _written(
    rows: DataFrame, folder: Path, write: Callable[[DataFrameWriter, str], object]
) -> None:
    """Write a folder whole under a hidden name, then put it in its place.

    Whoever is killed leaves the earlier folder, none, or the whole new one: never some parts.
    """
    aside = folder.with_name(f".{folder.name}")
    write(rows.write.mode("overwrite"), str(aside))
    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)
