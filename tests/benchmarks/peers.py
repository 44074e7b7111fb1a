"""Peers: Splink alone, on DuckDB and on Spark, each tuned; links greedily by weight."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from splink import DuckDBAPI, Linker, SparkAPI
from splink.backends.spark import similarity_jar_location

from tests.benchmarks import design
from tests.benchmarks.files import Files

if TYPE_CHECKING:
    from tests.benchmarks.contender import Clock

_NAMES = ("a_left_file", "b_right_file")
"""Names of the files for Splink: its left file is the first in alphabetical order."""
_SPARK = {
    "spark.master": "local[*]",
    "spark.driver.memory": "6g",
    "spark.sql.shuffle.partitions": "8",
    "spark.default.parallelism": "8",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}


def run_duckdb(files: Files, output: Path, clock: Clock, *, on_end: Callable[[], None]) -> None:
    """Splink on DuckDB, with all cores."""
    output.mkdir(parents=True, exist_ok=True)
    with clock.session():
        database = duckdb.connect()
        api = DuckDBAPI(connection=database)
    clock.start()
    with clock.phase("read"):
        sides = []
        for name, path in zip(_NAMES, (files.left, files.right), strict=True):
            database.execute(f"create table {name}_rows as from read_parquet('{path}/*.parquet')")
            sides.append(api.register(database.table(f"{name}_rows"), dataset_display_name=name))
    name = _predicted(Linker(sides, design.settings("duckdb", files.prior)), clock).physical_name
    columns = "record_id_l, record_id_r, match_weight"
    with clock.phase("write pairs"):
        target = output / "scored_pairs.parquet"
        database.execute(f"copy (select {columns} from {name}) to '{target}' (format parquet)")
    with clock.phase("resolve and write"):
        strong = database.sql(
            f"select {columns} from {name} where match_weight >= {design.ACCEPT_BITS} "
            "order by match_weight desc, record_id_l, record_id_r"
        ).to_arrow_table()
        clock.counts["links"] = _write_links(strong, output)
    clock.counts["scored_pairs"] = database.table(name).count("*").fetchall()[0][0]
    on_end()
    database.close()


def run_spark(files: Files, output: Path, clock: Clock, *, on_end: Callable[[], None]) -> None:
    """Splink on Spark, with its jar of similarity functions and its lineage cut by Parquet."""
    output.mkdir(parents=True, exist_ok=True)
    with clock.session():
        builder: Any = SparkSession.builder.appName("benchmark splink on spark")
        for key, value in _SPARK.items():
            builder = builder.config(key, value)
        spark = builder.config("spark.jars", similarity_jar_location()).getOrCreate()
        spark.sparkContext.setLogLevel("ERROR")
        spark.sparkContext.setCheckpointDir(str(output / "checkpoints"))
        api = SparkAPI(
            spark_session=spark, break_lineage_method="parquet", num_partitions_on_repartition=8
        )
    clock.start()
    with clock.phase("read"):
        sides = [
            api.register(spark.read.parquet(str(path)), dataset_display_name=name)
            for name, path in zip(_NAMES, (files.left, files.right), strict=True)
        ]
    predicted = _predicted(Linker(sides, design.settings("spark", files.prior)), clock)
    pairs = spark.table(predicted.physical_name).select(
        "record_id_l", "record_id_r", "match_weight"
    )
    with clock.phase("write pairs"):
        pairs.write.mode("overwrite").parquet(str(output / "scored_pairs"))
    with clock.phase("resolve and write"):
        strong = spark.read.parquet(str(output / "scored_pairs")).where(
            F.col("match_weight") >= design.ACCEPT_BITS
        )
        order = [("match_weight", "descending"), ("record_id_l", "ascending")]
        order.append(("record_id_r", "ascending"))
        clock.counts["links"] = _write_links(strong.toArrow().sort_by(order), output)
    clock.counts["scored_pairs"] = spark.read.parquet(str(output / "scored_pairs")).count()
    on_end()
    spark.stop()


def _predicted(linker: Linker, clock: Clock) -> Any:
    """Train and predict: at most a million pairs a session, no term frequencies in EM."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    with clock.phase("train"):
        linker.training.estimate_u_using_random_sampling(
            max_pairs=float(design.RANDOM_PAIRS), seed=design.SEED
        )
        for rule in design.TRAINING_RULES:
            linker.training.estimate_parameters_using_expectation_maximisation(
                design.condition(rule),
                estimate_without_term_frequencies=True,
                max_pairs=float(design.SESSION_PAIRS),
            )
    with clock.phase("predict"):
        return linker.inference.predict(
            threshold_match_weight=design.REVIEW_BITS, warning_mode="never"
        )


def _write_links(strong: pa.Table, output: Path) -> int:
    """One-to-one links from pairs in order of weight: the best first, none twice."""
    lefts: set[str] = set()
    rights: set[str] = set()
    chosen = []
    columns = [strong[name].to_pylist() for name in ("record_id_l", "record_id_r")]
    for place, (left, right) in enumerate(zip(*columns, strict=True)):
        if left not in lefts and right not in rights:
            lefts.add(left)
            rights.add(right)
            chosen.append(place)
    pq.write_table(strong.take(chosen), output / "links.parquet")
    return len(chosen)
