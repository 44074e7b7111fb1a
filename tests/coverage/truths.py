"""What is true of a generated population: two readings of its households, both of everybody.

``as they are``: nobody is missed by the Census, neither a pupil nor anybody of a household.
``as enumerated``: every pupil is counted and rightly linked, and the household is what its
form says, as it is for whoever reads a Census file; whoever the forms left out is left out. A
household without a form has the one that it would have sent.
"""

from __future__ import annotations

import pandas as pd

from tests.coverage import quick

Delivered = dict[str, pd.DataFrame]


def as_they_are(whole: Delivered) -> pd.DataFrame:
    """The pupils of a population counted in full, each standing for one."""
    return quick.linked(whole).assign(linkage_weight=1.0)


def as_enumerated(made: Delivered, whole: Delivered) -> pd.DataFrame:
    """The same pupils, each with the answers of its form as it came back.

    Args:
        made: the delivered tables and the truth, as counted.
        whole: the same people, counted in full; its Census ids are of other lines.
    """
    seen = quick.linked(made)
    truth = made["truth"].set_index("attainment_id").census_id
    own = "full " + whole["truth"].set_index("attainment_id").census_id
    missed = own[truth.isna().reindex(own.index)]
    forms, lines = made["census"], whole["census"].assign(
        census_id="full " + whole["census"].census_id
    )  # fmt: skip
    has_form = lines.household_id.isin(forms.household_id)
    added = lines[~has_form | lines.census_id.isin(missed)]
    # a pupil left off a form lives in the home that the form describes
    rating = forms.groupby("household_id").occupancy_rating.first()
    told = added.household_id.map(rating).fillna(added.occupancy_rating)
    census = pd.concat([forms, added.assign(occupancy_rating=told)])
    filled = made["truth"].assign(census_id=truth.fillna(own).to_numpy())
    others = quick.linked(made | {"census": census, "truth": filled})
    # the others on a form are told by the form, not by it and the pupil it left off
    found = pd.concat([seen[seen.is_linked], others[~seen.is_linked]])
    return found.assign(linkage_weight=1.0)
