"""Safe change: the fewest further cells of a new output to withhold, so that nothing follows.

Each derivation found is a certificate: as long as none of the new output's cells in it is
withheld, it holds. So every safe change hits every certificate, and the smallest set that hits
all those found so far is tried next, until nothing is derived any more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from attainment_linkage.core.disclosure.decide import REFUSED, Checked, checked
from attainment_linkage.core.disclosure.differencing import derived
from attainment_linkage.core.disclosure.equations import Key
from attainment_linkage.core.disclosure.register import Released
from attainment_linkage.core.disclosure.rules import Rules
from attainment_linkage.core.disclosure.tables import Table
from attainment_linkage.core.disclosure.window_attack import Derived

_TRIES = 25


@dataclass(frozen=True)
class Change:
    """What follows from a new output with the earlier ones, and the cells that would prevent it.

    ``withhold`` is None where withholding cells does not help within the tries.
    """

    found: Derived
    withhold: tuple[Key, ...] | None


def released(output: Checked, package: str, rules: Rules) -> Released:
    """A checked output as the register keeps it."""
    is_rounded = output.table.description.method == "rounding"
    base = int(rules.rounding.limit * rules.threshold) if is_rounded else 0
    return Released(package, output.table.name, output.table.description, output.shown, base)


def change_needed(
    output: Checked, package: str, earlier: Sequence[Released], rules: Rules
) -> Change | None:
    """None where the output is safe beside all earlier ones; else what follows, and the cure."""

    def attack(one: Checked) -> Derived | None:
        """What follows from the output and the earlier ones together."""
        return derived(
            released(one, package, rules), earlier, rules.threshold, not rules.zeros.is_on
        )

    if not rules.differencing.is_on:
        return None
    found = attack(output)
    if found is None:
        return None
    if found.is_contradiction:
        return Change(found, None)
    return Change(found, _smallest(output.table, rules, found, attack, package))


def _smallest(
    table: Table,
    rules: Rules,
    first: Derived,
    attack: Callable[[Checked], Derived | None],
    package: str,
) -> tuple[Key, ...] | None:
    title = f"{table.name} ({package})" if package else table.name
    certificates: list[frozenset[Key]] = []
    found: Derived | None = first
    for _ in range(_TRIES):
        if found is not None:
            if found.is_contradiction:
                return None
            mine = frozenset((one.cell, one.column) for one in found.told if one.output == title)
            if not mine or mine in certificates:
                return None
            certificates.append(mine)
        chosen = smallest_hit(certificates)
        changed = checked(table, rules, also=frozenset(chosen))
        if changed.status == REFUSED:
            return None
        found = attack(changed)
        if found is None:
            return chosen
    return None


def smallest_hit(certificates: Sequence[frozenset[Key]]) -> tuple[Key, ...]:
    """The fewest cells of which every certificate has one."""
    cells = sorted(set().union(*certificates))
    rows = np.array([[cell in one for cell in cells] for one in certificates], dtype=float)
    weight = 1.0 + 1e-6 * np.arange(len(cells))  # a tie goes to the first in order of name
    result = scipy.optimize.milp(
        weight,
        integrality=np.ones(len(cells)),
        bounds=scipy.optimize.Bounds(0, 1),
        constraints=scipy.optimize.LinearConstraint(rows, 1, np.inf),
    )
    return tuple(cell for cell, is_in in zip(cells, result.x > 0.5, strict=True) if is_in)
