"""The same microdata through acro 1.0.2 and through the project: which cells are unsafe."""

import contextlib
import functools
import io
import itertools
import logging
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd

from attainment_linkage.core.disclosure.description import described
from attainment_linkage.core.disclosure.primary import unsafe
from attainment_linkage.core.disclosure.rules import OFF
from attainment_linkage.core.disclosure.system import system_of
from attainment_linkage.core.disclosure.tables import Table
from tests.outputs import counts_table, rules

# acro knows the rule of two contributors and not that of one: the rules both have are compared
RULES = replace(rules(), dominance_one=replace(rules().dominance_one, severity=OFF))
LETTERS = ("a", "b", "c", "d")


def microdata(seed):
    """People with two variables and a sum of points that a few of them dominate."""
    generator = np.random.default_rng(seed)
    size = int(generator.integers(60, 400))
    shares = generator.dirichlet(np.ones(4) * 0.7)
    rows = generator.choice(LETTERS, size, p=shares)
    columns = generator.choice(LETTERS[:3], size, p=generator.dirichlet(np.ones(3)))
    points = generator.pareto(1.2, size) * 100 + 1
    return pd.DataFrame({"row": rows, "column": columns, "points": points})


@functools.cache
def session():
    """acro with this project's dominance limits, and silent."""
    with contextlib.redirect_stdout(io.StringIO()):
        from acro import ACRO

        for name in logging.root.manager.loggerDict:
            if name.startswith("acro"):
                logging.getLogger(name).setLevel(logging.WARNING)
        acro = ACRO(suppress=False)
    acro.config["safe_nk_k"] = RULES.dominance_two.limit / 100
    return acro


def of_acro(acro, data, *, is_sum):
    """For each cell whether acro finds it unsafe."""
    more = {"values": data["points"], "aggfunc": "sum"} if is_sum else {"margins": True}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        acro.crosstab(data["row"], data["column"], **more)
    record = acro.results.get_index(-1)
    outcome = record.outcome
    return {
        (str(row).replace("All", "all"), str(column).replace("All", "all")): value.strip() != "ok"
        for column in outcome.columns
        for row, value in outcome[column].items()
    }


def of_project(data, *, is_sum):
    """The same, by the rules of the project."""
    axes = [sorted(data["row"].unique()), sorted(data["column"].unique())]
    groups = dict(iter(data.groupby(["row", "column"])["points"]))
    values = np.array([[len(groups.get((r, c), ())) for c in axes[1]] for r in axes[0]])
    table = counts_table("T", values, {"row": axes[0], "column": axes[1]})
    if is_sum:
        table = with_sums(table, data, groups, axes)
    system = system_of(table)
    found = unsafe(table, system, RULES)
    column = "points" if is_sum else "n"
    count = {label[:-1]: at for at, label in enumerate(system.labels) if label[-1] == "n"}
    at = {label[:-1]: at for at, label in enumerate(system.labels) if label[-1] == column}
    return {codes: bool(found.items[at[codes]] or found.items[count[codes]]) for codes in at}


def with_sums(table, data, groups, axes):
    """The table with sums of points, and the two largest of each cell."""
    given = {
        "title": "T", "universe": "u", "population": "p", "weights": "none",
        "classification": [{"variable": "row", "codes": axes[0], "total": "all"},
                           {"variable": "column", "codes": axes[1], "total": "all"}],
        "count": [{"column": "n"}],
        "estimate": [{"column": "points", "kind": "sum", "counts": ["n"], "top1": "t1",
                      "top2": "t2"}],
    }  # fmt: skip
    cells = {}
    for codes in itertools.product([*axes[0], "all"], [*axes[1], "all"]):
        parts = [part for key, part in groups.items()
                 if all(c in ("all", k) for c, k in zip(codes, key, strict=True))]  # fmt: skip
        ordered = np.sort(np.concatenate(parts))[::-1] if parts else np.zeros(0)
        top = [*ordered[:2], 0.0, 0.0]
        cells[codes] = dict(table.cells[codes]) | {
            "points": float(ordered.sum()), "t1": float(top[0]), "t2": float(top[1]),
        }  # fmt: skip
    return Table("T", described(given, "T"), cells)


def agreement(seed):
    """Cells on which both agree, and cells compared: counts with margins, then sums without."""
    data, acro = microdata(seed), session()
    agree, compared = 0, 0
    for is_sum in (False, True):
        theirs = of_acro(acro, data, is_sum=is_sum)
        ours = of_project(data, is_sum=is_sum)
        agree += sum(ours[codes] == value for codes, value in theirs.items())
        compared += len(theirs)
    return agree, compared
