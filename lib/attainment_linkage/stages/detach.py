"""Detach: the spine and its draws, the only things of the links that leave the identifiers root."""

from __future__ import annotations

from attainment_linkage.adapters import review_files
from attainment_linkage.adapters.session import tasks_at_once
from attainment_linkage.domain import tables
from attainment_linkage.domain.review import RETURNED
from attainment_linkage.domain.road import DETACH as STAGE
from attainment_linkage.stages import accounts, stage_key
from attainment_linkage.stages.review.under_review import run_of
from attainment_linkage.stages.runner import StageRun
from attainment_linkage.steps import detach, draw_links

__all__ = ["STAGE", "body"]


def body(run: StageRun) -> None:
    """Write one row per pupil: ids, weight band, matchkey, flags; no name, date or postcode.

    And one row for each draw of links and pupil whose link is another in it.
    """
    pupils, links = run.read(tables.ATTAINMENT_PEOPLE), run.read(tables.LINKS)
    spine = run.write(detach.link_spine(pupils, links, _decided(run)), tables.LINK_SPINE)
    accounts.of_detach(run, spine)
    drawn = draw_links.link_draws(
        run.read(tables.SCORED_PAIRS),
        links,
        run.config.detach.link_draws,
        run.config.detach.seed,
        tasks_at_once(run.config),
    )
    run.write(drawn, tables.LINK_DRAWS)


def _decided(run: StageRun) -> detach.Decided:
    """What ``review measure`` returned of these very links; decisions on other ones are said."""
    returned = review_files.document(run.lake.root(tables.IDENTIFIERS), RETURNED)
    stage_key.require_reviewed(run.stage, returned, run.made_from)
    if not returned:
        return ()
    is_of_them = returned["run"] == run_of(run.lake)
    run.note("decided pairs returned", len(returned["pairs"]) if is_of_them else 0)
    if not is_of_them:
        run.note("decided pairs of other links, left out", len(returned["pairs"]))
        return ()
    return [(pupil, link, match, stands) for pupil, link, match, stands in returned["pairs"]]
