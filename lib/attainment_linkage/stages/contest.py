"""Contest: which pairs compete for a record, and what each counts for in the expected errors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pyspark.sql import DataFrame

from attainment_linkage.adapters.scratch import kept
from attainment_linkage.core.calibration import StandIns
from attainment_linkage.core.policy import ResolvePolicy
from attainment_linkage.core.prior import Files
from attainment_linkage.steps import error_rates, resolve


@dataclass(frozen=True)
class Contest:
    """Scored pairs as they are decided on, and as errors are expected from them.

    ``competing``: without the pairs that yield; ``counted``: every pair, a yielding one at its
    weight as another person's.
    """

    competing: DataFrame
    counted: DataFrame


@dataclass(frozen=True)
class Known:
    """What is known of two files before their pairs are decided.

    ``true_pairs``: how many true pairs are expected among all that were weighed;
    ``copies``: how many records of a file double another one unfound, as a share of it;
    ``possible_doubles``: the table of that name, where there is one.
    """

    files: Files
    true_pairs: float
    copies: float = 0.0
    possible_doubles: DataFrame | None = None

    def contest(
        self, scored: DataFrame, policy: ResolvePolicy, parts: int, folder: Path
    ) -> Contest:
        """The contest of pairs under a policy; without possible doubles every pair competes.

        ``folder``: where the pairs that yield lie while they are read several times.
        """
        if self.possible_doubles is None:
            return Contest(scored, scored)
        found = resolve.yielding_pairs(scored, self.possible_doubles, self.copies, policy, parts)
        yielding = kept(found, folder)
        return Contest(
            resolve.competing_pairs(scored, yielding), resolve.discounted_pairs(scored, yielding)
        )

    def stand_ins(self, chanced: DataFrame, links: float) -> StandIns:
        """The next best pairs of linked records, with the copies that may be among them."""
        return error_rates.stand_ins(chanced, self.files, self.true_pairs, self.copies * links)
