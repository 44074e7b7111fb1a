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

import numpy as np
import numpy.typing as npt

from attainment_linkage.core.rules import Equality, Rule

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

FAMILIES: Mapping[str, str] = {
    "birth_place": "birth place",
    "birth_": "birth",
    "forename": "forename",
    "given_names": "forename",
    "surname": "surname",
    "middle_": "middle name",
    "postcode": "place",
    "address": "place",
    "street": "place",
    "house_number": "place",
    "place": "place",
    "region": "place",
}
"""Families of columns, by how their names begin; any other column is one of its own."""
_OF_BOTH_NAMES = ("name_", "companions", "sole_name")
STEPS, SETTLED = 2000, 1e-10
MOST_STATES = 50_000
"""Combinations of the families' states that are gone through; rare states are put together."""


def family_of(equality: Equality) -> str | None:
    """The family of an equality; None where it is between two, or of several fields at once."""
    if equality.left != equality.right or equality.left.startswith(_OF_BOTH_NAMES):
        return None
    begins = (start for start in FAMILIES if equality.left.startswith(start))
    return FAMILIES.get(next(begins, ""), equality.left)


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
    shown: list[tuple[list[int], Bools, Floats]] = []
    for family in families:
        columns = [n for n, one in enumerate(equalities) if family_of(one) == family]
        nothing = np.zeros((1, len(columns)), bool)
        shows = np.concatenate([nothing, held[:, columns]])
        states, state = np.unique(shows, axis=0, return_inverse=True)
        counts = np.bincount(state.ravel(), np.append(0.0, pairs), minlength=len(states))
        shown.append((columns, states, counts.astype(np.float64)))
    while np.prod([float(len(states)) for _, states, _ in shown]) > MOST_STATES:
        widest = max(range(len(shown)), key=lambda place: len(shown[place][1]))
        shown[widest] = _with_fewer_states(*shown[widest])
    sizes = [len(states) for _, states, _ in shown]
    combined = np.indices(sizes).reshape(len(sizes), -1).T
    every = np.zeros((len(combined), len(equalities)), bool)
    for place, (columns, states, _) in enumerate(shown):
        every[:, columns] = states[combined[:, place]]
    chances = [np.asarray(counts / counts.sum()) for _, _, counts in shown]
    return combined, chances, _holds(rules, equalities, every)


def _with_fewer_states(
    columns: list[int], states: Bools, counts: Floats
) -> tuple[list[int], Bools, Floats]:
    """The rarest state counted as the commonest one that holds nothing it does not hold.

    So never fewer pairs are taken to be lost. The first state, of nothing held, always stays.
    """
    rarest = 1 + int(np.argmin(counts[1:]))
    is_part = ~(states & ~states[rarest]).any(axis=1)
    is_part[rarest] = False
    merged = counts.copy()
    merged[int(np.argmax(np.where(is_part, counts, -1.0)))] += counts[rarest]
    return columns, np.delete(states, rarest, axis=0), np.delete(merged, rarest)


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
