"""Outputs for the tests of release: small tables, made from counts."""

import itertools
import json
from pathlib import Path

import numpy as np

from attainment_linkage.adapters.outputs import read_rules
from attainment_linkage.core.disclosure.description import described
from attainment_linkage.core.disclosure.tables import Table

FSM = {
    "title": "Level 2 by free school meals",
    "universe": "KS4 2010/11",
    "population": "Pupils of state-funded schools",
    "weights": "inverse probability of being linked",
    "filter": {"school_type": ["state"]},
    "classification": [{"variable": "fsm", "codes": ["yes", "no"], "total": "all"}],
    "count": [{"column": "n"}, {"column": "n_level2", "of": "n"}],
    "estimate": [
        {
            "column": "level2",
            "kind": "percent",
            "unit": "%",
            "numerator": "n_level2",
            "denominator": "n",
            "low": "level2_low",
            "high": "level2_high",
        }
    ],
}
FSM_HEADER = ["fsm", "n", "n_level2", "level2", "level2_low", "level2_high"]
FSM_ROWS = [
    ["yes", "400", "140", "34.6", "30.1", "39.4"],
    ["no", "2600", "1620", "62.0", "60.2", "63.8"],
    ["all", "3000", "1760", "58.2", "56.5", "59.9"],
]


def counts_table(name, values, classifications, **more):
    """A table of one count, its margins made: ``values`` is an array with one axis each.

    ``classifications``: variable to codes; each gets the total "all".
    """
    given = {
        "title": name,
        "universe": "drawn",
        "population": "drawn people",
        "weights": "none",
        "classification": [
            {"variable": variable, "codes": list(codes), "total": "all"}
            for variable, codes in classifications.items()
        ],
        "count": [{"column": "n"}],
    } | more
    description = described(given, name)
    places = [
        [(code, [at]) for at, code in enumerate(codes)] + [("all", list(range(len(codes))))]
        for codes in classifications.values()
    ]
    cells = {}
    for combination in itertools.product(*places):
        codes = tuple(code for code, _ in combination)
        inner = itertools.product(*(at for _, at in combination))
        cells[codes] = {"n": float(sum(values[at] for at in inner))}
    return Table(name, description, cells)


def rules():
    """The rules as they are in conf/."""
    return read_rules(Path(__file__).resolve().parents[1] / "conf")


def write_request(folder, name="T3", given=None, rows=None, header=None):
    """A request as a researcher brings it: NAME.csv and NAME.json."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(given or FSM), "utf-8")
    lines = [header or FSM_HEADER, *(rows or FSM_ROWS)]
    text = "".join(",".join(row) + "\n" for row in lines)
    (folder / f"{name}.csv").write_text(text, "utf-8")
    return folder


def people(seed, size, variables):
    """Generated people: variable to an array of their codes' numbers. No real person."""
    generator = np.random.default_rng(seed)
    found = {}
    for name, codes in variables.items():
        share = generator.dirichlet(np.full(len(codes), 1.5))
        found[name] = generator.choice(len(codes), size=size, p=share)
    return found


def table_of_people(name, drawn, variables, names, kept=None):
    """The count table of some variables, over those whom the filter ``kept`` keeps."""
    mask = np.ones(len(next(iter(drawn.values()))), dtype=bool)
    for variable, codes in (kept or {}).items():
        mask &= np.isin(drawn[variable], [variables[variable].index(code) for code in codes])
    values = np.zeros([len(variables[variable]) for variable in names])
    np.add.at(values, tuple(drawn[variable][mask] for variable in names), 1)
    filters = {variable: list(codes) for variable, codes in (kept or {}).items()}
    classifications = {variable: variables[variable] for variable in names}
    return counts_table(name, values, classifications, filter=filters)
