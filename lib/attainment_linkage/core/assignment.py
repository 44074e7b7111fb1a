"""Assignment: which pairs become links, under the relation between the two files.

Pairs are edges of a bipartite graph, weighted in bits of posterior odds. Under one-to-one
the likeliest set of links of a connected component is its assignment of greatest total
weight. An edge of that assignment links when it is strong, and when the best assignment
without it is worse by at least the margin: a lone pair has no rival, a tie links nobody,
and no order of rows can decide.

Source: the maximum-weight assignment of Jaro 1989, JASA 84:414-420, solved exactly by
scipy.optimize.linear_sum_assignment; the margin is its regret.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from attainment_linkage.core.policy import ResolvePolicy

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Decisions:
    """One decision per edge: linked or contested (neither: lost to a better pair).

    ``margin_bits`` is NaN where the edge had no rival.
    """

    is_link: Bools
    is_contested: Bools
    margin_bits: Floats


def decide(left: Ints, right: Ints, weight: Floats, policy: ResolvePolicy) -> Decisions:
    """Decide every edge; the edges of a component must come together.

    Grain: one edge per (left, right), codes from 0; weights in bits.
    """
    if policy.relation == "many_to_many":
        is_strong = weight >= policy.accept_bits
        return Decisions(is_strong, np.zeros(len(weight), bool), np.full(len(weight), np.nan))
    if policy.relation == "many_to_one":
        return _decide_one_sided(left, weight, policy)
    if policy.relation == "one_to_many":
        return _decide_one_sided(right, weight, policy)
    return _decide_one_to_one(left, right, weight, policy)


def lead_over_rivals(node: Ints, weight: Floats) -> Floats:
    """How far each edge leads the best other edge of its node; NaN where it has none."""
    lead = np.full(len(weight), np.nan)
    if len(weight) == 0:
        return lead
    order = np.lexsort((-weight, node))
    nodes, weights = node[order], weight[order]
    starts = np.flatnonzero(np.r_[True, nodes[1:] != nodes[:-1]])
    sizes = np.diff(np.r_[starts, len(nodes)])
    first = np.repeat(weights[starts], sizes)
    second_at = np.minimum(starts + 1, len(nodes) - 1)
    second = np.repeat(np.where(sizes > 1, weights[second_at], np.nan), sizes)
    is_first = np.zeros(len(nodes), bool)
    is_first[starts] = True
    lead[order] = np.where(is_first, weights - second, weights - first)
    return lead


def _decide_one_sided(node: Ints, weight: Floats, policy: ResolvePolicy) -> Decisions:
    lead = lead_over_rivals(node, weight)
    is_clear = np.isnan(lead) | (lead >= policy.margin_bits)
    is_strong = weight >= policy.accept_bits
    is_close = ~np.isnan(lead) & (np.abs(lead) < policy.margin_bits)
    return Decisions(is_strong & is_clear, is_strong & is_close, lead)


def _decide_one_to_one(left: Ints, right: Ints, weight: Floats, policy: ResolvePolicy) -> Decisions:
    """Lone pairs and stars by their lead; every other component by exact assignment."""
    lead_left, lead_right = lead_over_rivals(left, weight), lead_over_rivals(right, weight)
    margin = np.fmin(lead_left, lead_right)
    is_chosen = np.isnan(margin) | (margin > 0)
    for edges in _tangled(left, right):
        if len(edges) <= policy.largest_component_edges:
            chosen, regret = _solve(left[edges], right[edges], weight[edges])
            is_chosen[edges], margin[edges] = chosen, regret
    is_strong = weight >= policy.accept_bits
    is_clear = np.isnan(margin) | (margin >= policy.margin_bits)
    is_link = is_strong & is_chosen & is_clear
    is_free = ~(np.isin(left, left[is_link]) | np.isin(right, right[is_link]))
    return Decisions(is_link, is_strong & is_free, margin)


def _tangled(left: Ints, right: Ints) -> list[Ints]:
    """Edges of each component in which some edge has rivals on both sides."""
    if len(left) == 0:
        return []
    left_codes = np.unique(left, return_inverse=True)[1]
    right_codes = np.unique(right, return_inverse=True)[1] + left_codes.max() + 1
    size = int(right_codes.max()) + 1
    graph = scipy.sparse.coo_matrix(
        (np.ones(len(left)), (left_codes, right_codes)), shape=(size, size)
    )
    component = scipy.sparse.csgraph.connected_components(graph, directed=False)[1][left_codes]
    degree = np.bincount(np.r_[left_codes, right_codes], minlength=size)
    has_rivals_on_both = (degree[left_codes] > 1) & (degree[right_codes] > 1)
    wanted = np.isin(component, component[has_rivals_on_both])
    edges = np.flatnonzero(wanted)
    edges = edges[np.argsort(component[edges], kind="stable")]
    cuts = np.flatnonzero(np.diff(component[edges])) + 1
    return [part for part in np.split(edges, cuts) if len(part)]


def _solve(left: Ints, right: Ints, weight: Floats) -> tuple[Bools, Floats]:
    """The heaviest assignment of one component, and each of its edges' regret.

    A negative margin is given to edges outside of the assignment: what taking them costs.
    """
    rows, row = np.unique(left, return_inverse=True)
    columns, column = np.unique(right, return_inverse=True)
    gain = np.zeros((len(rows), len(columns)))
    gain[row, column] = np.maximum(weight, 0.0)
    best_total, chosen_pairs = _best(gain)
    is_chosen = np.array([(r, c) in chosen_pairs for r, c in zip(row, column, strict=True)])
    regret = np.empty(len(weight))
    for edge in range(len(weight)):
        r, c = int(row[edge]), int(column[edge])
        trial = gain.copy()
        if is_chosen[edge]:
            trial[r, c] = 0.0
            regret[edge] = best_total - _best(trial)[0]
        else:
            trial[r, :] = 0.0
            trial[:, c] = 0.0
            regret[edge] = weight[edge] + _best(trial)[0] - best_total
    return is_chosen, regret


def _best(gain: Floats) -> tuple[float, set[tuple[int, int]]]:
    rows, columns = scipy.optimize.linear_sum_assignment(gain, maximize=True)
    taken = {(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if gain[r, c] > 0.0}
    return float(gain[rows, columns].sum()), taken
