"""Standardise: identity rows into linkage records, attribute rows into one row each."""

from __future__ import annotations

from pyspark.sql import DataFrame

from attainment_linkage.core.column_facts import facts_from_counts
from attainment_linkage.core.road_sides import ATTAINMENT_SIDE, CENSUS_SIDE
from attainment_linkage.core.spec import SideSpec
from attainment_linkage.domain import tables
from attainment_linkage.domain.road import STANDARDISE as STAGE
from attainment_linkage.stages import accounts, readable
from attainment_linkage.stages.runner import StageRun
from attainment_linkage.steps import column_counts, standardise
from attainment_linkage.steps.linkage_record import linkage_records

__all__ = ["STAGE", "body", "identifiers_door"]


def body(run: StageRun) -> None:
    """Both doors; they share nothing but source ids."""
    identifiers_door(run)
    _attributes_door(run)


def identifiers_door(run: StageRun) -> None:
    """Linkage records of both files, all that linking needs."""
    census, *others = readable.identities(run)
    _note(run, "census", standardise.away_counts(census))
    people = standardise.census_persons(census)
    run.write(_records(people, CENSUS_SIDE), tables.CENSUS_PEOPLE)
    known = standardise.known_pupils(*others).persist()
    try:
        _note(run, "attainment", standardise.pupil_counts(known))
        run.write(_records(standardise.pupils(known), ATTAINMENT_SIDE), tables.ATTAINMENT_PEOPLE)
    finally:
        known.unpersist()


def _records(rows: DataFrame, side: SideSpec) -> DataFrame:
    facts = facts_from_counts(column_counts.column_counts(rows, side).collect()[0].asDict())
    return linkage_records(rows, side, facts)


def _attributes_door(run: StageRun) -> None:
    census, schools, ks4, ks5 = readable.attributes(run)
    run.write(standardise.census_characteristics(census), tables.CENSUS_CHARACTERISTICS)
    run.write(standardise.pupil_characteristics(schools), tables.PUPIL_CHARACTERISTICS)
    attained = run.write(standardise.pupil_attainment(ks4, ks5), tables.PUPIL_ATTAINMENT)
    accounts.of_standardise(run, attained)


def _note(run: StageRun, what: str, counts: DataFrame) -> None:
    """Note one row of counts, a note for each that is above nought."""
    for name, count in counts.collect()[0].asDict().items():
        if count:
            run.note(f"{what} {name}", int(count))
