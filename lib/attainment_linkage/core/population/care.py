"""Care: which pupils the extract has as children in need, and as looked after.

The shares are those of ``conf/population.toml``. A status is drawn from what is there already,
results included, so that these children attain less than others without any result being drawn
anew: what depends on what is the other way round from life, the joint distribution is not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attainment_linkage.core.population.draws import Flags, Floats, chance, log_odds, logistic
from attainment_linkage.core.population.moves import Settlement
from attainment_linkage.core.population.outcomes import Results
from attainment_linkage.core.population.people import NO_PARENT, Block
from attainment_linkage.core.population.profiles import Schooling
from attainment_linkage.core.population.schooling import Pupils

# log odds: base, by ability, free meals, a home without a parent; fitted so that the shares come
# out and 16% of looked-after pupils reach Level 2 with English and mathematics (published);
# how much more often the poor and those away from their parents are concerned is assumed
_IN_NEED, _LOOKED_AFTER = (-0.48, -0.3, 0.8, 1.5), (-1.76, -0.6, 0.0, 5.0)


@dataclass(frozen=True)
class Care(Block):
    """One row per pupil: the two statuses, the same at each spring census."""

    in_need: Flags
    looked_after: Flags


def statuses(
    rng: np.random.Generator,
    block: Settlement,
    pupils: Pupils,
    results: Results,
    rates: Schooling,
) -> Care:
    """The statuses of each pupil; whoever is looked after is a child in need too."""
    home = block.people.household[pupils.person]
    away = block.homes.kind[home] == NO_PARENT
    facts = np.stack([np.ones(len(pupils)), results.ability, pupils.free_meals, away])
    looked_after = _drawn(rng, np.array(_LOOKED_AFTER) @ facts, rates.looked_after)
    in_need = _drawn(rng, np.array(_IN_NEED) @ facts, rates.in_need)
    return Care(in_need=in_need | looked_after, looked_after=looked_after)


def _drawn(rng: np.random.Generator, tilt: Floats, rate: float) -> Flags:
    return chance(rng, logistic(log_odds(rate) + tilt), len(tilt))
