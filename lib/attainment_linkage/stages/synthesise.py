"""Synthesise: the generated delivery as files, and its truth outside the four roots."""

from __future__ import annotations

import tomllib

from attainment_linkage.adapters.generated_files import write_delivery, write_truth
from attainment_linkage.adapters.project import conf_folder
from attainment_linkage.core.population import Population, profile_named
from attainment_linkage.domain.road import SYNTHESISE as STAGE
from attainment_linkage.domain.tables import SOURCES
from attainment_linkage.stages.runner import StageRun
from attainment_linkage.steps import synthesise

__all__ = ["DOUBLES", "LINKS", "STAGE", "body"]

LINKS, DOUBLES = "links", "census_doubles"
"""Names of the truth's two tables, folders under the truth's own."""


def body(run: StageRun) -> None:
    """Write the four sources where ingest looks for them, and the truth where no job does."""
    settings = run.config.synthesise
    profiles = tomllib.loads((conf_folder() / STAGE.conf_files[0]).read_text("utf-8"))
    population = Population(
        seed=settings.seed,
        profile=profile_named(profiles, settings.profile),
        attainment_records=settings.attainment_records,
        census_people=settings.census_people or None,
    )
    for source in SOURCES:
        folder = run.config.raw_path / source.name
        rows = synthesise.delivered(run.spark, source, population)
        write_delivery(rows, folder, settings.format)
        run.made(folder)
    truth = run.config.truth_path
    write_truth(synthesise.truth(run.spark, population), truth / LINKS)
    write_truth(synthesise.census_doubles(run.spark, population), truth / DOUBLES)
    run.made(truth)
