"""Size: how many households make the asked number of records, and in how many blocks."""

from __future__ import annotations

from dataclasses import dataclass

from attainment_linkage.core.population import geography
from attainment_linkage.core.population.profiles import Profile
from attainment_linkage.domain.errors import ConfigError

PUPIL_HOUSEHOLDS_PER_BLOCK, OTHER_HOUSEHOLDS_PER_BLOCK = 2048, 4096


@dataclass(frozen=True)
class Population:
    """What is asked for.

    ``attainment_records`` is Key Stage 4 and 5 rows together; ``census_people`` is Census
    rows, None for the households of the pupils alone. Both are met within about 1%.
    ``census_ages`` (first, last) delivers only people of those ages. A narrow Census has
    ids, names, dates and addresses; its attributes are empty.
    """

    seed: int
    profile: Profile
    attainment_records: int
    census_people: int | None = None
    census_ages: tuple[int, int] | None = None
    is_narrow: bool = False

    def __post_init__(self) -> None:
        problems = []
        if self.seed < 0:
            problems.append(f"seed is {self.seed}; it must be 0 or more")
        if self.attainment_records < 1:
            problems.append(
                f"attainment_records is {self.attainment_records}; at least 1 is needed"
            )
        if self.census_people is not None and self.census_people < 1:
            problems.append(f"census_people is {self.census_people}; at least 1 is needed")
        if self.census_ages is not None and self.census_ages[0] > self.census_ages[1]:
            problems.append("census_ages ends before it begins")
        if problems:
            raise ConfigError(
                "population: it cannot be made; " + "; ".join(problems)
                + ". Set it in conf/<env>.toml."
            )  # fmt: skip


@dataclass(frozen=True)
class Design:
    """How many households of each kind there are, and over how many output areas."""

    pupil_households: int
    other_households: int

    @property
    def areas(self) -> int:
        """Output areas that are lived in: enough for every household's address."""
        others = geography.ADDRESSES_PER_AREA - geography.PUPIL_ADDRESSES
        return max(
            -(-self.pupil_households // geography.PUPIL_ADDRESSES),
            -(-self.other_households // others),
            1,
        )

    @property
    def pupil_blocks(self) -> int:
        """Blocks of households with a pupil."""
        return -(-self.pupil_households // PUPIL_HOUSEHOLDS_PER_BLOCK)

    @property
    def other_blocks(self) -> int:
        """Blocks of the other households."""
        return -(-self.other_households // OTHER_HOUSEHOLDS_PER_BLOCK)

    def pupil_span(self, block: int) -> tuple[int, int]:
        """First household of a block, and how many it has."""
        return _span(block, PUPIL_HOUSEHOLDS_PER_BLOCK, self.pupil_households)

    def other_span(self, block: int) -> tuple[int, int]:
        """As ``pupil_span``, for the other households."""
        return _span(block, OTHER_HOUSEHOLDS_PER_BLOCK, self.other_households)


def _span(block: int, per_block: int, total: int) -> tuple[int, int]:
    first = block * per_block
    return first, max(0, min(per_block, total - first))
