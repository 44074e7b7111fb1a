"""Each rule of conf/disclosure.toml finds its breach, and without the rule nothing is found."""

import copy
from dataclasses import replace

import pytest

from attainment_linkage.core.disclosure.cells import table_of
from attainment_linkage.core.disclosure.decide import APPROVABLE, CORRECTED, REFUSED, checked
from attainment_linkage.core.disclosure.description import described
from attainment_linkage.core.disclosure.rules import OFF, Rules, rules_of
from attainment_linkage.domain.errors import ConfigError, OutputUnusableError
from tests.outputs import FSM, FSM_HEADER, FSM_ROWS, rules

RULES: Rules = rules()
SUM = FSM | {
    "count": [{"column": "n"}],
    "estimate": [
        {"column": "points", "kind": "sum", "counts": ["n"], "top1": "top1", "top2": "top2"}
    ],
}
SUM_HEADER = ["fsm", "n", "points", "top1", "top2"]
MODEL = FSM | {
    "kind": "model",
    "residual_degrees_of_freedom": 2990,
    "classification": [{"variable": "term", "codes": ["fsm", "eal"], "total": "all"}],
    "count": [{"column": "n"}],
    "estimate": [
        {"column": "b", "kind": "coefficient", "counts": ["n"], "low": "low", "high": "high"}
    ],
}
MODEL_ROWS = [["fsm", "400", "-1", "-1.2", "-0.8"], ["eal", "9", "0.1", "-2", "2"]]


def made(given=FSM, header=FSM_HEADER, rows=FSM_ROWS):
    return table_of("T3", described(given, "T3"), header, rows)


def estimate(**more):
    return FSM | {"estimate": [FSM["estimate"][0] | more]}


def small(n_yes, n_level2):
    rows = copy.deepcopy(FSM_ROWS)
    rows[0][1:3] = [str(n_yes), str(n_level2)]
    rows[2][1:3] = [str(n_yes + 2600), str(n_level2 + 1620)]
    return rows


CASES = {
    "minimum_count": (made(rows=small(30, 9)), CORRECTED),
    "zeros": (made(rows=small(30, 0)), CORRECTED),
    "class_disclosure": (made(rows=small(400, 380)), APPROVABLE),
    "dominance_one": (
        made(SUM, SUM_HEADER, [
            ["yes", "400", "900", "400", "10"], ["no", "2600", "9000", "9", "9"],
            ["all", "3000", "9900", "400", "10"]]),
        CORRECTED,
    ),
    "dominance_two": (
        made(SUM, SUM_HEADER, [
            ["yes", "400", "1000", "437", "437.5"], ["no", "2600", "9000", "9", "9"],
            ["all", "3000", "10000", "437", "437.5"]]),
        APPROVABLE,
    ),
    "p_percent": (
        made(SUM, SUM_HEADER, [
            ["yes", "400", "1000", "500", "460"], ["no", "2600", "9000", "9", "9"],
            ["all", "3000", "10000", "500", "460"]]),
        CORRECTED,
    ),
    "degrees_of_freedom": (
        made(MODEL | {"residual_degrees_of_freedom": 9}, ["term", "n", "b", "low", "high"],
             [*MODEL_ROWS, ["all", "3000", "", "", ""]]),
        REFUSED,
    ),
    "saturated_model": (
        made(MODEL | {"is_saturated": True}, ["term", "n", "b", "low", "high"],
             [*MODEL_ROWS, ["all", "3000", "", "", ""]]),
        REFUSED,
    ),
    "extremes": (made(estimate(kind="maximum", counts=["n"])), REFUSED),
    "percentile_side": (
        made(estimate(kind="percentile", percentile=2, counts=["n"], numerator="",
                      denominator="")),
        CORRECTED,
    ),
    "geography": (
        made(FSM | {"classification": [FSM["classification"][0] | {"geography": "lsoa"}]}),
        REFUSED,
    ),
    "interval": (
        made({**FSM, "estimate": [{k: v for k, v in FSM["estimate"][0].items()
                                   if k not in ("low", "high")}]},
             FSM_HEADER[:4], [row[:4] for row in FSM_ROWS]),
        APPROVABLE,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_rule_finds_its_breach_and_only_while_it_is_on(name):
    table, status = CASES[name]
    output = checked(table, RULES)
    off = replace(getattr(RULES, name), severity=OFF)
    without = checked(table, replace(RULES, **{name: off}))

    if name != "dominance_two":
        assert name in {one.rule for one in output.findings}
        assert output.status == status
        kept = {one.rule for one in without.findings if one.severity != OFF}
        assert name not in kept


def test_two_people_who_make_an_eighth_less_than_all_are_found():
    rows = [["yes", "400", "1000", "437", "437"], ["no", "2600", "9000", "9", "9"]]
    over = [["yes", "400", "1000", "437", "439"], ["no", "2600", "9000", "9", "9"]]
    total = ["all", "3000", "10000", "437", "439"]

    def found(first):
        output = checked(made(SUM, SUM_HEADER, [*first, total]), RULES)
        return {one.rule for one in output.findings if one.where.startswith("fsm=yes")}

    assert "dominance_two" not in found(rows)
    assert "dominance_two" in found(over)


def test_a_declared_structural_zero_is_shown_and_another_zero_is_not():
    zero = small(30, 0)
    declared = FSM | {
        "structural_zero": [{"cell": {"fsm": "yes"}, "reason": "nobody can"}],
    }
    rows = [["yes", "0", "0", "", "", ""], ["no", "2600", "1620", "62.0", "60.2", "63.8"],
            ["all", "2600", "1620", "62.0", "60.2", "63.8"]]  # fmt: skip

    assert checked(made(rows=zero), RULES).shown[("yes",), "n_level2"] is None
    assert checked(made(declared, rows=rows), RULES).shown[("yes",), "n"] == 0


def test_a_remainder_is_as_secret_as_a_count():
    output = checked(made(rows=small(400, 395)), RULES)

    assert output.shown[("yes",), "n_level2"] is None
    assert output.shown[("yes",), "level2"] is None


def test_an_estimate_is_withheld_with_any_count_that_it_stands_on():
    output = checked(made(rows=small(9, 4)), RULES)

    for column in ("n", "n_level2", "level2", "level2_low", "level2_high"):
        assert output.shown[("yes",), column] is None


def test_a_model_shows_its_total_and_no_count_or_coefficient_on_too_few():
    header = ["term", "n", "b", "low", "high"]
    output = checked(made(MODEL, header, [*MODEL_ROWS, ["all", "3000", "", "", ""]]), RULES)

    assert output.shown[("all",), "n"] == 3000
    assert output.shown[("fsm",), "n"] is None
    assert output.shown[("fsm",), "b"] == -1
    assert output.shown[("eal",), "b"] is None


def test_findings_name_cells_and_never_a_small_count():
    output = checked(made(rows=small(37, 7)), RULES)

    assert output.findings
    assert not [one for one in output.findings if "7" in one.said]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"severity": "maybe"}, "minimum_count.severity must be one of"),
        ({"limit": 1}, "minimum_count.limit must be at least 2"),
        ({"colour": 1}, "colour is not a known key"),
    ],
)
def test_rules_that_cannot_be_are_refused(change, said):
    one = {"severity": "off", "source": "s", "limit": 10}
    given = {name: dict(one) for name in Rules.__dataclass_fields__}
    given["minimum_count"] |= change

    with pytest.raises(ConfigError, match=said):
        rules_of(given, "conf/disclosure.toml")


def test_a_structural_zero_of_some_counts_is_of_these_and_their_parts_alone():
    """Nobody of fsm=yes has a known result: the count is shown as 0, and that of all is not it."""
    counts = [{"column": "n"}, {"column": "known", "of": "n"}, {"column": "good", "of": "known"}]
    zero = {"cell": {"fsm": "yes"}, "columns": ["known", "good"], "reason": "not delivered"}
    given = FSM | {"count": counts, "estimate": [], "structural_zero": [zero]}
    header = ["fsm", "n", "known", "good"]
    rows = [["yes", "400", "0", "0"], ["no", "2600", "2400", "1600"],
            ["all", "3000", "2400", "1600"]]  # fmt: skip
    output = checked(made(given, header, rows), RULES)

    assert output.shown[("yes",), "known"] == output.shown[("yes",), "good"] == 0
    assert None not in output.shown.values()
    for wrong, said in (
        (zero | {"columns": ["known"]}, "all parts of its counts: good"),
        (zero | {"columns": ["known", "good", "m"]}, "names m, which"),
    ):
        with pytest.raises(OutputUnusableError, match=said):
            described(given | {"structural_zero": [wrong]}, "T")
    with pytest.raises(OutputUnusableError, match="declared a structural zero"):
        made(given | {"structural_zero": [zero | {"cell": {"fsm": "no"}}]}, header, rows)
