"""Linkage weights: what each linked pupil stands for, so that the linked resemble all.

The chance to be linked is a logistic function of the pupil's characteristics, each category
with an effect of its own. The weight is the inverse of the chance; weights far above the
mean are cut to the largest allowed, and all are scaled to add up to the number of pupils.

Source: inverse-probability weighting for linkage error, Harron et al. 2020, IJE 49:2050-2060;
trimming, Potter 1990, ASA Proc. SRM, 225-230.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

Floats = npt.NDArray[np.float64]

PULL = 0.5
"""Weight of the pull of each effect towards nought: half a pupil's worth. Without it a group
that is linked to the last pupil would have no finite effect."""
DECIMALS = 9
"""Effects are rounded: the last bits depend on the machine's threads."""
STEPS = 50
SETTLED = 1e-9


@dataclass(frozen=True)
class ChanceModel:
    """A logistic model of being linked: the level, and each category's effect, in log odds.

    ``largest`` is the weight that weights are cut to, ``scale`` what they are multiplied
    with after that; ``trimmed`` counts the linked pupils whose weight is cut, and
    ``design_effect`` is what the spread of the weights costs: effective sample = linked / it.
    """

    level: float
    effects: Mapping[str, Mapping[str, float]]
    largest: float
    scale: float
    trimmed: int
    design_effect: float


def fitted(
    categories: Mapping[str, Sequence[str]],
    pupils: Floats,
    linked: Floats,
    largest_ratio: float,
) -> ChanceModel:
    """The model of being linked, from counts of pupils by pattern of categories.

    ``categories`` holds, per characteristic, the category of each pattern; ``pupils`` and
    ``linked`` are counts of the pattern. A weight above ``largest_ratio`` times the mean
    weight of the linked is cut to that.
    """
    if not linked.sum():
        return ChanceModel(-30.0, {}, 1.0, 1.0, 0, 1.0)
    names = {key: sorted(set(values)) for key, values in categories.items()}
    design = _design(categories, names)
    effects = np.round(_effects(design, pupils, linked), DECIMALS)
    weight = 1.0 / _chance(design @ effects)
    mean = float((weight * linked).sum() / linked.sum())
    largest = largest_ratio * mean
    cut = np.minimum(weight, largest)
    scale = float(pupils.sum() / (cut * linked).sum())
    squares = float((cut**2 * linked).sum() * linked.sum() / (cut * linked).sum() ** 2)
    trimmed = int(linked[weight > largest].sum())
    named = _named(effects[1:], names)
    return ChanceModel(float(effects[0]), named, largest, scale, trimmed, squares)


def _design(
    categories: Mapping[str, Sequence[str]], names: Mapping[str, list[str]]
) -> scipy.sparse.csr_matrix:
    """One row per pattern: a one for the level, and a one for each of its categories."""
    count = len(next(iter(categories.values())))
    blocks = [scipy.sparse.csr_matrix(np.ones((count, 1)))]
    for key, known in names.items():
        place = {name: number for number, name in enumerate(known)}
        column = [place[value] for value in categories[key]]
        shape = (count, len(known))
        blocks.append(
            scipy.sparse.csr_matrix((np.ones(count), (np.arange(count), column)), shape=shape)
        )
    return scipy.sparse.csr_matrix(scipy.sparse.hstack(blocks))


def _effects(design: scipy.sparse.csr_matrix, pupils: Floats, linked: Floats) -> Floats:
    """Effects of greatest penalised likelihood, by Newton's method with halved steps."""
    pull = np.full(design.shape[1], PULL)
    pull[0] = 1e-9  # the level is free

    def worth(effects: Floats) -> float:
        """The penalised log likelihood of some effects."""
        log_odds = design @ effects
        likelihood = linked @ log_odds - pupils @ np.logaddexp(0.0, log_odds)
        return float(likelihood - 0.5 * pull @ effects**2)

    effects = np.zeros(design.shape[1])
    for _ in range(STEPS):
        chance = _chance(design @ effects)
        slope = design.T @ (linked - pupils * chance) - pull * effects
        bend = (design.T @ scipy.sparse.diags(pupils * chance * (1 - chance)) @ design).toarray()
        step = np.linalg.solve(bend + np.diag(pull), slope)
        while worth(effects + step) < worth(effects) and np.abs(step).max() > SETTLED:
            step = step / 2
        effects = effects + step
        if np.abs(step).max() < SETTLED:
            break
    return np.asarray(effects)


def _chance(log_odds: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -30.0, 30.0))))


def _named(effects: Floats, names: Mapping[str, list[str]]) -> dict[str, dict[str, float]]:
    found, start = {}, 0
    for key, known in names.items():
        values = effects[start : start + len(known)].tolist()
        found[key] = dict(zip(known, values, strict=True))
        start += len(known)
    return found
