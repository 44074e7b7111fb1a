"""Definitions that the derived variables rest on, each once, with its source.

They are the words of ``domain/research_household.py`` and ``research_attainment.py`` as
numbers and codes; ``steps`` makes columns of them.
"""

from __future__ import annotations

YOUNGEST_ADULT = 16
OLDEST_DEPENDENT_STUDENT = 18
"""Census 2011: a dependent child is 0 to 15, or 16 to 18, in full-time education, with parents."""

QUALIFICATIONS = ("none", "other", "level1", "level2", "apprenticeship", "level3", "level4")
"""Lowest first; other (foreign, vocational of unknown level) is above none alone."""

COUPLES = ("married", "civil_partner")
IN_WORK = "employed"
ENGLISH = "english"
BAD_HEALTH = 4
"""General health from here on is bad or very bad."""
LIMITED = 2
"""Limiting condition up to here limits a lot or a little."""
CARES = 1
"""Unpaid care from here on is an hour a week or more."""

OVERCROWDED = -1
"""Census 2011: an occupancy rating of -1 or less is overcrowded."""
RENTED = ("social_la", "social_other", "private")
LARGE_FAMILY = 4
RECENT_ARRIVAL = 2006
"""Arrived within the five years before Census day, 27 March 2011."""
BORN_HERE = ("england", "wales", "scotland", "northern_ireland")
TRAVELLER = ("03",)
SCHOOL_TRAVELLER = ("WIRT", "WROM")
TEENAGE = 20
CHILDHOOD = 18
PERSISTENT_ABSENCE = 0.15
"""Share of sessions missed: the schools' definition of 2010/11 (10 in 100 from 2015/16)."""
SEN = ("support", "statement")

STRONG_BITS = 16
"""A link without a matchkey is strong from here on: odds of 65,536 to one."""
LEVEL_3_YEARS = 2
"""Level 3 is looked for this many years after Key Stage 4."""
