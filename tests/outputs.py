"""Outputs for the tests of release: small tables, made from counts."""

import itertools

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
