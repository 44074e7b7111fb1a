"""Road sides: the roles of the columns of a pupil and of a Census person.

The road links as ``link-files`` does: from roles. These are the two sides it is given.
"""

from __future__ import annotations

from attainment_linkage.core.spec import SideSpec

ATTAINMENT_SIDE = SideSpec(
    "attainment_id",
    {
        "forename": "forename",
        "middle_names": "middle_name",
        "surname": "surname",
        "former_surname": "former_surname",
        "date_of_birth": "date_of_birth",
        "sex": "sex",
        "postcode": "postcode",
        "postcodes": "postcode_history",
    },
)
"""A pupil, put together from its school census and attainment rows."""

CENSUS_SIDE = SideSpec(
    "census_id",
    {
        "forename": "forename",
        "middle_names": "middle_name",
        "surname": "surname",
        "date_of_birth": "date_of_birth",
        "sex": "sex",
        "postcode": "postcode",
        "postcode_one_year_ago": "postcode_one_year_ago",
    },
)
"""A person on a Census form."""
