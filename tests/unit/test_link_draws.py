"""Link draws: as often as the probabilities say, nobody twice, whatever the order of rows."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attainment_linkage.core import link_draws
from attainment_linkage.core.link_draws import NOBODY, link_changes

DRAWS = 4000


def drawn(pairs, draws=DRAWS, links=(), seed=1):
    """Per draw, the set of (pupil, person) it links; ``pairs``: pupil, person, bits."""
    left, right = (np.array([pair[at] for pair in pairs]) for at in (0, 1))
    bits = np.array([pair[2] for pair in pairs], dtype=float)
    is_link = np.array([(pair[0], pair[1]) in links for pair in pairs])
    noise = np.array([(a * 1_000_003 + b) * 2_654_435_761 + seed for a, b, _ in pairs])
    found = link_changes(left, right, bits, is_link, noise, draws)
    told = list(zip(found.left.tolist(), found.draw.tolist(), strict=True))
    assert len(told) == len(set(told)), "a pupil stands once a draw"
    sets = [dict(links) for _ in range(draws)]
    for pupil, draw, pair in zip(found.left, found.draw, found.pair, strict=True):
        if pair == NOBODY:
            del sets[draw - 1][int(pupil)]
        else:
            sets[draw - 1][int(pupil)] = int(right[pair])
    return [frozenset(one.items()) for one in sets]


def likely(pairs):
    """The probability of every set, listed the slow way."""
    odds = {}
    for count in range(len(pairs) + 1):
        for chosen in itertools.combinations(pairs, count):
            pupils, people = {c[0] for c in chosen}, {c[1] for c in chosen}
            if len(pupils) == len(people) == count:
                odds[frozenset((c[0], c[1]) for c in chosen)] = 2.0 ** sum(c[2] for c in chosen)
    total = sum(odds.values())
    return {one: value / total for one, value in odds.items()}


CASES = {
    "a lone pair": [(1, 1, 1.0)],
    "a pupil of two people": [(1, 1, 2.0), (1, 2, 1.0)],
    "a tie of twins": [(1, 1, 3.0), (1, 2, 3.0), (2, 1, 3.0), (2, 2, 3.0)],
    "two components": [(1, 1, 0.5), (2, 2, -1.0), (2, 3, 2.0), (3, 3, 1.0)],
}


@pytest.mark.parametrize("pairs", CASES.values(), ids=CASES)
@pytest.mark.parametrize("most_sets", [5_000, 0], ids=["exact", "sampled"])
def test_each_set_of_links_is_drawn_as_often_as_it_is_likely(pairs, most_sets, monkeypatch):
    monkeypatch.setattr(link_draws, "_MOST_SETS", most_sets)
    draws = DRAWS if most_sets else 300
    found = drawn(pairs, draws, links={pairs[0][:2]})
    wanted = likely(pairs)

    assert set(found) <= set(wanted)
    for one, chance in wanted.items():
        error = 4.5 * np.sqrt(chance * (1 - chance) / draws)
        assert abs(found.count(one) / draws - chance) <= error + 0.002


def test_only_what_a_draw_links_otherwise_is_told():
    pairs = [(1, 1, 60.0), (2, 2, 3.0), (3, 3, -40.0)]
    links = {(1, 1), (2, 2)}
    sets = drawn(pairs, links=links)

    assert set(sets) == {frozenset(links), frozenset({(1, 1)})}
    assert sets.count(frozenset({(1, 1)})) / DRAWS == pytest.approx(1 / 9, abs=0.02)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_nobody_is_linked_twice_and_the_order_of_rows_does_not_matter(data):
    node = st.integers(0, 4)
    pairs = data.draw(
        st.lists(st.tuples(node, node, st.floats(-3, 12)), min_size=1, max_size=9,
                 unique_by=lambda pair: pair[:2])
    )  # fmt: skip
    shuffled = data.draw(st.permutations(pairs))
    sets = drawn(pairs, draws=12)

    assert drawn(shuffled, draws=12) == sets
    for one in sets:
        assert len({pupil for pupil, _ in one}) == len({person for _, person in one}) == len(one)


def test_no_pairs_no_changes():
    nothing = np.array([], dtype=np.int64)

    assert not len(link_changes(nothing, nothing, nothing * 1.0, nothing > 0, nothing, 3).left)
