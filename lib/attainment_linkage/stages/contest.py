"""Contest: which pairs compete for a record, and what each counts for in the expected errors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pyspark.sql import DataFrame

from attainment_linkage.adapters.scratch import kept
from attainment_linkage.core.policy import ResolvePolicy
from attainment_linkage.steps import resolve


@dataclass(frozen=True)
class Contest:
    """Scored pairs as they are decided on, and as errors are expected from them.

    ``competing``: without the pairs that yield; ``counted``: every pair, a yielding one at its
    weight as another person's.
    """

    competing: DataFrame
    counted: DataFrame

    @classmethod
    def of(
        cls,
        scored: DataFrame,
        possible_doubles: DataFrame | None,
        policy: ResolvePolicy,
        folder: Path,
    ) -> Contest:
        """The contest under a policy; without possible doubles every pair competes.

        ``folder``: where the pairs that yield lie while they are read several times.
        """
        if possible_doubles is None:
            return cls(scored, scored)
        yielding = kept(resolve.yielding_pairs(scored, possible_doubles, policy), folder)
        return cls(
            resolve.competing_pairs(scored, yielding), resolve.discounted_pairs(scored, yielding)
        )
