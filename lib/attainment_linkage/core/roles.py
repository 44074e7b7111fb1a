"""Roles: what a column of a delivered file is, and what the linkage record can hold of it.

A role says what a column means ("surname"); a field is a column of the linkage record
("surname_sound"). Different but compatible roles lead to the same fields: ``full_name``
gives what ``forename`` and ``surname`` give, ``address_line`` what ``house_number`` and
``street`` give, ``birth_day``, ``birth_month`` and ``birth_year`` what ``date_of_birth``
gives, ``middle_initial`` the initial that ``middle_name`` gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attainment_linkage.domain.tables import LINKAGE_FIELDS

ROLES: Mapping[str, str] = {
    "forename": "first or given name; further given names may follow it",
    "middle_name": "middle names",
    "middle_initial": "initial of the first middle name",
    "surname": "family name",
    "former_surname": "an earlier or other family name",
    "full_name": "forenames and surname in one text, surname last",
    "date_of_birth": "whole or partial date of birth in any usual notation",
    "birth_day": "day of birth, 1 to 31",
    "birth_month": "month of birth, number or name",
    "birth_year": "year of birth",
    "age": "age in whole years; used where no birth date or year is given",
    "sex": "M, F, 1 (male), 2 (female), male, female and the like",
    "postcode": "postcode or ZIP code of the address",
    "postcode_history": "other postcodes: an array of texts or of (postcode, ...) or a;b;c",
    "postcode_one_year_ago": "postcode one year before",
    "house_number": "house or building number",
    "street": "street name",
    "address_line": "number and street in one text",
    "place": "town, suburb or city",
    "region": "state, county or region",
    "birth_place": "place of birth",
    "phone": "telephone number",
    "email": "email address",
    "identifier": "a strong personal identifier, such as a social security number or UPN",
    "occupation": "occupation",
    "ethnic_group": "ethnic group, in the same categories on both sides",
}
ATTRIBUTE = "attribute:"
"""Prefix of a free role: ``attribute:NAME`` is compared as equal or not, on both sides."""

RECORD_ID = "record_id"

FIELDS: Mapping[str, str] = {column.name: column.type for column in LINKAGE_FIELDS}
"""Every fixed column of the linkage record beside ``record_id``, with its Spark type."""

_FORENAME_FIELDS = (
    "forename",
    "forename_root",
    "forename_initial",
    "forename_sound",
    "given_names",
)
_SURNAME_FIELDS = (
    "surname",
    "surname_initial",
    "surname_sound",
    "surname_start",
    "surname_parts",
)
_WHOLE_NAME_FIELDS = ("name_sorted", "name_forward", "name_backward")
_DATE_FIELDS = ("birth_date", "birth_year", "birth_month", "birth_day")
_POSTCODE_FIELDS = (
    "postcode",
    "postcode_sector",
    "postcode_district",
    "postcodes",
    "postcode_sectors",
    "postcode_districts",
)
_ARRAY_POSTCODE_FIELDS = ("postcodes", "postcode_sectors", "postcode_districts")

_GIVES: Mapping[str, tuple[str, ...]] = {
    "forename": _FORENAME_FIELDS,
    "middle_name": ("middle_names", "middle_initial"),
    "middle_initial": ("middle_initial",),
    "surname": _SURNAME_FIELDS,
    "former_surname": ("surname_parts",),
    "full_name": (
        *_FORENAME_FIELDS,
        "middle_names",
        "middle_initial",
        *_SURNAME_FIELDS,
        *_WHOLE_NAME_FIELDS,
    ),
    "date_of_birth": _DATE_FIELDS,
    "birth_day": ("birth_day",),
    "birth_month": ("birth_month",),
    "birth_year": ("birth_year",),
    "postcode": _POSTCODE_FIELDS,
    "postcode_history": _ARRAY_POSTCODE_FIELDS,
    "postcode_one_year_ago": _ARRAY_POSTCODE_FIELDS,
    "street": ("street", "street_sound"),
    "address_line": ("house_number", "street", "street_sound", "address"),
    "place": ("place", "place_sound"),
}
"""Fields a role gives, where they are not just the field of the role's own name."""

_TOGETHER: tuple[tuple[frozenset[str], tuple[str, ...]], ...] = (
    (frozenset({"forename", "surname"}), _WHOLE_NAME_FIELDS),
    (frozenset({"birth_year", "birth_month", "birth_day"}), ("birth_date",)),
    (frozenset({"house_number", "street"}), ("address",)),
)
"""Fields that several fields give together."""


def is_role(role: str) -> bool:
    """Whether ``role`` is one of ``ROLES`` or a named free attribute."""
    return role in ROLES or (role.startswith(ATTRIBUTE) and role[len(ATTRIBUTE) :].isidentifier())


def attribute_field(role: str) -> str:
    """The field of a free attribute role: ``attribute:tenure`` -> ``attribute_tenure``."""
    return role.replace(":", "_")


def fields_of(roles: Iterable[str]) -> frozenset[str]:
    """The fields of the linkage record that columns of these roles can fill."""
    fields: set[str] = set()
    for role in roles:
        if role.startswith(ATTRIBUTE):
            fields.add(attribute_field(role))
        else:
            fields.update(_GIVES.get(role, (role,)))
    for needed, given in _TOGETHER:
        if needed <= fields:
            fields.update(given)
    return frozenset(fields)


def common_fields(left: Iterable[str], right: Iterable[str]) -> frozenset[str]:
    """The fields that both sides can fill, given the roles of each."""
    return fields_of(left) & fields_of(right)


def one_sided_roles(left: Iterable[str], right: Iterable[str]) -> tuple[str, ...]:
    """Roles that fill no field the other side has: ignored, and to be said so."""
    left_roles, right_roles = set(left), set(right)
    left_fields, right_fields = fields_of(left_roles), fields_of(right_roles)
    idle = [role for role in left_roles if not fields_of([role]) & right_fields]
    idle += [role for role in right_roles if not fields_of([role]) & left_fields]
    return tuple(sorted(set(idle)))
