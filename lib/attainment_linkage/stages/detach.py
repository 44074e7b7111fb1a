"""Detach: the spine, the only thing of the links that leaves the identifiers root."""

from __future__ import annotations

from attainment_linkage.domain import tables
from attainment_linkage.domain.road import DETACH as STAGE
from attainment_linkage.stages.runner import StageRun
from attainment_linkage.steps import detach

__all__ = ["STAGE", "body"]


def body(run: StageRun) -> None:
    """Write one row per pupil: ids, weight band, matchkey, flags; no name, date or postcode."""
    pupils, links = run.read(tables.ATTAINMENT_PEOPLE), run.read(tables.LINKS)
    run.write(detach.link_spine(pupils, links), tables.LINK_SPINE)
