"""Differencing: what follows from several outputs together is refused, by name, with a cure."""

from dataclasses import replace

import numpy as np
import pytest

from attainment_linkage.core.disclosure import span, windows
from attainment_linkage.core.disclosure.decide import checked
from attainment_linkage.core.disclosure.differencing import derived
from attainment_linkage.core.disclosure.register import groups_of
from attainment_linkage.core.disclosure.request import judged
from attainment_linkage.core.disclosure.safe_change import change_needed, released, smallest_hit
from attainment_linkage.core.disclosure.tables import Classification, Count, Table
from attainment_linkage.core.disclosure.variables import simplified, variables_of
from tests.outputs import counts_table, people, rules, table_of_people

RULES = rules()
CODES = {"sex": ("f", "m"), "region": ("a", "b", "c"), "school": ("state", "other")}


def region(name, counts, **more):
    return counts_table(name, np.array(counts), {"region": ["a", "b", "c"]}, **more)


def judge(*tables):
    return judged(tables, [], "p", RULES)


def test_two_filters_that_differ_by_few_people_are_refused_naming_both():
    everyone = region("T1", [100, 200, 300])
    state = region("T2", [96, 200, 250], filter={"school": ["state"]})
    found = judge(everyone, state).refusals

    assert len(found) == 1
    assert "T1 (p), T2 (p)" in found[0]
    assert "those in region=a of T1 (p) and not in region=a, school=state of T2 (p)" in found[0]
    assert "The smallest safe change" in found[0]


def test_two_filters_that_differ_by_many_people_everywhere_pass():
    everyone = region("T1", [100, 200, 300])
    state = region("T2", [80, 150, 250], filter={"school": ["state"]})

    assert judge(everyone, state).refusals == ()


def test_a_second_count_of_fewer_people_does_not_put_anybody_outside_the_codes_of_the_first():
    sex = released(checked(counts_table("T1", np.array([70, 80]), {"sex": ["f", "m"]}), RULES), "",
                   RULES)  # fmt: skip
    codes = {"sex": ["f", "m"], "cohort": ["9", "10"]}
    crossed = counts_table("T2", np.array([[30, 40], [45, 35]]), codes)
    fewer = counts_table("T2", np.array([[20, 20], [20, 20]]), codes)
    second = released(checked(crossed, RULES), "", RULES)
    points = {(codes, "points"): row["n"] for codes, row in fewer.cells.items()}
    described_as = replace(second.description, count=(Count("n"), Count("points")))
    both = replace(second, description=described_as, shown=second.shown | points)

    assert "*" not in variables_of([sex, both])["cohort"]
    assert derived(both, [sex], 10) is None
    assert "*" in variables_of([sex, released(checked(fewer, RULES), "", RULES)])["cohort"]


def test_counts_that_part_a_base_are_codes_of_one_variable():
    parts = [
        {"column": "n"},
        *({"column": c, "of": "n", "parting": "many"} for c in ("one", "two")),
    ]
    described_as = region("T", [100, 200, 300], count=parts).description
    cells = {("a",): (40, 60), ("b",): (90, 110), ("c",): (150, 150), ("all",): (280, 320)}
    shown = {(codes, name): float(value) for codes, (one, two) in cells.items()
             for name, value in (("n", one + two), ("one", one), ("two", two))}  # fmt: skip
    told = released(checked(region("T", [100, 200, 300]), RULES), "", RULES)
    table = replace(told, description=described_as, shown=shown)

    assert variables_of([table])["many"] == ("one", "two")
    conditions = {group.condition for group in groups_of(table) if group.column == "two"}
    assert all(("many", frozenset({"two"})) in condition for condition in conditions)


def test_an_output_that_tells_nothing_new_and_one_that_tells_nothing_pass():
    crossed = counts_table("T1", np.array([[60, 70], [80, 90], [30, 40]]),
                           {"region": ["a", "b", "c"], "sex": ["f", "m"]})  # fmt: skip
    hidden = region("T3", [3, 2, 1])

    assert judge(crossed, region("T2", [130, 170, 70])).refusals == ()
    assert judge(hidden).refusals == ()
    assert judge(hidden, hidden).refusals == ()


def test_a_third_output_that_gives_away_what_neither_other_does():
    """State and independent schools each differ by many; only with all three the rest is few."""
    everyone = region("T1", [100, 200, 300])
    state = region("T2", [60, 120, 180], filter={"school": ["state"]})
    independent = region("T3", [36, 60, 100], filter={"school": ["independent"]})

    assert judge(everyone, state).refusals == ()
    assert judge(everyone, independent).refusals == ()
    (said,) = judge(everyone, state, independent).refusals
    assert "T1 (p), T2 (p), T3 (p)" in said


def test_a_withheld_cell_that_another_output_shows_is_found():
    withheld = region("T1", [5, 200, 300])
    coarse = counts_table("T2", np.array([200, 305]), {"region": ["b", "a or c"]})
    output = checked(withheld, RULES)
    hidden = [codes for (codes, _), value in output.shown.items() if value is None]

    assert ("a",) in hidden
    assert len(hidden) >= 2
    other = counts_table("T3", np.array([[200], [300]]), {"region": ["b", "c"], "x": ["y"]})
    assert coarse.cells
    assert judge(withheld, other).refusals


def test_outputs_of_another_universe_are_not_compared():
    everyone = region("T1", [100, 200, 300])
    later = region("T2", [96, 200, 250], universe="another", filter={"school": ["state"]})

    assert judge(everyone, later).refusals == ()


def test_outputs_that_no_people_can_fit_are_refused_as_a_contradiction():
    one = region("T1", [100, 200, 300])
    other = counts_table("T2", np.array([[60, 60], [90, 110], [140, 140]]),
                         {"region": ["a", "b", "c"], "sex": ["f", "m"]})  # fmt: skip
    (said,) = judge(one, other).refusals

    assert said.startswith("T2: T1 (p), T2 (p) count one group differently")


def test_one_table_by_two_methods_is_refused():
    suppressed = region("T1", [100, 200, 300])
    rounded = region("T2", [100, 200, 300], method="rounding")
    (said,) = judge(suppressed, rounded).refusals

    assert "two methods for one table" in said
    assert "T1" in said


def test_the_cure_that_is_named_is_a_cure():
    everyone = region("T1", [100, 200, 300])
    state = region("T2", [96, 150, 250], filter={"school": ["state"]})
    before = [released(checked(everyone, RULES), "p", RULES)]
    change = change_needed(checked(state, RULES), "p", before, RULES)

    assert change is not None
    assert change.withhold
    cured = checked(state, RULES, also=frozenset(change.withhold))
    assert change_needed(cured, "p", before, RULES) is None


def test_the_smallest_hit_takes_the_cell_that_is_in_every_certificate():
    a, b, c = ((("x",), "n"), (("y",), "n"), (("z",), "n"))

    assert smallest_hit([frozenset({a, b}), frozenset({b, c})]) == (b,)


@pytest.mark.parametrize("seed", range(3))
def test_the_span_agrees_with_the_cross_classification_written_out(seed):
    """Oracle: the same question by least squares over every cell of the cross-classification."""
    drawn = people(seed, 900, CODES)
    names = [("sex",), ("region",), ("sex", "region"), ("school", "sex")]
    outputs = [
        released(checked(table_of_people(f"T{at}", drawn, CODES, list(each)), RULES), "p", RULES)
        for at, each in enumerate(names)
    ]
    groups = [group for one in outputs for group in groups_of(one)]
    variables = variables_of(outputs)
    groups = simplified(groups, variables)
    shape = [len(codes) for codes in variables.values()]

    def line(group):
        mask = np.ones(shape)
        for at, (name, codes) in enumerate(variables.items()):
            kept = dict(group.condition).get(name, codes)
            axis = np.array([code in kept for code in codes], dtype=float)
            mask = mask * axis.reshape([-1 if each == at else 1 for each in range(len(shape))])
        return mask.ravel()

    told = np.array([line(group) for group in groups if group.low is not None])
    withheld = [group for group in groups if group.low is None]
    slow = [
        group
        for group in withheld
        if np.linalg.norm(
            told.T @ np.linalg.lstsq(told.T, line(group), rcond=None)[0] - line(group)
        )
        < 1e-6
    ]
    fast = span.determined(groups, variables, 0)

    assert bool(slow) == (fast is not None)


def test_the_span_finds_a_withheld_count_that_follows_exactly():
    withheld = checked(region("T1", [5, 200, 300]), RULES)
    one = released(withheld, "p", RULES)
    gone = {key: 5.0 if key[0] == ("a",) else value for key, value in one.shown.items()}
    other = type(one)("q", "T9", one.description, gone)
    outputs = [one, other]
    variables = variables_of(outputs)
    groups = simplified([g for each in outputs for g in groups_of(each)], variables)

    assert span.determined(groups, variables, 10) is not None


def in_windows(outputs, monkeypatch, *, atoms):
    """What is derived when no window may hold every variable, and how many windows there are."""
    *earlier, new = outputs
    variables = variables_of(outputs)
    monkeypatch.setattr(windows, "MOST_ATOMS", windows.size_of(variables, variables) - 1)
    monkeypatch.setattr(windows, "_WINDOW_ATOMS", atoms)
    groups = simplified([group for one in outputs for group in groups_of(one)], variables)
    count = len(list(windows.windows(groups, variables, new.title)))
    return derived(new, earlier, 10), count


def two_by_two(name, values, *variables):
    codes = {variable: [f"{variable}{at}" for at in range(size)]
             for variable, size in zip(variables, np.shape(values), strict=True)}  # fmt: skip
    return released(checked(counts_table(name, np.array(values), codes), RULES), "p", RULES)


def test_sets_that_share_only_what_is_told_are_not_attacked_together(monkeypatch):
    outputs = [two_by_two("T1", [[60, 70], [80, 90]], "x", "y"),
               two_by_two("T2", [[65, 65], [75, 95]], "x", "z"),
               two_by_two("T3", [[50, 80], [90, 80]], "x", "w")]  # fmt: skip
    found, count = in_windows(outputs, monkeypatch, atoms=8)

    assert found is None
    assert count == 1


def test_sets_that_a_third_one_ties_together_are_attacked_together(monkeypatch):
    """All two-way tables of 2 x 2 x 2 cells: one of them can only be 0 to 8 people."""
    cells = np.array([[[3, 36], [20, 24]], [[38, 29], [25, 3]]])
    outputs = [two_by_two("T0", [100, 78], "w"), two_by_two("T1", cells.sum(2), "x", "y"),
               two_by_two("T2", cells.sum(1), "x", "z"),
               two_by_two("T3", cells.sum(0), "y", "z")]  # fmt: skip

    found, _ = in_windows(outputs, monkeypatch, atoms=8)
    assert found is not None
    assert found.outputs == ("T1 (p)", "T2 (p)", "T3 (p)")


def test_sets_that_share_what_is_withheld_are_attacked_together(monkeypatch):
    """x0 and x1 are 100 people; T1 tells that x0 has at least 40, T2 that x1 has at least 55."""
    plain = two_by_two("T0", [100, 100], "w")
    first = two_by_two("T1", [[40, 20], [30, 10], [60, 40]], "x", "z")
    second = two_by_two("T2", [[30, 30], [20, 20], [50, 50]], "x", "y")

    def only(one, **cells):
        told = {("x2", "all"): 100.0, ("all", "all"): 200.0}
        told |= {(name, f"{one.description.variables[1]}0"): n for name, n in cells.items()}
        return replace(one, shown={key: told.get(key[0]) for key in one.shown})

    outputs = [plain, only(first, x0=40.0), only(second, x1=55.0)]
    found, _ = in_windows(outputs, monkeypatch, atoms=8)
    assert found is not None
    assert "x=x0" in found.said


def test_many_codes_that_overlap_are_attacked_without_being_crossed_with_each_other():
    """As in T18: flags that a person may have together; 2 to the 12 cells are not written out."""
    flags = [f"flag{at}" for at in range(12)]
    plain = counts_table("T18", np.array([0]), {"vulnerable": ["x"]})
    wide = Classification("vulnerable", tuple(flags), total="all", overlaps=True)
    description = replace(plain.description, classification=(wide,))
    cells = {(flag,): {"n": 100.0 + at} for at, flag in enumerate(flags)} | {("all",): {"n": 600.0}}
    everyone = Table("T18", description, cells)
    some = {
        codes: {"n": row["n"] - (3 if codes == ("flag7",) else 40)} for codes, row in cells.items()
    }
    filtered = Table("T18s", replace(description, filter={"school": ("state",)}), some)

    assert judge(everyone).refusals == ()
    (said,) = judge(everyone, filtered).refusals
    assert "vulnerable=flag7" in said


def test_a_second_count_of_other_people_does_not_contradict_the_first():
    plain = region("T1", [100, 200, 300])
    description = replace(plain.description, count=(*plain.description.count, Count("points_n")))
    cells = {codes: dict(row) | {"points_n": row["n"] - 20} for codes, row in plain.cells.items()}
    cells[("all",)]["points_n"] = 540.0

    assert judge(Table("T1", description, cells)).refusals == ()
