"""Rules: text in, text out, and a clear refusal."""

import pytest

from attainment_linkage.core.rule_sql import first_holding_sql, none_holds_sql, rule_sql
from attainment_linkage.core.rules import Equality, Rule
from attainment_linkage.domain.errors import RuleError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "birth_date & postcode",
            (Equality("birth_date", "birth_date"), Equality("postcode", "postcode")),
        ),
        ("forename = surname", (Equality("forename", "surname"),)),
        ("postcodes[] = postcode", (Equality("postcodes", "postcode", True, False),)),
        ("postcode = postcodes[]", (Equality("postcode", "postcodes", False, True),)),
        ("postcodes[]", (Equality("postcodes", "postcodes", True, True),)),
    ],
)
def test_a_rule_is_read_from_its_text_and_written_back(text, expected):
    rule = Rule.parse(text)

    assert rule.equalities == expected
    assert Rule.parse(rule.text) == Rule(rule.text, expected)


def test_what_follows_the_bar_is_a_condition():
    rule = Rule.parse("surname | l.forename[1] = r.forename[1]", name="initial")

    assert (rule.name, rule.condition) == ("initial", "l.forename[1] = r.forename[1]")
    assert rule_sql(rule) == 'l."surname" = r."surname" and (l.forename[1] = r.forename[1])'


@pytest.mark.parametrize("text", ["", "a &", "lower(a)", "a = b = c"])
def test_a_term_that_is_not_an_equality_is_refused(text):
    with pytest.raises(RuleError, match="is not an equality"):
        Rule.parse(text)


def test_columns_are_named_per_side_once():
    rule = Rule.parse("forename = surname & surname = forename & forename = alias")

    assert rule.left_columns == ("forename", "surname")
    assert rule.right_columns == ("surname", "forename", "alias")


def test_the_first_rule_that_holds_gives_its_number():
    rules = [Rule.parse("a"), Rule.parse("b[] = c")]

    assert first_holding_sql(rules) == (
        '(case when l."a" = r."a" then 0 when list_contains(l."b", r."c") then 1 end)::integer'
    )
    assert none_holds_sql(rules[:1]) == '(l."a" = r."a") is not true'
    assert none_holds_sql([]) == "true"


def test_what_a_rule_says_already_is_not_asked_again():
    first, second, third = map(Rule.parse, ("a & b", "b & c", "a & b & d"))

    assert none_holds_sql([first], given=Rule.parse("a & c")) == '(l."b" = r."b") is not true'
    assert none_holds_sql([first, second], given=Rule.parse("a & b & c")) == "false"
    # whoever meets the third meets the first
    assert none_holds_sql([first, third]) == none_holds_sql([first])
