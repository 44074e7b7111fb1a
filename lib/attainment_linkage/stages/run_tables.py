"""Run tables: the tables of one run, read where its summary says they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from attainment_linkage.adapters import delta
from attainment_linkage.domain.tables import Table
from attainment_linkage.stages.run import RunSummary


@dataclass(frozen=True)
class RunTables:
    """The tables of one run, read where its summary says they lie."""

    spark: SparkSession
    summary: RunSummary

    def frame(self, table: Table) -> DataFrame:
        """A table as a frame."""
        return delta.read(self.spark, self.summary.paths[table.name], table)

    def rows(self, table: Table) -> list[dict[str, Any]]:
        """All rows of a table that has one per rule, key or group."""
        return [row.asDict() for row in self.frame(table).collect()]

    def count(self, table: Table) -> int:
        """Rows of a table, as its manifest has them."""
        every = (record for stage in self.summary.stages for record in stage.tables)
        return next((record.rows for record in every if record.name == table.name), 0)
