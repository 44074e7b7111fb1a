"""Linkage: the shared road of ``link``, ``deduplicate`` and ``link-files``, to scored pairs.

Count, plan, train, score. Everything that could stop a linkage is found before the
expensive part: an unusable rule, a plan over its budget, rules that form no pair.
"""

from __future__ import annotations

from attainment_linkage.stages.linkage.counted import Counted, counted, kept_records, prepared
from attainment_linkage.stages.linkage.plan import Plan, candidate_counts, planned
from attainment_linkage.stages.linkage.weights import Scored, level_shares, scored, trained, weighed

__all__ = [
    "Counted",
    "Plan",
    "Scored",
    "candidate_counts",
    "counted",
    "kept_records",
    "level_shares",
    "planned",
    "prepared",
    "scored",
    "trained",
    "weighed",
]
