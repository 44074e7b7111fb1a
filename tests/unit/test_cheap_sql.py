"""Cheap SQL: each pair agrees as it did, whatever is tried before the distance."""

from itertools import product

import duckdb
import pyarrow as pa
import pytest

from attainment_linkage.core.cheap_sql import cheap_comparisons, cheap_first

# every text of up to three letters, one of two bytes among them, and none
TEXTS = [None, *("".join(t) for size in range(4) for t in product("abé", repeat=size))]
PAIRS = list(product([*TEXTS, "1994-11-03", "1994-11-30", "1944-11-03"], repeat=2))
COLUMNS = zip(*PAIRS, strict=True)
TABLE = pa.table(
    dict(zip(("d_l", "d_r"), (pa.array(c, pa.string()) for c in COLUMNS), strict=True))
)


def near(most):
    return f'damerau_levenshtein("d_l", "d_r") <= {most}'


@pytest.mark.parametrize("most", [0, 1, 2])
def test_a_guarded_distance_holds_fails_and_is_null_where_the_distance_is(most):
    with duckdb.connect() as database:
        database.register("pairs", TABLE)
        found = database.sql(f"select {near(most)}, {cheap_first(near(most))} from pairs")
        differing = [row for row in found.fetchall() if row[0] != row[1]]

    assert near(most) in cheap_first(near(most)) != near(most)
    assert differing == []


def test_only_the_condition_of_a_level_is_made_cheap():
    level = {"sql_condition": f"d_l IS NOT NULL AND {near(1)}", "m_probability": 0.2}
    made = cheap_comparisons([{"output_column_name": "d", "comparison_levels": [level]}])

    (cheap,) = made[0].pop("comparison_levels")
    assert made == [{"output_column_name": "d"}]
    assert cheap.pop("sql_condition") == f"d_l IS NOT NULL AND {cheap_first(near(1))}"
    assert cheap == {"m_probability": 0.2}
    assert cheap_first('levenshtein("d_l", "d_r") <= 1') == 'levenshtein("d_l", "d_r") <= 1'
