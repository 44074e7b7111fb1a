"""Name fields: forename, middle names and surname, and the keys that are made of them."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from attainment_linkage.steps import names


def whole_names() -> list[Column]:
    """Given names and surname; a full name fills what the others leave null."""
    full = F.col("full_name_text")
    before = names.without_hyphens(names.words_before_last(full))
    last = names.without_hyphens(names.last_word(full))
    return [
        before.alias("full_name_given"),
        F.coalesce("forename_text", before).alias("given"),
        F.coalesce("surname_text", last).alias("surname"),
    ]


def name_parts() -> list[Column]:
    """Forename, middle names and the words of the whole name, of ``whole_names``."""
    given, before, middle = F.col("given"), F.col("full_name_given"), F.col("middle_name_text")
    surname = F.col("surname")
    later = F.coalesce(names.words_after_first(given), names.words_after_first(before))
    return [
        names.first_word(given).alias("forename"),
        F.coalesce(middle, later).alias("middle_names"),
        names.joined_words(given, before, middle).alias("given_names"),
        names.surname_parts(surname, F.col("former_surname_text")).alias("surname_parts"),
        names.sorted_words(given, surname, middle).alias("name_sorted"),
    ]


def name_keys() -> list[Column]:
    """Initials, sounds and beginnings of names, and both orders of the whole name."""
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
