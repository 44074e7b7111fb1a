"""Generated populations: as the road links them, and as if counted and linked in full.

The full population has the same people, results and records, and every pupil has the true
link: its answers are the full-population truth, by the very definitions of the analysis
(``truths``: its households as they are, or as their forms have them).
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from attainment_linkage.adapters.analysis_files import read_definitions
from attainment_linkage.adapters.project import conf_folder
from attainment_linkage.core.analysis.counting import block_moments
from attainment_linkage.core.analysis.definitions import Analysis
from attainment_linkage.core.analysis.moments import NAMES, Moments
from attainment_linkage.core.analysis.reading import read_analysis
from attainment_linkage.core.population import Population, profile_named
from attainment_linkage.domain import tables
from attainment_linkage.steps import analyse, pseudonymise, usable_links
from tests.analysis_sample import cells_of
from tests.conftest import config_for
from tests.coverage import quick, short_road, truths

CHECKED = ("T1", "T3", "T7", "T9", "T18")
AS_THEY_ARE, AS_ENUMERATED = "as they are", "as enumerated"
AllMoments = dict[tuple[int, str], Moments]


def checked_analysis() -> Analysis:
    """The tables whose coverage is checked, of the project's own definitions."""
    document = read_definitions()
    document["table"] = [one for one in document["table"] if one["name"] in CHECKED]
    document["table"][0]["by"] = ["sex"]
    document["model"] = []
    return read_analysis(document, tables.LINKED_PUPILS)


def population(seed: int, records: int, *, is_full: bool = False) -> Population:
    """The generator's population; in full: nobody is missed by the Census."""
    document = tomllib.loads((conf_folder() / "population.toml").read_text("utf-8"))
    profile = profile_named(document, "realistic")
    if is_full:
        whole = dataclasses.replace(profile.coverage, households_missed=0.0, people_missed=0.0)
        profile = dataclasses.replace(profile, coverage=whole)
    return Population(seed, profile, records)


def truths_of(analysis: Analysis, seed: int, records: int) -> dict[str, AllMoments]:
    """The moments of everybody, by each reading of their households."""
    whole = quick.delivered(population(seed, records, is_full=True))
    made = quick.delivered(population(seed, records))
    return {
        AS_THEY_ARE: moments_of_frame(analysis, truths.as_they_are(whole)),
        AS_ENUMERATED: moments_of_frame(analysis, truths.as_enumerated(made, whole)),
    }


def by_truth(analysis: Analysis, seed: int, records: int) -> AllMoments:
    """The moments of the population with the true link of every pupil on the Census."""
    return moments_of_frame(analysis, quick.pupils(quick.delivered(population(seed, records))))


def moments_of_frame(analysis: Analysis, frame: pd.DataFrame) -> AllMoments:
    """The moments of every block and measure, pupil by pupil; no draws of links."""
    return {
        (block.number, measure.name): cells_of(frame, block, measure).each(lambda one: one[None])
        for block in analysis.blocks
        for measure in block.measures
    }


def by_road(
    spark: SparkSession, analysis: Analysis, seed: int, records: int, lake: Path
) -> AllMoments:
    """The moments of a population as the road links it, with its draws and weights."""
    delivered = quick.delivered(population(seed, records), has_others=True)
    short_road.links_made(spark, delivered, config_for(lake), lake / "tables")

    def written(table: tables.Table) -> DataFrame:
        return spark.read.parquet(str(lake / "tables" / table.name)).persist()

    spine, draws = written(tables.LINK_SPINE), written(tables.LINK_DRAWS)
    attainment, census = written(tables.PUPIL_ATTAINMENT), written(tables.CENSUS_CHARACTERISTICS)
    sources = (attainment, written(tables.PUPIL_CHARACTERISTICS), census,
               written(tables.LINKAGE_WEIGHTS))  # fmt: skip
    links = usable_links.usable(usable_links.judged_links(spine, attainment, census))
    made = _renamed(pseudonymise.linked_pupils(links, *sources), tables.LINKED_PUPILS)
    drawn = _renamed(pseudonymise.drawn_pupils(draws, *sources), tables.DRAWN_PUPILS)
    count = analyse.last_draw(drawn).collect()[0]["draws"]
    changes = analyse.pupils_and_changes(made, drawn, analysis)
    rows = analyse.counted(changes, analysis, count).toArrow()
    found = {
        (block.number, name): moments
        for block, of_block in block_moments(analysis, rows, count)
        for name, moments in of_block.items()
    }
    spark.catalog.clearCache()
    return found


def kept(path: Path, make: Callable[[], AllMoments]) -> AllMoments:
    """Moments made earlier and kept in a file; made, and kept, where it is not there."""
    if not path.is_file():
        made = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        arrays = {
            f"{block}/{measure}/{name}": getattr(moments, name)
            for (block, measure), moments in made.items()
            for name in NAMES
        }
        np.savez_compressed(path, **arrays)
    with np.load(path) as file:
        places = {tuple(key.split("/")[:2]) for key in file.files}
        return {
            (int(block), measure): Moments(*(file[f"{block}/{measure}/{name}"] for name in NAMES))
            for block, measure in sorted(places)
        }


def _renamed(pupils: DataFrame, table: tables.Table) -> DataFrame:
    """Source ids stand in for pseudonyms: they change nothing of an answer."""
    named = {"person_id": "attainment_id", "household_id": "home", "school_id": "school_urn"}
    return pupils.withColumns({new: F.col(old) for new, old in named.items()}).select(*table.names)
