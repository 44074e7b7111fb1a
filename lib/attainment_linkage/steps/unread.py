"""Unread: values that count for nothing, each with its row, its column and the reason.

Those of an identity become null before a pupil is put together, so that the last value that can be
read counts, not the last one delivered; each is judged as the linkage record reads it. Reasons:
``core.value_rules``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core import codes
from attainment_linkage.core.codes import Reading
from attainment_linkage.core.column_facts import ColumnFacts
from attainment_linkage.core.value_rules import (
    FAILED_CHECK,
    NO_DATE,
    NO_NAME,
    NO_POSTCODE,
    PLACEHOLDER,
    UNDECLARED,
)
from attainment_linkage.domain import tables
from attainment_linkage.domain.tables import Source
from attainment_linkage.steps import dates, places
from attainment_linkage.steps.birth_fields import birth_parts, with_birth_numbers
from attainment_linkage.steps.names import forename_parts, name_words
from attainment_linkage.steps.placeholders import DATE, KINDS, NAME, POSTCODE, Placeholders
from attainment_linkage.steps.readings import is_undeclared, read_value, valid_upn

_PARTS = ("birth_year", "month_known", "day_known")
_PIECES = ("birth_year", "birth_month", "birth_day")


def with_reasons(identities: DataFrame, listed: Placeholders) -> DataFrame:
    """Identity rows with ``unread_<column>`` for each column that is judged.

    Grain:  the rows as they came, all their columns kept.
    Nulls:  the reason is null where the value is null, or can be read.
    Cost:   narrow.
    """
    frame, names = identities, identities.columns
    for name in names:
        if KINDS.get(name) == POSTCODE:
            text = F.when(~places.is_plain_unit(F.col(name)), dates.without_point(F.col(name)))
            frame = frame.withColumn(f"{name}_text", places.postcode_text(text))
    if "date_of_birth" in names:
        frame = _with_birth_parts(frame)
    reasons = [_reason(name, listed).alias(f"unread_{name}") for name in names if _is_judged(name)]
    return frame.select(*names, *reasons)


def read_identities(reasoned: DataFrame) -> DataFrame:
    """The identity rows as delivered, without the values that have a reason against them."""
    names = [name for name in reasoned.columns if not name.startswith("unread_")]
    judged = [name for name in names if _is_judged(name)]
    return _without(reasoned, names, {name: F.col(f"unread_{name}").isNotNull() for name in judged})


def without_placeholders(identities: DataFrame, listed: Placeholders) -> DataFrame:
    """The identity rows as delivered, listed values null; what else is unread is left."""
    names = identities.columns
    return _without(
        identities, names, {name: listed.is_in(name) for name in names if name in KINDS}
    )


def _without(rows: DataFrame, names: Sequence[str], refused: Mapping[str, Column]) -> DataFrame:
    """The named columns, null where a value is refused."""
    kept = {name: F.when(~is_refused, F.col(name)) for name, is_refused in refused.items()}
    return rows.select(*(kept.get(name, F.col(name)).alias(name) for name in names))


def unread_identities(reasoned: DataFrame, source: Source) -> DataFrame:
    """The rows of ``unread_identity`` of one source.

    Grain: in, identity rows ``with_reasons``; out, one row per value that has one.
    """
    judged = [name for name in source.identity_table.names if _is_judged(name)]
    found = [_found(name, F.col(f"unread_{name}")) for name in judged]
    return _unread(reasoned, source, found).select(*tables.UNREAD_IDENTITY.names)


def unread_attributes(
    attributes: DataFrame, source: Source, readings: Sequence[Reading]
) -> DataFrame:
    """The rows of ``unread_attributes`` of one source: values that its readings do not know.

    Grain: in, attribute rows; out, one row per filled value and output column that has none of it.
    Cost:  narrow.
    """
    reasons = [(one.column, F.when(is_undeclared(one), F.lit(UNDECLARED))) for one in readings]
    found = [_found(name, reason) for name, reason in reasons]
    return _unread(attributes, source, found).select(*tables.UNREAD_ATTRIBUTES.names)


def unread_counts(unread: DataFrame) -> DataFrame:
    """Values per source, column and reason: ``source``, ``column_name``, ``reason``, ``values``."""
    grouped = unread.groupBy("source", "column_name", "reason")
    return grouped.agg(F.count(F.lit(1)).alias("values"))


def _with_birth_parts(identities: DataFrame) -> DataFrame:
    """The parts of each date of birth that is not plainly one, as the linkage record reads it."""
    text = F.when(~dates.is_plain_date(F.col("date_of_birth")), F.col("date_of_birth"))
    nothing = F.lit(None).cast("string")
    texts = identities.select(
        "*",
        dates.date_text(dates.without_point(text)).alias("date_of_birth_text"),
        *(nothing.alias(f"{piece}_text") for piece in _PIECES),
    )
    return with_birth_numbers(texts, ColumnFacts()).select("*", *birth_parts()[: len(_PARTS)])


def _is_judged(name: str) -> bool:
    return name in KINDS or name in {"upn", "sex", "gender", "is_away_student"}


def _reason(name: str, listed: Placeholders) -> Column:
    """Why a column's value is not read; null where it is, and where it is null."""
    value = F.col(name)
    match KINDS.get(name, name):
        case kind if kind == NAME:
            reason = F.when(~_is_name(name), NO_NAME)
        case kind if kind == DATE:
            is_told = dates.is_plain_date(value) | F.coalesce(*_PARTS).isNotNull()
            reason = F.when(~is_told, NO_DATE)
        case kind if kind == POSTCODE:
            is_told = places.is_plain_unit(value) | _is_postcode(name)
            reason = F.when(~is_told, NO_POSTCODE)
        case "upn":
            reason = F.when(valid_upn(value).isNull(), FAILED_CHECK)
        case "is_away_student":
            reason = F.when(read_value(codes.flag("_", name)).isNull(), UNDECLARED)
        case _:
            reason = F.when(places.sex(value).isNull(), UNDECLARED)
    if name in KINDS:
        reason = F.when(listed.is_in(name), PLACEHOLDER).otherwise(reason)
    return F.when(value.isNotNull(), reason)


def _is_name(name: str) -> Column:
    """Whether a filled column has a name; of ``forenames`` the first word or the others."""
    parts = forename_parts(F.col(name)) if name == "forenames" else (F.col(name),)
    return F.coalesce(*map(name_words, parts)).isNotNull()


def _is_postcode(name: str) -> Column:
    """Whether a ``postcode_text`` is told; of an earlier one nothing less than a unit is read."""
    text = F.col(f"{name}_text")
    if name == "postcode":
        return places.is_any_postcode(text)
    return places.postcode_unit(text).isNotNull()


def _found(name: str, reason: Column) -> Column:
    """A column's name with the reason against its value; null where there is none."""
    return F.when(
        reason.isNotNull(), F.struct(F.lit(name).alias("column_name"), reason.alias("reason"))
    )


def _unread(rows: DataFrame, source: Source, found: Sequence[Column]) -> DataFrame:
    has_year = "academic_year" in source.names
    exploded = rows.select(
        F.lit(source.name).alias("source"),
        F.col(source.names[0]).alias("record_id"),
        F.col("academic_year") if has_year else F.lit(None).cast("string").alias("academic_year"),
        # outer: else Spark asks for arrays that are not empty, beneath every step that makes them,
        # where it works out each step at each mention
        F.explode_outer(F.array_compact(F.array(*found))).alias("found"),
    )
    kept = exploded.where(F.col("found").isNotNull())
    return kept.select("source", "record_id", "academic_year", "found.*")
