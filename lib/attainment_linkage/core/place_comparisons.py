"""Place comparisons: where people live, and other places, as levels in DuckDB SQL."""

from __future__ import annotations

from typing import Any

from attainment_linkage.core.levels import (
    Comparison,
    alike,
    comparison,
    edits,
    either_null,
    level,
    null,
    otherwise,
    same,
)


def several_postcodes() -> Comparison:
    """Postcodes where records hold several: the best of all pairs, unit, sector, district."""
    return comparison(
        "where",
        null(either_null("postcodes")),
        level("a unit in common", "list_has_any(postcodes_l, postcodes_r)", 0.75),
        level("a sector in common", "list_has_any(postcode_sectors_l, postcode_sectors_r)", 0.03),
        level(
            "a district in common",
            "list_has_any(postcode_districts_l, postcode_districts_r)",
            0.06,
        ),
        otherwise(0.16),
    )


def where(fields: frozenset[str]) -> Comparison:
    """Where people live, once: address, postcode, street and town together, closest first.

    They are one comparison because they are one piece of evidence: a postcode settles the
    town and most of the street.
    """
    has_address, has_postcode = "address" in fields, "postcode" in fields
    has_street, has_place = "street" in fields, "place" in fields
    same_postcode, same_number = same("postcode"), same("house_number")
    near_postcode = f"({edits('postcode', 1)} OR {same('postcode_sector')})"
    made: list[dict[str, Any]] = []
    if has_address and has_postcode:
        both = f"{same('address')} AND {same_postcode}"
        made.append(level("address and postcode equal", both, 0.5, "address", True))
        both = f"{same('address')} AND {near_postcode}"
        made.append(level("address equal, postcode near", both, 0.05))
        both = f"{same_number} AND {same_postcode}"
        made.append(level("number and postcode equal", both, 0.05))
    if has_address:
        made.append(level("address equal", same("address"), 0.15, "address"))
        near = f"{same_number} AND {alike('street', 0.88)}"
        made.append(level("number equal, street alike", near, 0.05))
    if has_address and has_postcode:
        both = f"{same_postcode} AND {alike('street', 0.88)} AND {edits('house_number', 1)}"
        made.append(level("number one edit, street alike, postcode equal", both, 0.03))
    if "house_number" in fields and has_postcode and not has_address:
        both = f"{same_number} AND {same_postcode}"
        made.append(level("number and postcode equal", both, 0.5))
    if has_street and has_postcode:
        near = f"{same_postcode} AND {alike('street', 0.88)}"
        made.append(level("street alike, postcode equal", near, 0.03))
    if has_place and has_postcode:
        both = f"{same_postcode} AND {same('place')}"
        made.append(level("postcode and place equal", both, 0.3, "postcode", True))
    if has_postcode:
        made.append(level("postcode equal", same_postcode, 0.1, "postcode"))
    if has_street:
        made.append(level("street equal", same("street"), 0.05, "street", True))
    if has_place and has_postcode:
        both = f"{same('place')} AND {edits('postcode', 1)}"
        made.append(level("place equal, postcode one edit", both, 0.05, "place", True))
    if has_postcode:
        made.append(level("postcode one edit", edits("postcode", 1), 0.04))
        made.append(level("sector equal", same("postcode_sector"), 0.02))
    if has_place:
        made.append(level("place equal", same("place"), 0.1, "place", True))
        near = f"{edits('place', 2)} AND length(place_l) > 4"
        made.append(level("place nearly equal", near, 0.03))
    if has_street:
        made.append(level("street alike", alike("street", 0.9), 0.02))
    if has_postcode:
        made.append(level("district equal", same("postcode_district"), 0.02))
    known = ["street"] * has_street + ["place"] * has_place
    known += ["postcode_district", "postcode"] * has_postcode
    unknown = " AND ".join(f"({either_null(column)})" for column in known)
    return comparison("where", null(unknown), *made, otherwise(0.15))


def place_name(name: str, column: str) -> Comparison:
    """A town or other place: equal, one or two edits, alike."""
    return comparison(
        name,
        null(either_null(column)),
        level("equal", same(column), 0.75, column),
        level("nearly equal", edits(column, 2) + f" AND length({column}_l) > 4", 0.08),
        level("alike", alike(column, 0.88), 0.03),
        otherwise(0.14),
    )
