"""Names: from a name as delivered to the words and keys that linkage compares.

Column in, Column out; native Spark expressions only. A name becomes upper-case words of A to
Z: accents folded, apostrophes closed up (O'Brien -> OBRIEN), hyphens and other signs opened
to spaces, titles before it and suffixes after it taken off, placeholders made null.

Spark works out an expression anew at each mention, so each step here mentions the one before
it once: what is not a name is replaced by nothing, and nothing becomes null at the very end, not
within a condition, where Spark works out twice what is compared and kept.
"""

from __future__ import annotations

import unicodedata

from pyspark.sql import Column
from pyspark.sql import functions as F

_ACCENTED = (
    "ÀÁÂÃÄÅĀĂĄÇĆĈĊČĎĐÐÈÉÊËĒĔĖĘĚĜĞĠĢĤĦÌÍÎÏĨĪĬĮİĴĶĹĻĽĿŁÑŃŅŇÒÓÔÕÖØŌŎŐŔŖŘŚŜŞŠȘŢŤŦȚÙÚÛÜŨŪŬŮŰŲŴÝŶŸŹŻŽ"
)
_FOLDED = (
    "AAAAAAAAACCCCCDDDEEEEEEEEEGGGGHHIIIIIIIIIJKLLLLLNNNNOOOOOOOOORRRSSSSSTTTTUUUUUUUUUUWYYYZZZ"
)
_FURTHER = [
    (chr(code), bare)
    for code in (*range(0x0100, 0x0250), *range(0x1E00, 0x1F00))
    if "A" <= (bare := unicodedata.normalize("NFD", chr(code))[0]) <= "Z"
    and chr(code) not in _ACCENTED
]
"""Letters with other accents and with two, as Vietnamese has them."""
_MARKS = "".join(map(chr, range(0x0300, 0x0370)))
"""Accents written as signs of their own, behind the letter: they are deleted."""
_WITH_ACCENTS = _ACCENTED + "".join(accented for accented, _ in _FURTHER) + _MARKS
_WITHOUT = _FOLDED + "".join(bare for _, bare in _FURTHER)
_LOOKALIKE_DIGITS, _LOOKALIKE_LETTERS = "01|58", "OLLSB"

_TITLES = (
    "MR|MRS|MS|MISS|MX|MSTR|MASTER|DR|DOCTOR|PROF|PROFESSOR|SIR|LADY|LORD|DAME|REV|REVD|REVEREND"
    "|CAPT|CAPTAIN|COL|COLONEL|LT|LIEUTENANT|SGT|MAJ|GEN|HON|RT HON|SIGNOR|MADAM|MME|MLLE|HERR|FRAU"
)
_SUFFIXES = (
    "JR|SR|JNR|SNR|JUNIOR|SENIOR|II|III|IV|ESQ|ESQUIRE|BT|BART|BARONET|PHD|MD|OBE|MBE|CBE|KC|QC|MP"
)
_ALSO_NAMES = "LORD|BART|JUNIOR|SENIOR|KC|MD"
"""Titles and suffixes that are names where nothing else is there: KC is a surname of Nepal."""
_PARTICLES = "DEL|DELLA|DER|DEN|DOS|VAN|VON|BIN|BINTI|IBN|THE|MAC"
"""Of three letters and more: shorter words are no parts anyway."""
_PLACEHOLDERS = (
    "UNKNOWN|UNK|NK|NOT KNOWN|NOTKNOWN|NOT STATED|NOT GIVEN|NO NAME|NONAME|NAME|NA|N A|NULL|NONE"
    "|NIL|MISSING|BLANK|REFUSED|DECLINED|ANONYMOUS|ANON|WITHHELD|TEST|XX|XXX|XXXX|BABY|BABY BOY"
    "|BABY GIRL|INFANT|NEWBORN|TODDLER|CHILD|KID|MINOR|BOY|GIRL|MALE|FEMALE|ADULT|PERSON|RESIDENT"
    "|OCCUPANT|OCCUPIER|HOUSEHOLDER|OWNER|TENANT|SON|DAUGHTER|BROTHER|SISTER|MOTHER|FATHER|MUM|DAD"
    "|HUSBAND|WIFE|SPOUSE|PARTNER|FRIEND|DITTO|SAME|OTHER|FORENAME|SURNAME|FIRSTNAME|LASTNAME"
)


def folded(text: Column) -> Column:
    """The text in upper case with accents folded to plain letters."""
    upper = F.upper(F.trim(text))
    plain = F.translate(upper, _WITH_ACCENTS, _WITHOUT)
    for sign, letters in (("ß", "SS"), ("ẞ", "SS"), ("Æ", "AE"), ("Œ", "OE"), ("Þ", "TH")):
        plain = F.replace(plain, F.lit(sign), F.lit(letters))
    return plain


def forename_parts(text: Column) -> tuple[Column, Column]:
    """The first word of all forenames as delivered, and the words behind it; each may be null."""
    words = F.split(F.trim(text), r"\s+", 2)
    return F.get(words, 0), F.get(words, 1)


def null_if_blank(text: Column) -> Column:
    """The text, or null when nothing is left of it; the text is worked out once."""
    return F.nullif(text, F.lit(""))


def name_words(name: Column) -> Column:
    """A name as plain words joined by single spaces; null when no word of a name is left.

    Ordinals (1ST, 7TH) go; digits that stand for letters (0, 1, 5, 8, |) become them.
    """
    cleaned = _plain_words(name, r"[^A-Z]+")
    return null_if_blank(F.when(is_plain_name(name), F.upper(name)).otherwise(cleaned))


def is_plain_name(text: Column) -> Column:
    """Whether the text is one word of plain letters, of which cleaning only makes capitals.

    Most names are, and the question costs a fifth of the cleaning.
    """
    none = rf"(?:{_PLACEHOLDERS}|{_TITLES}|{_SUFFIXES}|(.)\1+)$"
    return text.rlike(rf"(?i)^(?!{none})[A-Z]+\z")


def full_name_words(name: Column) -> Column:
    """As ``name_words``, but a hyphen between letters stays: SMITH-JONES is one surname."""
    cleaned = null_if_blank(_plain_words(name, r"(?:[^A-Z-]|-(?![A-Z])|(?<![A-Z])-)+"))
    return F.regexp_replace(cleaned, " +", " ")


def without_hyphens(name: Column) -> Column:
    """A part of a ``full_name_words`` as ``name_words`` would have it."""
    return F.translate(name, "-", " ")


def _plain_words(name: Column, signs: str) -> Column:
    text = folded(name)
    text = F.regexp_replace(text, r"\b\d+(ST|ND|RD|TH)\b|\([^)]*\)", " ")
    text = F.translate(text, _LOOKALIKE_DIGITS, _LOOKALIKE_LETTERS)
    text = F.regexp_replace(text, r"['’‘`´ʼ′.]", "")
    text = F.trim(F.regexp_replace(text, signs, " "))
    text = F.trim(F.regexp_replace(text, rf"^(?!(?:{_ALSO_NAMES})$)(?:(?:{_TITLES})(?: |$))+", ""))
    text = F.trim(F.regexp_replace(text, rf"(?: (?:{_SUFFIXES}))+$", ""))
    suffix_alone = rf"(?!(?:{_ALSO_NAMES})$)(?:{_SUFFIXES})"
    placeholder = rf"^(?:{_PLACEHOLDERS}|{suffix_alone}|(.)\1{{2,}})$"
    return F.regexp_replace(text, placeholder, "")


def words(name: Column) -> Column:
    """The words of a cleaned name as an array; null when there is none."""
    return F.split(name, " ")


def first_word(name: Column) -> Column:
    """The first word of a cleaned name."""
    return null_if_blank(F.substring_index(name, " ", 1))


def words_after_first(name: Column) -> Column:
    """What follows the first word of a cleaned name, or null."""
    return null_if_blank(F.trim(F.regexp_replace(name, r"^\S+", "")))


def last_word(name: Column) -> Column:
    """The last word of a cleaned name of two or more words, or null: the surname."""
    return F.when(name.contains(" "), F.substring_index(name, " ", -1))


def words_before_last(name: Column) -> Column:
    """A cleaned full name without its surname; a single word is a forename."""
    return F.when(name.contains(" "), F.trim(F.regexp_replace(name, r"\S+$", ""))).otherwise(name)


def initial(name: Column) -> Column:
    """The first letter of a cleaned name."""
    return F.substring(name, 1, 1)


def sound(name: Column) -> Column:
    """The Soundex code of a cleaned name, spaces closed up."""
    return F.soundex(F.replace(name, F.lit(" "), F.lit("")))


def surname_parts(*names: Column) -> Column:
    """The distinct parts of one or more cleaned surnames, particles (DE, VAN) left out.

    The whole name closed up is a part too, so that MC DONALD meets MCDONALD. Parts of one
    or two letters are left out unless the whole name is that short.
    """
    parts = rf"\b(?!(?:{_PARTICLES})\b)[A-Z]{{3,}}\b"
    arrays = [
        F.concat(
            F.array(F.replace(name, F.lit(" "), F.lit(""))),
            F.regexp_extract_all(name, F.lit(parts), F.lit(0)),
        )
        for name in names
    ]
    return null_if_empty(F.array_distinct(_joined_arrays(*arrays)))


def joined_words(*names: Column) -> Column:
    """The distinct words of several cleaned names as one array; null when there is none."""
    return null_if_empty(F.array_distinct(_joined_arrays(*(words(name) for name in names))))


def sorted_words(*names: Column) -> Column:
    """The words of several cleaned names in alphabetical order, as one text.

    Two names with the same words in any order get the same text. One word alone is not
    enough to go by and gives null.
    """
    joined = F.sort_array(F.array_distinct(_joined_arrays(*(words(name) for name in names))))
    return null_if_blank(F.regexp_replace(F.concat_ws(" ", joined), "^[^ ]*$", ""))


def null_if_empty(texts: Column) -> Column:
    """An array of texts, or null when nothing is in it; the array is worked out once."""
    return F.nullif(texts, _no_texts())


def _joined_arrays(*arrays: Column) -> Column:
    return F.concat(*(F.coalesce(array, _no_texts()) for array in arrays))


def _no_texts() -> Column:
    return F.array().cast("array<string>")
