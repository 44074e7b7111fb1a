"""Places: postcodes, addresses, towns, telephone numbers and identifiers made comparable.

Column in, Column out; native Spark expressions only. Postcodes are read by the United
Kingdom's grammar where they have it; otherwise a code of digits (ZIP, Australian) stands
for itself, its leading digits standing for the wider area.
"""

from __future__ import annotations

from itertools import chain

from pyspark.sql import Column
from pyspark.sql import functions as F

from attainment_linkage.steps.names import folded, null_if_blank

_UNIT = r"^(GIR0AA|[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2})$"
_OUTWARD = r"^[A-Z]{1,2}[0-9][0-9A-Z]?$"
_SECTOR = r"^[A-Z]{1,2}[0-9][0-9A-Z]?[0-9]$"
_PSEUDO = r"^(ZZ99|XX99|AA99|QQ99)|^0+$|^9+$|^1+$"
_SCANNED, _DIGITS = "OQIL|SZB", "00111528"
_PART = ";"
_NO_IDENTIFIER = (
    "NA|NAN|NONE|NULL|NIL|UNKNOWN|UNK|NK|NOTKNOWN|NOTSTATED|NOTGIVEN|MISSING|REFUSED|WITHHELD"
)

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


def postcode_text(text: Column) -> Column:
    """A postcode as capitals and digits alone; keep it in a column before taking it apart."""
    cleaned = F.regexp_replace(folded(text), r"[^A-Z0-9|]", "")
    compact = F.replace(text, F.lit(" "), F.lit(""))
    return F.when(is_plain_unit(text), compact).otherwise(cleaned)


def is_plain_unit(text: Column) -> Column:
    """Whether the text is a unit in capitals and no pseudo-postcode, with its space or not."""
    return text.rlike(r"^(?!(ZZ|XX|AA|QQ)9 ?9)[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}\z")


def postcode_texts(texts: Column) -> Column:
    """An array of postcodes, each as ``postcode_text``; an unknown one is blank or left out."""
    joined = F.concat_ws(_PART, F.transform(texts, lambda text: F.translate(text, _PART, "")))
    return F.split(F.regexp_replace(folded(joined), rf"[^A-Z0-9|{_PART}]", ""), _PART)


def postcode_code(compact: Column) -> Column:
    """The first five digits of a code of four to nine (ZIP, Australian), or null."""
    digits = F.translate(compact, _SCANNED, _DIGITS)
    is_code = digits.rlike(r"^\d{4,9}$") & compact.rlike(r"\d.*\d")
    return F.when(is_code, F.substring(digits, 1, 5))


def real_postcode(compact: Column, code: Column) -> Column:
    """A ``postcode_text`` with ``code`` its ``postcode_code``; null for a pseudo-postcode."""
    is_pseudo = compact.rlike(_PSEUDO) | F.coalesce(code.rlike(_PSEUDO), F.lit(False))
    return F.when(~is_pseudo, F.translate(compact, "|", "1"))


def british_unit(real: Column) -> Column:
    """The unit of a ``real_postcode`` by the grammar of the United Kingdom, or null."""
    return F.when(real.rlike(_UNIT), real)


def postcode_unit(compact: Column) -> Column:
    """The unit of a ``postcode_text`` in one expression: for those of an array."""
    is_plain = compact.rlike(_UNIT) & ~compact.rlike(_PSEUDO)
    code = postcode_code(compact)
    real = real_postcode(compact, code)
    found = F.coalesce(british_unit(real), F.when(real.isNotNull(), code))
    return F.when(is_plain, compact).otherwise(found)


def is_any_postcode(compact: Column) -> Column:
    """Whether a ``postcode_text`` is a unit, a sector, a district or a code of digits."""
    code = postcode_code(compact)
    real = real_postcode(compact, code)
    parts = (british_unit(real), code, sector_alone(real), district_alone(real))
    return F.when(real.isNotNull(), F.coalesce(*parts).isNotNull()).otherwise(F.lit(False))


def sector_of(unit: Column) -> Column:
    """The sector a unit lies in: less its last two letters, of a code its last digit."""
    return _less(unit, 1)


def district_of(unit: Column) -> Column:
    """The district a unit lies in: less its last three signs, of a code its last two."""
    return _less(unit, 2)


def _less(unit: Column, digits: int) -> Column:
    left_out = F.when(unit < "A", digits).otherwise(digits + 1)
    return F.substring(unit, F.lit(1), F.length(unit) - left_out)


def sector_alone(real: Column) -> Column:
    """A ``real_postcode`` that is a sector and no more, or null."""
    return F.when(real.rlike(_SECTOR), real)


def district_alone(real: Column) -> Column:
    """A ``real_postcode`` that is an outward part and no more, or null."""
    return F.when(real.rlike(_OUTWARD), real)


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
    return null_if_blank(
        F.regexp_replace(plain, "^(?:UNKNOWN|NOT KNOWN|NOT STATED|NA|N A|NAN|NONE|NULL)$", "")
    )


def category(text: Column) -> Column:
    """A category (occupation, ethnic group) in lower case, spaces single; placeholders null."""
    plain = F.lower(F.trim(F.regexp_replace(text, r"\s+", " ")))
    return null_if_blank(F.regexp_replace(plain, "^(?:unknown|not stated|na|n/a|none|null|-)$", ""))


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
    return null_if_blank(F.regexp_replace(national, r"^(?:\d{1,5}|(\d)\1+)$", ""))


def email(text: Column) -> Column:
    """An email address in lower case, or null when it has no @."""
    plain = F.lower(F.trim(text))
    return F.when(plain.rlike(r"^[^@\s]+@[^@\s]+$"), plain)


def identifier(text: Column) -> Column:
    """An identifier in capitals and digits; null when blank, a placeholder or one sign repeated.

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
    return null_if_blank(F.regexp_replace(read, rf"^(?:(.)\1*|{_NO_IDENTIFIER})$", ""))
