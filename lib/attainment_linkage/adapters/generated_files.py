"""Generated files: the synthetic delivery and its truth, written as a supplier would."""

from __future__ import annotations

from pathlib import Path

from pyspark.sql import DataFrame, SparkSession


def write_delivery(rows: DataFrame, folder: Path, kind: str) -> None:
    """One source as a folder of part files: CSV with a header each, or Parquet.

    A null is an empty cell; what an earlier delivery left in the folder is replaced.
    """
    writer = rows.write.mode("overwrite")
    if kind == "csv":
        writer.csv(str(folder), header=True, emptyValue="", nullValue="", encoding="UTF-8")
    else:
        writer.parquet(str(folder))


def write_truth(rows: DataFrame, folder: Path) -> None:
    """One table of the generator's truth, as Parquet; only ``measure`` opens it."""
    rows.write.mode("overwrite").parquet(str(folder))


def read_truth(spark: SparkSession, folder: Path) -> DataFrame:
    """A table of the truth, to measure a finished linkage by."""
    return spark.read.parquet(str(folder))
