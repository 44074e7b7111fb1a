"""Measure tables: how well groups of pupils are linked, and what linked pupils stand for."""

from __future__ import annotations

from attainment_linkage.domain.table import ATTAINMENT_ID, ATTRIBUTES, Column, Table, required

CHARACTERISTICS: tuple[str, ...] = (
    "sex",
    "ethnic_group",
    "fsm",
    "sen",
    "idaci_fifth",
    "region",
    "birth_year",
    "mover",
    "twin",
    "missing_field",
)
"""What link quality is split by, and the chance to be linked is modelled on."""


def _rate(name: str, meaning: str) -> tuple[Column, ...]:
    """A rate and the limits of its 95% interval."""
    return (
        Column(name, f"{meaning}; null where it would rest on fewer than the smallest count",
               "double"),
        Column(f"{name}_lower", f"lower limit of {name}: Wilson, 95%", "double"),
        Column(f"{name}_upper", f"upper limit of {name}: Wilson, 95%", "double"),
    )  # fmt: skip


LINK_QUALITY = Table(
    "link_quality",
    "one row per characteristic and category of pupils; first that of all pupils",
    ATTRIBUTES,
    (
        required("characteristic", "what pupils are grouped by; all: not at all"),
        required("category", "the group; not known where the pupil's attributes do not say"),
        Column("pupils", "pupils with an attainment record; null: suppressed", "bigint"),
        Column("linked", "of these, linked to a Census person; null: suppressed", "bigint"),
        *_rate("link_rate", "linked of all pupils"),
        *_rate("precision", "right of the links that are judged"),
        *_rate(
            "recall",
            "right links of the pupils whose Census person is in the file; as judged "
            "by reviewers, of the true ones among the scored pairs",
        ),
        Column("is_suppressed", "too small to be shown, or would give away one that is", "boolean"),
        required("judged_by", "planted truth; reviewers, by a sample of pairs; nobody"),
    ),
    ("characteristic", "category"),
)

LINKAGE_WEIGHTS = Table(
    "linkage_weights",
    "one row per linked pupil",
    ATTRIBUTES,
    (
        ATTAINMENT_ID,
        Column("link_chance", "modelled chance of a pupil like this to be linked", "double",
               is_required=True),
        Column("linkage_weight", "pupils it stands for: the inverse of its chance, trimmed, "
               "scaled to add up to all pupils", "double", "pupils", is_required=True),
        Column("is_trimmed", "its weight was cut to the largest allowed", "boolean",
               is_required=True),
    ),
    ("attainment_id",),
)  # fmt: skip
