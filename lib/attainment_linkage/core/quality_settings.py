"""Quality settings: the sections on people counted twice and on link quality."""

from __future__ import annotations

from dataclasses import dataclass

from attainment_linkage.core.checked import Settings, setting


@dataclass(frozen=True, kw_only=True)
class DeduplicateSettings(Settings):
    """People counted twice: the expected share of false ones among them to live with."""

    false_share: float = setting(above=0, at_most=1)


@dataclass(frozen=True, kw_only=True)
class MeasureSettings(Settings):
    """Link quality by group: pupils a shown rate rests on; weights as multiples of their mean."""

    smallest_count: int = setting(at_least=10)
    largest_weight_ratio: float = setting(above=1)
