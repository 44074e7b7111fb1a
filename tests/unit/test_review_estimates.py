"""Review estimates: with reviewers who err, the intervals cover the truth as often as they say."""

from dataclasses import replace

import numpy as np
import pytest

from attainment_linkage.core.review import estimates
from attainment_linkage.core.review.agreement import ErrorRate
from attainment_linkage.core.review.estimates import Interval, Observed
from attainment_linkage.core.review.proportions import clopper_pearson, wilson
from attainment_linkage.core.review.quality import Reviewed, decided_pairs, quality, shares
from attainment_linkage.core.review.sample import Sample, SamplePair
from attainment_linkage.core.review.sampling import Cell, Stratum, design
from attainment_linkage.domain.review import INFORMATIVE, LINKED, MATCH, NOT_MATCH, STRATIFIED
from tests.review_batch import band_of

EDGES = (4.0, 8.0, 12.0, 16.0, 24.0)
KNOWN = ErrorRate()


class Population:
    """Scored pairs with their truth: links mostly right, others mostly not, of 4,000."""

    def __init__(self, seed, right_share=0.995):
        draw = np.random.default_rng(seed)
        weights = np.concatenate([draw.normal(22, 5, 3_000), draw.normal(4, 3, 1_000)])
        weights = np.clip(weights, 0, None)
        chance = 2**weights / (1 + 2**weights)
        is_linked = (weights >= 8) & (draw.random(len(weights)) < 0.97)
        is_lost = ~is_linked & (weights >= 8)
        self.is_match = draw.random(len(weights)) < np.minimum(chance, right_share)
        self.is_match &= ~(is_lost & (draw.random(len(weights)) < 0.7))
        self.is_linked, self.chance, self.draw = is_linked, chance, draw
        keys, codes = draw.integers(0, 6, len(weights)), draw.integers(0, 8, len(weights))
        self.cells = [
            (LINKED if linked else "lost" if lost else "weak", band_of(w, EDGES), f"{k}", f"s{c}")
            for linked, lost, w, k, c in zip(is_linked, is_lost, weights, keys, codes, strict=True)
        ]

    @property
    def precision(self):
        return self.is_match[self.is_linked].mean()

    @property
    def recall(self):
        return self.is_match[self.is_linked].sum() / self.is_match.sum()

    def sample(self, budget):
        places = {}
        for place, name in enumerate(self.cells):
            places.setdefault(name, []).append(place)
        cells = [Cell(n, len(at), float(self.chance[at].mean())) for n, at in places.items()]
        made = design(cells, budget, 5)
        stratum = np.array([made.stratum_of[name] for name in self.cells])
        pairs = [
            SamplePair(str(at), str(at), str(at), 0.0, one.number, {}, {})
            for one in made.strata
            for at in self.draw.choice(np.flatnonzero(stratum == one.number), one.drawn, False)
        ]
        numbers = tuple(made.stratum_of.items())
        return Sample("b", "r", 0, STRATIFIED, EDGES, made.strata, numbers, tuple(pairs))

    def look(self, pairs, error=0.02):
        """What a reviewer who errs on a share of pairs decides."""
        return {
            pair: MATCH if self.is_match[int(pair)] != (self.draw.random() < error) else NOT_MATCH
            for pair in pairs
        }


def reviewed(people, sample, share_of_two=1.0):
    """Two simulated reviewers who err on 2% of pairs, and a third for their disagreements."""
    names = list(sample.by_name)
    one, other = people.look(names), people.look(names[: round(share_of_two * len(names))])
    disputed = Reviewed(sample, (one, other), {}).disputed
    return Reviewed(sample, (one, other), people.look(disputed))


@pytest.mark.parametrize(
    ("right_share", "share_of_two"), [(0.9999, 1.0), (0.995, 1.0), (0.97, 1.0), (0.995, 0.25)]
)
def test_intervals_cover_the_truth_with_reviewers_who_err_on_two_percent(right_share, share_of_two):
    covered = np.zeros(2)
    half_widths = []
    for seed in range(40):
        people = Population(seed, right_share)
        found = quality([reviewed(people, people.sample(400), share_of_two)], 0.95)
        intervals = (found.precision, found.recall)
        covered += [
            interval.lower <= truth <= interval.upper
            for interval, truth in zip(intervals, (people.precision, people.recall), strict=True)
        ]
        half_widths.append([(interval.upper - interval.lower) / 2 for interval in intervals])

    assert (covered >= 36).all(), covered
    assert (np.median(half_widths, axis=0) < 0.04).all()  # and they say something


def test_a_single_reviewer_s_errors_are_said_not_to_be_known():
    people = Population(1)
    sample = people.sample(200)
    found = quality([Reviewed(sample, (people.look(sample.by_name),), {})], 0.95)

    assert found.reviewer_error.pairs == 0
    assert found.decided_pairs == len(sample.pairs)


def with_chosen(people, sample, count):
    """The batch after: the most open pairs that were not drawn, named with those that were."""
    stratum_of = dict(sample.cells)
    order = [str(at) for at in np.argsort(np.abs(people.chance - 0.5), kind="stable")]
    new = [name for name in order if name not in sample.by_name][:count]
    before = order[: order.index(new[-1])]
    pairs = tuple(
        SamplePair(name, name, name, 0.0, stratum_of[people.cells[int(name)]], {}, {})
        for name in new
    )
    retaken = tuple(name for name in before if name in sample.by_name)
    return replace(sample, batch="c", number=1, kind=INFORMATIVE, pairs=pairs, retaken=retaken)


def test_pairs_chosen_later_narrow_the_interval_and_bias_nothing():
    covered, widths = 0, []
    for seed in range(30):
        people = Population(seed)
        sample = people.sample(300)
        chosen = with_chosen(people, sample, 200)
        batches = [
            Reviewed(one, (people.look(one.by_name, error=0.0),), {}) for one in (sample, chosen)
        ]
        found, alone = quality(batches, 0.95), quality(batches[:1], 0.95)
        covered += found.recall.lower <= people.recall <= found.recall.upper
        widths.append([one.recall.upper - one.recall.lower for one in (found, alone)])

        assert (found.scored_pairs, found.bare_strata) == (len(people.cells), alone.bare_strata)
        weights = [one.weight for one in decided_pairs(batches)]
        assert sum(weights) == pytest.approx(len(people.cells))
        assert sum(count for count, _ in shares(batches).values()) == len(weights)
    assert covered >= 27
    assert np.mean(widths, axis=0)[0] < 0.9 * np.mean(widths, axis=0)[1]


def test_drawn_pairs_that_a_later_batch_would_have_chosen_do_not_stand_for_the_rest():
    def pair(name):
        return SamplePair(name, name, name, 0.0, 0, {}, {})

    # ten pairs, of which four are open, and the matches; two of those were drawn
    strata = (Stratum(0, (LINKED, 0, "*", "*"), 10, 5),)
    drawn = tuple(map(pair, ("open1", "open2", "n1", "n2", "n3")))
    first = Sample("b", "r", 0, STRATIFIED, EDGES, strata, (), drawn)
    chosen = tuple(map(pair, ("open3", "open4")))
    later = replace(
        first, batch="c", number=1, kind=INFORMATIVE, pairs=chosen, retaken=("open1", "open2")
    )
    batches = [
        Reviewed(one, ({n: MATCH if "open" in n else NOT_MATCH for n in one.by_name},), {})
        for one in (first, later)
    ]

    weights = {one.pair.pair: one.weight for one in decided_pairs(batches)}
    assert weights == {f"open{n}": 1.0 for n in range(1, 5)} | {f"n{n}": 2.0 for n in range(1, 4)}
    assert quality(batches, 0.95).precision.estimate == pytest.approx(0.4)


def test_a_later_batch_without_a_decision_changes_nothing():
    people = Population(3)
    sample = people.sample(200)
    first = Reviewed(sample, (people.look(sample.by_name),), {})
    empty = Reviewed(with_chosen(people, sample, 50), (), {})

    assert quality([first, empty], 0.95) == quality([first], 0.95)


def test_a_stratum_decided_whole_is_known_exactly():
    found = estimates.matches_among([Observed(20, agreed=(20, 13))], KNOWN)

    assert found == Interval(13, 13, 13)


def test_a_stratum_without_a_decision_says_nothing():
    found = estimates.matches_among([Observed(10)], KNOWN)

    assert found.estimate == 5
    assert (found.lower, found.upper) == pytest.approx((0, 10), abs=0.6)


def test_all_alike_still_has_an_interval():
    found = estimates.matches_among([Observed(10_000, agreed=(100, 100))] * 2, KNOWN)

    assert found.upper == found.estimate == 20_000
    assert found.lower == pytest.approx(20_000 * 0.9817, rel=1e-3)  # 200 of 200: 0.9817


def test_a_reviewer_s_errors_are_taken_out_of_a_single_look():
    error = ErrorRate(0.02, 0.01, 0.03, 100)
    all_right = estimates.matches_among([Observed(1_000, single=(200, 196))], error)
    all_wrong = estimates.matches_among([Observed(1_000, single=(200, 4))], error)

    assert all_right.estimate == pytest.approx(1_000)
    assert all_wrong.estimate == pytest.approx(0, abs=1e-9)
    assert all_right.lower < 1_000 < 1_001 > all_wrong.upper > 0


def test_recall_is_linked_matches_over_all():
    found = estimates.recall(Interval(900, 890, 905), Interval(100, 80, 130))

    assert found.estimate == pytest.approx(0.9)
    assert 0.87 < found.lower < 0.9 < found.upper < 0.92
    nothing_missed = estimates.recall(Interval(900, 890, 905), Interval(0, 0, 0))
    assert (nothing_missed.lower, nothing_missed.upper) == (1, 1)


def test_nothing_linked_has_no_precision_and_no_recall():
    nothing = estimates.matches_among([], KNOWN)

    assert estimates.precision(nothing, 0) == Interval(0, 0, 1)
    assert estimates.recall(nothing, Interval(5, 2, 9)).estimate == 0


def test_published_intervals():
    # Newcombe 1998, Stat. Med. 17:857-872, table I: 81 of 263, 15 of 148, 0 of 20
    assert wilson(81, 263, 1.959964) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(0, 20, 1.959964) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert clopper_pearson(15 / 148, 148, 0.95) == pytest.approx((0.0578, 0.1617), abs=1e-4)
    assert clopper_pearson(0, 20, 0.95) == pytest.approx((0.0, 0.1684), abs=1e-4)
