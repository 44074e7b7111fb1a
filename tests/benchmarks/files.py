"""Files: the two files of a size, generated once from a seed, and what is known of them."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

import duckdb
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from attainment_linkage.adapters.config import lake_override, load
from attainment_linkage.adapters.session import open_session
from attainment_linkage.core.population import Population, profile_named
from attainment_linkage.domain import tables
from attainment_linkage.steps import synthesise
from tests.benchmarks.design import HOT_VALUES, RULES, SEED, SIZES, condition

_KNOWN = "files.json"
_PARTS = 8


@dataclass(frozen=True)
class Files:
    """Two folders of Parquet: ``record_id`` and the compared fields, clean, as text."""

    left: Path
    right: Path
    left_rows: int
    right_rows: int
    candidate_pairs: int

    @property
    def prior(self) -> float:
        """One match for each record of the smaller file."""
        return min(self.left_rows, self.right_rows) / (self.left_rows * self.right_rows)


def files_of(folder: Path, size: str) -> Files:
    """The files of a size; made where they are not there yet."""
    known = folder / _KNOWN
    if not known.exists():
        if not all((folder / side / "_SUCCESS").exists() for side in ("left", "right")):
            config = load("local", lake_override(folder / "lake"))
            with open_session(config, "benchmark files") as spark:
                _make(spark, folder, size)
        known.write_text(json.dumps(_counted(folder)), "utf-8")
    return Files(folder / "left", folder / "right", **json.loads(known.read_text("utf-8")))


def _make(spark: SparkSession, folder: Path, size: str) -> None:
    asked = SIZES[size]
    document = tomllib.loads(Path("conf/population.toml").read_text("utf-8"))
    population = Population(
        seed=SEED,
        profile=profile_named(document, "realistic"),
        attainment_records=asked.attainment_records,
        census_people=asked.census_people,
        census_ages=(10, 25) if asked.census_people is None else None,
        is_narrow=True,
    )
    rows = synthesise.delivered(spark, tables.SCHOOL_CENSUS_SOURCE, population)
    latest = F.max_by(F.struct(*(F.col(name) for name in rows.columns)), "academic_year")
    pupils = rows.groupBy("attainment_id").agg(latest.alias("p")).select("p.*")
    people = synthesise.delivered(spark, tables.CENSUS_SOURCE, population)
    census_sex = F.when(F.col("sex") == "1", "M").when(F.col("sex") == "2", "F")
    sides = (
        ("left", _fields(pupils, "attainment_id", F.col("gender")), asked.left),
        ("right", _fields(people, "census_id", census_sex), asked.right),
    )
    for side, records, rows in sides:
        _write(_planted(records) if asked.is_skewed else records, rows, folder / side)


def _planted(records: DataFrame) -> DataFrame:
    """Hot values on records drawn by hash of their id."""
    for name, value, percent in HOT_VALUES:
        is_hot = F.pmod(F.xxhash64("record_id", F.lit(name)), F.lit(100)) < percent
        records = records.withColumn(name, F.when(is_hot, F.lit(value)).otherwise(F.col(name)))
    return records


def _fields(rows: DataFrame, key: str, sex: Column) -> DataFrame:
    dates = [F.expr(f"try_to_date(date_of_birth, '{f}')") for f in ("yyyy-MM-dd", "dd/MM/yyyy")]
    return rows.select(
        F.col(key).alias("record_id"),
        F.upper("forename").alias("forename"),
        F.upper("surname").alias("surname"),
        F.coalesce(*dates).cast("string").alias("birth_date"),
        sex.alias("sex"),
        F.replace("postcode", F.lit(" "), F.lit("")).alias("postcode"),
    )


def _write(records: DataFrame, rows: int | None, folder: Path) -> None:
    """So many records, chosen by hash of their id, or all, in a few files of equal size."""
    if rows is not None:
        records = records.orderBy(F.xxhash64("record_id"), "record_id").limit(rows)
    records.repartition(_PARTS).write.mode("overwrite").parquet(str(folder))


def _counted(folder: Path) -> dict[str, int]:
    """Rows of both files, and the distinct pairs that the rules form on all of them."""
    database = duckdb.connect()
    for side in ("left", "right"):
        database.execute(
            f"create table {side}_file as from read_parquet('{folder}/{side}/*.parquet')"
        )
    pairs, before = 0, "false"
    for rule in map(condition, RULES):
        query = f"from left_file l join right_file r on {rule} where not coalesce({before}, false)"
        pairs += _one(database, f"select count(*) {query}")
        before = f"{before} or coalesce({rule}, false)"
    sizes = {
        f"{s}_rows": _one(database, f"select count(*) from {s}_file") for s in ("left", "right")
    }
    database.close()
    return {**sizes, "candidate_pairs": pairs}


def _one(database: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(database.sql(query).fetchall()[0][0])
