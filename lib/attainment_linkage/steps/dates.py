"""Dates: from a birth date in any usual notation to year, month and day.

Column in, Column out; native Spark expressions only. Read are 1985-03-04, 4/3/85, 04.03.1985,
19850304, 04031985 (or 4031985, where a number lost its nought), 04-Mar-85, 04MAR1985, 4 March
1985, March 4 1985, partial dates (1985, 03/1985, XX/03/1985) and digits that a scanner took for
letters (O, I, l, |, S, B). Which of two numbers is the day follows the column's own majority
(``core.column_facts``); where that gives no date and the other way does, the other way is taken.
"""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

_MONTHS = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"
_MONTH_WORD = r"(?<![A-Z])(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]*"
_TIME_OF_DAY = r"(?:[T ]|(?<=[A-Z]\d{4}):)\d{1,2}:\d{2}.*$"
"""Behind a blank or a T, or behind a colon as 04MAR1985:00:00:00 has it."""
_SCANNED, _DIGITS = "OQDIL|SZB", "000111528"

_YEAR_MONTH_DAY, _YEAR_LAST, _MONTH_YEAR, _YEAR_MONTH, _YEAR = range(5)
_SOLID_ISO, _SOLID_YEAR_LAST, _SOLID_SHORT = range(5, 8)
"""How a date is written: 1985-03-04, 4-3-1985, 3-1985, 1985-3, 1985; 19850304, 04031985, 040385."""
FIRST_YEAR_OF_TWO_DIGITS = 27
"""Two-digit years from 27 on are 19.., below it 20..: the oldest living are about 100."""


def date_text(text: Column) -> Column:
    """A date as numbers parted by single hyphens, its time of day cut off.

    A month's name becomes its number with an M before it. Keep the result in a column of its
    own before asking for its parts: they read it many times.
    """
    upper = F.regexp_replace(F.upper(F.trim(text)), _TIME_OF_DAY, "")
    is_named = upper.rlike(_MONTH_WORD)
    month = F.regexp_extract(upper, _MONTH_WORD, 1)
    named = F.regexp_replace(upper, _MONTH_WORD, "-M-")
    named = F.replace(named, F.lit("-M-"), F.concat(F.lit("-M"), _month_number(month), F.lit("-")))
    named = F.regexp_replace(named, r"(\d)(ST|ND|RD|TH)\b", "$1")
    plain = F.translate(F.regexp_replace(upper, r"[^0-9A-Z|]+", "-"), _SCANNED, _DIGITS)
    joined = F.regexp_replace(F.when(is_named, named).otherwise(plain), r"[^0-9MX]+", "-")
    joined = F.regexp_replace(joined, r"^-+|-+$", "")
    whole = F.regexp_replace(joined, r"^(\d{3}(?:18|19|20)\d{2})$", "0$1")
    return F.when(is_plain_date(text), text).otherwise(whole)


def is_plain_date(text: Column) -> Column:
    """Whether the text is a date as ``date_text`` has it, and has a year: most are."""
    return text.rlike(r"^(18|19|20)\d{2}-\d{2}-\d{2}\z")


def without_point(text: Column) -> Column:
    """A whole number that went through a column of floats (19850304.0) as it was before."""
    return F.regexp_replace(text, r"^\s*(\d+)\.0+\s*$", "$1")


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


def date_notation(joined: Column, tokens: Column) -> Column:
    """How a ``date_text``, split at its hyphens into ``tokens``, is written; null if unreadably.

    Keep it in a column of its own: the numbers are read by it.
    """
    one, two = F.get(tokens, 0), F.get(tokens, 1)
    count = F.size(tokens)
    return (
        F.when((count == 3) & one.rlike(r"^[0-9X]{4}$"), _YEAR_MONTH_DAY)
        .when(count == 3, _YEAR_LAST)
        .when((count == 2) & two.rlike(r"^\d{4}$"), _MONTH_YEAR)
        .when((count == 2) & one.rlike(r"^\d{4}$"), _YEAR_MONTH)
        .when(joined.rlike(r"^(1\d|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$"), _SOLID_ISO)
        .when(joined.rlike(r"^\d{4}(18|19|20)\d{2}$"), _SOLID_YEAR_LAST)
        .when(joined.rlike(r"^(1\d|20)\d{6}$"), _SOLID_ISO)
        .when(joined.rlike(r"^\d{6}$"), _SOLID_SHORT)
        .when(joined.rlike(r"^\d{4}$"), _YEAR)
    )


def date_numbers(joined: Column, tokens: Column, notation: Column) -> tuple[Column, Column, Column]:
    """The numbers of a date as text: the year, and two of which either may be the month."""
    one, two, three = (F.get(tokens, place) for place in range(3))
    year = (
        F.when(notation.isin(_YEAR_MONTH_DAY, _YEAR_MONTH, _YEAR), one)
        .when(notation == _YEAR_LAST, three)
        .when(notation == _MONTH_YEAR, two)
        .when(notation == _SOLID_ISO, F.substring(joined, 1, 4))
        .when(notation == _SOLID_YEAR_LAST, F.substring(joined, 5, 4))
        .when(notation == _SOLID_SHORT, F.substring(joined, 5, 2))
    )
    first = (
        F.when(notation.isin(_YEAR_MONTH_DAY, _YEAR_MONTH), two)
        .when(notation.isin(_YEAR_LAST, _MONTH_YEAR), one)
        .when(notation == _SOLID_ISO, F.substring(joined, 5, 2))
        .when(notation.isin(_SOLID_YEAR_LAST, _SOLID_SHORT), F.substring(joined, 1, 2))
    )
    second = (
        F.when(notation == _YEAR_MONTH_DAY, three)
        .when(notation == _YEAR_LAST, two)
        .when(notation == _SOLID_ISO, F.substring(joined, 7, 2))
        .when(notation.isin(_SOLID_YEAR_LAST, _SOLID_SHORT), F.substring(joined, 3, 2))
    )
    return year, first, second


def is_month_leading(first: Column, second: Column, notation: Column, is_day_first: bool) -> Column:
    """Whether the first of two numbers is the month: a named one, the notation's, the column's."""
    is_leading = notation.isin(_SOLID_ISO, _YEAR_MONTH_DAY, _YEAR_MONTH, _MONTH_YEAR)
    return _is_named(first) | (~_is_named(second) & (is_leading | F.lit(not is_day_first)))


def part_number(part: Column) -> Column:
    """The number of a month or day as ``date_numbers`` gives it, a named month's too."""
    return F.regexp_replace(part, "^M", "").try_cast("int")


def month_and_day(first: Column, second: Column, month: Column, day: Column) -> list[Column]:
    """Month and day as text: where the month exceeds 12 and the day does not, they change places.

    ``first`` and ``second`` are the numbers as delivered: a named month stays where it is.
    """
    is_other_way = ~_is_named(first) & ~_is_named(second)
    is_other_way &= (month > 12) & (month <= 31) & (day <= 12)
    is_other_way = F.coalesce(is_other_way & (day >= 1), F.lit(False))
    return [
        F.when(is_other_way, day).otherwise(month).cast("string"),
        F.when(is_other_way, month).otherwise(day).cast("string"),
    ]


def _is_named(part: Column) -> Column:
    return F.coalesce(part.startswith("M"), F.lit(False))


def year_part(text: Column, number: Column) -> Column:
    """A year as four digits; one of two digits is completed, an impossible one null."""
    century = F.when(number >= FIRST_YEAR_OF_TWO_DIGITS, 1900).otherwise(2000)
    is_two_digits = F.regexp_replace(F.trim(text), r"\.0*$", "").rlike(r"^\S{1,2}$")
    whole = F.when(is_two_digits, century + number).otherwise(number)
    return F.when(whole.between(1, 2100), F.lpad(whole.cast("string"), 4, "0"))


def month_number(text: Column) -> Column:
    """A month's number, from its number or its name."""
    named = F.regexp_extract(F.upper(text), _MONTH_WORD, 1)
    return F.when(named != "", _month_number(named).try_cast("int")).otherwise(number_text(text))


def two_digits(number: Column, most: int) -> Column:
    """A month or a day as two digits; null unless it is from 1 to ``most``."""
    return F.when(number.between(1, most), F.lpad(number.cast("string"), 2, "0"))


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
