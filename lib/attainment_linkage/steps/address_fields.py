"""Address fields: house, street and postcodes, and the keys that are made of them."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from attainment_linkage.steps import names, places


def address_parts() -> list[Column]:
    """House number and street; an address line fills what the others leave null."""
    number = F.coalesce("house_number_text", "address_line_text")
    return [
        F.coalesce(
            places.house_number(number), places.house_number(F.col("address_line_text"))
        ).alias("house_number"),
        places.street(F.coalesce("street_text", "address_line_text")).alias("street"),
    ]


def address_keys() -> list[Column]:
    """The whole address, and the sounds of street and place."""
    street = F.col("street")
    return [
        F.soundex(F.regexp_replace(street, "[^A-Z]", "")).alias("street_sound"),
        places.address(F.col("house_number"), street).alias("address"),
        F.soundex(F.replace("place", F.lit(" "), F.lit(""))).alias("place_sound"),
    ]


def with_postcode(texts: DataFrame) -> DataFrame:
    """The current postcode with its sector and district, and the units of all of them.

    Postcodes are read by the United Kingdom's grammar where they have it; a code of digits
    stands for itself. Pseudo-postcodes give nulls. Each step is kept in columns of its own.
    """
    text, code, real, unit = map(
        F.col, ("postcode_text", "postcode_code", "postcode_real", "postcode_unit")
    )
    coded = texts.select("*", places.postcode_code(text).alias("postcode_code"))
    told = coded.select("*", places.real_postcode(text, code).alias("postcode_real"))
    read = told.select("*", places.british_unit(real).alias("postcode_unit"))
    real_code = F.when(real.isNotNull(), code)
    others = F.transform("other_postcodes", places.postcode_unit)
    united = read.select(
        "*",
        F.coalesce(unit, real_code).alias("postcode"),
        F.coalesce(
            places.sector_of(unit), places.sector_alone(real), places.sector_of(real_code)
        ).alias("postcode_sector"),
        F.coalesce(
            places.district_of(unit), places.district_alone(real), places.district_of(real_code)
        ).alias("postcode_district"),
    )
    units = F.array_compact(F.array_append(others, F.col("postcode")))
    return united.select("*", F.sort_array(F.array_distinct(units)).alias("units"))


def postcode_arrays() -> list[Column]:
    """All postcodes of a record, distinct and sorted, with their sectors and districts."""
    arrays = {
        "postcodes": F.col("units"),
        "postcode_sectors": F.transform("units", places.sector_of),
        "postcode_districts": F.transform("units", places.district_of),
    }
    return [
        names.null_if_empty(F.array_distinct(array)).alias(name) for name, array in arrays.items()
    ]
