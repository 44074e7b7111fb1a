"""Vocabulary: a group has one name in the register, whatever the tables of conf/ call it."""

from dataclasses import replace

import numpy as np
import pytest

from attainment_linkage.adapters.analysis_files import read_definitions, read_vocabulary
from attainment_linkage.core.analysis.reading import read_analysis
from attainment_linkage.core.disclosure.decide import checked
from attainment_linkage.core.disclosure.description import described
from attainment_linkage.core.disclosure.differencing import derived
from attainment_linkage.core.disclosure.register import Released, groups_of
from attainment_linkage.core.disclosure.request import judged
from attainment_linkage.core.disclosure.safe_change import released
from attainment_linkage.core.disclosure.tables import Table
from attainment_linkage.domain.errors import AnalysisError, OutputUnusableError
from attainment_linkage.domain.tables import LINKED_PUPILS
from tests.outputs import counts_table, rules

RULES = rules()
WORDS = read_vocabulary()
LINKED = {"ks4_school_type": ["state", "special"], "is_linked": ["true"]}


def told(name, cells, classification, counts, **more):
    """An output with every number shown but those that are None."""
    given = {"title": name, "universe": LINKED_PUPILS.name, "population": "drawn",
             "weights": "none", "filter": LINKED, "classification": [classification],
             "count": counts} | more  # fmt: skip
    columns = [one["column"] for one in counts]
    shown = {((code,), column): value for code, row in cells.items()
             for column, value in zip(columns, row, strict=True)}  # fmt: skip
    return Released("p", name, described(given, name), shown)


def t3(yes=100.0):
    codes = {"variable": "fsm", "codes": ["No", "Yes"], "total": "All"}
    no = None if yes is None else 200.0
    rows = {"No": (no,), "Yes": (yes,), "All": (300.0,)}
    return told("T3", rows, codes, [{"column": "n"}])


def t18(yes=100.0):
    codes = {"variable": "vulnerability", "total": "All", "overlaps": True,
             "codes": ["Free school meals", "No adult in work"]}  # fmt: skip
    rows = {"Free school meals": (yes,), "No adult in work": (40.0,), "All": (300.0,)}
    return told("T18", rows, codes, [{"column": "n"}])


def t23(yes=100.0, **more):
    codes = {"variable": "region", "codes": ["E12000001"], "total": "All"}
    counts = [{"column": "young_carer_n"}, {"column": "free_meals_count", "of": "young_carer_n"},
              {"column": "workless_count", "of": "young_carer_n"}]  # fmt: skip
    rows = {"E12000001": (300.0, yes, 40.0), "All": (300.0, yes, 40.0)}
    return told("T23", rows, codes, counts, **more)


def named(one):
    return replace(one, description=WORDS.named(one.description))


def condition(one, cell, column):
    (found,) = (group.condition for group in groups_of(one) if (*group.cell, group.column) ==
                (*cell, column))  # fmt: skip
    return found


def test_three_tables_that_tell_of_one_group_under_three_names_tell_one_equation():
    outputs = [(t3(), ("Yes",), "n"), (t18(), ("Free school meals",), "n"),
               (t23(), ("All",), "free_meals_count")]  # fmt: skip
    asked, known = ({condition(make(one), cell, column) for one, cell, column in outputs}
                    for make in (lambda one: one, named))  # fmt: skip

    assert len(asked) == 3
    assert frozenset({("is_fsm", frozenset({"true"}))}) <= next(
        iter({frozenset(c for c in one if c[0] == "is_fsm") for one in known})
    )
    assert len({frozenset(c for c in one if c[0] != "region") for one in known}) == 1


@pytest.mark.parametrize(
    ("hidden", "shown"), [(t3(yes=None), t18()), (t18(None), t3()), (t3(yes=None), t23())]
)
def test_a_count_withheld_under_one_name_and_shown_under_another_is_found(hidden, shown):
    assert derived(shown, [hidden], 10) is None
    found = derived(named(shown), [named(hidden)], 10)

    assert found is not None
    assert set(found.outputs) <= {f"{one.name} (p)" for one in (hidden, shown)}


def test_a_flag_is_found_under_the_category_that_it_is():
    codes = {"variable": "adults_in_work", "total": "All",
             "codes": ["All adults", "Some adults", "No adult"]}  # fmt: skip
    rows = {"All adults": (200.0,), "Some adults": (60.0,), "No adult": (None,), "All": (None,)}
    t9 = told("T9", rows, codes, [{"column": "n"}])

    assert condition(named(t9), ("No adult",), "n") == condition(
        named(t18()), ("No adult in work",), "n"
    )
    assert derived(t18(), [t9], 10) is None
    assert derived(named(t18()), [named(t9)], 10) is not None


def test_two_countings_of_one_group_that_differ_contradict_each_other():
    found = derived(named(t18(yes=105.0)), [named(t3())], 10)

    assert found is not None
    assert found.is_contradiction


@pytest.mark.parametrize(("unknown", "is_found"), [(0, False), (4, True), (40, False)])
def test_few_of_whom_a_thing_is_not_known_are_people_and_nobody_is_not(unknown, is_found):
    """That nothing is left to be known is no finding; the few of whom it is are a small group."""
    count = [{"column": "n"}]
    everyone = told("T1", {"F": (150.0,), "M": (150.0,), "All": (300.0,)},
                    {"variable": "sex", "codes": ["F", "M"], "total": "All"}, count)  # fmt: skip
    known = told("T3", {"No": (200.0 - unknown,), "Yes": (100.0,), "All": (300.0 - unknown,)},
                 {"variable": "fsm", "codes": ["No", "Yes"], "total": "All"}, count)  # fmt: skip
    others = told("T22", {"No": (700.0,), "Yes": (300.0,), "Not known or not applicable": (90.0,),
                          "All": (1090.0,)},
                  {"variable": "fsm", "total": "All",
                   "codes": ["No", "Yes", "Not known or not applicable"]}, count,
                  filter={})  # fmt: skip

    assert (derived(named(others), [named(everyone), named(known)], 10) is not None) == is_found


def test_names_of_another_universe_are_left_alone():
    elsewhere = replace(t3().description, universe="another")

    assert WORDS.named(elsewhere) == elsewhere
    assert WORDS.named(t3().description).means["fsm"]["Yes"] == {"is_fsm": ("true",)}


def test_a_meaning_that_is_given_is_kept_and_codes_that_are_not_known_have_none():
    given = {"fsm": {"No": {"own": ("no",)}, "Yes": {"own": ("yes",)}}}

    assert WORDS.named(replace(t3().description, means=given)).means["fsm"] == given["fsm"]
    strange = counts_table("X", np.array([50, 60]), {"fsm": ["free", "paid"]},
                           universe=LINKED_PUPILS.name)  # fmt: skip
    assert "fsm" not in WORDS.named(strange.description).means


@pytest.mark.parametrize(
    ("means", "said"),
    [
        ({"fms": {"Yes": {"a": ["1"]}}}, "fms, which is no name of the table"),
        ({"fsm": {"Yes": {"a": ["1"]}}}, "fsm, not of No"),
        ({"fsm": {"Yes": {"a": ["1"]}, "No": {"b": ["1"]}}}, "more than one variable"),
    ],
)
def test_meanings_that_do_not_fit_the_table_are_refused(means, said):
    codes = {"variable": "fsm", "codes": ["No", "Yes"], "total": "All"}
    with pytest.raises(OutputUnusableError, match=said):
        told("T3", {}, codes, [{"column": "n"}], means=means)


def test_a_category_that_is_not_there_cannot_be_the_same():
    document = read_definitions()
    document["same"]["has_sen"]["true"] = {"sen": ["Helped"]}
    with pytest.raises(AnalysisError, match=r"same.has_sen.true: sen has no Helped"):
        read_analysis(document, LINKED_PUPILS)


def test_what_a_description_asks_to_withhold_is_withheld_and_cures_what_was_refused():
    everyone = counts_table("T1", np.array([100, 200, 300]), {"region": ["a", "b", "c"]})
    asked = {"filter": {"school": ["state"]}}
    state = counts_table("T2", np.array([96, 150, 250]), {"region": ["a", "b", "c"]}, **asked)
    (said,) = judged([everyone, state], [], "p", RULES).refusals
    assert "[[withhold]] 1 more of its counts: n of region=a" in said
    cured = counts_table("T2", np.array([96, 150, 250]), {"region": ["a", "b", "c"]}, **asked,
                         withhold=[{"cell": {"region": "a"}, "column": "n"}])  # fmt: skip

    verdict = judged([everyone, cured], [], "p", RULES)
    assert verdict.refusals == ()
    assert verdict.outputs[1].shown[("a",), "n"] is None


def model(n, outcome, **more):
    given = {"title": "M", "universe": "drawn", "population": "complete", "weights": "none",
             "kind": "model", "residual_degrees_of_freedom": 90.0,
             "classification": [{"variable": "term", "codes": ["x"], "total": "All"}],
             "count": [{"column": "n"}, {"column": "y", "of": "n"}],
             "estimate": [{"column": "b", "kind": "coefficient", "counts": ["n", "y"],
                           "low": "l", "high": "h"}]} | more  # fmt: skip
    rows = {("x",): {"n": 80.0, "y": 40.0, "b": 0.3, "l": 0.1, "h": 0.5},
            ("All",): {"n": n, "y": outcome, "b": None, "l": None, "h": None}}  # fmt: skip
    return Table("M", described(given, "M"), rows)


@pytest.mark.parametrize(("left_out", "is_refused"), [(0, False), (6, True), (60, False)])
def test_a_model_tells_of_those_it_left_out(left_out, is_refused):
    """Its people are some of those of its filter; few left out can be worked out, and are named."""
    everyone = counts_table("T1", np.array([100, 200]), {"region": ["a", "b"]})
    refusals = judged([everyone, model(300 - left_out, 120)], [], "p", RULES).refusals

    assert bool(refusals) == is_refused
    if is_refused:
        assert "The smallest safe change: [[withhold]] 1 more" in refusals[0]
        asked = [{"cell": {"term": "All"}, "column": "n"}]
        cured = model(300 - left_out, 120, withhold=asked)
        assert judged([everyone, cured], [], "p", RULES).refusals == ()
        assert released(checked(cured, RULES), "p", RULES).shown[("All",), "n"] is None
