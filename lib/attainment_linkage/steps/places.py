"""Places: postcodes, addresses, towns, telephone numbers and identifiers made comparable.

Column in, Column out; native Spark expressions only. Postcodes are read by the United
Kingdom's grammar where they have it; otherwise a code of digits (ZIP, Australian) stands
for itself, its leading digits standing for the wider area.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from pyspark.sql import Column
from pyspark.sql import functions as F

from attainment_linkage.steps.names import folded, null_if_blank

_UNIT = r"^(GIR0AA|[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2})$"
_OUTWARD = r"^[A-Z]{1,2}[0-9][0-9A-Z]?$"
_SECTOR = r"^[A-Z]{1,2}[0-9][0-9A-Z]?[0-9]$"
_PSEUDO = r"^(ZZ99|XX99|AA99|QQ99)|^0+$|^9+$|^1+$"
_SCANNED, _DIGITS = "OQIL|SZB", "00111528"

_STREET_WORDS = {
    "STREET": "ST",
    "STR": "ST",
    "ROAD": "RD",
    "AVENUE": "AVE",
    "AV": "AVE",
    "LANE": "LN",
    "DRIVE": "DR",
    "DRV": "DR",
    "COURT": "CT",
    "CRT": "CT",
    "PLACE": "PL",
    "CLOSE": "CL",
    "CRESCENT": "CRES",
    "CRESENT": "CRES",
    "GARDENS": "GDNS",
    "GARDEN": "GDN",
    "GROVE": "GR",
    "TERRACE": "TER",
    "TERR": "TER",
    "TCE": "TER",
    "SQUARE": "SQ",
    "CIRCLE": "CIR",
    "CIRCUIT": "CCT",
    "BOULEVARD": "BLVD",
    "PARKWAY": "PKWY",
    "HIGHWAY": "HWY",
    "TRAIL": "TRL",
    "WAY": "WAY",
    "MOUNT": "MT",
    "SAINT": "ST",
    "NORTH": "N",
    "SOUTH": "S",
    "EAST": "E",
    "WEST": "W",
    "NORTHEAST": "NE",
    "NORTHWEST": "NW",
    "SOUTHEAST": "SE",
    "SOUTHWEST": "SW",
    "EXTENSION": "EXT",
    "MILL": "ML",
    "RUN": "RN",
}


@dataclass(frozen=True)
class Postcode:
    """A postcode: ``unit`` compact and whole, and the ``sector`` and ``district`` it lies in."""

    unit: Column
    sector: Column
    district: Column


def postcode_text(text: Column) -> Column:
    """A postcode as capitals and digits alone; keep it in a column before taking it apart."""
    return F.regexp_replace(folded(text), r"[^A-Z0-9|]", "")


def postcode(compact: Column) -> Postcode:
    """The unit, sector and district of a ``postcode_text``; pseudo-postcodes give nulls.

    A British outward part alone gives the district. Of a code of four or more digits the
    unit is its first five, the sector all but the last of these, the district all but two.
    """
    digits = F.translate(compact, _SCANNED, _DIGITS)
    is_code = digits.rlike(r"^\d{4,9}$") & compact.rlike(r"\d.*\d")
    code = F.substring(digits, 1, 5)
    is_pseudo = compact.rlike(_PSEUDO) | (is_code & code.rlike(_PSEUDO))
    british = F.regexp_replace(compact, r"\|", "1")
    is_unit = british.rlike(_UNIT)
    length = F.length(british)
    unit = F.when(is_unit, british).when(is_code, code)
    sector = (
        F.when(is_unit, F.substring(british, F.lit(1), length - 2))
        .when(british.rlike(_SECTOR), british)
        .when(is_code, F.substring(code, F.lit(1), F.length(code) - 1))
    )
    district = (
        F.when(is_unit, F.substring(british, F.lit(1), length - 3))
        .when(british.rlike(_OUTWARD), british)
        .when(is_code, F.substring(code, F.lit(1), F.length(code) - 2))
    )
    is_real = ~F.coalesce(is_pseudo, F.lit(False))
    return Postcode(F.when(is_real, unit), F.when(is_real, sector), F.when(is_real, district))


def house_number(text: Column) -> Column:
    """The house number at the start of a text: '36a High St' -> 36A, '6.0' -> 6; else null.

    A flat or unit before it ('Flat 2, 36 High St') is passed over.
    """
    upper = F.regexp_replace(
        F.upper(F.trim(text)), r"^(FLAT|APT|APARTMENT|UNIT|FLT)\W*\w+[\s,/]+", ""
    )
    found = F.regexp_extract(upper, r"^0*(\d+[A-Z]?)(?:\.0+)?(?:\W|$)", 1)
    return null_if_blank(found)


def street(text: Column) -> Column:
    """A street name in upper-case words, its usual words abbreviated; numbers before it go."""
    upper = F.regexp_replace(
        F.upper(F.trim(text)), r"^(FLAT|APT|APARTMENT|UNIT|FLT)\W*\w+[\s,/]+", ""
    )
    named = F.regexp_replace(upper, r"^\d+[A-Z]?(?:\.0+)?(?=\W|$)", "")
    return null_if_blank(street_words(named))


def street_words(text: Column) -> Column:
    """The words of a street name, each abbreviated as usual (ROAD -> RD)."""
    plain = F.trim(F.regexp_replace(folded(text), r"[^A-Z0-9]+", " "))
    usual = F.create_map(*(F.lit(word) for word in chain(*_STREET_WORDS.items())))
    short = F.transform(
        F.split(plain, " "), lambda word: F.coalesce(F.try_element_at(usual, word), word)
    )
    return F.concat_ws(" ", short)


def address(number: Column, street_name: Column) -> Column:
    """House number and street as one text; null unless both are known."""
    return F.concat(number, F.lit(" "), street_name)


def place(text: Column) -> Column:
    """A town, suburb or region in upper-case words; placeholders null."""
    plain = F.trim(F.regexp_replace(folded(F.translate(text, "0|", "oi")), r"[^A-Z0-9]+", " "))
    plain = F.regexp_replace(plain, r"\bSAINT\b", "ST")
    return null_if_blank(F.when(~plain.isin("UNKNOWN", "NA", "N A", "NONE", "NULL"), plain))


def category(text: Column) -> Column:
    """A category (occupation, ethnic group) in lower case, spaces single; placeholders null."""
    plain = F.lower(F.trim(F.regexp_replace(text, r"\s+", " ")))
    return null_if_blank(
        F.when(~plain.isin("unknown", "not stated", "na", "n/a", "none", "null", "-"), plain)
    )


def sex(text: Column) -> Column:
    """M or F from the usual codes and words (1 male, 2 female); anything else null."""
    plain = F.upper(F.trim(F.regexp_replace(text, r"\.0+$", "")))
    return F.when(plain.isin("M", "1", "MALE", "MAN", "BOY", "B"), "M").when(
        plain.isin("F", "2", "FEMALE", "WOMAN", "GIRL", "G", "W"), "F"
    )


def phone(text: Column) -> Column:
    """The digits of a telephone number, without a leading country code 44; short ones null."""
    digits = F.regexp_replace(F.translate(F.upper(text), _SCANNED, _DIGITS), r"\D", "")
    national = F.regexp_replace(digits, r"^(?:00)?44(?=\d{10}$)", "0")
    return F.when((F.length(national) >= 6) & ~national.rlike(r"^(\d)\1+$"), national)


def email(text: Column) -> Column:
    """An email address in lower case, or null when it has no @."""
    plain = F.lower(F.trim(text))
    return F.when(plain.rlike(r"^[^@\s]+@[^@\s]+$"), plain)


def identifier(text: Column) -> Column:
    """An identifier in capitals and digits; null when blank or one sign repeated.

    Where at least half of it is digits, letters a scanner makes of digits are made digits,
    unless it begins or ends with a letter, as a UPN or National Insurance number does.
    """
    compact = F.regexp_replace(folded(text), r"[^A-Z0-9|]", "")
    digits = F.translate(compact, _SCANNED, _DIGITS)
    read = F.when(
        digits.rlike(r"^\d+$")
        & (F.length(F.regexp_replace(compact, r"\D", "")) * 2 >= F.length(compact)),
        digits,
    ).otherwise(compact)
    return null_if_blank(F.when(~read.rlike(r"^(.)\1*$"), read))
