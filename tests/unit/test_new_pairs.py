"""New pairs: exact where all is looked at, else an interval that holds what it says."""

import numpy as np

from attainment_linkage.core.blocking_plan import KeyGroup, RuleCount
from attainment_linkage.core.layout import Layout, Slice
from attainment_linkage.core.new_pairs import Looked, Unit, estimate, estimates, sample
from attainment_linkage.core.plan_cost import Work
from attainment_linkage.core.rules import Rule

DOB = KeyGroup(Rule.parse("dob").equalities, (0, 1), ())
ALL = KeyGroup((), (0, 1), ())


def slice_of(number, pairs, left=5, right=5):
    counts = {n: RuleCount(n, left, right, count, count) for n, count in enumerate(pairs)}
    return Slice(0, number, left, right, counts)


def test_all_slices_looked_at_give_the_exact_number():
    slices = [slice_of(n, [10 + n, 7]) for n in range(4)]
    cut = Layout((DOB,), 4)
    sampled = sample(cut, slices, most=9)
    looked = [Looked(place, 9, 99, {0: 10 + place, 1: place}) for place in range(4)]

    made = estimates(cut, slices, sampled, looked)
    assert [(one.pairs, one.least, one.most) for one in made.values()] == [(46, 46, 46), (6, 6, 6)]


def test_a_hot_slice_is_looked_at_in_part_on_its_larger_side():
    cut = Layout((DOB,), 2)
    hot = slice_of(0, [900_000, 300_000], left=3, right=9)
    drawn = sample(cut, [hot, slice_of(1, [5, 5])])

    assert [(task.slices, task.part, task.parts, task.cuts_left) for task in drawn] == [
        ((0,), 0, 3, False),
        ((1,), 0, 1, True),
    ]
    looked = [Looked(0, 9, 99, {0: 150_000}), Looked(1, 9, 99, {0: 5})]
    made = estimates(cut, [hot, slice_of(1, [5, 5])], drawn, looked)
    assert made[0].pairs == round((450_000 + 5) / (900_000 + 5) * 900_005)
    assert made[0].least < made[0].pairs < made[0].most


def test_records_that_lie_together_are_looked_at_in_parts_of_one_side():
    cut = Layout((ALL,), 1)
    drawn = sample(cut, [slice_of(0, [9_000_000, 1_000_000])], most=12)

    assert [(task.part, task.parts) for task in drawn] == [(part, 20) for part in range(12)]
    few = sample(cut, [slice_of(0, [90, 10])])
    assert [(task.part, task.parts) for task in few] == [(0, 1)]


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    random = np.random.default_rng(3)
    held = 0
    for _ in range(400):
        pairs = random.lognormal(6, 0.5, 150).astype(int) + 1
        new = random.binomial(pairs, random.beta(30, 20, 150))
        units = [Unit(int(p), int(n)) for p, n in zip(pairs[:12], new[:12], strict=True)]
        found = estimate(units, int(pairs.sum()), 150)
        held += found.least <= new.sum() <= found.most
    assert 0.88 <= held / 400 <= 0.99


def test_nothing_found_among_few_is_not_nothing():
    none = estimate([Unit(100, 0), Unit(200, 0)], 30_000, 50)
    assert (none.pairs, none.least, none.most) == (0, 0, 300)
    assert estimate([Unit(100, 0)], 100, 1).most == 0
    unseen = estimate([Unit(0, 0)], 40, 50)
    assert (unseen.pairs, unseen.least, unseen.most) == (40, 0, 40)


def test_time_grows_with_records_and_pairs_and_falls_with_tasks():
    work = Work(1_000_000, 1_000_000, 2)

    assert work.seconds == work.core_seconds / 2
    assert Work(2_000_000, 1_000_000, 2).seconds > work.seconds
    assert Work(1_000_000, 2_000_000, 2).seconds > work.seconds
