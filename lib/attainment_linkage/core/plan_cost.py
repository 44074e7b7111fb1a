"""Plan cost: from counted records, pairs and bytes to the seconds a linkage will take.

The costs are round core-seconds chosen from small runs on one machine under load, not fitted;
what follows from them is an extrapolation, and is called so where it is shown. To be set anew
from ``make bench`` (tests/benchmarks/README.md) on the machine that runs the road.
"""

from __future__ import annotations

from dataclasses import dataclass

START_SECONDS = 40.0
"""Core-seconds of a linkage of a few records: planning, compiling, Python workers, training."""
RECORD_SECONDS = 20e-6
"""Core-seconds per record of a group: reading, cutting, moving, loading."""
PAIR_SECONDS = 4e-6
"""Core-seconds per pair that is formed, until it is weighed and its rivals are known."""


@dataclass(frozen=True)
class Work:
    """What a plan says a linkage has to do."""

    laid_out_records: int
    new_pairs: int
    tasks_at_once: int

    @property
    def core_seconds(self) -> float:
        """Processor seconds."""
        return (
            START_SECONDS + RECORD_SECONDS * self.laid_out_records + PAIR_SECONDS * self.new_pairs
        )

    @property
    def seconds(self) -> float:
        """Seconds, if the tasks at once are kept busy: those of a cluster never quite are."""
        return self.core_seconds / self.tasks_at_once
