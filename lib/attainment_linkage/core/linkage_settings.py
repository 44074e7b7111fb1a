"""Linkage settings: thresholds, budgets and seeds of the linkage, and draws of its links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from attainment_linkage.core.checked import Settings, setting
from attainment_linkage.core.policy import POPULATIONS


@dataclass(frozen=True, kw_only=True)
class LinkSettings(Settings):
    """Thresholds, budgets and seeds of the linkage. Bits are log2 posterior odds."""

    accept_bits: float = setting(at_least=-50, at_most=100)
    false_link_rate: float = setting(at_least=0, at_most=0.5)
    margin_bits: float = setting(above=0)
    review_bits: float = setting(at_least=-50, at_most=100)
    candidate_pair_budget: int = setting(at_least=1)
    task_memory_mib: int = setting(at_least=64)
    bucket_rows: int = setting(at_least=1)
    bucket_pairs: int = setting(at_least=1)
    training_pairs: int = setting(at_least=1)
    term_frequency_population: str = setting(one_of=POPULATIONS)
    seed: int = setting(at_least=0)
    model: str = setting(is_empty_allowed=True)
    largest_drift: float = setting(at_least=0, at_most=1)

    def contradictions(self) -> Iterator[str]:
        """A pair cannot be accepted that was never kept for review."""
        if self.review_bits > self.accept_bits:
            yield (
                f"review_bits is {self.review_bits}, accept_bits is {self.accept_bits}; "
                "review_bits must not be above accept_bits"
            )


@dataclass(frozen=True, kw_only=True)
class DetachSettings(Settings):
    """Draws of links, by which ``analyse`` tells what linkage error does to its answers."""

    link_draws: int = setting(at_least=2, at_most=1000)
    seed: int = setting(at_least=0)
