"""Tables: every table of the road, declared once; the front of the modules that hold them.

The code that reads or writes a table, the gates, the data dictionary and the tests all
take it from here.
"""

from __future__ import annotations

from attainment_linkage.domain.analysis_tables import ANALYSIS_CELLS
from attainment_linkage.domain.attribute_tables import (
    CENSUS_CHARACTERISTICS,
    LINK_DRAWS,
    LINK_SPINE,
    PUPIL_ATTAINMENT,
    PUPIL_CHARACTERISTICS,
    QUARANTINE_LINKS,
    UNREAD_ATTRIBUTES,
)
from attainment_linkage.domain.linkage_tables import (
    ATTAINMENT_PEOPLE,
    CANDIDATE_COUNTS,
    CENSUS_DOUBLES,
    CENSUS_PEOPLE,
    LINKAGE_FIELDS,
    LINKS,
    MATCHKEY_COUNTS,
    POSSIBLE_DOUBLES,
    REVIEW_PAIRS,
    SCORED_PAIRS,
    UNREAD_IDENTITY,
)
from attainment_linkage.domain.measure_tables import LINK_QUALITY, LINKAGE_WEIGHTS
from attainment_linkage.domain.research_tables import (
    DRAWN_PUPILS,
    LINKED_PUPILS,
    RESEARCH_TABLES,
    VULNERABILITY_FLAGS,
)
from attainment_linkage.domain.sources import (
    CENSUS_SOURCE,
    KS4_SOURCE,
    KS5_SOURCE,
    SCHOOL_CENSUS_SOURCE,
    SOURCES,
    Source,
)
from attainment_linkage.domain.table import (
    ATTRIBUTES,
    IDENTIFIERS,
    LANDING,
    RESEARCH,
    ZONES,
    Column,
    Table,
)
from attainment_linkage.domain.variable import Variable

__all__ = [
    "ANALYSIS_CELLS",
    "ATTAINMENT_PEOPLE",
    "ATTRIBUTES",
    "CANDIDATE_COUNTS",
    "MATCHKEY_COUNTS",
    "CENSUS_CHARACTERISTICS",
    "CENSUS_DOUBLES",
    "CENSUS_PEOPLE",
    "CENSUS_SOURCE",
    "DRAWN_PUPILS",
    "IDENTIFIERS",
    "KS4_SOURCE",
    "KS5_SOURCE",
    "LANDING",
    "LINKAGE_FIELDS",
    "LINKAGE_WEIGHTS",
    "LINKED_PUPILS",
    "LINKS",
    "LINK_DRAWS",
    "LINK_QUALITY",
    "LINK_SPINE",
    "POSSIBLE_DOUBLES",
    "PUPIL_ATTAINMENT",
    "PUPIL_CHARACTERISTICS",
    "QUARANTINE_LINKS",
    "RESEARCH",
    "RESEARCH_TABLES",
    "REVIEW_PAIRS",
    "SCHOOL_CENSUS_SOURCE",
    "SCORED_PAIRS",
    "SOURCES",
    "UNREAD_ATTRIBUTES",
    "UNREAD_IDENTITY",
    "VULNERABILITY_FLAGS",
    "ZONES",
    "Column",
    "Source",
    "Table",
    "Variable",
]
