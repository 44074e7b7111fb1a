"""The share of `make attack` that CI runs: nothing recovered, acro agrees, near the optimum.

And that the attacker can find something: given a table with one cell withheld, it does.
"""

import numpy as np

from tests.attack.attack import figures, is_short
from tests.attack.attacker import Attacker
from tests.attack.on_tables import line_of


def test_a_share_of_the_attack_recovers_nothing():
    found = figures(tables=12, registers=1, acro=6, optima=4, later=3)

    assert not is_short(found), found
    assert found["tables_tried"] > 100
    assert found["registers_tried"] > 1000
    assert found["acro_cells"] > 100
    assert found["solved"] == 4


def test_the_attacker_recovers_what_a_row_gives_away():
    finest = [("a",), ("b",), ("c",)]
    shown = {("all",): 75.0, ("b",): 30.0, ("c",): 40.0}
    lines = np.array([line_of(codes, finest) for codes in shown])
    attacker = Attacker(lines, np.array(list(shown.values())))

    assert attacker.recovers(line_of(("a",), finest), is_withheld=True)
    assert not attacker.recovers(line_of(("b",), finest), is_withheld=False)


def test_the_attacker_recovers_a_small_sum_and_leaves_a_large_one():
    finest = [("a",), ("b",), ("c",)]
    lines = np.array([line_of(codes, finest) for codes in [("all",), ("c",)]])
    pair = line_of(("a",), finest) + line_of(("b",), finest)

    assert Attacker(lines, np.array([47.0, 40.0])).recovers(pair, is_withheld=False)
    assert not Attacker(lines, np.array([67.0, 40.0])).recovers(pair, is_withheld=False)
