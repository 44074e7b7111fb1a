"""Synthesise: the four delivered tables and the truth, made block by block in Spark.

Every table is made from the seed and a block number, so the same population gives the same
rows whatever the partitioning, and a table can be made without making the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from attainment_linkage.core import population as core
from attainment_linkage.core.population import BlockOfPeople, Design, Population
from attainment_linkage.domain import tables

_BLOCKS_PER_TASK = 4

Maker = Callable[[BlockOfPeople], pa.Table]


def delivered(
    spark: SparkSession,
    source: tables.Source,
    population: Population,
    partitions: int | None = None,
) -> DataFrame:
    """The rows of one delivered table, every column text, in the source's column order.

    Grain:  that of ``source``.
    Cost:   a few microseconds of Python for each row; no shuffle; lazy.
    Raises: ConfigError where the sizes cannot be met, before any Spark job starts.
    """
    design = core.design(population)
    ddl = ", ".join(f"{name} string" for name in source.names)
    is_census = source.name == tables.CENSUS_SOURCE.name
    blocks = _block_numbers(spark, design, is_census, partitions)
    return blocks.mapInArrow(_maker(core.MAKERS[source.name], population, design), ddl)


def truth(spark: SparkSession, population: Population, partitions: int | None = None) -> DataFrame:
    """The truth about each pupil: the Census line that is theirs, and strata.

    Grain:  one row per attainment_id; census_id is null where no line is theirs.
    """
    design = core.design(population)
    blocks = _block_numbers(spark, design, False, partitions)
    return blocks.mapInArrow(_maker(core.truth, population, design), _ddl(core.TRUTH_SCHEMA))


def census_doubles(
    spark: SparkSession, population: Population, partitions: int | None = None
) -> DataFrame:
    """The surplus Census lines, each with the line of the same person that it doubles.

    Grain:  one row per surplus census_id. ``reason`` tells away students, who are lines
            set aside, from people counted twice.
    """
    design = core.design(population)
    blocks = _block_numbers(spark, design, True, partitions)
    return blocks.mapInArrow(_maker(core.doubles, population, design), _ddl(core.DOUBLES_SCHEMA))


def _ddl(schema: dict[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in schema.items())


def _block_numbers(
    spark: SparkSession, design: Design, with_others: bool, partitions: int | None
) -> DataFrame:
    """Numbers of the blocks to make: pupils' first, then the others where they are wanted."""
    count = design.pupil_blocks + (design.other_blocks if with_others else 0)
    tasks = partitions or max(1, min(count, -(-count // _BLOCKS_PER_TASK)))
    return spark.range(0, count, 1, numPartitions=tasks)


def _maker(
    make: Maker, population: Population, design: Design
) -> Callable[[Iterable[pa.RecordBatch]], Iterable[pa.RecordBatch]]:
    """A function of block numbers that yields the rows of those blocks."""

    def rows(batches: Iterable[pa.RecordBatch]) -> Iterable[pa.RecordBatch]:
        for batch in batches:
            for number in batch.column(0).to_pylist():
                is_other = number >= design.pupil_blocks
                kind = core.OTHER_BLOCK if is_other else core.PUPIL_BLOCK
                within = number - design.pupil_blocks if is_other else number
                made = make(BlockOfPeople(population, design, kind, within))
                yield from made.combine_chunks().to_batches()

    return rows
