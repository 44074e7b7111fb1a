"""Review: the words of clerical review: decisions, outcomes, and the two kinds of batch."""

from __future__ import annotations

MATCH, NOT_MATCH, UNSURE, UNDO = "match", "not", "unsure", "undo"
DECISIONS = (MATCH, NOT_MATCH, UNSURE)
"""What a reviewer may decide of a pair; ``undo`` takes the last decision back."""

LINKED, CONTESTED, WEAK, LOST = "linked", "contested", "weak", "lost"
OUTCOMES = (LINKED, CONTESTED, WEAK, LOST)
"""What the linkage did with a scored pair. Lost: another pair took one of its two records."""

STRATIFIED, INFORMATIVE = "stratified", "informative"
"""Batches: a random sample of each stratum; then the pairs whose decision tells most."""

EVIDENCE, RETURNED = "evidence", "returned"
"""Documents that stages read: counts of decided matches by level; decided pairs by their ids."""

NO_KEY = "none"
"""The key of a pair that no matchkey holds."""

NO_CODE = "-"
"""The stratum code where no codes were handed over, or where a pupil has none."""
