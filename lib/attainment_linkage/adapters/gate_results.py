"""Gate results: what a gate found of each of its expectations: counts, never values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Expectation:
    """What one expectation of a gate found: counts, never values."""

    type: str
    column: str
    severity: str
    is_met: bool
    element_count: int | None
    unexpected_count: int | None

    @property
    def said(self) -> str:
        """The expectation in a line, for a message or the run's report."""
        counted = ""
        if self.unexpected_count is not None:
            counted = f": {self.unexpected_count} of {self.element_count} rows"
        return f"{self.type} ({self.column}){counted}"


@dataclass(frozen=True)
class GateResult:
    """The result of one gate; ``seconds`` is what it cost."""

    table: str
    expectations: tuple[Expectation, ...]
    seconds: float

    @property
    def warnings(self) -> tuple[Expectation, ...]:
        """Expectations not met that do not stop the run."""
        return tuple(one for one in self.expectations if not one.is_met)
