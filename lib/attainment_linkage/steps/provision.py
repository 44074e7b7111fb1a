"""Provision: a project's own rows, variables and ids, in an order that tells nothing."""

from __future__ import annotations

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core.projects.project import Coarsening, Condition, Project
from attainment_linkage.core.projects.register import variables_of
from attainment_linkage.core.pseudonym import OpenKey, Purpose
from attainment_linkage.domain import tables
from attainment_linkage.domain.variable import Variable
from attainment_linkage.steps.contract import require
from attainment_linkage.steps.pseudonyms import pseudonym_column


def extract(pupils: DataFrame, project: Project, open_key: OpenKey) -> DataFrame:
    """The rows of a project's population with its variables, under its own ids.

    Ids are hashed again under the project's key, so that extracts of two projects share
    none; rows lie in the order of the new id, so that none has its place in the source.

    Grain:  in, one row per pupil of ``linked_pupils``; out, one per pupil of the population.
    Shape:  ``variables_of(project)``, in that order; types as declared.
    Cost:   one pass; one shuffle into one sorted partition: an extract is one file.
    Raises: MissingColumnsError, before any Spark job starts; in the task, the named errors
            of the key file.
    """
    require(pupils, tables.LINKED_PUPILS, step="provision")
    rules = {rule.variable: rule for rule in project.coarsen}
    columns = [
        _column(one, project, rules.get(one.name), open_key) for one in variables_of(project)
    ]
    chosen = pupils.where(population(project)).select(*columns)
    return chosen.repartition(1).sortWithinPartitions("person_id")


def count_outside(pupils: DataFrame, project: Project) -> DataFrame:
    """One row: ``outside``, how many pupils are not of the project's population."""
    return pupils.where(~population(project)).agg(F.count("*").alias("outside"))


def population(project: Project) -> Column:
    """Whether a row is of the project's population: every condition holds; null is no."""
    held = [_condition(one) for one in project.population]
    return F.coalesce(reduce(Column.__and__, held, F.lit(True)), F.lit(False))


def _column(
    variable: Variable, project: Project, rule: Coarsening | None, open_key: OpenKey
) -> Column:
    value = F.col(variable.name)
    if variable.identifies:
        purpose = Purpose(project.id, project.version, variable.identifies)
        return pseudonym_column(value, purpose, open_key).alias(variable.name)
    if rule is not None and rule.band is not None:
        value = F.floor(value / rule.band) * rule.band
    if rule is not None and rule.cap is not None:
        value = F.when(value.isNotNull(), F.least(value, F.lit(rule.cap)))
    return value.cast(variable.type).alias(variable.name)


def _condition(condition: Condition) -> Column:
    value = F.col(condition.variable)
    if condition.one_of:
        return value.isin(*condition.one_of)
    is_within = F.lit(True)
    if condition.at_least is not None:
        is_within = is_within & (value >= condition.at_least)
    if condition.at_most is not None:
        is_within = is_within & (value <= condition.at_most)
    return is_within
