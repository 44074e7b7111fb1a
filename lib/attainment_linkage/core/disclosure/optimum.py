"""Optimum: the cheapest set of cells to withhold, for tables small enough to solve exactly.

Benders: a master programme chooses cells; the attacker's dual values on each target that is
not yet uncertain say which cells would have helped, as one inequality more. The choice that
no target breaks is the optimum.

Source: M. Fischetti and J. J. Salazar, Management Science 47 (2001) 1008-1027, section 4.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy

from attainment_linkage.core.disclosure.attacker import Attacker, Target
from attainment_linkage.core.disclosure.suppress import secondary_targets
from attainment_linkage.core.disclosure.system import Flags, Numbers, System

_ROUNDS = 60


def cheapest(
    system: System,
    items: Flags,
    targets: Sequence[Target],
    cost: Numbers,
    threshold: int,
    rounds: int = _ROUNDS,
) -> Flags | None:
    """The cheapest withheld items that keep every target uncertain; None if not found in time."""
    attacker = Attacker(system)
    may = ~(system.hidden | system.known)
    cuts: list[tuple[Numbers, float]] = []
    for _ in range(rounds):
        withheld = _choice(items, may, cost, cuts)
        if withheld is None:
            return None
        free = withheld | system.hidden
        secondary = list(secondary_targets(withheld, items, threshold))
        broken = [one for one in targets if not attacker.is_wide(one, free)]
        cuts += [_room(attacker, one, free) for one in broken]
        broken_secondary = [one for one in secondary if not attacker.is_wide(one, free)]
        cuts += [_cut_of_secondary(attacker, one, free) for one in broken_secondary]
        if not broken and not broken_secondary:
            return withheld
    return None


def _choice(
    items: Flags, may: Flags, cost: Numbers, cuts: Sequence[tuple[Numbers, float]]
) -> Flags | None:
    lower = items.astype(float)
    constraints = (
        [
            scipy.optimize.LinearConstraint(
                np.array([row for row, _ in cuts]), [least for _, least in cuts]
            )
        ]
        if cuts
        else []
    )
    result = scipy.optimize.milp(
        np.where(may, cost, 0.0),
        integrality=np.ones(len(items)),
        bounds=scipy.optimize.Bounds(lower, np.where(may, 1.0, lower)),
        constraints=constraints,
        options={"node_limit": 20_000, "mip_rel_gap": 0.0},
    )
    if result.x is None or result.status != 0:
        return None
    chosen: Flags = result.x > 0.5
    return chosen


def _room(attacker: Attacker, target: Target, free: Flags) -> tuple[Numbers, float]:
    """How much the interval of the target could widen through each item, at most.

    With it the width that is still wanted after what hidden items give, which are always free.
    """
    system = attacker.system
    below = np.where(np.isfinite(system.lower), system.values - system.lower, attacker.most)
    room = np.zeros(len(free))
    for sign in (1.0, -1.0):
        end = attacker.extreme(target.items, free, sign)
        room += end.rises * attacker.most + end.falls * below
    room[system.known] = 0.0
    room[room < 1e-6] = 0.0  # of the solver, not of the table
    width = max(target.width - float(room[system.hidden].sum()), 1e-3)
    room[system.hidden] = 0.0
    return np.minimum(room, width), width


def _cut_of_secondary(attacker: Attacker, target: Target, free: Flags) -> tuple[Numbers, float]:
    """The same, asked only while the item itself is withheld."""
    row, width = _room(attacker, target, free)
    at = target.items[0]
    row[at] = min(0.0, row[at] - width)
    return row, 0.0
