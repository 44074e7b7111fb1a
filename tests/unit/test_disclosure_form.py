"""The form of an output: what is described and adds up is taken, all else is refused by name."""

import copy
import json
import tomllib
from pathlib import Path

import pytest

from attainment_linkage.core.disclosure.cells import table_of
from attainment_linkage.core.disclosure.description import described
from attainment_linkage.core.disclosure.tables import Classification
from attainment_linkage.core.given import plain
from attainment_linkage.domain.errors import OutputUnusableError
from tests.outputs import FSM, FSM_HEADER, FSM_ROWS


def table(rows=FSM_ROWS, header=FSM_HEADER, given=FSM):
    return table_of("T3", described(given, "release: T3.toml"), header, rows)


def changed(line, place, value):
    rows = copy.deepcopy(FSM_ROWS)
    rows[line][place] = value
    return rows


def given(**more):
    return copy.deepcopy(FSM) | more


def test_a_described_table_that_adds_up_is_taken():
    found = table()

    assert found.count(("yes",), "n_level2") == 140
    assert found.cells[("all",)]["level2"] == 58.2
    assert found.description.released_columns == tuple(FSM_HEADER)


def test_the_example_in_the_documentation_is_a_description():
    text = (Path(__file__).parents[2] / "conf" / "README.md").read_text("utf-8")
    example = text.split("## Outputs")[1].split("```toml\n")[1].split("```")[0]

    assert described(tomllib.loads(example), "example").estimate[0].numerator == "n_level2"


def test_a_description_survives_json():
    once = described(FSM, "T3")

    assert described(json.loads(json.dumps(plain(once))), "T3") == once


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (changed(0, 1, "-400"), "fsm=yes: n is negative"),
        (changed(0, 1, "400.5"), "fsm=yes: n is fractional"),
        (changed(0, 1, ""), "fsm=yes: n is missing"),
        (changed(0, 2, "401"), "n_level2 is more than n, of which it is a part"),
        (changed(2, 1, "3001"), "fsm=all: n is not the sum of its 2 parts"),
        (changed(0, 3, "many"), "line 2, level2: not a number"),
        (changed(0, 3, "inf"), "line 2, level2: not a number"),
        (changed(0, 0, "maybe"), "1 rows have a code that the description does not have"),
        (changed(0, 0, "no"), "line 3 is a second row of the cell"),
        (FSM_ROWS[:2], "1 of 3 cells have no row"),
        ([row[:-1] for row in FSM_ROWS], "line 2 has 5 fields, the header 6"),
    ],
)
def test_a_table_that_is_not_as_described_is_refused(rows, said):
    with pytest.raises(OutputUnusableError, match=said):
        table(rows)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"title": " "}, "title is empty"),
        ({"colour": "red"}, "colour is not a known key"),
        ({"count": []}, r"no \[\[count\]\] is there"),
        ({"count": [{"column": "n", "of": "m"}]}, "the count n is of 'm'"),
        ({"method": "swapping"}, "method is 'swapping'"),
        ({"kind": "model"}, "a model lacks residual_degrees_of_freedom"),
        (
            {"estimate": [{"column": "p", "kind": "percent", "counts": ["n"]}]},
            "the estimate p is a percentage without its base",
        ),
        ({"estimate": [{"column": "p", "kind": "mean"}]}, "does not say on which counts"),
        (
            {"estimate": [{"column": "p", "kind": "sum", "counts": ["n"]}]},
            "a sum without the columns of its largest contributions",
        ),
        (
            {"structural_zero": [{"cell": {"fsm": "perhaps"}, "reason": "r"}]},
            "a structural zero names fsm",
        ),
        ({"classification": [{"variable": "v", "codes": ["a", "a"]}]}, "has the code 'a' twice"),
        (
            {"classification": [{"variable": "v", "codes": ["a"], "groups": {"g": ["h"]}}]},
            "the group 'g' is of codes that are not there",
        ),
    ],
)
def test_a_description_that_contradicts_itself_is_refused(more, said):
    with pytest.raises(OutputUnusableError, match=said):
        described(given(**more), "release: T3.toml")


def test_every_problem_of_a_description_is_told_at_once():
    broken = given(colour="red", method=3)
    del broken["universe"]

    said = r"colour.*method must be a text.*universe is missing"
    with pytest.raises(OutputUnusableError, match=said):
        described(broken, "release: T3.toml")


def test_a_declared_structural_zero_with_people_in_it_is_refused():
    zero = given(structural_zero=[{"cell": {"fsm": "yes"}, "reason": "nobody can"}])

    with pytest.raises(OutputUnusableError, match="declared a structural zero"):
        table(given=zero)


def test_the_total_is_the_sum_of_the_codes_that_are_in_no_group():
    regions = Classification("region", ("a", "b", "c"), total="all", groups={"north": ("a", "b")})

    assert regions.sums == (("north", ("a", "b")), ("all", ("c", "north")))
