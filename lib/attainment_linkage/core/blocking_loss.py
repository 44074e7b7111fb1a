"""Blocking loss: how many true pairs no blocking rule formed, from how the found ones agree.

A true pair is found when some rule's equalities hold. Equalities fall into families (date of
birth, forename, surname, place, sex) that true pairs disagree in by unrelated slips: within
a family they go together, between families they are taken to be independent. So the found
pairs, a sample cut off where no rule holds, tell how many were cut off: the families' chances
and the number of all true pairs are iterated until both agree. Of the pairs that are formed those
under the review weight are not found either: which share of them, ``core.kept_share`` says.

Independence fails where some records are worse than others in all they say (an enumerator's
hand, a poor source): whoever disagrees in one field then does so in the next, and more are
lost. So the same is done with two classes of pairs, of better and of worse records, and taken
where the found pairs speak for it (BIC). Where they do, what the classes add may be wrong, or
not be all: so much the answer may be off by, and by what two answers of one likelihood differ.

Sources: expectation maximisation for truncated data, Dempster, Laird & Rubin 1977, JRSS B
39:1-38, sec. 4.2; capture of record pairs by several blocking passes, Winkler 2004 (RRS2004/06);
capture that differs between individuals as a finite mixture, Pledger 2000, Biometrics 56:434-442.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot, inf, log

import numpy as np
import numpy.typing as npt

from attainment_linkage.core.kept_share import LEAST_SHARE, Weights, kept_share
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
STEPS, SETTLED = 2000, 1e-9
PULL_PAIRS = 20.0
"""Weight of the found pairs' shares in each of two classes, in pairs."""
LOSS_ERROR = 0.09
"""How far off the number lost may be by its model alone, as a share of it, either way."""
EVEN_BIC = 2.0
"""Answers whose BIC differs by less are as likely as each other."""
_ALIKE = (0.0,)
_BETTER_AND_WORSE = ((0.0, 0.2), (0.0, 0.5))
"""From where two classes are looked for: few fields cannot tell one pair of classes from
another, and then the answer depends on it."""
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


@dataclass(frozen=True)
class Lost:
    """True pairs that no rule formed: how many are expected, and how far off that may be.

    ``under_review``: how many more were formed, and weigh too little to be kept.
    """

    pairs: float
    error: float = 0.0
    under_review: float = 0.0


def lost_pairs(rules: Sequence[Rule], held: Bools, kept: Weights) -> Lost:
    """The expected number of true pairs that no rule formed, and of those under review.

    ``held``: patterns x equalities (as ``equalities_of`` orders them), whether each holds
    among the found pairs; ``kept``: how many found pairs show each pattern, and their weights.
    """
    usable, equalities, pairs = usable_rules(rules), equalities_of(rules), kept.pairs
    formed = _holds(usable, equalities, held)
    found, others = float(pairs[formed].sum()), float(pairs[~formed].sum())
    if found == 0:
        return Lost(0.0)
    table = _table(usable, equalities, held[formed], kept.of(formed))
    alike, *mixed = (_fitted(table, tilts) for tilts in (_ALIKE, *_BETTER_AND_WORSE))
    best = min(fit.bic for fit in mixed)
    under = max(alike.formed - found, 0.0)
    alone, *others_too = (max(fit.unformed - others, 0.0) for fit in (alike, *mixed))
    if alike.bic <= best:
        return Lost(alone, LOSS_ERROR * alone, under)
    as_likely = [n for n, fit in zip(others_too, mixed, strict=True) if fit.bic - best < EVEN_BIC]
    lost = min(as_likely)
    error = max(abs(lost - alone), max(as_likely) - lost)
    return Lost(lost, hypot(LOSS_ERROR * lost, error), under)


@dataclass(frozen=True)
class _Table:
    """Every combination of the families' states: how many of it are caught, and found pairs.

    ``states``: combinations x families; ``sizes``: how many states each family has;
    ``is_formed``: by some rule; ``caught``: the share that is formed and weighs enough.
    """

    states: Ints
    sizes: tuple[int, ...]
    is_formed: Bools
    caught: Floats
    found: Floats

    def shares(self, family: int, pairs: Floats) -> Floats:
        """The shares of a family's states among weighted combinations, all above nought."""
        counts = np.bincount(self.states[:, family], pairs, minlength=self.sizes[family])
        return np.asarray(counts / max(float(counts.sum()), 1e-300))


@dataclass(frozen=True)
class _Fitted:
    """The numbers of true pairs that a model expects, by whether a rule forms them; its BIC."""

    formed: float
    unformed: float
    bic: float


def _fitted(table: _Table, tilts: Sequence[float]) -> _Fitted:
    """Fit a class of pairs per tilt; its families begin by so much nearer to agreeing in nothing.

    Every class is pulled towards the found pairs' own shares by ``PULL_PAIRS``, so that no class
    can lie where nothing is ever caught.
    """
    families = range(len(table.sizes))
    seen = [table.shares(family, table.found) for family in families]
    chances = [[_tilted(one, tilt) for one in seen] for tilt in tilts]
    weight = np.full(len(tilts), 1 / len(tilts))
    caught, likelihood = float(table.found.sum()), -inf
    for _ in range(STEPS):
        joint = weight[:, None] * np.stack([_product(one, table.states) for one in chances])
        every = joint.sum(axis=0)
        share = max(float(every @ table.caught), 1e-9)
        before, likelihood = likelihood, _likelihood(table, every * table.caught / share)
        if likelihood - before < SETTLED * abs(likelihood):
            break
        full = table.found + every * (1 - table.caught) * caught / share
        own = joint / np.maximum(every, 1e-300) * full
        weight = own.sum(axis=1) / own.sum()
        if len(tilts) > 1:
            own = own + PULL_PAIRS * table.found / caught
        chances = [[table.shares(family, one) for family in families] for one in own]
    free = len(tilts) * sum(size - 1 for size in table.sizes) + len(tilts) - 1
    expected = every * caught / share
    formed, unformed = (float(expected[one].sum()) for one in (table.is_formed, ~table.is_formed))
    return _Fitted(formed, unformed, free * log(caught) - 2 * likelihood)


def _likelihood(table: _Table, chance: Floats) -> float:
    """log of the chance of the found pairs, given that they were found."""
    chosen = table.found > 0
    return float(table.found[chosen] @ np.log(np.maximum(chance[chosen], 1e-300)))


def _tilted(shares: Floats, tilt: float) -> Floats:
    """The shares with some of each state's given to the first one, in which nothing holds."""
    found = (1 - tilt) * shares
    found[0] += tilt
    return np.asarray(found)


def _table(
    rules: Sequence[Rule], equalities: Sequence[Equality], held: Bools, kept: Weights
) -> _Table:
    """The combinations of the families' states that the found pairs show, and those of nothing."""
    families = sorted({str(family_of(one)) for one in equalities})
    shown: list[tuple[list[int], Bools, Floats]] = []
    for family in families:
        columns = [n for n, one in enumerate(equalities) if family_of(one) == family]
        nothing = np.zeros((1, len(columns)), bool)
        shows = np.concatenate([nothing, held[:, columns]])
        states, state = np.unique(shows, axis=0, return_inverse=True)
        counts = np.bincount(state.ravel(), np.append(0.0, kept.pairs), minlength=len(states))
        shown.append((columns, states, counts.astype(np.float64)))
    while np.prod([float(len(states)) for _, states, _ in shown]) > MOST_STATES:
        widest = max(range(len(shown)), key=lambda place: len(shown[place][1]))
        shown[widest] = _with_fewer_states(*shown[widest])
    sizes = [len(states) for _, states, _ in shown]
    combined = np.indices(sizes).reshape(len(sizes), -1).T
    every = np.zeros((len(combined), len(equalities)), bool)
    place = np.zeros(len(held), np.int64)
    for number, (columns, states, _) in enumerate(shown):
        every[:, columns] = states[combined[:, number]]
        place = place * len(states) + _nearest(states, held[:, columns])
    is_formed, shown_there = _holds(rules, equalities, every), kept.summed(place, len(combined))
    found = np.where(is_formed, shown_there.pairs, 0.0)
    found *= kept.pairs.sum() / found.sum()  # a few may have been put with states no rule catches
    share = kept_share(combined, sizes, shown_there)
    is_told = share >= LEAST_SHARE
    if not found[is_told].any():  # all lie about the review weight, and tell nothing of it
        is_told, share = np.ones(len(share), bool), np.ones(len(share))
    caught = np.where(is_formed & is_told, share, 0.0)
    return _Table(combined, tuple(sizes), is_formed, caught, np.where(caught > 0, found, 0.0))


def _nearest(states: Bools, held: Bools) -> Ints:
    """The state of each pattern; of one put with another, that which holds most of the same."""
    is_part = ~(states[None] & ~held[:, None]).any(axis=2)
    return np.asarray(np.where(is_part, states.sum(axis=1)[None], -1).argmax(axis=1))


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
