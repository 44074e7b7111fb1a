"""Research tables: what is left when nobody can be found in it, and enough to answer from.

The grain is the pupil, not the examination: analyses compare pupils, and one row each needs
no care with doubled ones. Every attainment record is accounted for all the same: the record
counts of the two key stages add up to the attainment records delivered (a gate).
"""

from __future__ import annotations

from attainment_linkage.domain.research_attainment import (
    ATTAINED,
    FLAGS,
    VULNERABILITY,
    VULNERABILITY_FLAGS,
)
from attainment_linkage.domain.research_household import HOUSEHOLD
from attainment_linkage.domain.research_own import IDS, LINK, OWN, PLACES
from attainment_linkage.domain.table import RESEARCH, Column, Table

__all__ = [
    "DRAWN_PUPILS",
    "FLAGS",
    "LINKED_PUPILS",
    "RESEARCH_TABLES",
    "VULNERABILITY_FLAGS",
]

LINKED_PUPILS = Table(
    "linked_pupils",
    "one row per pupil with an attainment record, linked to the Census or not",
    RESEARCH,
    (*IDS, *LINK, *OWN, *PLACES, *HOUSEHOLD, *ATTAINED, *VULNERABILITY),
    ("person_id",),
)

DRAWN_PUPILS = Table(
    "drawn_pupils",
    "one row per draw of links and pupil that the draw links otherwise than the links do",
    RESEARCH,
    (
        Column("draw", "number of the draw of links, from 1", "int", is_required=True),
        *LINKED_PUPILS.columns,
    ),
    ("draw", "person_id"),
)
"""What linkage error would have made of the research table: read by ``analyse`` alone."""

RESEARCH_TABLES = (LINKED_PUPILS,)
"""Every table of the research root that a project may be approved for."""
