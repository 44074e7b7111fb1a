"""Readings: delivered text into harmonised codes and numbers, and what is none of them.

Column in, Column out; native Spark expressions only; nothing here raises on a value.
"""

from __future__ import annotations

from functools import reduce
from itertools import chain

from pyspark.sql import Column
from pyspark.sql import functions as F

from attainment_linkage.core.codes import Reading
from attainment_linkage.core.upn import AUTHORITIES, LETTERS, PATTERN


def read_value(reading: Reading) -> Column:
    """A delivered column as the reading has it; null where the value is not declared."""
    text = F.col(reading.source)
    if reading.codes:
        codes = F.create_map(*(F.lit(part) for part in chain(*reading.codes.items())))
        kept = F.try_element_at(codes, text)
    elif reading.pattern:
        kept = F.when(text.rlike(reading.pattern), text)
    else:
        kept = _bounded(text.try_cast("double"), reading)
    return kept.try_cast(reading.type).alias(reading.column)


def _bounded(value: Column, reading: Reading) -> Column:
    """A number within its bounds; where whole numbers are read, 3.0 is one and 3.5 is none."""
    is_read = value.between(reading.least, reading.most)
    if reading.type == "int":
        is_read = is_read & (value == F.floor(value))
    return F.when(is_read, value)


def is_undeclared(reading: Reading) -> Column:
    """Whether the delivered column is filled with a value that the reading does not know."""
    text = F.col(reading.source)
    is_unstated = text.isin(*reading.unstated) if reading.unstated else F.lit(False)
    return text.isNotNull() & read_value(reading).isNull() & ~is_unstated


def valid_upn(text: Column) -> Column:
    """The unique pupil number in capitals without blanks, where its check letter is right.

    The same numbers as ``stdnum.gb.upn`` takes; others give null.
    """
    number = F.upper(F.replace(text, F.lit(" "), F.lit("")))
    digits = [F.substring(number, place, 1).try_cast("int") * place for place in range(2, 13)]
    serial_end = F.substring(number, 13, 1)
    last = F.coalesce(serial_end.try_cast("int"), F.instr(F.lit(LETTERS), serial_end) - 1)
    remainder = reduce(Column.__add__, digits, last * 13) % 23
    is_checked = F.substring(F.lit(LETTERS), remainder + 1, F.lit(1)) == F.substring(number, 1, 1)
    is_known = F.substring(number, 2, 3).isin(*AUTHORITIES)
    return F.when(number.rlike(PATTERN) & is_known & is_checked, number)
