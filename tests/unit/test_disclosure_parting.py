"""Counts of one base: those that part it give each other away; a large table goes by count."""

import numpy as np
import pytest

from attainment_linkage.adapters import verifier
from attainment_linkage.core.disclosure import audit, decide
from attainment_linkage.core.disclosure.cells import table_of
from attainment_linkage.core.disclosure.decide import CORRECTED, REFUSED, checked, demand_of
from attainment_linkage.core.disclosure.description import described
from attainment_linkage.core.disclosure.tables import Table
from attainment_linkage.core.given import plain
from attainment_linkage.domain.errors import OutputUnusableError
from tests.outputs import rules

RULES = rules()


def breaches(table, shown):
    return audit.breaches(table.description, shown, demand_of(RULES, {}))


def parted(rows):
    """People by region: everybody has one or two of something; those with one are a count too."""
    codes = [f"r{at}" for at in range(len(rows))]
    given = {
        "classification": [{"variable": "region", "codes": codes, "total": "all"}],
        "count": [
            {"column": "n"},
            {"column": "ill", "of": "n"},
            *(
                {"column": name, "of": "n", "parting": "how_many"}
                for name in ("one", "two", "more")
            ),
        ],
    }
    whole = np.array(rows).sum(axis=0)
    cells = {
        (code,): dict(zip(("n", "ill", "one", "two", "more"),
                          map(float, (sum(parts), ill, *parts)), strict=True))
        for code, (ill, *parts) in zip([*codes, "all"], [*rows, list(whole)], strict=True)
    }  # fmt: skip
    told = {"title": "T", "universe": "u", "population": "p", "weights": "none"}
    return Table("T", described(told | given, "T"), cells)


PARTED = [[30, 4, 60, 70], [40, 80, 90, 60], [50, 70, 80, 95]]


def test_a_count_follows_from_the_others_that_part_its_base():
    """No row and no column gives the four away; all there are less those with two or more do."""
    table = parted(PARTED)
    shown = {(codes, name): row[name] for codes, row in table.cells.items() for name in row}
    cell = {((code,), "one") for code in ("r0", "r1")}
    gives_away = breaches(table, shown | dict.fromkeys(cell))
    output = checked(table, RULES)
    texts = {key: "[c]" if key in cell else f"{value:g}" for key, value in shown.items()}
    found = list(verifier.attacked(plain(table.description), texts, 10, zeros_allowed=False))

    assert "(('r0',), 'one') can be worked out" in found
    assert audit.Breach(((("r0",), "one"),)) in gives_away
    assert (
        breaches(
            table, shown | dict.fromkeys(cell | {((c,), "two") for (c,) in [("r0",), ("r1",)]})
        )
        == []
    )
    assert output.shown[("r0",), "one"] is None
    assert breaches(table, output.shown) == []
    header = ["region", *table.cells[("all",)]]
    rows = [
        [*codes, *(f"{value:g}" for value in row.values())] for codes, row in table.cells.items()
    ]
    rows[0][3] = "5"
    with pytest.raises(OutputUnusableError, match="is not the sum of the 3 counts that part it"):
        table_of("T", table.description, header, rows)


def test_a_large_table_of_mostly_small_counts_is_refused_before_it_is_protected(monkeypatch):
    sparse = parted([[2, 1, 3, 20], [4, 2, 30, 5], [1, 9, 2, 4]])
    assert checked(sparse, RULES).status == CORRECTED
    monkeypatch.setattr(decide, "MOST_ITEMS", 10)
    monkeypatch.setattr(decide, "suppressed", None)  # nothing is tried
    refused = checked(sparse, RULES)

    assert refused.status == REFUSED
    assert refused.findings[-1].rule == "mostly_unsafe"
    assert "more than 50% of its counts are unsafe" in refused.findings[-1].said
    assert "coarser codes" in refused.findings[-1].said


@pytest.mark.parametrize("seed", [0, 3])
def test_a_large_table_is_protected_count_by_count_and_holds_as_a_whole(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    rows = [[int(rng.integers(0, 30)), int(rng.integers(0, 25)), int(rng.integers(5, 60)),
             int(rng.integers(5, 60))] for _ in range(5)]  # fmt: skip
    rows = [[min(ill, sum(parts)), *parts] for ill, *parts in rows]
    together = checked(parted(rows), RULES)
    monkeypatch.setattr(decide, "MOST_ITEMS", 10)
    apart = checked(parted(rows), RULES)
    withheld = [sum(value is None for value in one.shown.values()) for one in (together, apart)]

    assert apart.status == CORRECTED
    assert all(apart.shown[codes, "n"] for codes in apart.table.cells)  # all bases are large
    assert breaches(apart.table, apart.shown) == []
    assert all(value >= 10 for value in apart.shown.values() if value is not None)
    assert withheld[1] <= 1.25 * withheld[0]
