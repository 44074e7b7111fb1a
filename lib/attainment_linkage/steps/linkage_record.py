"""Linkage record: from delivered rows and the roles of their columns to comparable fields.

Both sides get the same columns with the same types (``core.roles.FIELDS``); what a side
has no role for is null, so that the two can be put under each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, StructType

from attainment_linkage.core.column_facts import SCREENED_ROLES, ColumnFacts
from attainment_linkage.core.roles import ATTRIBUTE, FIELDS, RECORD_ID, attribute_field
from attainment_linkage.core.spec import SideSpec
from attainment_linkage.core.variants import forename_roots
from attainment_linkage.domain.errors import MissingColumnsError
from attainment_linkage.steps import dates, names, places

_TRACKED_VALUES = 1000
_NEW_YEAR = r"^\d{4}-?0?1-?0?1$|^0?1-?(M0)?1-?\d{2,4}$"


def column_counts(rows: DataFrame, side: SideSpec) -> DataFrame:
    """Count what ``core.column_facts.facts_from_counts`` decides by: one row of counts.

    Grain:  in, one row per record; out, one row.
    Nulls:  a role the side does not have gives no column.
    Cost:   one pass; the most frequent value is counted by a sketch (exact where one value
            fills most of the column, which is all that is asked of it).
    Raises: MissingColumnsError, before any Spark job starts.
    """
    _require(rows, side)
    columns = {role: F.col(f"`{column}`") for column, role in side.roles.items()}
    counts: list[Column] = [F.count("*").alias("rows")]
    for role, column in columns.items():
        if role in SCREENED_ROLES or role.startswith(ATTRIBUTE):
            filled = F.upper(F.trim(column.cast("string")))
            top = F.filter(
                F.call_function("approx_top_k", filled, F.lit(2), F.lit(_TRACKED_VALUES)),
                lambda item: item["item"].isNotNull(),
            )
            counts += [
                F.count(filled).alias(f"{role}_filled"),
                F.get(top, 0)["count"].alias(f"{role}_top"),
            ]
    if "date_of_birth" in columns:
        counts += [
            F.count_if(dates.looks_day_first(F.col("birth_text"))).alias("day_first"),
            F.count_if(dates.looks_month_first(F.col("birth_text"))).alias("month_first"),
            F.count_if(F.col("birth_text").rlike(_NEW_YEAR)).alias("new_years"),
            F.count("birth_text").alias("birth_dates"),
        ]
        text = dates.date_text(columns["date_of_birth"].cast("string"))
        return rows.withColumn("birth_text", text).agg(*counts)
    return rows.agg(*counts)


def linkage_records(rows: DataFrame, side: SideSpec, facts: ColumnFacts) -> DataFrame:
    """One linkage record per row: ``record_id`` and every field of ``core.roles.FIELDS``.

    Grain:  in, one row per record (id unique); out, the same.
    Shape:  rows (n) -> (n x 1 + fields), then one column per ``attribute:NAME`` role.
    Nulls:  a field is null when no role gives it, when its source is blank, a placeholder
            or unreadable, and when the facts set its role aside.
    Cost:   narrow, but for one broadcast of the list of forenames.
    Raises: MissingColumnsError, before any Spark job starts.
    """
    _require(rows, side)
    attributes = [role for role in side.roles.values() if role.startswith(ATTRIBUTE)]
    texts = _texts(rows, side, facts)
    parts = texts.select(
        "*", *_name_parts(), *_birth_numbers(facts), *_address_parts(), *_postcode_parts()
    )
    keys = parts.select("*", *_name_keys(), *_birth_parts(), *_address_keys(), *_postcode_arrays())
    roots = rows.sparkSession.createDataFrame(
        sorted(forename_roots().items()), "listed_form string, listed_root string"
    )
    # how=left: every record stays; a form is listed once, so no record multiplies
    rooted = keys.join(
        F.broadcast(roots), F.col("forename") == F.col("listed_form"), how="left"
    ).withColumn("forename_root", F.coalesce("listed_root", "forename"))
    dated = _with_birth_date(rooted, facts)
    return dated.select(RECORD_ID, *FIELDS, *(attribute_field(role) for role in attributes))


def _require(rows: DataFrame, side: SideSpec) -> None:
    missing = [name for name in (side.id, *side.roles) if name not in rows.columns]
    if missing:
        raise MissingColumnsError(
            f"linkage record: {len(missing)} column(s) of the specification are not in the file: "
            f"{', '.join(missing)}; the file has {len(rows.columns)} columns. "
            "Correct the specification."
        )


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


def _texts(rows: DataFrame, side: SideSpec, facts: ColumnFacts) -> DataFrame:
    """The id, one cleaned text per role (``<role>_text``), and the fields that are done."""
    columns = {
        role: F.col(f"`{column}`")
        for column, role in side.roles.items()
        if role not in facts.idle_roles
    }
    cleaned: list[Column] = [F.col(f"`{side.id}`").cast("string").alias(RECORD_ID)]
    for role, clean in _CLEANED.items():
        known = columns.get(role)
        text = clean(known.cast("string")) if known is not None else _nothing("string")
        cleaned.append(text.alias(role if role in _FINISHED_ROLES else f"{role}_text"))
    for role in side.roles.values():
        if role.startswith(ATTRIBUTE):
            known = columns.get(role)
            text = (
                places.category(known.cast("string")) if known is not None else _nothing("string")
            )
            cleaned.append(text.alias(attribute_field(role)))
    return rows.select(*cleaned, _other_postcodes(columns, rows).alias("other_postcodes"))


def _nothing(kind: str) -> Column:
    return F.lit(None).cast(kind)


def _other_postcodes(columns: dict[str, Column], rows: DataFrame) -> Column:
    """The further postcodes of a record as delivered, as one array of compact texts."""
    arrays = []
    if "postcode_one_year_ago" in columns:
        arrays.append(F.array(columns["postcode_one_year_ago"].cast("string")))
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
    return F.transform(joined, places.postcode_text)


def _name_parts() -> list[Column]:
    """Forename, middle names and surname; a full name fills what the others leave null."""
    full = F.col("full_name_text")
    before = names.without_hyphens(names.words_before_last(full))
    given, middle = F.coalesce("forename_text", before), F.col("middle_name_text")
    later = F.coalesce(names.words_after_first(given), names.words_after_first(before))
    surname = F.coalesce("surname_text", names.without_hyphens(names.last_word(full)))
    return [
        names.first_word(given).alias("forename"),
        F.coalesce(middle, later).alias("middle_names"),
        names.joined_words(given, before, middle).alias("given_names"),
        surname.alias("surname"),
        names.surname_parts(surname, F.col("former_surname_text")).alias("surname_parts"),
        names.sorted_words(given, surname, middle).alias("name_sorted"),
    ]


def _name_keys() -> list[Column]:
    forename, surname = F.col("forename"), F.col("surname")
    return [
        names.initial(F.coalesce("middle_names", "middle_initial_text")).alias("middle_initial"),
        names.initial(forename).alias("forename_initial"),
        names.sound(forename).alias("forename_sound"),
        names.initial(surname).alias("surname_initial"),
        names.sound(surname).alias("surname_sound"),
        F.substring(F.replace(surname, F.lit(" "), F.lit("")), 1, 4).alias("surname_start"),
        F.concat(forename, F.lit(" "), surname).alias("name_forward"),
        F.concat(surname, F.lit(" "), forename).alias("name_backward"),
    ]


def _birth_numbers(facts: ColumnFacts) -> list[Column]:
    """The numbers of the birth date as delivered; a whole date comes before its parts."""
    tokens = dates.date_tokens(F.col("date_of_birth_text"))
    month, day = dates.month_and_day(
        tokens.first, tokens.second, tokens.is_month_leading, facts.is_day_first
    )
    return [
        F.coalesce(tokens.year, "birth_year_text").alias("year_number"),
        F.coalesce(month, "birth_month_text").alias("month_number"),
        F.coalesce(day, "birth_day_text").alias("day_number"),
    ]


def _birth_parts() -> list[Column]:
    age = F.col("age_text")
    return [
        dates.year_part(F.col("year_number")).alias("birth_year"),
        dates.month_part(F.col("month_number")).alias("month_known"),
        dates.day_part(F.col("day_number")).alias("day_known"),
        F.when(age.between(0, 120), age.cast("string")).alias("age"),
    ]


def _with_birth_date(records: DataFrame, facts: ColumnFacts) -> DataFrame:
    """Put the date together; 1 January counts as unknown day and month where facts say so."""
    is_new_year = (F.col("month_known") == "01") & (F.col("day_known") == "01")
    is_default = is_new_year & (
        F.lit(facts.is_new_year_partial) | F.col("birth_year").isin("1900", "1800")
    )
    is_kept = ~F.coalesce(is_default, F.lit(False))
    parted = records.select(
        "*",
        F.when(is_kept, F.col("month_known")).alias("birth_month"),
        F.when(is_kept, F.col("day_known")).alias("birth_day"),
    )
    whole = dates.whole_date(F.col("birth_year"), F.col("birth_month"), F.col("birth_day"))
    return parted.withColumn("birth_date", whole)


def _address_parts() -> list[Column]:
    number = F.coalesce("house_number_text", "address_line_text")
    return [
        F.coalesce(
            places.house_number(number), places.house_number(F.col("address_line_text"))
        ).alias("house_number"),
        places.street(F.coalesce("street_text", "address_line_text")).alias("street"),
    ]


def _address_keys() -> list[Column]:
    street = F.col("street")
    return [
        F.soundex(F.regexp_replace(street, "[^A-Z]", "")).alias("street_sound"),
        places.address(F.col("house_number"), street).alias("address"),
        F.soundex(F.replace("place", F.lit(" "), F.lit(""))).alias("place_sound"),
    ]


def _postcode_parts() -> list[Column]:
    current = places.postcode(F.col("postcode_text"))
    units = F.transform("other_postcodes", lambda text: places.postcode(text).unit)
    return [
        current.unit.alias("postcode"),
        current.sector.alias("postcode_sector"),
        current.district.alias("postcode_district"),
        F.concat(F.array(current.unit), units).alias("units"),
    ]


def _postcode_arrays() -> list[Column]:
    """All postcodes of a record, distinct and sorted, with their sectors and districts."""
    units = F.array_sort(F.array_distinct(F.filter("units", lambda unit: unit.isNotNull())))
    arrays = {
        "postcodes": units,
        "postcode_sectors": F.transform(units, lambda unit: places.postcode(unit).sector),
        "postcode_districts": F.transform(units, lambda unit: places.postcode(unit).district),
    }
    return [
        F.when(F.size(units) > 0, F.array_distinct(array)).alias(name)
        for name, array in arrays.items()
    ]
