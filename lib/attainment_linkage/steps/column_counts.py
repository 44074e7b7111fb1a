"""Column counts: what the columns of a file hold, counted: the facts that its roles rest on."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core.column_facts import SCREENED_ROLES
from attainment_linkage.core.roles import ATTRIBUTE
from attainment_linkage.core.spec import SideSpec
from attainment_linkage.domain.errors import MissingColumnsError
from attainment_linkage.steps import dates

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
    require_columns(rows, side)
    columns = {role: F.col(f"`{column}`") for column, role in side.roles.items()}
    counts: list[Column] = [F.count("*").alias("rows")]
    for role, column in columns.items():
        if role in SCREENED_ROLES or role.startswith(ATTRIBUTE):
            filled = F.nullif(F.upper(F.trim(column.cast("string"))), F.lit(""))
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
        text = dates.date_text(dates.without_point(columns["date_of_birth"].cast("string")))
        return rows.withColumn("birth_text", text).agg(*counts)
    return rows.agg(*counts)


def require_columns(rows: DataFrame, side: SideSpec) -> None:
    """Refuse a file that lacks a column of its specification.

    Raises: MissingColumnsError, with the names.
    """
    missing = [name for name in (side.id, *side.roles) if name not in rows.columns]
    if missing:
        raise MissingColumnsError(
            f"linkage record: {len(missing)} column(s) of the specification are not in the file: "
            f"{', '.join(missing)}; the file has {len(rows.columns)} columns. "
            "Correct the specification."
        )
