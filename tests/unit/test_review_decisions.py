"""Review decisions: what a file of decisions may say; all else is refused, counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attainment_linkage.core.review.decisions import (
    HEADER,
    Decided,
    Row,
    checked,
    parsed,
    require_reviewer,
    rows_between,
    text_of,
)
from attainment_linkage.core.review.desk import Desk
from attainment_linkage.domain.errors import ReviewError

PAIRS = ["p1", "p2", "p3"]


def rows(*said, batch="b1", reviewer="A"):
    return [Row(batch, pair, reviewer, decision) for pair, decision in said]


def check(given, **more):
    return checked(given, "f.csv", **{"batch": "b1", "pairs": PAIRS, **more})


def test_decisions_are_read_in_their_order_each_reviewer_apart():
    text = HEADER + text_of([*rows(("p1", "match")), *rows(("p1", "not"), reviewer="B")])
    found = check(parsed(text, "f.csv"))

    assert {name: one.of for name, one in found.items()} == {
        "A": {"p1": "match"},
        "B": {"p1": "not"},
    }


def test_a_decision_changes_by_undo_and_the_same_again_is_no_contradiction():
    said = [("p1", "match"), ("p1", "match"), ("p1", "undo"), ("p1", "not")]

    assert check(rows(*said))["A"].of == {"p1": "not"}


def test_every_kind_of_problem_is_counted_and_none_is_taken_in():
    before = {"A": Decided({"p3": "match"})}
    given = [
        *rows(("p1", "match"), ("p1", "not"), ("p3", "not"), ("p2", "undo")),
        *rows(("nobody", "match"), ("p2", "perhaps")),
        *rows(("p1", "match"), ("p1", "match"), batch="elsewhere"),
        *rows(("p1", "match"), batch="b0"),
        *rows(("p1", "match"), reviewer="../A"),
    ]
    with pytest.raises(ReviewError, match="of its 10 rows") as caught:
        check(given, before=before, other_batches=["b0", "b1"])

    for count in (
        "3 rows that contradict",
        "1 rows of unknown pairs",
        "1 rows with no such decision",
        "2 rows of another run's sample",
        "1 rows of another batch",
        "1 rows with no such reviewer",
    ):
        assert count in str(caught.value)
    assert before["A"].of == {"p3": "match"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has not the first line"),
        ("pair,decision\n", "has not the first line"),
        (HEADER + "b1,p1,A\n", "1 of 1 rows without four fields"),
    ],
)
def test_a_file_of_another_form_is_refused(text, said):
    with pytest.raises(ReviewError, match=said):
        parsed(text, "f.csv")


@pytest.mark.parametrize("name", ["", "A B", "../x", "x" * 33, "a,b"])
def test_a_reviewer_goes_by_a_plain_code(name):
    with pytest.raises(ReviewError, match=f"code of {len(name)} characters"):
        require_reviewer(name)


LOOK = st.dictionaries(st.sampled_from(PAIRS), st.sampled_from(["match", "not", "unsure"]))


@given(LOOK, LOOK)
def test_rows_between_two_looks_lead_from_one_to_the_other(before, after):
    given = [*rows(*before.items()), *rows_between(before, after, "b1", "A")]

    assert check(given).get("A", Decided()).of == after


# --------------------------------------------------------------------------------- the desk


def play(desk, *decisions):
    for decision in decisions:
        row = desk.row(desk.turn, decision)
        if row:
            desk.take(row)


def test_a_desk_goes_through_the_queue_and_back_by_undo():
    desk = Desk("b1", "A", tuple(PAIRS))
    play(desk, "undo", "match", "unsure")
    assert (desk.current, desk.place, desk.done, desk.last) == ("p3", 3, 2, ("2", "unsure"))

    play(desk, "undo", "not", "not", "match")
    assert (desk.current, desk.place) == (None, 3)
    assert desk.counts == {"match": 1, "not": 2, "unsure": 0}

    play(desk, "undo", "undo", "undo", "undo")
    assert (desk.current, desk.last) == ("p1", None)


def test_what_was_sent_twice_counts_once_and_nonsense_not_at_all():
    desk = Desk("b1", "A", tuple(PAIRS))
    desk.take(desk.row(0, "match"))

    assert desk.row(0, "match") is None
    assert desk.row(1, "maybe") is None
    assert desk.row(1, "undo") == Row("b1", "p1", "A", "undo")


def test_a_desk_goes_on_where_it_was():
    desk = Desk("b1", "A", tuple(PAIRS), Decided({"p1": "match", "p3": "not"}))

    assert (desk.current, desk.done, desk.last) == ("p2", 2, ("3", "not"))
