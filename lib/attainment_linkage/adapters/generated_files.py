"""Generated files: the synthetic delivery and its truth, written as a supplier would."""

from __future__ import annotations

import shutil
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession


def write_delivery(rows: DataFrame, folder: Path, kind: str) -> None:
    """One source as a folder of part files: CSV with a header each, or Parquet.

    A null is an empty cell; what an earlier delivery left in the folder is replaced. The folder
    is written whole under a hidden name, then put in its place: whoever is killed leaves the
    earlier one, none, or the whole new one, never some parts.
    """
    aside = folder.with_name(f".{folder.name}")
    writer = rows.write.mode("overwrite")
    if kind == "csv":
        writer.csv(str(aside), header=True, emptyValue="", nullValue="", encoding="UTF-8")
    else:
        writer.parquet(str(aside))
    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)


def write_truth(rows: DataFrame, folder: Path) -> None:
    """One table of the generator's truth, as Parquet; only ``measure`` opens it."""
    write_delivery(rows, folder, "parquet")


def read_truth(spark: SparkSession, folder: Path) -> DataFrame:
    """A table of the truth, to measure a finished linkage by."""
    return spark.read.parquet(str(folder))
