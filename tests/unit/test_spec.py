"""The link-files specification, and what follows from it before a row is read."""

import pytest

from attainment_linkage.core.rules import Rule
from attainment_linkage.core.spec import SideSpec, Thresholds, parse_spec
from attainment_linkage.domain.errors import SpecError

SIDES = """
[left]
id = "a"
[left.roles]
name = "forename"
born = "date_of_birth"
[right]
id = "b"
[right.roles]
whole = "full_name"
"""


def refused(text):
    with pytest.raises(SpecError, match=r"^link\.toml: ") as caught:
        parse_spec(text, "link.toml")
    return str(caught.value)


# --- the specification


def test_a_specification_of_two_sides_has_defaults_for_the_rest():
    spec = parse_spec(SIDES, "link.toml")

    assert spec.left == SideSpec("a", {"name": "forename", "born": "date_of_birth"})
    assert (spec.left.column("forename"), spec.left.column("sex")) == ("name", None)
    assert spec.right == SideSpec("b", {"whole": "full_name"})
    assert spec.relation == "one_to_one"
    assert spec.thresholds == Thresholds()
    assert spec.blocking_rules == spec.matchkeys == spec.training.rules == ()


def test_overrides_are_read():
    spec = parse_spec(
        'relation = "many_to_one"\n'
        + SIDES
        + """
        [blocking]
        rules = ["birth_date & forename = surname", "birth_date & forename = surname"]
        [matchkeys]
        rules = ["postcodes[] = postcode | l.sex = r.sex"]
        [thresholds]
        accept_bits = 5
        [training]
        seed = 7
        random_pairs = 50
        rules = ["surname & birth_date"]
        """,
        "link.toml",
    )

    assert spec.relation == "many_to_one"
    assert spec.blocking_rules == (Rule.parse("birth_date & forename = surname"),)
    assert spec.matchkeys[0].condition == "l.sex = r.sex"
    assert spec.thresholds == Thresholds(accept_bits=5)
    assert (spec.training.seed, spec.training.random_pairs) == (7, 50)
    assert spec.training.rules == (Rule.parse("surname & birth_date"),)


def test_every_problem_is_said_in_one_error():
    message = refused(
        """
        relation = "one_to_two"
        colour = "blue"
        [left]
        roles = { a = "forename", b = "forename", c = "shoe_size" }
        [right]
        id = "id"
        extra = 1
        roles = { a = "attribute:" }
        [blocking]
        rules = ["birth_date &", "surnam"]
        [matchkeys]
        rules = "surname"
        [thresholds]
        accept_bits = -5
        review_bits = 0
        margin_bits = -1
        [training]
        seed = -1
        random_pairs = true
        """
    )

    for problem in (
        "relation 'one_to_two' is not one of one_to_one, many_to_one",
        "the specification has the unknown key 'colour'",
        "[left]: id is missing",
        "[left]: column 'c' has the unknown role 'shoe_size'",
        "[left]: more than one column has the role 'forename'",
        "[right] has the unknown key 'extra'",
        "[right]: column 'a' has the unknown role 'attribute:'",
        "[blocking]: blocking rule 'birth_date &'",
        "[matchkeys]: rules must be a list of texts",
        "[thresholds]: review_bits is above accept_bits",
        "surnam is no field of the linkage record",
        "[thresholds]: margin_bits must be above 0",
        "[training]: seed must be a whole number from 0",
        "[training]: random_pairs must be a whole number from 0",
    ):
        assert problem in message, problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[left", "not valid TOML"),
        ("", "[left] is missing; [right] is missing"),
        ('left = 1\n[right]\nid = "b"\nroles = { x = "sex" }', "[left] must be a table"),
        (SIDES.replace('name = "forename"\nborn = "date_of_birth"', ""), "roles name no column"),
        (SIDES.replace('"forename"', "1"), "roles must be a table of column"),
        (SIDES + "[thresholds]\nfalse_link_rate = 0.6", "false_link_rate must be from 0 to 0.5"),
        (
            SIDES + "[thresholds]\nfalse_link_rate = 0.01\naccept_bits = 3",
            "accept_bits follows from false_link_rate; state one of them",
        ),
        (SIDES + '[thresholds]\naccept_bits = "3"', "accept_bits must be a number"),
        (SIDES.replace("full_name", "sex"), "have nothing in common to compare"),
    ],
)
def test_a_specification_that_cannot_be_used_is_refused(text, problem):
    assert problem in refused(text)


# --- roles
