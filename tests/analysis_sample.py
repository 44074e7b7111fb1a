"""A small analysis for the tests: drawn definitions, drawn pupils, and slow obvious sums."""

from __future__ import annotations

import copy
import itertools

import numpy as np
import pandas as pd

from attainment_linkage.core.analysis.moments import NAMES, Moments
from attainment_linkage.core.analysis.reading import read_analysis
from attainment_linkage.domain import tables

DOCUMENT = {
    "level": 0.95,
    "universe": {"ks4": {"label": "State schools", "where": {"ks4_school_type": ["state"]}}},
    "measure": {
        "level_2_em": {
            "label": "Level 2",
            "kind": "share",
            "column": "ks4_level_2_em",
            "values": [True],
            "weight": "linkage",
        },
        "met": {
            "label": "Known to have free meals",
            "kind": "share",
            "column": "is_fsm",
            "values": [True],
            "weight": "linkage",
            "unknown": "no",
        },
        "not_met": {
            "label": "Known to have none",
            "kind": "share",
            "column": "is_fsm",
            "values": [False],
            "weight": "linkage",
        },
        "has_met": {
            "label": "Has free meals, of those known",
            "kind": "share",
            "column": "is_fsm",
            "values": [True],
            "weight": "linkage",
        },
        "points": {
            "label": "Points",
            "kind": "mean",
            "column": "ks4_points_capped",
            "unit": "points",
            "weight": "linkage",
        },
        "linked": {
            "label": "Linked",
            "kind": "share",
            "column": "is_linked",
            "values": [True],
            "weight": "none",
        },
        "profile": {"label": "Profile", "kind": "profile", "weight": "none"},
    },
    "classification": {
        "sex": {"label": "Sex", "column": "sex"},
        "fsm": {"label": "Free meals", "column": "is_fsm"},
        "children": {
            "label": "Children",
            "column": "dependent_children",
            "bands": {"0": "None", "1": "1 or 2", "3": "3 or more"},
        },
        "owner": {
            "label": "Tenure",
            "column": "tenure",
            "codes": {"owned": "Owner", "mortgage": "Owner", "private": "Renter"},
        },
        "region": {"label": "Region", "column": "region"},
        "groups": {"label": "Group", "flags": {"is_fsm": "Free meals", "has_sen": "Needs"}},
    },
    "table": [
        {
            "name": "A1",
            "title": "Attainment",
            "universe": "ks4",
            "by": ["sex", "sex x owner", "children", "region", "groups x sex"],
            "measures": ["level_2_em", "points"],
        },
        {
            "name": "A2",
            "title": "Linked or not",
            "universe": "ks4",
            "by": ["fsm"],
            "measures": ["linked", "profile"],
        },
        {
            "name": "A5",
            "title": "Free meals",
            "universe": "ks4",
            "by": ["region"],
            "measures": ["met", "not_met", "has_met"],
        },
    ],
    "model": [
        {
            "name": "A3",
            "title": "A model",
            "universe": "ks4",
            "measure": "level_2_em",
            "factors": ["sex", "fsm", "owner"],
        },
        {
            "name": "A4",
            "title": "Gaps",
            "universe": "ks4",
            "measure": "level_2_em",
            "factors": ["owner", "sex", "fsm"],
            "gaps_of": ["owner"],
        },
    ],
}
REGIONS = ("E12000001", "E12000007")


def document(**changes):
    """The document, changed at `kind.name.key` (a dot is written as two underscores)."""
    found = copy.deepcopy(DOCUMENT)
    for path, value in changes.items():
        *above, last = path.split("__")
        at = found
        for key in above:
            at = at[int(key) if isinstance(at, list) else key]
        if value is None:
            del at[last]
        else:
            at[last] = value
    return found


def analysis(**changes):
    return read_analysis(document(**changes), tables.LINKED_PUPILS, {"region": REGIONS})


def pupils(count: int, seed: int) -> pd.DataFrame:
    """Drawn pupils, some of them not linked, some values not known."""
    rng = np.random.default_rng(seed)
    is_linked = rng.random(count) < 0.9
    is_fsm = rng.random(count) < 0.2
    sex = rng.choice(["F", "M"], count)
    tenure = rng.choice(["owned", "mortgage", "private", "rent_free"], count)
    line = 0.8 - 1.0 * is_fsm + 0.3 * (sex == "F") - 0.5 * (tenure == "private")
    level = rng.random(count) < 1 / (1 + np.exp(-line))
    return pd.DataFrame(
        {
            "person_id": [f"P{number}" for number in range(count)],
            "is_linked": is_linked,
            "linkage_weight": np.where(is_linked, 1 / (0.8 + 0.2 * rng.random(count)), np.nan),
            "sex": sex,
            "is_fsm": pd.array(np.where(rng.random(count) < 0.05, None, is_fsm), "boolean"),
            "has_sen": rng.random(count) < 0.2,
            "tenure": np.where(is_linked, tenure, None),
            "dependent_children": np.where(is_linked, rng.integers(0, 6, count), np.nan),
            "region": np.where(is_linked, rng.choice(REGIONS, count), None),
            "ks4_school_type": rng.choice(["state", "independent"], count, p=[0.95, 0.05]),
            "ks4_level_2_em": level,
            "ks4_points_capped": np.where(
                rng.random(count) < 0.1, np.nan, np.round(300 + 50 * rng.normal(size=count))
            ),
        }
    )


def counted(frame: pd.DataFrame, column: str, weight: str = "linkage_weight") -> Moments:
    """Moments of one cell from its pupils, weighted ones only."""
    known = frame.dropna(subset=[column, weight])
    return Moments.of(known[column].to_numpy(float), known[weight].to_numpy(float))


def members(frame, one):
    """Each category's pupils, of one classification, in plain pandas."""
    if one.flags:
        return [frame[flag].eq(True).fillna(False) for flag in one.flags] + [frame.sex.notna()]
    if one.bands:
        value = frame[one.column]
        lows = [*one.bands, np.inf]
        found = [(value >= low) & (value < high) for low, high in itertools.pairwise(lows)]
    else:
        text = (
            frame[one.column]
            .astype(object)
            .map(
                lambda v: (
                    None
                    if pd.isna(v)
                    else str(v).lower()
                    if isinstance(v, bool | np.bool_)
                    else str(v)
                )
            )
        )
        labels = dict.fromkeys(one.codes.values())
        found = [
            text.isin([code for code, named in one.codes.items() if named == label])
            for label in labels
        ]
    return [*found, ~np.logical_or.reduce(found)]


def cells_of(frame, block, measure):
    """Moments of each cell of a block, pupil by pupil."""
    inside = frame
    for column, values in block.universe.where.items():
        inside = inside[inside[column].isin(values)]
    weight = "linkage_weight"
    if measure.weight == "none":
        inside, weight = inside.assign(once=1.0), "once"
    else:
        inside = inside[inside.is_linked]
    inside = inside.assign(one=1.0)
    column = measure.column or "one"
    if measure.kind == "share":
        values = inside[column].map(lambda v: None if pd.isna(v) else str(v).lower())
        found_in = values.isin(measure.values).astype(float)
        column = "has_it"
        inside[column] = found_in if measure.unknown == "no" else found_in.where(values.notna())
    grid = [members(inside, one) for one in block.by]
    crossed = np.array(np.meshgrid(*(range(len(g)) for g in grid), indexing="ij"))
    found = []
    for places in crossed.reshape(len(grid), -1).T:
        rows = np.logical_and.reduce([g[at] for g, at in zip(grid, places, strict=True)])
        found.append(counted(inside[rows], column, weight))
    return Moments(*(np.array([getattr(m, n) for m in found]).reshape(block.shape) for n in NAMES))
