"""Truth: after a run on generated data, how right its links are, and how many are missing.

The truth lies outside the four roots; no linkage stage reads it. This is not a stage: it
looks at published links, as ``make demo`` does at its end.
"""

from __future__ import annotations

from dataclasses import dataclass

from pyspark.sql import SparkSession

from attainment_linkage.adapters import delta
from attainment_linkage.adapters.generated_files import read_truth
from attainment_linkage.core.settings import Config
from attainment_linkage.domain import tables
from attainment_linkage.stages.run import RunSummary
from attainment_linkage.stages.synthesise import DOUBLES, LINKS
from attainment_linkage.steps import truth


@dataclass(frozen=True)
class Agreement:
    """Counts of links, of right ones, and of pupils whose Census row is in the file."""

    links: int
    right_links: int
    linkable: int

    @property
    def precision(self) -> float:
        """Share of links that join two records of one person; 0 where there is no link."""
        return self.right_links / self.links if self.links else 0.0

    @property
    def recall(self) -> float:
        """Share of linkable pupils that have their right link; 0 where none is linkable."""
        return self.right_links / self.linkable if self.linkable else 0.0


def agreement(spark: SparkSession, config: Config, summary: RunSummary) -> Agreement:
    """The agreement of a run's links with the generator's truth."""
    links = delta.read(spark, summary.paths[tables.LINKS.name], tables.LINKS)
    folder = config.truth_path
    row = truth.agreement(
        links, read_truth(spark, folder / LINKS), read_truth(spark, folder / DOUBLES)
    ).collect()[0]
    return Agreement(row["links"], row["right_links"], row["linkable"])
