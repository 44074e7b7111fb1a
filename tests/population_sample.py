"""A sample of the generated population: a few blocks of each profile, as frames."""

from __future__ import annotations

import tomllib
from functools import cache
from math import sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from attainment_linkage.core import population as core

CONF = Path(__file__).resolve().parents[1] / "conf" / "population.toml"
PROFILES = ("realistic", "hard")
PUPIL_BLOCKS, OTHER_BLOCKS = 6, 2
DESIGN = core.Design(PUPIL_BLOCKS * 2048, OTHER_BLOCKS * 4096)


def document() -> dict[str, dict[str, dict[str, object]]]:
    return tomllib.loads(CONF.read_text("utf-8"))


def population(profile: str = "realistic", **asked: object) -> core.Population:
    asked = {"seed": 11, "attainment_records": 1_000} | asked
    return core.Population(profile=core.profile_named(document(), profile), **asked)


@cache
def sample(profile: str) -> dict[str, pd.DataFrame]:
    """Every table of some 14,000 pupils, their 46,000 people and 18,000 neighbours."""
    made = population(profile)
    pupils = [
        core.BlockOfPeople(made, DESIGN, core.PUPIL_BLOCK, number) for number in range(PUPIL_BLOCKS)
    ]
    others = [
        core.BlockOfPeople(made, DESIGN, core.OTHER_BLOCK, number) for number in range(OTHER_BLOCKS)
    ]
    makers = core.MAKERS | {"truth": core.truth, "doubles": core.doubles}
    tables = {
        name: pa.concat_tables([make(block) for block in pupils]).to_pandas()
        for name, make in makers.items()
    }
    neighbours = pa.concat_tables([core.MAKERS["census"](block) for block in others])
    return tables | {"neighbours": neighbours.to_pandas()}


@cache
def pairs(profile: str) -> pd.DataFrame:
    """The last school census row of each pupil beside the Census line that is theirs."""
    tables = sample(profile)
    last = (
        tables["school_census"]
        .sort_values("academic_year")
        .drop_duplicates("attainment_id", keep="last")
    )
    known = tables["truth"].dropna(subset=["census_id"])
    joined = known[["attainment_id", "census_id", "ethnic_group"]].merge(last, on="attainment_id")
    return joined.merge(
        tables["census"], on="census_id", suffixes=("_school", "_census")
    ).reset_index(drop=True)


def assert_near(flags: pd.Series | np.ndarray, published: float, slack: float = 0.0) -> None:
    """The share of true flags is the published one, within 4 standard errors and a slack."""
    share, count = float(flags.mean()), len(flags)
    error = 4 * sqrt(published * (1 - published) / count) + slack
    assert abs(share - published) <= error, f"{share:.4f} of {count}, published {published}"


def plain(names: pd.Series) -> pd.Series:
    return names.str.upper().str.replace("[ -]", "", regex=True)
