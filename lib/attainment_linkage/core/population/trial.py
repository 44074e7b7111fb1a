"""Trial: a few blocks made to learn how many rows a household gives, to fix the design."""

from __future__ import annotations

from functools import lru_cache

from attainment_linkage.core.population.attainment_rows import has_ks4, has_ks5
from attainment_linkage.core.population.blocks import BlockOfPeople
from attainment_linkage.core.population.size import (
    OTHER_HOUSEHOLDS_PER_BLOCK,
    PUPIL_HOUSEHOLDS_PER_BLOCK,
    Design,
    Population,
)
from attainment_linkage.core.population.texts import OTHER_BLOCK, PUPIL_BLOCK
from attainment_linkage.domain.errors import ConfigError

_BLOCKS = 3


@lru_cache(maxsize=8)
def design(population: Population) -> Design:
    """How many households make the asked numbers of rows, within about 1%.

    Raises ConfigError where fewer Census people are asked for than live with the pupils.
    """
    trial = Design(_BLOCKS * PUPIL_HOUSEHOLDS_PER_BLOCK, _BLOCKS * OTHER_HOUSEHOLDS_PER_BLOCK)
    records, people = 0.0, 0
    for number in range(_BLOCKS):
        block = BlockOfPeople(population, trial, PUPIL_BLOCK, number)
        records += _records(block, population)
        people += len(block.forms())
    households = max(1, round(population.attainment_records * trial.pupil_households / records))
    if population.census_people is None:
        return Design(households, 0)
    theirs = round(households * people / trial.pupil_households)
    more = population.census_people - theirs
    if more < -0.02 * theirs:
        raise ConfigError(
            f"population: census_people is {population.census_people}; the households of the "
            f"pupils alone hold about {theirs}. Ask for more people, fewer attainment records, "
            "or set census_ages."
        )
    others = sum(
        len(BlockOfPeople(population, trial, OTHER_BLOCK, number).forms())
        for number in range(_BLOCKS)
    )
    return Design(households, max(0, round(more * trial.other_households / max(others, 1))))


def _records(block: BlockOfPeople, population: Population) -> float:
    pupils, results = block.pupils()
    rates = population.profile.schooling
    return float(
        has_ks4(pupils).sum() * (1 + rates.ks4_repeated)
        + has_ks5(pupils, results).sum() * (1 + rates.ks5_repeated)
    )
