"""The table of the cases: what falls short is named, and a goal met exactly is met."""

import importlib.util
import math
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[1] / "cases" / "run_cases.py"
_spec = importlib.util.spec_from_file_location("run_cases", SCRIPT)
run_cases = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(run_cases)


def test_every_specification_has_a_goal():
    assert {path.stem for path in SCRIPT.parent.glob("*.toml")} == set(run_cases.GOALS)


def test_a_case_under_its_goal_falls_short_and_one_on_it_does_not():
    on_goal = {"precision": 0.9995, "recall": 0.992, "f1": 0}
    assert run_cases.shortfalls("essnet_census_cis_a", on_goal) == []

    short = run_cases.shortfalls("essnet_census_cis_a", {**on_goal, "recall": 0.99199})
    assert short == ["essnet_census_cis_a: recall 0.99199 is under 0.992"]


def test_no_link_at_all_falls_short():
    none = {"precision": math.nan, "recall": 0.0}
    assert len(run_cases.shortfalls("ncvr_ocp20", none)) == 2


def test_the_table_takes_the_place_of_the_one_between_the_markers():
    readme = f"before\n{run_cases.START}old\n{run_cases.END}\nafter\n"
    assert run_cases.rewritten(readme, "new\n") == readme.replace("old\n", "new\n")


def test_what_a_case_expected_stands_beside_what_is_true():
    said = (
        "  false links expected: 0.020% 0.003 to 0.050\n"
        "  missed links expected: 2.300% 1.900 to 2.700\n"
    )
    line = run_cases.expected_line("a", said, {"precision": 0.9996, "recall": 0.97})

    assert line == (
        "| a | 0.020% (0.003 to 0.050) | 0.040% | 2.300% (1.900 to 2.700) | **3.000%** |\n"
    )
