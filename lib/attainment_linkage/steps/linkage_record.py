"""Linkage record: from delivered rows and the roles of their columns to comparable fields.

Both sides get the same columns with the same types (``core.roles.FIELDS``); what a side
has no role for is null, so that the two can be put under each other.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core.column_facts import ColumnFacts
from attainment_linkage.core.roles import ATTRIBUTE, FIELDS, RECORD_ID, attribute_field
from attainment_linkage.core.spec import SideSpec
from attainment_linkage.core.variants import forename_roots
from attainment_linkage.steps.address_fields import (
    address_keys,
    address_parts,
    postcode_arrays,
    with_postcode,
)
from attainment_linkage.steps.birth_fields import birth_parts, with_birth_date, with_birth_numbers
from attainment_linkage.steps.column_counts import require_columns
from attainment_linkage.steps.name_fields import name_keys, name_parts, whole_names
from attainment_linkage.steps.role_texts import role_texts


def linkage_records(rows: DataFrame, side: SideSpec, facts: ColumnFacts) -> DataFrame:
    """One linkage record per row: ``record_id`` and every field of ``core.roles.FIELDS``.

    Grain:  in, one row per record (id unique); out, the same.
    Shape:  rows (n) -> (n x 1 + fields), then one column per ``attribute:NAME`` role.
    Nulls:  a field is null when no role gives it, when its source is blank, a placeholder
            or unreadable, and when the facts set its role aside.
    Cost:   narrow, but for one broadcast of the list of forenames.
    Raises: MissingColumnsError, before any Spark job starts.
    """
    require_columns(rows, side)
    attributes = [role for role in side.roles.values() if role.startswith(ATTRIBUTE)]
    texts = role_texts(rows, side, facts)
    numbered = with_postcode(with_birth_numbers(texts, facts)).select("*", *whole_names())
    parts = numbered.select("*", *name_parts(), *address_parts())
    keys = parts.select("*", *name_keys(), *birth_parts(), *address_keys(), *postcode_arrays())
    roots = rows.sparkSession.createDataFrame(
        sorted(forename_roots().items()), "listed_form string, listed_root string"
    )
    # how=left: every record stays; a form is listed once, so no record multiplies
    rooted = keys.join(
        F.broadcast(roots), F.col("forename") == F.col("listed_form"), how="left"
    ).withColumn("forename_root", F.coalesce("listed_root", "forename"))
    dated = with_birth_date(rooted, facts)
    return dated.select(RECORD_ID, *FIELDS, *(attribute_field(role) for role in attributes))
