"""Ethnic groups: the 18 Census groups, how common, and what goes with each.

Shares are of families with children of school age in England, assumed (general knowledge of
the 2011 Census and the school census); the naming groups are those of ``name_lists``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attainment_linkage.core.population.draws import Floats


@dataclass(frozen=True)
class EthnicGroup:
    """One Census 2011 ethnic group; shares and rates lie in 0..1."""

    code: str
    meaning: str
    share: float
    school_code: str
    born_abroad: float
    other_language: float
    advantage: float
    lone_parent: float
    naming: tuple[float, ...]
    religion: tuple[float, ...]


RELIGIONS = (
    "no_religion", "christian", "buddhist", "hindu", "jewish", "muslim", "sikh", "other", "",
)  # fmt: skip
_WHITE = (0.30, 0.60, 0.003, 0.001, 0.005, 0.003, 0.0, 0.004, 0.075)
_MIXED = (0.36, 0.46, 0.006, 0.005, 0.003, 0.085, 0.003, 0.005, 0.08)
_BLACK = (0.06, 0.76, 0.001, 0.002, 0.0, 0.10, 0.0, 0.005, 0.07)
_ASIAN = (0.08, 0.13, 0.12, 0.22, 0.0, 0.38, 0.0, 0.01, 0.06)

# naming: british, muslim, hindu, sikh, african, european, chinese, arabic
_BRITISH = (1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

ETHNIC_GROUPS: tuple[EthnicGroup, ...] = (
    EthnicGroup("01", "White British", 0.780, "WBRI", 0.015, 0.005, 0.0, 0.0, _BRITISH, _WHITE),
    EthnicGroup("02", "Irish", 0.005, "WIRI", 0.30, 0.01, 0.1, 0.1, _BRITISH, _WHITE),
    EthnicGroup("03", "Gypsy or Irish Traveller", 0.0015, "WIRT", 0.05, 0.05, -1.4, 0.4,
                _BRITISH, _WHITE),
    EthnicGroup("04", "Other White", 0.036, "WOTH", 0.75, 0.70, 0.0, -0.1,
                (0.12, 0.02, 0.0, 0.0, 0.0, 0.80, 0.0, 0.06), _WHITE),
    EthnicGroup("05", "White and Black Caribbean", 0.014, "MWBC", 0.03, 0.02, -0.4, 0.9,
                (0.97, 0.0, 0.0, 0.0, 0.03, 0.0, 0.0, 0.0), _MIXED),
    EthnicGroup("06", "White and Black African", 0.005, "MWBA", 0.15, 0.12, -0.1, 0.5,
                (0.55, 0.03, 0.0, 0.0, 0.42, 0.0, 0.0, 0.0), _MIXED),
    EthnicGroup("07", "White and Asian", 0.009, "MWAS", 0.10, 0.10, 0.2, 0.0,
                (0.55, 0.22, 0.15, 0.05, 0.0, 0.0, 0.02, 0.01), _MIXED),
    EthnicGroup("08", "Other Mixed", 0.009, "MOTH", 0.15, 0.20, 0.0, 0.3,
                (0.60, 0.08, 0.02, 0.01, 0.08, 0.11, 0.05, 0.05), _MIXED),
    EthnicGroup("09", "Indian", 0.025, "AIND", 0.55, 0.70, 0.3, -0.6,
                (0.05, 0.20, 0.45, 0.30, 0.0, 0.0, 0.0, 0.0),
                (0.03, 0.09, 0.003, 0.45, 0.0, 0.14, 0.23, 0.02, 0.04)),
    EthnicGroup("10", "Pakistani", 0.034, "APKN", 0.44, 0.85, -0.6, -0.5,
                (0.01, 0.99, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
                (0.01, 0.01, 0.0, 0.003, 0.0, 0.917, 0.0, 0.0, 0.06)),
    EthnicGroup("11", "Bangladeshi", 0.014, "ABAN", 0.48, 0.92, -0.8, -0.6,
                (0.01, 0.99, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
                (0.01, 0.01, 0.0, 0.01, 0.0, 0.91, 0.0, 0.0, 0.06)),
    EthnicGroup("12", "Chinese", 0.004, "CHNE", 0.70, 0.75, 0.5, -0.3,
                (0.06, 0.0, 0.0, 0.0, 0.0, 0.0, 0.94, 0.0),
                (0.55, 0.20, 0.13, 0.0, 0.0, 0.0, 0.0, 0.02, 0.10)),
    EthnicGroup("13", "Other Asian", 0.014, "AOTH", 0.65, 0.75, 0.0, -0.3,
                (0.08, 0.38, 0.28, 0.03, 0.0, 0.0, 0.08, 0.15), _ASIAN),
    EthnicGroup("14", "African", 0.026, "BAFR", 0.65, 0.62, -0.4, 0.6,
                (0.12, 0.14, 0.0, 0.0, 0.70, 0.0, 0.0, 0.04),
                (0.03, 0.70, 0.001, 0.001, 0.0, 0.21, 0.0, 0.004, 0.054)),
    EthnicGroup("15", "Caribbean", 0.012, "BCRB", 0.38, 0.05, -0.4, 0.9,
                (0.96, 0.01, 0.0, 0.0, 0.03, 0.0, 0.0, 0.0), _BLACK),
    EthnicGroup("16", "Other Black", 0.005, "BOTH", 0.25, 0.15, -0.5, 0.8,
                (0.70, 0.05, 0.0, 0.0, 0.25, 0.0, 0.0, 0.0), _BLACK),
    EthnicGroup("17", "Arab", 0.004, "OOTH", 0.75, 0.80, -0.3, 0.0,
                (0.0, 0.05, 0.0, 0.0, 0.0, 0.0, 0.0, 0.95),
                (0.02, 0.05, 0.0, 0.0, 0.0, 0.85, 0.0, 0.0, 0.08)),
    EthnicGroup("18", "Any other", 0.0065, "OOTH", 0.65, 0.65, -0.2, 0.0,
                (0.10, 0.15, 0.05, 0.05, 0.05, 0.25, 0.05, 0.30), _ASIAN),
)  # fmt: skip

WHITE_BRITISH, CHINESE_GROUP = 0, 11
GROUP_SHARES: Floats = np.array([group.share for group in ETHNIC_GROUPS])
GROUP_SHARES = GROUP_SHARES / GROUP_SHARES.sum()
NAMING: Floats = np.array([group.naming for group in ETHNIC_GROUPS])
RELIGION: Floats = np.array([group.religion for group in ETHNIC_GROUPS])
BORN_ABROAD: Floats = np.array([group.born_abroad for group in ETHNIC_GROUPS])
OTHER_LANGUAGE: Floats = np.array([group.other_language for group in ETHNIC_GROUPS])
ADVANTAGE: Floats = np.array([group.advantage for group in ETHNIC_GROUPS])
LONE_PARENT: Floats = np.array([group.lone_parent for group in ETHNIC_GROUPS])


def naming_shares() -> Floats:
    """The share of families that follow each naming group, all ethnic groups together."""
    return np.asarray(GROUP_SHARES @ NAMING)
