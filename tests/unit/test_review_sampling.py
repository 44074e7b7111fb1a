"""Review sampling: every pair is in one stratum, and every stratum gets its share."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attainment_linkage.core.review.codes import (
    codes_text,
    opaque_codes,
    parsed_codes,
    require_known,
)
from attainment_linkage.core.review.sampling import ANY, Cell, design
from attainment_linkage.domain.errors import ReviewError
from attainment_linkage.domain.review import LINKED, OUTCOMES
from tests.review_batch import band_of

CELLS = st.dictionaries(
    st.tuples(
        st.sampled_from(OUTCOMES),
        st.integers(0, 3),
        st.sampled_from(["0", "1", "none"]),
        st.sampled_from(["s1", "s2", "s3"]),
    ),
    st.tuples(st.integers(1, 5000), st.floats(0, 1)),
    min_size=1,
).map(lambda drawn: [Cell(name, *values) for name, values in drawn.items()])


@given(CELLS, st.integers(50, 500), st.integers(1, 8))
def test_strata_part_the_cells_and_never_mix_outcomes_or_bands(cells, budget, least):
    made = design(cells, budget, least)

    assert made.stratum_of.keys() == {cell.name for cell in cells}
    for stratum in made.strata:
        members = [cell for cell in cells if made.stratum_of[cell.name] == stratum.number]
        assert stratum.pairs == sum(cell.pairs for cell in members)
        assert {cell.name[:2] for cell in members} == {stratum.name[:2]}
        assert all(
            given in (ANY, own)
            for cell in members
            for given, own in zip(stratum.name, cell.name, strict=True)
        )


@given(CELLS, st.integers(50, 500), st.integers(1, 8))
def test_each_stratum_gets_its_least_or_is_drawn_whole(cells, budget, least):
    made = design(cells, budget, least)

    assert all(min(one.pairs, least) <= one.drawn <= one.pairs for one in made.strata)
    assert sum(one.drawn for one in made.strata) <= budget + (least + 1) * len(made.strata)


@given(CELLS, st.randoms(use_true_random=False))
def test_the_order_of_cells_changes_nothing(cells, order):
    shuffled = random.Random(order.random()).sample(cells, len(cells))

    assert design(shuffled, 200, 5) == design(cells, 200, 5)


def test_half_the_budget_is_for_links_and_the_open_cells_get_more():
    cells = [
        Cell((LINKED, 2, "0", "a"), 9_000, 1.0),
        Cell(("weak", 0, "0", "a"), 500, 0.5),
        Cell(("weak", 1, "0", "a"), 500, 0.99),
    ]
    strata = design(cells, 200, 5).strata

    drawn = {stratum.name[:2]: stratum.drawn for stratum in strata}
    assert drawn[(LINKED, 2)] == 100
    assert drawn[("weak", 0)] > 3 * drawn[("weak", 1)]
    assert sum(drawn.values()) == 200


def test_a_small_cell_joins_its_key_first_and_then_its_band():
    cells = [
        Cell((LINKED, 1, "0", "a"), 1_000, 0.9),
        Cell((LINKED, 1, "1", "a"), 40, 0.9),
        Cell((LINKED, 1, "1", "b"), 40, 0.9),
        Cell((LINKED, 1, "2", "a"), 3, 0.9),
    ]

    names = {stratum.name for stratum in design(cells, 100, 5).strata}
    assert names == {(LINKED, 1, "0", "a"), (LINKED, 1, "1", ANY), (LINKED, 1, ANY, ANY)}


def test_a_band_starts_at_its_edge():
    assert [band_of(weight, (4.0, 8.0)) for weight in (3.9, 4.0, 8.0, 30.0)] == [0, 1, 2, 2]


HEAD = "left_id,stratum_code\n"


def test_opaque_codes_are_taken():
    assert parsed_codes(f"{HEAD}p1,s1\np2,17\n", "c.csv") == {"p1": "s1", "p2": "17"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("left_id,ethnic_group\np1,asian\n", "has not the first line left_id,stratum_code"),
        (HEAD + "p1,asian\np2,s1\n", "of its 2 rows 1 have no opaque code"),
        (HEAD + "p1,s1\np1,s2\n", "1 repeat a pupil"),
        (HEAD + "".join(f"p{n},s{n}\n" for n in range(201)), "it has 201 codes"),
    ],
)
def test_a_code_that_says_something_is_refused(text, said):
    with pytest.raises(ReviewError, match=said):
        parsed_codes(text, "c.csv")


GROUPS = {("F", "WBRI"): 500, ("M", "WBRI"): 480, ("F", "APKN"): 30, ("M", "APKN"): 4}


def test_codes_are_opaque_small_groups_share_one_and_the_sampler_takes_them():
    codes = opaque_codes(GROUPS, 10, seed=1)

    # the 4 would stand alone: the next smallest group joins them
    assert codes["M", "APKN"] == codes["F", "APKN"]
    assert sorted(set(codes.values())) == ["s1", "s2", "s3"]
    numbered = {seed: tuple(opaque_codes(GROUPS, 10, seed).values()) for seed in range(20)}
    assert len(set(numbered.values())) > 3  # the order of numbers is the seed's, not the groups'
    text = codes_text({"p2": "s1", "p1": "s3"})
    assert parsed_codes(text, "c.csv") == {"p1": "s3", "p2": "s1"}
    assert text.splitlines()[1] == "p1,s3"


def test_small_groups_that_are_many_enough_together_take_no_other_in():
    codes = opaque_codes({("a",): 6, ("b",): 7, ("c",): 20}, 10, seed=1)

    assert codes["a",] == codes["b",] != codes["c",]


def test_codes_that_would_tell_pupils_apart_are_refused():
    with pytest.raises(ReviewError, match="into 201 groups; at most 200"):
        opaque_codes({(str(n),): 50 for n in range(201)}, 10, seed=1)
    with pytest.raises(ReviewError, match="1 of 2 characteristics are none"):
        require_known(["sex", "surname"], ["sex", "fsm"])
    with pytest.raises(ReviewError, match="0 of 0"):
        require_known([], ["sex", "fsm"])
