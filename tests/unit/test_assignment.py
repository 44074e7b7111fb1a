"""Assignment: against a slow, obvious oracle that tries every set of links."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attainment_linkage.core.assignment import decide
from attainment_linkage.core.policy import ResolvePolicy
from attainment_linkage.domain.errors import ConfigError

POLICY = ResolvePolicy(accept_bits=8, margin_bits=3)


def decided(edges, policy=POLICY):
    left, right, weight = (np.array(column) for column in zip(*edges, strict=True))
    return decide(left.astype(np.int64), right.astype(np.int64), weight.astype(float), policy)


def heaviest(edges, without=None):
    """The greatest total weight of any one-to-one set of edges, tried one by one."""
    kept = [edge for n, edge in enumerate(edges) if n != without]
    best = 0.0
    for size in range(1, len(kept) + 1):
        for subset in combinations(kept, size):
            lefts, rights = {e[0] for e in subset}, {e[1] for e in subset}
            if len(lefts) == len(rights) == size:
                best = max(best, sum(e[2] for e in subset))
    return best


edges_of_a_small_graph = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(5, 20)),
    min_size=1,
    max_size=9,
    unique_by=lambda edge: edge[:2],
)


@given(edges_of_a_small_graph)
def test_an_edge_links_when_the_best_set_without_it_is_worse_by_the_margin(edges):
    decisions = decided(edges)

    for number, (left, right, weight) in enumerate(edges):
        others = [e for n, e in enumerate(edges) if n != number]
        has_rival = any(e[0] == left or e[1] == right for e in others)
        regret = heaviest(edges) - heaviest(edges, without=number)
        should_link = weight >= 8 and (regret >= 3 if has_rival else True)
        assert bool(decisions.is_link[number]) == should_link


@given(edges_of_a_small_graph, st.randoms())
def test_no_record_is_linked_twice_and_no_order_of_rows_decides(edges, random):
    decisions = decided(edges)
    linked = {e[:2] for e, is_link in zip(edges, decisions.is_link, strict=True) if is_link}
    assert len({left for left, _ in linked}) == len(linked) == len({right for _, right in linked})

    shuffled = list(edges)
    random.shuffle(shuffled)
    again = decided(shuffled)
    assert linked == {e[:2] for e, is_link in zip(shuffled, again.is_link, strict=True) if is_link}


def test_a_tie_links_nobody_and_goes_to_review():
    decisions = decided([(1, 1, 12), (1, 2, 12)])

    assert not decisions.is_link.any()
    assert decisions.is_contested.all()


def test_a_lone_pair_has_no_rival_and_a_weak_one_does_not_link():
    decisions = decided([(1, 1, 8), (2, 2, 7.9)])

    assert decisions.is_link.tolist() == [True, False]
    assert np.isnan(decisions.margin_bits).all()


def test_a_component_too_large_to_solve_links_only_clear_mutual_winners():
    policy = ResolvePolicy(accept_bits=8, margin_bits=3, largest_component_edges=2)
    decisions = decided([(1, 1, 20), (1, 2, 10), (2, 1, 10), (2, 2, 11)], policy)

    assert decisions.is_link.tolist() == [True, False, False, False]


@pytest.mark.parametrize(
    ("relation", "linked"),
    [
        ("many_to_one", [True, True, False]),
        ("one_to_many", [False, False, True]),
        ("many_to_many", [True, True, True]),
    ],
)
def test_other_relations_bound_one_side_or_none(relation, linked):
    policy = ResolvePolicy(accept_bits=8, margin_bits=3, relation=relation)
    decisions = decided([(1, 1, 15), (2, 1, 14), (2, 2, 10)], policy)

    assert decisions.is_link.tolist() == linked


def test_a_margin_of_nothing_is_refused():
    with pytest.raises(ConfigError, match="a tie would be settled by row order"):
        ResolvePolicy(accept_bits=8, margin_bits=0)
