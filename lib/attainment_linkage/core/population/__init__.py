"""The synthetic population: whole households, their education records, and the truth.

No real person is in it. ``design`` fixes how many households there are; any block of any
table is then made alone from the seed. See conf/population.toml for every rate.
"""

from attainment_linkage.core.population.blocks import MAKERS, BlockOfPeople
from attainment_linkage.core.population.profiles import Profile, profile_named
from attainment_linkage.core.population.size import Design, Population
from attainment_linkage.core.population.texts import OTHER_BLOCK, PUPIL_BLOCK
from attainment_linkage.core.population.trial import design
from attainment_linkage.core.population.truth import (
    DOUBLES_SCHEMA,
    TRUTH_SCHEMA,
    doubles,
    truth,
)
from attainment_linkage.core.population.variants import SHORT_FORMS, SPELLINGS

__all__ = [
    "DOUBLES_SCHEMA",
    "MAKERS",
    "OTHER_BLOCK",
    "PUPIL_BLOCK",
    "SHORT_FORMS",
    "SPELLINGS",
    "TRUTH_SCHEMA",
    "BlockOfPeople",
    "Design",
    "Population",
    "Profile",
    "design",
    "doubles",
    "profile_named",
    "truth",
]
