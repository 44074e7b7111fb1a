"""Link draws: sets of links as likely as their probabilities say, one pupil to one person.

A set of links of a component of pairs is as likely as the product of its pairs' posterior
odds (2 to the weight in bits), every set that links nobody twice being possible; so a lone
pair is drawn with odds / (1 + odds). Draws are numbered and made from hashes of the pairs'
ids: no order of rows and no clock decides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NOBODY = -1
_MOST_SETS, _SWEEPS = 5_000, 25


@dataclass(frozen=True)
class LinkChanges:
    """What draws link otherwise than the links do: pupil, draw from 1, pair (``NOBODY``: none).

    ``pair`` is the place of the pair drawn instead.
    """

    left: Ints
    draw: Ints
    pair: Ints


def link_changes(
    left: Ints, right: Ints, bits: Floats, is_link: Bools, noise: Ints, draws: int
) -> LinkChanges:
    """Draw sets of links, and tell where each differs from the links as made.

    Args:
        left: code of the pupil of each pair.
        right: code of the person; the pairs of a component must come together.
        bits: match weight, log2 posterior odds.
        is_link: whether the pair is a link; at most one of a pupil is.
        noise: a hash of the pair's two ids, and of the seed.
        draws: how many sets.
    """
    drawn = np.zeros((draws, len(left)), dtype=bool)
    component = _components(left, right)
    size = np.bincount(component, minlength=1)
    lone = size[component] == 1
    chance = 1 / (1 + np.exp2(-np.clip(bits[lone], -1000, 1000)))
    for draw in range(draws):
        drawn[draw, lone] = _uniform(noise[lone], draw) < chance
    tangled = np.flatnonzero(~lone)
    tangled = tangled[np.lexsort((noise[tangled], component[tangled]))]
    for pairs in np.split(tangled, np.flatnonzero(np.diff(component[tangled])) + 1):
        if len(pairs):
            drawn[:, pairs] = _drawn_sets(left[pairs], right[pairs], bits[pairs], noise[pairs],
                                          is_link[pairs], draws)  # fmt: skip
    return _changes(left, drawn, is_link)


def _changes(left: Ints, drawn: Bools, is_link: Bools) -> LinkChanges:
    draw, pair = np.nonzero(drawn & ~is_link)
    lost_draw, lost_pair = np.nonzero(~drawn & is_link)
    given = set(zip(draw.tolist(), left[pair].tolist(), strict=True))
    alone = [
        at
        for at, (number, pupil) in enumerate(
            zip(lost_draw.tolist(), left[lost_pair].tolist(), strict=True)
        )
        if (number, pupil) not in given
    ]
    nobody = np.full(len(alone), NOBODY)
    return LinkChanges(
        left=np.concatenate([left[pair], left[lost_pair[alone]]]),
        draw=np.concatenate([draw, lost_draw[alone]]) + 1,
        pair=np.concatenate([pair, nobody]),
    )


def _components(left: Ints, right: Ints) -> Ints:
    if not len(left):
        return left
    rows = np.unique(left, return_inverse=True)[1]
    columns = np.unique(right, return_inverse=True)[1] + rows.max() + 1
    size = int(columns.max()) + 1
    graph = scipy.sparse.coo_matrix((np.ones(len(left)), (rows, columns)), shape=(size, size))
    part = scipy.sparse.csgraph.connected_components(graph, directed=False)[1]
    return np.asarray(part[rows], np.int64)


def _drawn_sets(
    left: Ints, right: Ints, bits: Floats, noise: Ints, is_link: Bools, draws: int
) -> Bools:
    """Sets of one component: exactly where they can be listed, else by Gibbs sampling."""
    degree = np.bincount(np.unique(left, return_inverse=True)[1])
    if np.prod(degree + 1.0) > _MOST_SETS:
        return _sampled(left, right, bits, noise, is_link, draws)
    sets = _all_sets(left, right)
    weight = sets @ bits
    share = np.exp2(np.maximum(weight - weight.max(), -1000))
    edges = np.cumsum(share) / share.sum()
    places = [np.searchsorted(edges, _uniform(noise[:1], draw)[0]) for draw in range(draws)]
    return sets[np.minimum(places, len(sets) - 1)] > 0


def _all_sets(left: Ints, right: Ints) -> Floats:
    """Every set of pairs that links nobody twice, a row each, 1 for each pair in it."""
    found: list[list[int]] = [[]]
    for pupil in np.unique(left):
        of_pupil = np.flatnonzero(left == pupil).tolist()
        found += [
            [*chosen, pair]
            for chosen in found
            for pair in of_pupil
            if right[pair] not in right[chosen]
        ]
    sets = np.zeros((len(found), len(left)))
    for row, chosen in enumerate(found):
        sets[row, chosen] = 1.0
    return sets


def _sampled(
    left: Ints, right: Ints, bits: Floats, noise: Ints, is_link: Bools, draws: int
) -> Bools:
    """Draws by Gibbs sampling from the links as made: each pupil in turn, given the others."""
    drawn = np.tile(is_link, (draws, 1))
    pupils = [np.flatnonzero(left == pupil) for pupil in np.unique(left)]
    for draw in range(draws):
        state = drawn[draw]
        for sweep in range(_SWEEPS):
            for pairs in pupils:
                state[pairs] = False
                free = pairs[~np.isin(right[pairs], right[state])]
                weight = np.r_[0.0, bits[free]]
                share = np.exp2(np.maximum(weight - weight.max(), -1000))
                place = np.searchsorted(
                    np.cumsum(share) / share.sum(),
                    _uniform(noise[pairs[:1]], draw * _SWEEPS + sweep)[0],
                )
                if 0 < place <= len(free):
                    state[free[place - 1]] = True
    return drawn


def _uniform(noise: Ints, draw: int) -> Floats:
    """A number from 0 to below 1 for each hash and draw (splitmix64, Steele et al. 2014)."""
    with np.errstate(over="ignore"):
        state = noise.astype(np.uint64) + np.uint64(draw + 1) * np.uint64(0x9E3779B97F4A7C15)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        state = state ^ (state >> np.uint64(31))
    return np.asarray((state >> np.uint64(11)) / float(1 << 53), dtype=np.float64)
