"""The road without its ceremony, for many small populations in one session.

The bodies of the real stages do the real work, from ``standardise`` to ``measure``. Left out is
what changes no number and has tests of its own: files as delivered and their quarantine (the
generator delivers nothing broken), gates, Delta's log, content hashes, manifests, locks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import pandas as pd
from pyspark.sql import DataFrame, SparkSession
from rich.console import Console

from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.settings import Config
from attainment_linkage.domain import road
from attainment_linkage.domain.tables import SOURCES, Table
from attainment_linkage.stages import inputs
from attainment_linkage.stages.run import body_of
from attainment_linkage.stages.runner import Body
from attainment_linkage.stages.stage_run import StageRun
from attainment_linkage.steps.ingest import plain_text

STAGES = (road.STANDARDISE, road.DEDUPLICATE, road.LINK, road.DETACH, road.MEASURE)
BODIES = tuple((stage, body_of(stage)) for stage in STAGES)


@dataclass
class ShortRun(StageRun):
    """A stage whose tables are plain Parquet in a folder; what it notes is kept in ``notes``."""

    folder: Path = field(default=Path())

    def read(self, table: Table) -> DataFrame:
        """A table of the folder."""
        return self.spark.read.parquet(str(self.folder / table.name))

    def write(self, frame: DataFrame, table: Table) -> DataFrame:
        """Write a table, and give it back as read."""
        frame.select(*table.names).write.parquet(str(self.folder / table.name))
        written = self.read(table)
        self.written[table.name] = written.count()
        return written

    def rows_in(self, table: Table) -> int:
        """Rows of a table of the folder."""
        return self.read(table).count()


def links_made(
    spark: SparkSession,
    delivered: dict[str, pd.DataFrame],
    config: Config,
    folder: Path,
    bodies: Sequence[tuple[road.Stage, Body]] = BODIES,
) -> dict[str, float | int | str]:
    """Make every table of the stages in a folder, from delivered tables as texts; their notes."""
    _take_in(spark, delivered, folder)
    notes: dict[str, float | int | str] = {}
    log = RunLog(Console(quiet=True))
    with mock.patch.object(inputs, "note_of", lambda _, __, name: float(notes.get(name, 0))):
        for stage, body in bodies:
            lake, own = Lake.open(config.lake, stage.roots), config.only(stage.roots)
            run = ShortRun(stage, own, spark, lake, "short", log, notes=notes, folder=folder)
            body(run)
    return notes


def _take_in(spark: SparkSession, delivered: dict[str, pd.DataFrame], folder: Path) -> None:
    """The identity and attribute rows of each source: all that were delivered."""
    for source in SOURCES:
        raw = folder / f"raw_{source.name}.parquet"
        raw.parent.mkdir(parents=True, exist_ok=True)
        delivered[source.name].to_parquet(raw, index=False)
        rows = spark.read.parquet(str(raw))
        for table in (source.identity_table, source.attribute_table):
            texts = rows.select(*(plain_text(name) for name in table.names))
            texts.write.parquet(str(folder / table.name))
