"""Linkage: the shared road of ``link``, ``deduplicate`` and ``link-files``, to scored pairs.

Count, plan, train, score. Everything that could stop a linkage is found before the
expensive part: an unusable rule, a plan over its budget, rules that form no pair.
"""

from __future__ import annotations

from attainment_linkage.stages.linkage.laid import (
    Laid,
    cut_and_counted,
    kept_records,
    laid_out,
    prepared,
)
from attainment_linkage.stages.linkage.plan import Plan, candidate_counts, planned
from attainment_linkage.stages.linkage.weights import Scored, level_shares, scored, trained, weighed

__all__ = [
    "Laid",
    "Plan",
    "Scored",
    "candidate_counts",
    "cut_and_counted",
    "kept_records",
    "laid_out",
    "level_shares",
    "planned",
    "prepared",
    "scored",
    "trained",
    "weighed",
]
