"""Pseudonymise: attributes and the spine of links in, the research table and its dictionary out."""

from __future__ import annotations

from pyspark.sql import DataFrame

from attainment_linkage.adapters.dictionaries import write_dictionary
from attainment_linkage.core.dictionary import entries
from attainment_linkage.core.reconciliation import Balance
from attainment_linkage.domain import tables
from attainment_linkage.domain.road import PSEUDONYMISE as STAGE
from attainment_linkage.domain.variable import variables
from attainment_linkage.stages.keys import INTERNAL, internal_key
from attainment_linkage.stages.runner import KEY_ID, StageRun
from attainment_linkage.steps import pseudonymise, research_counts, usable_links

__all__ = ["STAGE", "body"]

DICTIONARIES = "dictionaries"


def body(run: StageRun) -> None:
    """Judge the links, set aside what cannot be used, and write every pupil once."""
    spine, draws, weights, *others = (run.read(one) for one in STAGE.reads)
    attainment, characteristics, census = others
    sources = (attainment, characteristics, census, weights)
    judged = usable_links.judged_links(spine, attainment, census).persist()
    try:
        set_aside = run.write(usable_links.set_aside(judged), tables.QUARANTINE_LINKS)
        links = usable_links.usable(judged)
        pupils = pseudonymise.linked_pupils(links, *sources)
        version, key = run.config.pseudonymise.ids_version, internal_key(run.config)
        run.note(KEY_ID, key.key_id)
        named = pseudonymise.with_pseudonyms(pupils, INTERNAL, version, key)
        research = run.write(named, tables.LINKED_PUPILS)
        drawn = pseudonymise.drawn_pupils(draws, *sources)
        run.write(
            pseudonymise.with_pseudonyms(drawn, INTERNAL, version, key, tables.DRAWN_PUPILS),
            tables.DRAWN_PUPILS,
        )
    finally:
        judged.unpersist()
    _reconcile(run, attainment, spine, set_aside, research)
    _describe(run, research)


def _reconcile(
    run: StageRun, attainment: DataFrame, spine: DataFrame, set_aside: DataFrame, out: DataFrame
) -> None:
    """Print what came in, went out and was set aside; stop where they differ."""
    came = research_counts.counts_in(attainment, spine).collect()[0]
    reasons = {row["reason"]: row["links"] for row in usable_links.reasons(set_aside).collect()}
    found = research_counts.counts(out).collect()[0]
    for reason in sorted(reasons):
        run.note(f"links set aside: {reason}", reasons[reason])
    run.note("pupils in a household without an adult", found["without_adults"])
    run.balance(
        Balance("pupils", came["pupils"], found["pupils"]),
        Balance("attainment records", came["records"], found["records"]),
        Balance("links", came["links"], found["linked"], sum(reasons.values())),
    )


def _describe(run: StageRun, research: DataFrame) -> None:
    """Write the data dictionary of the research table, as CSV and as a page."""
    missing = research_counts.shares_missing(research).collect()[0].asDict()
    lines = entries(variables(tables.LINKED_PUPILS), missing)
    folder = run.lake.root(tables.RESEARCH) / DICTIONARIES / tables.LINKED_PUPILS.name / run.key
    run.made(write_dictionary(tables.LINKED_PUPILS, lines, folder))
