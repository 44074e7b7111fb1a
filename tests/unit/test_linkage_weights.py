"""Linkage weights: the linked, weighted, are as the pupils are."""

import numpy as np
import pytest

from attainment_linkage.core.linkage_weights import fitted


def counts(*numbers):
    return np.array(numbers, dtype=float)


def weights(categories, pupils, linked, largest_ratio=100.0):
    """The model, and the weight of a linked pupil of each pattern."""
    model = fitted(categories, counts(*pupils), counts(*linked), largest_ratio)
    odds = np.full(len(pupils), model.level)
    for name, column in categories.items():
        odds += [model.effects[name][category] for category in column]
    return model, np.minimum(1 + np.exp(-odds), model.largest) * model.scale


def test_a_group_s_weight_is_the_inverse_of_its_link_rate():
    _, weight = weights({"sex": ["F", "M"]}, [10_000, 10_000], [9_000, 5_000])

    assert weight == pytest.approx([1 / 0.9, 1 / 0.5], rel=1e-3)


def test_weighted_totals_of_every_characteristic_are_those_of_all_pupils():
    categories = {"sex": ["F", "F", "M", "M"], "region": ["N", "S", "N", "S"]}
    pupils = counts(4000, 1000, 2000, 3000)
    chance = 1 / (1 + np.exp(-np.array([2.0, 1.2, 1.0, 0.2])))  # no interaction
    linked = pupils * chance
    _, weight = weights(categories, pupils, linked)

    assert weight * linked == pytest.approx(pupils, rel=1e-3)


def test_weights_add_up_to_all_pupils_after_trimming():
    pupils, linked = [9000, 1000], [8900, 10]
    model, weight = weights({"c": ["x", "y"]}, pupils, linked, largest_ratio=3.0)
    untrimmed, _ = weights({"c": ["x", "y"]}, pupils, linked)

    assert (weight * linked).sum() == pytest.approx(10_000)
    assert (model.trimmed, untrimmed.trimmed) == (10, 0)
    assert weight.max() / weight.min() < 4
    assert untrimmed.design_effect > model.design_effect > 1


def test_a_group_linked_to_the_last_pupil_and_one_not_at_all_have_finite_weights():
    model, weight = weights({"c": ["all", "none", "some"]}, [50, 50, 5000], [50, 0, 4500])

    assert np.isfinite(weight).all()
    assert model.effects["c"]["all"] > model.effects["c"]["some"] > model.effects["c"]["none"]


def test_no_link_at_all_is_no_fault():
    assert fitted({"c": ["x"]}, counts(5), counts(0), 3.0).trimmed == 0
