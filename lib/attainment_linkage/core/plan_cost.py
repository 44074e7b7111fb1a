"""Plan cost: from counted records, pairs and bytes to the seconds a linkage will take.

Where the costs are from is said at each; all are of one machine of two cores, mostly under
load. What follows from them is an extrapolation, and is called so where it is shown. To be set
anew from ``make bench`` (tests/benchmarks/README.md) on the machine that runs the road.
"""

from __future__ import annotations

from dataclasses import dataclass

START_SECONDS = 75.0
"""Core-seconds of a link of few records: the demo's took 38 s with two tasks at once."""
RECORD_SECONDS = 10e-6
"""Core-seconds per record of a group, nine columns wide: reading, cutting, moving, training.
The bench's small and medium, 0.9 and 8.8 million such records, took 32 and 112."""
PAIR_SECONDS = 7e-6
"""Core-seconds per pair that is formed, until it is weighed, decided on, written and audited.
The bench's 0.8 and 60.3 million pairs took 37 and 209, one in them for weighing; the road's own
model takes 5 to weigh a pair of the demo."""


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
