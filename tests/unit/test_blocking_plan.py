"""Blocking plan: few groups that cover all rules, and a budget that holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attainment_linkage.core.blocking_plan import RuleCount, key_groups, require_affordable
from attainment_linkage.core.rules import Rule
from attainment_linkage.domain.errors import NoCandidatesError, PlanOverBudgetError, RuleError


def rules(*texts):
    return tuple(Rule.parse(text) for text in texts)


def test_rules_that_share_an_equality_share_a_group():
    groups = key_groups(rules("dob & postcode", "surname & dob", "forename & dob"))

    assert [(group.label, group.rule_numbers) for group in groups] == [("dob", (0, 1, 2))]


def test_a_lone_rule_is_keyed_on_all_its_equalities():
    (group,) = key_groups(rules("surname & birth_year"))

    assert group.label == "surname & birth_year"


def test_a_key_holds_at_most_one_array():
    groups = key_groups(rules("postcodes[] = postcode & schools[] = school", "dob"))

    assert {group.label for group in groups} == {"postcodes[] = postcode", "dob"}


def test_matchkeys_find_their_group_too():
    groups = key_groups(rules("dob & surname"), rules("dob & forename", "postcode & sex"))

    assert [(g.label, g.rule_numbers, g.matchkey_numbers) for g in groups] == [
        ("dob", (0,), (0,)),
        ("postcode & sex", (), (1,)),
    ]


columns = st.sampled_from("abcdef")
random_rules = st.lists(
    st.lists(columns, min_size=1, max_size=3, unique=True).map(" & ".join), min_size=1, max_size=7
)


@given(random_rules)
def test_every_rule_is_in_one_group_whose_key_it_holds(texts):
    given_rules = rules(*texts)
    groups = key_groups(given_rules)

    placed = sorted(number for group in groups for number in group.rule_numbers)
    assert placed == list(range(len(given_rules)))
    for group in groups:
        assert group.key
        for number in group.rule_numbers:
            assert set(group.key) <= set(given_rules[number].equalities)


def test_no_rule_at_all_is_refused():
    with pytest.raises(RuleError, match="no rule is given"):
        key_groups(())


def counts_of(*pairs):
    return {n: RuleCount(n, 10, 10, count, count // 2) for n, count in enumerate(pairs)}


TWO = rules("dob", "postcode")


def test_a_plan_over_its_budget_names_the_rule_its_counts_and_what_would_fit():
    with pytest.raises(
        PlanOverBudgetError,
        match=r"Rule 1 \(postcode\) forms 9000 of them, 4500 in its largest block. "
        "List the default value .* 6500, fits",
    ):
        require_affordable(counts_of(2000, 9000), TWO, 100, pair_budget=7_000)
    with pytest.raises(PlanOverBudgetError, match="one on a field of at least 9 values"):
        require_affordable(counts_of(2000, 9000), TWO, 100, pair_budget=3_000)
    with pytest.raises(PlanOverBudgetError, match="Tighten this rule and others"):
        require_affordable(counts_of(2000, 9000), TWO, 100, pair_budget=1_000)
    require_affordable(counts_of(2000, 9000), TWO, 100, pair_budget=11_000)


def test_rules_that_form_no_pair_are_refused_before_anything_is_trained():
    with pytest.raises(NoCandidatesError, match="form no pair over 100 records"):
        require_affordable(counts_of(0, 0), TWO, 100, pair_budget=10)
