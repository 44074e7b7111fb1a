"""Ingest: from delivered rows to accepted identity and attribute rows, and quarantine.

Four passes over the files, and no shuffle but of keys: the keys that stand more than once
(narrow), the refused rows (few, with all their columns), then the two accepted halves,
each reading its own columns only. Refused rows are few, so they are the small side of
every join here and are broadcast.
"""

from __future__ import annotations

from functools import reduce

from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F

from attainment_linkage.core import row_rules
from attainment_linkage.core.row_rules import LINE_COLUMNS, UNREADABLE, UNREADABLE_PATTERN
from attainment_linkage.domain.tables import Source, Table
from attainment_linkage.steps.contract import require_columns

_LINE = [column.name for column in LINE_COLUMNS]
_PLACE = ["source_file", "source_row"]


def plain_text(name: str) -> Column:
    """A delivered cell; an academic year as 2010/11 however it came: it is part of keys."""
    text = F.col(name)
    if name != "academic_year":
        return text
    year = F.concat(F.substring(text, 1, 4), F.lit("/"), F.right(text, F.lit(2)))
    return F.when(text.rlike(row_rules.YEAR_PATTERN), year).otherwise(text).alias(name)


def repeated_keys(delivered: DataFrame, source: Source) -> DataFrame:
    """The keys that stand more than once, and how many rows have each.

    Where a source has no key, the whole row is one, by its hash: a row that is delivered
    twice is one row.

    Grain:  out, one row per repeated key.
    Shape:  ``key_hash`` bigint, ``row_count`` bigint; a hash may stand for two keys: it
            only says which rows ``refused_rows`` has to look at.
    Nulls:  rows with a null in the key have no key.
    Cost:   one pass, one shuffle of hashes, after partial counts.
    """
    names = row_rules.key_columns(source)
    require_columns(delivered, [*_LINE, *names], "ingest", source.name)
    keys = delivered.where(F.col("source_fault").isNull()).select(_key_hash(source))
    counted = keys.where(F.col("key_hash").isNotNull()).groupBy("key_hash")
    return counted.agg(F.count(F.lit(1)).alias("row_count")).where(F.col("row_count") > 1)


def excess_rows(repeated: DataFrame) -> DataFrame:
    """How many rows stand behind another with their key: one row, column ``excess``."""
    return repeated.agg(F.coalesce(F.sum(F.col("row_count") - 1), F.lit(0)).alias("excess"))


def refused_rows(delivered: DataFrame, repeated: DataFrame, source: Source) -> DataFrame:
    """The rows that break a rule, each with the codes of all rules it breaks.

    Of the rows that share a key the fullest is kept; between equally full ones their own
    text decides, so that neither file order nor partitions choose. Equal rows are told
    apart by file and row number.

    Grain:  in, one row per delivered row; out, one per refused row.
    Shape:  the columns of ``source.quarantine_table``.
    Cost:   one pass; ``repeated`` is broadcast; only refused rows and rows of repeated
            keys are shuffled, by key.
    """
    require_columns(delivered, [*_LINE, *source.names], "ingest", source.name)
    rows = delivered.select("*", _reasons(source).alias("own_reasons"), _key_hash(source))
    # how=left: every row stays; a hash is there once, so no row multiplies
    marked = rows.join(F.broadcast(repeated), on="key_hash", how="left")
    is_refused = F.size("own_reasons") > 0
    suspects = marked.where(is_refused | F.col("row_count").isNotNull()).select(
        *_PLACE,
        "own_reasons",
        *(plain_text(name) for name in row_rules.key_columns(source)),
        _filled_cells(source).alias("filled_cells"),
        _record(source).alias("record"),
    )
    is_copy = ~is_refused & (F.row_number().over(_fullest_first(source)) > 1)
    code = F.array(F.lit(row_rules.repeat_code(source)))
    reasons = F.when(is_copy, code).otherwise(F.col("own_reasons"))
    judged = suspects.select(*_PLACE, reasons.alias("reasons"), "record")
    return judged.where(F.size("reasons") > 0)


def refused_counts(refused: DataFrame) -> DataFrame:
    """Refused rows per reason: ``reason``, ``row_count``; a row may break several rules."""
    reasons = refused.select(F.explode("reasons").alias("reason"))
    return reasons.groupBy("reason").agg(F.count(F.lit(1)).alias("row_count"))


def accepted_rows(delivered: DataFrame, refused: DataFrame, table: Table) -> DataFrame:
    """The rows that broke no rule, with the columns of one half of the source.

    Grain:  one row per accepted row.
    Cost:   one pass over the columns of the table; ``refused`` is broadcast; no shuffle.
    """
    require_columns(delivered, [*_PLACE, *table.names], "ingest", table.name)
    places = F.broadcast(refused.select(*_PLACE))
    # how=left_anti: a place is there once
    accepted = delivered.join(places, on=_PLACE, how="left_anti")
    return accepted.select(*(plain_text(name) for name in table.names))


def _reasons(source: Source) -> Column:
    """The codes of the rules on the row alone; an empty array where it breaks none."""
    is_row = F.col("source_fault").isNull()
    broken = [F.col("source_fault")]
    for rule in row_rules.row_rules(source):
        text = plain_text(rule.column)
        is_broken = ~text.rlike(rule.pattern) if rule.pattern else text.isNull()
        broken.append(F.when(is_row & is_broken, F.lit(rule.code)))
    names = [F.col(name).endswith(name) for name in source.names]  # a mark may stand before them
    is_header = is_row & reduce(Column.__and__, names)
    any_order = [F.ltrim(F.col(name), F.lit("\ufeff")).isin(source.names) for name in source.names]
    is_other = is_row & reduce(Column.__and__, any_order)
    header = F.when(is_header, F.lit(row_rules.HEADER_ROW))
    broken.append(header.when(is_other, F.lit(row_rules.HEADER_OF_OTHER_ORDER)))
    whole = F.concat_ws("", "source_line", *source.names)
    is_unreadable = ~F.is_valid_utf8(whole) | whole.rlike(UNREADABLE_PATTERN)
    broken.append(F.when(is_unreadable, F.lit(UNREADABLE)))
    return F.array_compact(F.array(*broken))


def _key_hash(source: Source) -> Column:
    """The hash of the key; null where a part of the key is null."""
    keys = [plain_text(name) for name in row_rules.key_columns(source)]
    has_key = F.col("source_fault").isNull()
    if source.key:
        has_key = reduce(Column.__and__, [key.isNotNull() for key in keys], has_key)
    marked = [part for key in keys for part in (key, key.isNull())]
    return F.when(has_key, F.xxhash64(*marked)).alias("key_hash")


def _filled_cells(source: Source) -> Column:
    cells = [F.col(name).isNotNull().cast("int") for name in source.names]
    return reduce(Column.__add__, cells)


def _fullest_first(source: Source) -> WindowSpec:
    """Rows that share a key and break no rule of their own: fullest first, then by text.

    Rows with reasons of their own are spread over partitions of one row each.
    """
    own = F.when(F.size("own_reasons") > 0, F.struct(*_PLACE))
    order = (F.desc("filled_cells"), F.col("record"), *map(F.col, _PLACE))
    return Window.partitionBy(own, *row_rules.key_columns(source)).orderBy(*order)


def _record(source: Source) -> Column:
    """The row as delivered, as JSON: its columns, or its line where it is no row."""
    line = F.to_json(F.struct(F.col("source_line").alias("line")))
    columns = F.to_json(F.struct(*(F.make_valid_utf8(name).alias(name) for name in source.names)))
    return F.when(F.col("source_fault").isNotNull(), line).otherwise(columns)
