"""Dates: from a birth date in any usual notation to year, month and day.

Column in, Column out; native Spark expressions only. Read are 1985-03-04, 4/3/85, 04.03.1985,
19850304, 04031985, 04-Mar-85, 4 March 1985, March 4 1985, partial dates (1985, 03/1985,
XX/03/1985) and digits that a scanner took for letters (O, I, l, |, S, B). Which of two
numbers is the day follows the column's own majority (``core.column_facts``); where that
gives no date and the other way does, the other way is taken.
"""

from __future__ import annotations

from dataclasses import dataclass

from pyspark.sql import Column
from pyspark.sql import functions as F

_MONTHS = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"
_MONTH_WORD = r"\b(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]*\b"
_SCANNED, _DIGITS = "OQDIL|SZB", "000111528"

FIRST_YEAR_OF_TWO_DIGITS = 27
"""Two-digit years from 27 on are 19.., below it 20..: the oldest living are about 100."""


def date_text(text: Column) -> Column:
    """A date as numbers parted by single hyphens, its time of day cut off.

    A month's name becomes its number with an M before it. Keep the result in a column of its
    own before asking for its parts: they read it many times.
    """
    upper = F.regexp_replace(F.upper(F.trim(text)), r"[T ]\d{1,2}:\d{2}.*$", "")
    is_named = upper.rlike(_MONTH_WORD)
    month = F.regexp_extract(upper, _MONTH_WORD, 1)
    named = F.regexp_replace(upper, _MONTH_WORD, "-M-")
    named = F.replace(named, F.lit("-M-"), F.concat(F.lit("-M"), _month_number(month), F.lit("-")))
    named = F.regexp_replace(named, r"(\d)(ST|ND|RD|TH)\b", "$1")
    plain = F.translate(F.regexp_replace(upper, r"[^0-9A-Z|]+", "-"), _SCANNED, _DIGITS)
    joined = F.regexp_replace(F.when(is_named, named).otherwise(plain), r"[^0-9MX]+", "-")
    return F.regexp_replace(joined, r"^-+|-+$", "")


def looks_day_first(joined: Column) -> Column:
    """Whether a ``date_text`` of three numbers can only be day first (the first exceeds 12)."""
    first, second = _first_two_numbers(joined)
    return (first > 12) & (first <= 31) & (second <= 12)


def looks_month_first(joined: Column) -> Column:
    """Whether a ``date_text`` of three numbers can only be month first."""
    first, second = _first_two_numbers(joined)
    return (second > 12) & (second <= 31) & (first <= 12)


def _first_two_numbers(joined: Column) -> tuple[Column, Column]:
    pattern = r"^(\d{1,2})-?(\d{1,2})-?(?:\d{2}|(?:18|19|20)\d{2})$"
    is_read = joined.rlike(r"^\d{1,2}-\d{1,2}-(\d{2}|\d{4})$|^\d{4}(18|19|20)\d{2}$")
    first = F.when(is_read, F.regexp_extract(joined, pattern, 1))
    second = F.when(is_read, F.regexp_extract(joined, pattern, 2))
    return first.try_cast("int"), second.try_cast("int")


@dataclass(frozen=True)
class DateTokens:
    """The numbers of a date as text: the year, and two of which either may be the month.

    ``is_month_leading``: the notation itself puts the month before the day.
    """

    year: Column
    first: Column
    second: Column
    is_month_leading: Column


def date_tokens(joined: Column) -> DateTokens:
    """The numbers of a ``date_text``; null where the notation gives none."""
    tokens = F.split(joined, "-")
    one, two, three = (F.get(tokens, place) for place in range(3))
    count = F.size(tokens)
    is_whole_iso = joined.rlike(r"^(1\d|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$")
    is_solid = joined.rlike(r"^\d{4}(18|19|20)\d{2}$") & ~is_whole_iso
    is_solid_iso = joined.rlike(r"^(1\d|20)\d{6}$") & ~is_solid
    is_short = joined.rlike(r"^\d{6}$")
    is_iso = (count == 3) & one.rlike(r"^[0-9X]{4}$")
    is_two_year_last = (count == 2) & two.rlike(r"^\d{4}$")
    year = (
        F.when(is_solid_iso, F.substring(joined, 1, 4))
        .when(is_solid, F.substring(joined, 5, 4))
        .when(is_short, F.substring(joined, 5, 2))
        .when(is_iso, one)
        .when(count == 3, three)
        .when(is_two_year_last, two)
        .when((count <= 2) & one.rlike(r"^\d{4}$"), one)
    )
    first = (
        F.when(is_solid_iso, F.substring(joined, 5, 2))
        .when(is_solid | is_short, F.substring(joined, 1, 2))
        .when(is_iso, two)
        .when((count == 3) | is_two_year_last, one)
        .when((count == 2) & one.rlike(r"^\d{4}$"), two)
    )
    second = (
        F.when(is_solid_iso, F.substring(joined, 7, 2))
        .when(is_solid | is_short, F.substring(joined, 3, 2))
        .when(is_iso, three)
        .when(count == 3, two)
    )
    return DateTokens(year, first, second, is_solid_iso | is_iso | (count == 2))


def month_and_day(
    first: Column, second: Column, is_month_leading: Column, is_day_first: bool
) -> tuple[Column, Column]:
    """Which of two numbers is the month: a named one, the notation's, else the column's.

    Where that month exceeds 12 and the other number does not, they change places.
    """
    is_first_named = F.coalesce(first.startswith("M"), F.lit(False))
    is_second_named = F.coalesce(second.startswith("M"), F.lit(False))
    leads = is_first_named | (~is_second_named & (is_month_leading | F.lit(not is_day_first)))
    one = F.regexp_replace(first, "^M", "").try_cast("int")
    two = F.regexp_replace(second, "^M", "").try_cast("int")
    month, day = F.when(leads, one).otherwise(two), F.when(leads, two).otherwise(one)
    is_other_way = ~is_first_named & ~is_second_named & (month > 12) & (month <= 31) & (day <= 12)
    is_other_way = F.coalesce(is_other_way & (day >= 1), F.lit(False))
    return (
        F.when(is_other_way, day).otherwise(month).cast("string"),
        F.when(is_other_way, month).otherwise(day).cast("string"),
    )


def year_part(text: Column) -> Column:
    """A year as four digits; one of two digits is completed, an impossible one null."""
    number = number_text(text)
    century = F.when(number >= FIRST_YEAR_OF_TWO_DIGITS, 1900).otherwise(2000)
    is_two_digits = F.regexp_replace(F.trim(text), r"\.0*$", "").rlike(r"^\S{1,2}$")
    whole = F.when(is_two_digits, century + number).otherwise(number)
    return F.when(whole.between(1, 2100), F.lpad(whole.cast("string"), 4, "0"))


def month_part(text: Column) -> Column:
    """A month as two digits, from its number or its name; an impossible one null."""
    named = F.regexp_extract(F.upper(text), _MONTH_WORD, 1)
    number = F.when(named != "", _month_number(named).try_cast("int")).otherwise(number_text(text))
    return F.when(number.between(1, 12), F.lpad(number.cast("string"), 2, "0"))


def day_part(text: Column) -> Column:
    """A day of the month as two digits; an impossible one null."""
    number = number_text(text)
    return F.when(number.between(1, 31), F.lpad(number.cast("string"), 2, "0"))


def whole_date(year: Column, month: Column, day: Column) -> Column:
    """A date as ISO text from its parts; null unless whole and in the calendar."""
    joined = F.concat_ws("-", year, month, day)
    return F.when(F.try_to_date(joined, "yyyy-MM-dd").isNotNull(), joined)


def number_text(text: Column) -> Column:
    """A whole number from text such as '6', '6.0' or, from a scanner, 'l9'; else null."""
    digits = F.translate(F.upper(F.trim(text)), _SCANNED, _DIGITS)
    return F.regexp_extract(digits, r"^(\d{1,9})(?:\.0*)?$", 1).try_cast("int")


def _month_number(name: Column) -> Column:
    """The number of a month, two digits, from the first three letters of its name."""
    return F.lpad(((F.instr(F.lit(_MONTHS), name) + 2) / 3).cast("int").cast("string"), 2, "0")
