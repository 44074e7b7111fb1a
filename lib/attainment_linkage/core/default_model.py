"""Default model: from the roles of two files to everything that linking them needs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from attainment_linkage.core import comparisons as compare
from attainment_linkage.core import default_rules, roles
from attainment_linkage.core import place_comparisons as places
from attainment_linkage.core.levels import HOME, Comparison, Home
from attainment_linkage.core.model import LinkageModel

_ADDRESS_RECORDS = 12
"""Most records of a file at one address that are still one home; beyond, an institution."""
_POSTCODE_RECORDS = 60
"""Most records of a file in one postcode that are still neighbours; beyond, a ZIP code."""
_SEVERAL_POSTCODES = frozenset({"postcode_history", "postcode_one_year_ago"})


def model_for(
    left: Iterable[str],
    right: Iterable[str],
    idle: Iterable[str] = (),
    *,
    is_narrow: bool = False,
) -> LinkageModel:
    """The linkage model that follows from the roles of the left and right columns.

    ``idle`` are roles set aside because (nearly) one value fills their column on a side;
    ``is_narrow`` asks for the few key groups that millions of records allow. What is
    ignored is said in the model's notes.
    """
    set_aside = set(idle)
    left_roles = [role for role in left if role not in set_aside]
    right_roles = [role for role in right if role not in set_aside]
    fields = roles.common_fields(left_roles, right_roles)
    has_several = bool(_SEVERAL_POSTCODES & {*left_roles, *right_roles})
    home = home_of(fields, has_several)
    made = comparisons_for(fields, has_several, home)
    blocking = default_rules.narrow_rules if is_narrow else default_rules.wide_rules
    return LinkageModel(
        comparisons=made,
        blocking_rules=blocking(fields, has_several),
        matchkeys=default_rules.matchkeys(fields, has_several),
        training_rules=default_rules.training_rules(fields, has_several),
        comparison_columns=_columns_read(made),
        term_frequency_columns=compare.frequency_columns(made),
        home=home,
        notes=_notes(left_roles, right_roles, set_aside),
    )


def home_of(fields: frozenset[str], has_several: bool = False) -> Home | None:
    """What makes two records ones of one home: the address, else the postcode.

    Without either, a number in common: a relative's is written down before a stranger's.
    """
    if has_several and "postcode" in fields:
        return Home("postcode", _POSTCODE_RECORDS, "list_has_any(postcodes_l, postcodes_r)", 0.05)
    condition = f"{HOME}_l = {HOME}_r"
    if "address" in fields:
        return Home("address", _ADDRESS_RECORDS, condition, 0.6)
    if "postcode" in fields:
        return Home("postcode", _POSTCODE_RECORDS, condition, 0.05)
    shared = [field for field in ("identifier", "phone", "email") if field in fields]
    return Home(shared[0], _ADDRESS_RECORDS, condition, 0.6) if shared else None


def comparisons_for(
    fields: frozenset[str], has_several: bool = False, home: Home | None = None
) -> tuple[Comparison, ...]:
    """The comparisons that these common fields allow, each piece of evidence once."""
    made: list[Comparison] = []
    if "forename" in fields:
        made.append(compare.forename("surname" in fields))
    if "surname" in fields:
        made.append(compare.surname("forename" in fields, home))
    if "middle_initial" in fields:
        made.append(compare.middle_name("middle_names" in fields, home))
    if "birth_date" in fields:
        made.append(compare.birth(home))
    elif "birth_year" in fields:
        made.append(compare.birth_year())
    if "age" in fields:
        made.append(compare.age())
    if "sex" in fields:
        made.append(compare.sex())
    if has_several and "postcodes" in fields:
        made.append(places.several_postcodes())
    elif {"address", "street", "postcode", "place"} & fields:
        made.append(places.where(fields))
    elif "region" in fields:
        made.append(compare.category("region"))
    if "birth_place" in fields:
        made.append(places.place_name("birth_place", "birth_place"))
    if "identifier" in fields:
        made.append(compare.number("identifier"))
    made += [
        compare.number(field, None if home is None or home.column == field else home)
        for field in ("phone", "email")
        if field in fields
    ]
    if "ethnic_group" in fields:
        made.append(compare.category("ethnic_group", home=home))
    attributes = sorted(field for field in fields if field.startswith("attribute_"))
    made += [compare.category(field) for field in ("occupation", *attributes) if field in fields]
    return tuple(made)


def _columns_read(made: tuple[Comparison, ...]) -> tuple[str, ...]:
    """The columns that the levels read, sorted."""
    found: set[str] = set()
    for comparison in made:
        for level in comparison["comparison_levels"]:
            found.update(re.findall(r"\b([a-z_]+)_[lr]\b", level["sql_condition"]))
    return tuple(sorted({*found, *compare.frequency_columns(made)} - {HOME}))


def _notes(left: list[str], right: list[str], idle: set[str]) -> tuple[str, ...]:
    notes = [
        f"role {role} is ignored: the other file has nothing to compare it with"
        for role in roles.one_sided_roles(left, right)
    ]
    notes += [
        f"role {role} is set aside: (nearly) one value fills its column and tells nobody apart"
        for role in sorted(idle)
    ]
    return tuple(notes)
