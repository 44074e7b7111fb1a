"""Detach: the spine and its draws, the only things of the links that leave the identifiers root."""

from __future__ import annotations

from attainment_linkage.domain import tables
from attainment_linkage.domain.road import DETACH as STAGE
from attainment_linkage.stages.runner import StageRun
from attainment_linkage.steps import detach, draw_links

__all__ = ["STAGE", "body"]


def body(run: StageRun) -> None:
    """Write one row per pupil: ids, weight band, matchkey, flags; no name, date or postcode.

    And one row for each draw of links and pupil whose link is another in it.
    """
    pupils, links = run.read(tables.ATTAINMENT_PEOPLE), run.read(tables.LINKS)
    run.write(detach.link_spine(pupils, links), tables.LINK_SPINE)
    drawn = draw_links.link_draws(
        run.read(tables.SCORED_PAIRS),
        links,
        run.config.detach.link_draws,
        run.config.detach.seed,
        run.spark.sparkContext.defaultParallelism,
    )
    run.write(drawn, tables.LINK_DRAWS)
