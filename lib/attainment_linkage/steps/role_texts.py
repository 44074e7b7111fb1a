"""Role texts: the cleaned text of each role of a record, before fields are made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, StructType

from attainment_linkage.core.column_facts import ColumnFacts
from attainment_linkage.core.roles import ATTRIBUTE, RECORD_ID, attribute_field
from attainment_linkage.core.spec import SideSpec
from attainment_linkage.steps import dates, names, places

_NAME_ROLES = (
    "forename",
    "middle_name",
    "middle_initial",
    "surname",
    "former_surname",
)


_PLAIN_ROLES = ("birth_year", "birth_month", "birth_day", "house_number", "street", "address_line")


_CLEANED: Mapping[str, Callable[[Column], Column]] = {
    **dict.fromkeys(_NAME_ROLES, names.name_words),
    "full_name": names.full_name_words,
    **dict.fromkeys(_PLAIN_ROLES, F.trim),
    "date_of_birth": dates.date_text,
    "age": dates.number_text,
    "sex": places.sex,
    "postcode": places.postcode_text,
    "place": places.place,
    "region": places.place,
    "birth_place": places.place,
    "phone": places.phone,
    "email": places.email,
    "identifier": places.identifier,
    "occupation": places.category,
    "ethnic_group": places.category,
}
"""How the text of each role is cleaned, once; a role of plain text is only trimmed."""


_FINISHED_ROLES = (
    *("sex", "place", "region", "birth_place", "phone", "email", "identifier"),
    *("occupation", "ethnic_group"),
)
"""Roles whose cleaned text is the field itself."""


_NO_NUMBERS = frozenset([*_NAME_ROLES, "full_name", *_PLAIN_ROLES, "age", "sex", "email"])
"""Roles without digits that count, and those whose cleaning takes 6.0 for 6 already."""


def role_texts(rows: DataFrame, side: SideSpec, facts: ColumnFacts) -> DataFrame:
    """The id, one cleaned text per role (``<role>_text``), and the fields that are done."""
    columns = {
        role: F.col(f"`{column}`")
        for column, role in side.roles.items()
        if role not in facts.idle_roles
    }
    cleaned: list[Column] = [F.col(f"`{side.id}`").cast("string").alias(RECORD_ID)]
    for role, clean in _CLEANED.items():
        known = columns.get(role)
        text = clean(_plain(role, known)) if known is not None else _nothing("string")
        cleaned.append(text.alias(role if role in _FINISHED_ROLES else f"{role}_text"))
    for role in side.roles.values():
        if role.startswith(ATTRIBUTE):
            known = columns.get(role)
            text = places.category(_plain(role, known)) if known is not None else _nothing("string")
            cleaned.append(text.alias(attribute_field(role)))
    return rows.select(*cleaned, _other_postcodes(columns, rows).alias("other_postcodes"))


def _plain(role: str, known: Column) -> Column:
    """A role as text, its whole numbers without a point."""
    text = known.cast("string")
    return text if role in _NO_NUMBERS else dates.without_point(text)


def _nothing(kind: str) -> Column:
    return F.lit(None).cast(kind)


def _other_postcodes(columns: dict[str, Column], rows: DataFrame) -> Column:
    """The further postcodes of a record as delivered, as one array of compact texts."""
    arrays = []
    if "postcode_one_year_ago" in columns:
        arrays.append(F.array(_plain("postcode", columns["postcode_one_year_ago"])))
    if "postcode_history" in columns:
        history = columns["postcode_history"]
        kind = rows.select(history).schema[0].dataType
        if not isinstance(kind, ArrayType):
            history = F.split(history.cast("string"), "[;,|]")
        elif isinstance(kind.elementType, StructType):
            history = F.transform(history, lambda dated: dated["postcode"].cast("string"))
        arrays.append(history)
    nothing = F.array().cast("array<string>")
    joined = F.concat(nothing, *(F.coalesce(array, nothing) for array in arrays))
    return places.postcode_texts(joined)
