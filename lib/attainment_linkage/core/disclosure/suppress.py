"""Suppress: which further cells to withhold, so that nothing unsafe can be worked out.

For each target in turn a programme finds the cheapest pattern of cells through which the
target can move by its width; those cells are withheld. Then every cell that turns out not to
be needed is shown again. Small tables are also solved to the optimum (``optimum``).

Source: M. Fischetti and J. J. Salazar, Management Science 47 (2001) 1008-1027.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from attainment_linkage.core.disclosure.attacker import Attacker, Target
from attainment_linkage.core.disclosure.system import Flags, Numbers, System

_NOTHING = 1e-7
FEWEST_ITEMS = 80
"""Tables of up to so many items are tried with both kinds of pattern; the cheaper is taken."""
_NODES = 30
_REACH = 3.0
"""How far an item may move in a pattern of the fewest items, in widths of the target."""

Places = NDArray[np.intp]
Pattern = Callable[[Attacker, Target, Places, Flags, Numbers], Numbers | None]


def targets_of(
    system: System, items: Flags, hidden: Flags, widths: dict[int, float], threshold: int
) -> list[Target]:
    """What must stay uncertain: each unsafe item, and each small sum of them in an equation."""
    unsafe = items | hidden
    found = [
        Target((int(at),), widths.get(int(at), float(threshold))) for at in np.flatnonzero(unsafe)
    ]
    matrix = system.matrix
    groups = set()
    for row in range(matrix.shape[0]):
        span = slice(matrix.indptr[row], matrix.indptr[row + 1])
        parts = [
            int(at)
            for at, sign in zip(matrix.indices[span], matrix.data[span], strict=True)
            if sign < 0 and unsafe[at] and system.is_count[at]
        ]
        if len(parts) > 1 and system.values[parts].sum() < threshold:
            groups.add(tuple(sorted(parts)))
    return found + [Target(group, float(threshold)) for group in sorted(groups)]


def suppressed(
    system: System, items: Flags, targets: Sequence[Target], cost: Numbers, threshold: int
) -> Flags:
    """All items to withhold: the unsafe ones, and others that keep the targets uncertain."""
    attacker = Attacker(system)
    found = []
    for pattern in (_fewest, _least) if len(system.values) <= FEWEST_ITEMS else (_least,):
        search = _Search(attacker, items, tuple(targets), threshold, pattern)
        found.append(search.without_needless(search.repaired(items, cost), cost))
    return min(found, key=lambda withheld: float(cost[withheld].sum()))


def secondary_targets(withheld: Flags, items: Flags, threshold: int) -> Iterator[Target]:
    """A cell that is withheld for others must itself stay uncertain."""
    for at in np.flatnonzero(withheld & ~items):
        yield Target((int(at),), float(threshold))


def _fewest(
    attacker: Attacker, target: Target, places: Places, is_free: Flags, cost: Numbers
) -> Numbers | None:
    """Moves through the fewest (cheapest) items, as a mixed-integer programme."""
    system, size = attacker.system, places.size
    far = _REACH * target.width
    room = np.minimum(system.values[places] - system.lower[places], far)
    equations = attacker.by_column[:, places]
    weight = np.isin(places, target.items).astype(float)
    one, none = scipy.sparse.eye_array(size), scipy.sparse.csr_array((size, size))
    reach = scipy.sparse.diags_array(np.where(is_free, 0.0, far))
    fall = scipy.sparse.diags_array(np.where(is_free, 0.0, room))
    wide = np.where(is_free, far, 0.0)
    deep = np.where(is_free, room, 0.0)
    constraints = [
        scipy.optimize.LinearConstraint(
            scipy.sparse.hstack([equations, 0 * equations, 0 * equations]), 0, 0
        ),
        scipy.optimize.LinearConstraint(
            scipy.sparse.hstack([0 * equations, equations, 0 * equations]), 0, 0
        ),
        scipy.optimize.LinearConstraint(scipy.sparse.hstack([one, none, -reach]), -np.inf, wide),
        scipy.optimize.LinearConstraint(scipy.sparse.hstack([none, one, -reach]), -np.inf, wide),
        scipy.optimize.LinearConstraint(scipy.sparse.hstack([one, none, fall]), -deep, np.inf),
        scipy.optimize.LinearConstraint(scipy.sparse.hstack([none, one, fall]), -deep, np.inf),
        scipy.optimize.LinearConstraint(
            np.concatenate([weight, -weight, np.zeros(size)])[None, :], target.width, np.inf
        ),
    ]
    result = scipy.optimize.milp(
        np.concatenate([np.zeros(2 * size), np.where(is_free, 0.0, cost[places])]),
        integrality=np.repeat([0, 0, 1], size),
        bounds=scipy.optimize.Bounds(
            np.concatenate([-room, -room, np.zeros(size)]),
            np.concatenate([np.full(2 * size, far), np.ones(size)]),
        ),
        constraints=constraints,
        options={"node_limit": _NODES, "mip_rel_gap": 0.05},
    )
    return None if result.x is None else np.asarray(result.x).reshape(3, -1)[:2]


def _least(
    attacker: Attacker, target: Target, places: Places, is_free: Flags, cost: Numbers
) -> Numbers | None:
    """Moves of the least total cost, as a linear programme: for large tables."""
    system = attacker.system
    price = np.where(is_free, 1e-6, cost[places])
    room = system.values[places] - system.lower[places]
    room = np.where(np.isfinite(room), room, attacker.most)
    high = np.full(places.size, attacker.most)
    weight = np.isin(places, target.items).astype(float)
    equations = attacker.by_column[:, places]
    both = scipy.sparse.hstack([equations, -equations])
    most = np.concatenate([high, room, room, high])
    result = scipy.optimize.linprog(
        np.tile(price, 4),  # up: rises, falls; down: falls, rises
        A_eq=scipy.sparse.block_diag([both, both]),
        b_eq=np.zeros(2 * equations.shape[0]),
        A_ub=-np.concatenate([weight, -weight, weight, -weight])[None, :],
        b_ub=[-target.width],
        bounds=np.column_stack([np.zeros(most.size), most]),
        method="highs-ds",
    )
    if result.x is None:
        return None
    up_rise, up_fall, down_fall, down_rise = result.x.reshape(4, -1)
    return np.array([up_rise - up_fall, down_rise - down_fall])


@dataclass(frozen=True)
class _Search:
    """What stays the same while patterns are tried."""

    attacker: Attacker
    items: Flags
    targets: tuple[Target, ...]
    threshold: int
    pattern: Pattern

    def asked(self, withheld: Flags) -> list[Target]:
        """What must be uncertain when these items are withheld."""
        return [*self.targets, *secondary_targets(withheld, self.items, self.threshold)]

    def repaired(self, withheld: Flags, cost: Numbers) -> Flags:
        """More items withheld, until every target is uncertain."""
        is_settled = False
        while not is_settled:
            is_settled = True
            for target in self.asked(withheld):
                if not self.attacker.is_wide(target, withheld | self.attacker.system.hidden):
                    withheld = withheld | self.added(target, withheld, cost)
                    is_settled = False
        return withheld

    def added(self, target: Target, withheld: Flags, cost: Numbers) -> Flags:
        """The cheapest further items through which the target can move by its width."""
        attacker, system = self.attacker, self.attacker.system
        places = np.flatnonzero(~system.known)
        is_free = (withheld | system.hidden)[places]
        moves = self.pattern(attacker, target, places, is_free, cost)
        if moves is None:
            moves = _least(attacker, target, places, is_free, cost)
        if moves is None:
            raise ArithmeticError("suppress: no pattern protects a target, all withheld or not")
        added = np.zeros(len(withheld), dtype=bool)
        for move in moves:
            witness = system.values.copy()
            witness[places] += move
            attacker.keep(witness)
            added[places[np.abs(move) > _NOTHING]] = True
        return added & ~system.hidden

    def without_needless(self, withheld: Flags, cost: Numbers) -> Flags:
        """Show again what is not needed, the dearest first."""
        system = self.attacker.system
        secondary = np.flatnonzero(withheld & ~self.items)
        for at in sorted(secondary, key=lambda at: (-cost[at], -system.values[at], at)):
            fewer = withheld.copy()
            fewer[at] = False
            free = fewer | system.hidden
            if all(self.attacker.is_wide(target, free) for target in self.asked(fewer)):
                withheld = fewer
        return withheld
