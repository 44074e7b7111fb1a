"""Blocking loss: how many true pairs no blocking rule formed, from how the found ones agree.

A true pair is found when some rule's equalities hold. Equalities fall into families (date of
birth, forename, surname, place, sex) that true pairs disagree in by unrelated slips: within
a family they go together, between families they are taken to be independent. So the found
pairs, a sample cut off where no rule holds, tell how many were cut off: the families' chances
and the number of all true pairs are iterated until both agree.

Source: expectation maximisation for truncated data, Dempster, Laird & Rubin 1977, JRSS B
39:1-38, sec. 4.2; capture of record pairs by several blocking passes, Winkler 2004 (RRS2004/06).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import numpy.typing as npt

from attainment_linkage.core.rules import Equality, Rule

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "birth": ("birth_",),
    "forename": ("forename", "given_names"),
    "surname": ("surname",),
    "place": ("postcode", "address"),
    "sex": ("sex",),
}
"""Families of columns, by how the columns' names begin."""
STEPS, SETTLED = 2000, 1e-10


def family_of(equality: Equality) -> str | None:
    """The family of an equality; None where it is between two, or of none."""
    found = {
        family
        for family, starts in FAMILIES.items()
        for column in (equality.left, equality.right)
        if column.startswith(starts)
    }
    return found.pop() if len(found) == 1 and equality.left == equality.right else None


def usable_rules(rules: Sequence[Rule]) -> list[Rule]:
    """The rules whose every equality is of one family; the few others add next to nothing."""
    return [rule for rule in rules if all(family_of(one) for one in rule.equalities)]


def equalities_of(rules: Sequence[Rule]) -> list[Equality]:
    """The distinct equalities of the usable rules, in a fixed order."""
    return sorted({one for rule in usable_rules(rules) for one in rule.equalities})


def lost_pairs(rules: Sequence[Rule], held: Bools, pairs: Floats) -> float:
    """The expected number of true pairs that no rule formed.

    ``held``: patterns x equalities (as ``equalities_of`` orders them), whether each holds
    among the found pairs; ``pairs``: how many found pairs show the pattern.
    """
    usable, equalities = usable_rules(rules), equalities_of(rules)
    caught = _holds(usable, equalities, held)
    found, others = float(pairs[caught].sum()), float(pairs[~caught].sum())
    if found == 0:
        return 0.0
    states, chances, is_caught = _joint(usable, equalities, held[caught], pairs[caught])
    first = [chance * found for chance in chances]
    total = found
    for _ in range(STEPS):
        joint = _product(chances, states)
        share = float(joint[is_caught].sum())
        again = found / max(share, 1e-9)
        missing = np.where(is_caught, 0.0, joint) * again
        complete = [
            seen + np.bincount(state, missing, minlength=len(seen))
            for seen, state in zip(first, states.T, strict=True)
        ]
        chances = [counts / counts.sum() for counts in complete]
        is_settled, total = abs(again - total) < SETTLED * total, again
        if is_settled:
            break
    return max(total - found - others, 0.0)


def _joint(
    rules: Sequence[Rule], equalities: Sequence[Equality], held: Bools, pairs: Floats
) -> tuple[Ints, list[Floats], Bools]:
    """Every combination of the families' states, their first chances, and which are caught."""
    families = sorted({str(family_of(one)) for one in equalities})
    shown, chances = [], []
    for family in families:
        columns = [n for n, one in enumerate(equalities) if family_of(one) == family]
        states, state = np.unique(held[:, columns], axis=0, return_inverse=True)
        shown.append((columns, states))
        counts = np.bincount(state.ravel(), pairs, minlength=len(states))
        chances.append(np.asarray(counts / counts.sum()))
    combined = np.array(list(product(*(range(len(states)) for _, states in shown))))
    every = np.zeros((len(combined), len(equalities)), bool)
    for place, (columns, states) in enumerate(shown):
        every[:, columns] = states[combined[:, place]]
    return combined, chances, _holds(rules, equalities, every)


def _holds(rules: Sequence[Rule], equalities: Sequence[Equality], held: Bools) -> Bools:
    """Whether any rule holds, per pattern."""
    place = {one: number for number, one in enumerate(equalities)}
    found = np.zeros(len(held), bool)
    for rule in rules:
        found |= held[:, [place[one] for one in rule.equalities]].all(axis=1)
    return found


def _product(chances: Sequence[Floats], states: Ints) -> Floats:
    joint = np.ones(len(states))
    for number, chance in enumerate(chances):
        joint = joint * chance[states[:, number]]
    return joint
