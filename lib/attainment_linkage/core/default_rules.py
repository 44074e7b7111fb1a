"""Default rules: which pairs are formed, which keys settle them, what training is held on.

Each rule is written once with the fields it needs; a linkage gets those whose fields both
files can fill. The wide rules are in order of worth and may be many; ``affordable`` keeps
those that the counted pairs allow. The narrow rules are for millions of records: few key
groups, no rule that an ordinary block would blow up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from attainment_linkage.core.rules import Rule

PAIRS_PER_RECORD = 100
"""Candidate pairs that all wide rules together may form per record of the two files."""
FEWEST_BUDGET_PAIRS = 2_000_000
"""Candidate pairs that are always affordable."""

_WIDE = """
identifier
phone
email
name_sorted
birth_date
forename & surname
name_forward = name_backward
forename_root & surname_sound
postcode & birth_year
postcode & surname_initial & forename_initial
address & forename_initial
address & birth_year
postcode & forename_initial
postcode & surname_initial
surname_sound & forename_initial & birth_year
forename_sound & surname_initial & birth_year
address & surname_initial
surname_sound & birth_year & birth_month
surname_sound & birth_month & birth_day
forename_sound & birth_year & birth_month
forename_sound & birth_month & birth_day
surname_parts[] & forename_initial
given_names[] & surname_start
surname & forename_initial
forename & surname_initial
surname_sound & forename_sound
surname & place
forename & place
surname & birth_place
forename & birth_place
place_sound & surname_sound
place_sound & forename_sound
postcode_sector & surname_sound
postcode_sector & forename_sound
street & forename_initial
street & birth_year
house_number & postcode
house_number & surname_sound
house_number & forename_sound
birth_place & birth_year
surname_start & birth_year
forename & birth_year
surname_sound & middle_initial
forename & postcode_district
surname & postcode_district
surname_sound & occupation
surname
surname_sound
forename & middle_initial
forename
"""

_NARROW = """
identifier
birth_date & surname
birth_date & forename
birth_date & postcode
birth_date & surname_sound
birth_date & forename_sound
birth_date & address
birth_date & forename_initial & surname_initial & sex
birth_date & forename = surname & surname = forename
birth_date & name_sorted
postcode & forename_initial
postcode & surname_initial
postcode & birth_year
forename_sound & surname_sound & birth_year & birth_month
forename_sound & surname_sound & birth_month & birth_day
forename_sound & surname_sound & birth_year & birth_day
forename & surname & birth_year & birth_month
forename & surname & birth_month & birth_day
forename & surname & birth_year & birth_day
forename & surname & postcode_district
"""

_MATCHKEYS = """
full agreement: forename & surname & birth_date & sex & postcode
names, date, address: forename & surname & birth_date & address
names, date, postcode: forename & surname & birth_date & postcode
names, identifier: forename & surname & identifier
identifier, date: identifier & birth_date
nickname: forename_root & surname & birth_date & sex & postcode
middle name as forename: given_names[] & surname & birth_date & postcode
names swapped: name_forward = name_backward & birth_date & sex & postcode
names in any order: name_sorted & birth_date & postcode
former or part of surname: forename & surname_parts[] & birth_date & postcode
initials: forename_initial & surname_initial & birth_date & sex & postcode
sound: forename_sound & surname_sound & birth_date & sex & postcode
names, date, sector: forename & surname & birth_date & sex & postcode_sector
names, date, district: forename & surname & birth_date & sex & postcode_district
partial date: forename & surname & birth_year & birth_month & sex & postcode
day and month, year in doubt: forename & surname & birth_month & birth_day & sex & postcode
day and month transposed: forename & surname & birth_year & birth_month = birth_day & birth_day = birth_month & postcode
names, year, address: forename & surname & birth_year & address
names, middle initial, date: forename & middle_initial & surname & birth_date & sex
names and date anywhere: forename & surname & birth_date & sex
names and date, sex in doubt: forename & surname & birth_date
surname changed: forename & birth_date & sex & address
forename in doubt: surname & birth_date & sex & address
names and telephone: forename & surname & phone
names and postcode: forename & surname & postcode
names and address: forename & surname & address
names and place: forename & surname & place
names with middle name: forename & middle_names & surname
"""

_OWN_PARTNERS = ("birth_date", "identifier", "birth_year", "middle_initial")
_SHARED_PARTNERS = ("postcode", "place", "address", "phone", "birth_place")
"""Fields that, held equal with one name, let the other name be estimated, best first. A
person's own come before those a household shares: there EM would take it for one person."""

RELATED_FIELDS = frozenset({"postcode", "postcode_sector", "address", "street", "place", "region"})
"""Fields of one place: where a session holds one of them equal, it cannot speak of the others."""


@dataclass(frozen=True)
class Affordable:
    """Rules kept and rules left out for the pairs they would form."""

    kept: tuple[Rule, ...]
    dropped: tuple[Rule, ...]


def wide_rules(fields: frozenset[str], has_several: bool = False) -> tuple[Rule, ...]:
    """Every blocking rule whose fields both files can fill, in order of worth.

    ``has_several``: records hold several postcodes; any may equal any of the other side.
    """
    return _applicable(_WIDE, fields, has_several)


def narrow_rules(fields: frozenset[str], has_several: bool = False) -> tuple[Rule, ...]:
    """Blocking rules for millions of records, in few key groups."""
    return _without_implied(_applicable(_NARROW, fields, has_several))


def matchkeys(fields: frozenset[str], has_several: bool = False) -> tuple[Rule, ...]:
    """The ladder of matchkeys, from the strictest, as far as the fields allow."""
    return _applicable(_MATCHKEYS, fields, has_several)


def training_rules(fields: frozenset[str], has_several: bool = False) -> tuple[Rule, ...]:
    """The blocks on which EM is held: each fixes two fields, so that most pairs are matches.

    Held on a household's fields alone (postcode), EM would take its members for one person.
    Both names estimate all but the names; each name with one more field, the other name.
    """
    usable = fields - {"postcode"} if has_several else fields
    own = [field for field in _OWN_PARTNERS if field in usable]
    shared = [field for field in _SHARED_PARTNERS if field in usable]
    partners = own[:2] if "birth_date" in usable or "identifier" in usable else own + shared
    given = [name for name in ("forename", "surname") if name in usable]
    texts = [" & ".join(given)] if len(given) == 2 else []
    texts += [f"{name} & {partner}" for partner in partners[:2] for name in given]
    if len(given) < 2:
        texts += [f"{one} & {two}" for one, two in pairwise(own + shared)]
    texts += [field for field in ("identifier", "phone", "email") if field in usable]
    return tuple(Rule.parse(text) for text in texts)


def affordable(
    rules: Sequence[Rule], pair_counts: Mapping[int, int], left_records: int, right_records: int
) -> Affordable:
    """Keep the rules, in order, whose counted pairs fit the budget; the others are said.

    ``pair_counts`` holds the candidate pairs of each rule by its place in ``rules``; a rule
    that does not fit leaves room for narrower ones after it.
    """
    budget = max(FEWEST_BUDGET_PAIRS, PAIRS_PER_RECORD * (left_records + right_records))
    kept, dropped, total = [], [], 0
    for place, rule in enumerate(rules):
        pairs = pair_counts.get(place, 0)
        if total + pairs <= budget:
            kept.append(rule)
            total += pairs
        else:
            dropped.append(rule)
    return Affordable(tuple(kept), tuple(dropped))


def _applicable(texts: str, fields: frozenset[str], has_several: bool) -> tuple[Rule, ...]:
    rules = []
    for line in texts.strip().splitlines():
        name, colon, text = line.rpartition(":")
        if has_several:
            text = re.sub(r"\bpostcode\b", "postcodes[]", text)
        rule = Rule.parse(text, name.strip() if colon else "")
        if {*rule.left_columns, *rule.right_columns} <= fields:
            rules.append(rule)
    return tuple(rules)


def _without_implied(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Leave out a rule that only adds equalities to another one: it forms no new pair."""
    return tuple(
        rule
        for rule in rules
        if not any(set(other.equalities) < set(rule.equalities) for other in rules)
    )
