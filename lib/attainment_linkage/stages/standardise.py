"""Standardise: identity rows into linkage records, attribute rows into one row each."""

from __future__ import annotations

from pyspark.sql import DataFrame

from attainment_linkage.core import codes
from attainment_linkage.core.codes import Reading
from attainment_linkage.core.column_facts import facts_from_counts
from attainment_linkage.core.road_sides import ATTAINMENT_SIDE, CENSUS_SIDE
from attainment_linkage.core.spec import SideSpec
from attainment_linkage.domain import tables
from attainment_linkage.domain.road import STANDARDISE as STAGE
from attainment_linkage.domain.tables import Source
from attainment_linkage.stages import accounts
from attainment_linkage.stages.runner import StageRun
from attainment_linkage.steps import column_counts, standardise
from attainment_linkage.steps.linkage_record import linkage_records
from attainment_linkage.steps.placeholders import Placeholders, without_placeholders
from attainment_linkage.steps.readings import undeclared_counts

__all__ = ["STAGE", "body", "identifiers_door"]


def body(run: StageRun) -> None:
    """Both doors; they share nothing but source ids."""
    identifiers_door(run)
    _attributes_door(run)


def identifiers_door(run: StageRun) -> None:
    """Linkage records of both files, all that linking needs."""
    people = standardise.census_persons(_identities(run, tables.CENSUS_SOURCE))
    run.write(_records(people, CENSUS_SIDE), tables.CENSUS_PEOPLE)
    sources = (tables.SCHOOL_CENSUS_SOURCE, tables.KS4_SOURCE, tables.KS5_SOURCE)
    known = standardise.known_pupils(*(_identities(run, source) for source in sources)).persist()
    try:
        _note(run, "attainment", standardise.pupil_counts(known))
        run.write(_records(standardise.pupils(known), ATTAINMENT_SIDE), tables.ATTAINMENT_PEOPLE)
    finally:
        known.unpersist()


def _identities(run: StageRun, source: Source) -> DataFrame:
    """The identity rows of a source without placeholders, which are counted."""
    said = run.config.standardise
    listed = Placeholders(said.default_names, said.default_dates, said.default_postcodes)
    delivered = run.read(source.identity_table)
    _note(run, source.name, standardise.identity_counts(delivered, listed))
    return without_placeholders(delivered, listed)


def _records(rows: DataFrame, side: SideSpec) -> DataFrame:
    facts = facts_from_counts(column_counts.column_counts(rows, side).collect()[0].asDict())
    return linkage_records(rows, side, facts)


def _attributes_door(run: StageRun) -> None:
    census = _attributes(run, tables.CENSUS_SOURCE, codes.CENSUS_READINGS)
    run.write(standardise.census_characteristics(census), tables.CENSUS_CHARACTERISTICS)
    schools = _attributes(run, tables.SCHOOL_CENSUS_SOURCE, codes.SCHOOL_CENSUS_READINGS)
    run.write(standardise.pupil_characteristics(schools), tables.PUPIL_CHARACTERISTICS)
    ks4 = _attributes(run, tables.KS4_SOURCE, codes.KS4_READINGS)
    ks5 = _attributes(run, tables.KS5_SOURCE, codes.KS5_READINGS)
    attained = run.write(standardise.pupil_attainment(ks4, ks5), tables.PUPIL_ATTAINMENT)
    accounts.of_standardise(run, attained)


def _attributes(run: StageRun, source: Source, readings: tuple[Reading, ...]) -> DataFrame:
    """The attribute rows of a source; values its readings do not know are counted."""
    delivered = run.read(source.attribute_table)
    _note(run, f"{source.name}: undeclared", undeclared_counts(delivered, readings))
    return delivered


def _note(run: StageRun, what: str, counts: DataFrame) -> None:
    """Note one row of counts, a note for each that is above nought."""
    for name, count in counts.collect()[0].asDict().items():
        if count:
            run.note(f"{what} {name}", int(count))
