"""Review settings: the section ``review`` of the configuration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from attainment_linkage.core.checked import Settings, setting


@dataclass(frozen=True, kw_only=True)
class ReviewSettings(Settings):
    """Clerical review: how many pairs a batch has, and how its strata are cut.

    ``band_edges_bits`` are the lower ends of the score bands above the lowest.
    """

    sample_pairs: int = setting(at_least=1)
    least_pairs: int = setting(at_least=1)
    informative_pairs: int = setting(at_least=1)
    prior_matches: float = setting(above=0)
    band_edges_bits: tuple[float, ...]
    confidence: float = setting(at_least=0.5, at_most=0.999)
    seed: int = setting(at_least=0)

    def contradictions(self) -> Iterator[str]:
        """Bands lie one above the other."""
        edges = self.band_edges_bits
        if any(low >= high for low, high in pairwise(edges)):
            yield f"band_edges_bits is {list(edges)}; each edge must be above the one before"
