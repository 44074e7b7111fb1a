"""Name stock: every name of the population, and how often each is given or borne.

A name list of the published length is made from ``name_lists``. Its ranks are shared out
among the naming groups, so that each group bears common and rare names and all groups
together follow the published curve. Which names are common changes with year of birth.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa

from attainment_linkage.core.population import name_lists, variants
from attainment_linkage.core.population.curves import (
    BOYS,
    GIRLS,
    SURNAMES,
    NameCurve,
    shares_by_rank,
)
from attainment_linkage.core.population.draws import Floats, Ints
from attainment_linkage.core.population.ethnicity import naming_shares

_SEED = 1994
_FORCED_BRITISH = 10
# below 1: minority groups bear more of the common names than of the rare ones
_HEAD_START = 0.7
# of the families counted for the curves, some have no child: fewer bear minority surnames
_SURNAME_MINORITY = 0.8
# the largest share of a group that bears one name; assumed
_LARGEST_IN_GROUP = 0.08
# first year of birth of each band of fashion, and where in the list its favourites lie
FASHIONS = ((1880, 0.95), (1946, 0.82), (1956, 0.78), (1966, 0.7), (1976, 0.45), (1986, 0.0),
            (2000, 0.08))  # fmt: skip
# codes of the two Sikh middle names, which open the list of forenames
SINGH, KAUR = 0, 1
N_GROUPS = len(name_lists.GROUP_NAMES)


@dataclass(frozen=True)
class Stock:
    """Names by code, and for each cell (who is named) an alias table of its codes.

    An alias table (Walker 1977) draws in two look-ups whatever the length of the list: a
    place of the cell at random, then that place's own code or the other it shares with.
    """

    names: pa.StringArray
    first: Ints
    length: Ints
    own_share: Floats
    own_code: Ints
    other_code: Ints

    def draw(self, rng: np.random.Generator, cell: Ints) -> Ints:
        """One name code for each cell number."""
        spot = rng.random(len(cell)) * self.length[cell]
        within = spot.astype(np.int64)
        place = self.first[cell] + within
        is_own = spot - within < self.own_share[place]
        return np.asarray(np.where(is_own, self.own_code[place], self.other_code[place]))


def forename_cell(sex: Ints, naming: Ints, birth_year: Ints) -> Ints:
    """The cell of a child's naming: sex (0 male, 1 female), naming group and year of birth."""
    starts = np.array([start for start, _ in FASHIONS[1:]])
    fashion = np.searchsorted(starts, birth_year, side="right")
    return np.asarray((sex * N_GROUPS + naming) * len(FASHIONS) + fashion)


@cache
def surnames() -> Stock:
    """The stock of surnames; a cell is a naming group."""
    shares = shares_by_rank(SURNAMES)
    naming = naming_shares()
    naming[1:] *= _SURNAME_MINORITY
    naming[0] = 1.0 - naming[1:].sum()
    owner = _owners(shares, naming)
    cells = []
    for group in range(N_GROUPS):
        weights = shares[owner == group]
        cells.append((_listed(name_lists.SURNAMES, name_lists.SURNAME_PIECES, group,
                              len(weights)), weights))  # fmt: skip
    return _stock(cells)


@cache
def forenames() -> Stock:
    """The stock of forenames; a cell is ``forename_cell``."""
    cells = []
    boys = (BOYS, name_lists.BOYS, name_lists.BOY_PIECES)
    girls = (GIRLS, name_lists.GIRLS, name_lists.GIRL_PIECES)
    for sex, (curve, listed, pieces) in enumerate((boys, girls)):
        shares, owner = _curve_owners(curve)
        for group in range(N_GROUPS):
            weights = shares[owner == group]
            names = _listed(listed, pieces, group, len(weights))
            n_listed = min(len(listed[group].split()), len(names))
            for fashion, (_, centre) in enumerate(FASHIONS):
                rng = np.random.default_rng([_SEED, sex, group, fashion])
                order = _order_of(len(names), n_listed, centre, rng)
                cells.append(([names[place] for place in order], weights))
    return _stock(cells, ("Singh", "Kaur"))


@cache
def short_forms() -> pa.StringArray:
    """For each forename code, its short form (the name itself where it has none)."""
    return pa.array([variants.short_form(name) for name in forenames().names.to_pylist()])


@cache
def respelled(which: str, turn: int) -> pa.StringArray:
    """For each code of ``forenames`` or ``surnames``, another spelling; itself if none."""
    stock = forenames() if which == "forenames" else surnames()
    return pa.array([variants.other_spelling(name, turn) for name in stock.names.to_pylist()])


def _curve_owners(curve: NameCurve) -> tuple[Floats, Ints]:
    shares = shares_by_rank(curve)
    return shares, _owners(shares, naming_shares())


def _owners(shares: Floats, naming: Floats) -> Ints:
    """The naming group of each rank: groups' totals are their shares, early ranks included."""
    owner = np.zeros(len(shares), dtype=np.int64)
    held = np.zeros(len(naming))
    reached = np.cumsum(shares)
    for rank in range(_FORCED_BRITISH, len(shares)):
        due = naming * min(1.0, reached[rank]) ** _HEAD_START
        lack = (due - held) / shares[rank]
        lack[shares[rank] > _LARGEST_IN_GROUP * naming] = 0.0
        lack[0] = 1.0
        owner[rank] = int(np.argmax(lack)) if lack[1:].max() > 1.0 else 0
        held[owner[rank]] += shares[rank]
    return owner


def _listed(
    listed: tuple[str, ...], pieces: tuple[tuple[str, str], ...], group: int, length: int
) -> list[str]:
    """The first ``length`` names of a group: the listed ones, then those made of pieces."""
    names = list(dict.fromkeys(listed[group].split()))
    first, last = (part.split() for part in pieces[group])
    made = [start + end for start in first for end in last]
    order = np.random.default_rng([_SEED, group]).permutation(len(made))
    names += [made[place] for place in order]
    names = list(dict.fromkeys(names))
    if len(names) < length:
        longer = [f"{name[:-1]}{end}" for name in names for end in ("ie", "an", "or", "us")]
        names = list(dict.fromkeys(names + longer))
    return names[:length]


def _order_of(length: int, n_listed: int, centre: float, rng: np.random.Generator) -> Ints:
    """Popularity order of a group's names in one fashion, favourites first."""
    places = np.arange(length, dtype=np.float64)
    gap = np.abs(places - centre * n_listed)
    score = np.log1p(np.where(places < n_listed, gap, places))
    if centre > 0:
        score += rng.normal(0.0, 0.3, length)
    return np.argsort(score, kind="stable")


def _stock(cells: list[tuple[list[str], Floats]], first: tuple[str, ...] = ()) -> Stock:
    code_of: dict[str, int] = {name: code for code, name in enumerate(first)}
    own, shares, others = [], [], []
    for names, weights in cells:
        codes = np.array([code_of.setdefault(name, len(code_of)) for name in names])
        share, alias = _alias_table(weights[: len(names)])
        own.append(codes)
        shares.append(share)
        others.append(codes[alias])
    length = np.array([len(codes) for codes in own])
    return Stock(
        names=pa.array(list(code_of), pa.string()),
        first=np.concatenate(([0], np.cumsum(length)[:-1])),
        length=length,
        own_share=np.concatenate(shares),
        own_code=np.concatenate(own),
        other_code=np.concatenate(others),
    )


def _alias_table(weights: Floats) -> tuple[Floats, Ints]:
    """For each place the share it keeps for itself, and the place that has the rest."""
    share = (weights * (len(weights) / weights.sum())).tolist()
    alias = list(range(len(share)))
    small = [place for place, kept in enumerate(share) if kept < 1.0]
    large = [place for place, kept in enumerate(share) if kept >= 1.0]
    while small and large:
        poor, rich = small.pop(), large[-1]
        alias[poor] = rich
        share[rich] -= 1.0 - share[poor]
        if share[rich] < 1.0:
            small.append(large.pop())
    for place in small + large:
        share[place] = 1.0
    return np.array(share), np.array(alias)
