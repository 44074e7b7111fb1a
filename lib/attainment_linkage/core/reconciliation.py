"""Reconciliation: records in are records out and set aside, or the run stops.

Nothing may be lost or doubled between the links and the research table, and every
attainment record is accounted for once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from attainment_linkage.domain.errors import CountsDifferError


@dataclass(frozen=True)
class Balance:
    """One kind of record: how many came in, went out, and were set aside."""

    what: str
    came_in: int
    went_out: int
    set_aside: int = 0

    @property
    def is_even(self) -> bool:
        """Whether nothing was lost or doubled."""
        return self.came_in == self.went_out + self.set_aside

    @property
    def said(self) -> Mapping[str, int]:
        """The counts under the names they are printed by."""
        counts = {f"{self.what} in": self.came_in, f"{self.what} out": self.went_out}
        return {**counts, f"{self.what} set aside": self.set_aside}


def require_even(where: str, balances: tuple[Balance, ...]) -> None:
    """Stop where any kind of record was lost or doubled.

    Raises:
        CountsDifferError: names every kind whose counts differ.
    """
    uneven = [
        f"{one.came_in} {one.what} in, {one.went_out} out and {one.set_aside} set aside"
        for one in balances
        if not one.is_even
    ]
    if uneven:
        raise CountsDifferError(
            f"{where}: {'; '.join(uneven)}. Nothing was published. Something was lost or doubled: "
            "report it with the run's manifest."
        )
