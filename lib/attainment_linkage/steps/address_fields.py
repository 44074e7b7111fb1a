"""Address fields: house, street and postcodes, and the keys that are made of them."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from attainment_linkage.steps import places


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


def postcode_parts() -> list[Column]:
    """The current postcode with its sector and district, and the units of all of them."""
    current = places.postcode(F.col("postcode_text"))
    units = F.transform("other_postcodes", lambda text: places.postcode(text).unit)
    return [
        current.unit.alias("postcode"),
        current.sector.alias("postcode_sector"),
        current.district.alias("postcode_district"),
        F.concat(F.array(current.unit), units).alias("units"),
    ]


def postcode_arrays() -> list[Column]:
    """All postcodes of a record, distinct and sorted, with their sectors and districts."""
    units = F.array_sort(F.array_distinct(F.filter("units", lambda unit: unit.isNotNull())))
    arrays = {
        "postcodes": units,
        "postcode_sectors": F.transform(units, lambda unit: places.postcode(unit).sector),
        "postcode_districts": F.transform(units, lambda unit: places.postcode(unit).district),
    }
    return [
        F.when(F.size(units) > 0, F.array_distinct(array)).alias(name)
        for name, array in arrays.items()
    ]
