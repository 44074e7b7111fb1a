"""Code names: what the codes and columns that a report shows are called.

Sources: minor ethnic groups of the National Pupil Database; ONS codes of the regions.
"""

from __future__ import annotations

from collections.abc import Mapping

NAMES: Mapping[str, str] = {
    "fsm": "free school meals",
    "sen": "special educational needs",
    "idaci_fifth": "deprivation (IDACI fifth)",
    "mover": "moved house",
    "missing_field": "a field is missing",
    "birth_year": "year of birth",
    "WBRI": "White British",
    "WIRI": "White Irish",
    "WIRT": "Traveller of Irish heritage",
    "WROM": "Gypsy or Roma",
    "WOTH": "other White",
    "MWBC": "White and Black Caribbean",
    "MWBA": "White and Black African",
    "MWAS": "White and Asian",
    "MOTH": "other mixed",
    "AIND": "Indian",
    "APKN": "Pakistani",
    "ABAN": "Bangladeshi",
    "AOTH": "other Asian",
    "CHNE": "Chinese",
    "BCRB": "Black Caribbean",
    "BAFR": "Black African",
    "BOTH": "other Black",
    "OOTH": "another ethnic group",
    "UNCLA": "not classified",
    "REFU": "refused",
    "NOBT": "not obtained",
    "E12000001": "North East",
    "E12000002": "North West",
    "E12000003": "Yorkshire and The Humber",
    "E12000004": "East Midlands",
    "E12000005": "West Midlands",
    "E12000006": "East of England",
    "E12000007": "London",
    "E12000008": "South East",
    "E12000009": "South West",
    "F": "female",
    "M": "male",
}
