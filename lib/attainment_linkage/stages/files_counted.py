"""Files counted: two files as linkage records, with the model that they can afford."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession

from attainment_linkage.adapters import plain_tables
from attainment_linkage.adapters.scratch import kept
from attainment_linkage.core import default_rules
from attainment_linkage.core.column_facts import ColumnFacts, facts_from_counts
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.policy import LinkagePolicy
from attainment_linkage.core.spec import LinkSpec, SideSpec
from attainment_linkage.stages import linkage
from attainment_linkage.stages.specified import model_of
from attainment_linkage.steps.block import Records
from attainment_linkage.steps.column_counts import column_counts
from attainment_linkage.steps.linkage_record import linkage_records


def counted_files(
    spark: SparkSession,
    spec: LinkSpec,
    paths: tuple[Path, Path],
    policy: LinkagePolicy,
    folder: Path,
) -> tuple[DataFrame, LinkageModel, linkage.Counted]:
    """The records of both files, their model with the rules they can afford, and its counts.

    Raises: the errors of what was given (SpecError, InputError); RuleError.
    """
    specs, names = (spec.left, spec.right), ("left", "right")
    with ThreadPoolExecutor(max_workers=2) as both:  # a small file is one task: two at once
        given = zip(paths, specs, (folder / name for name in names), strict=True)
        sides = list(both.map(lambda one: _side(spark, *one), given))
    model = model_of(spec, [facts for _, facts in sides])
    prepared = linkage.prepared(sides[0][0], sides[1][0], model)
    records = linkage.kept_records(prepared, folder / "records")
    return records.frame, *_counted(spec, records, model, policy, folder)


def _side(
    spark: SparkSession, path: Path, side: SideSpec, folder: Path
) -> tuple[DataFrame, ColumnFacts]:
    """The linkage records of one file, and what its columns' counts say about it."""
    folder.mkdir(mode=0o700, parents=True)
    rows = plain_tables.read_table(spark, path, side.id, list(side.roles), folder)
    counts: Mapping[str, int | None] = column_counts(rows, side).collect()[0].asDict()
    facts = facts_from_counts(counts)
    return kept(linkage_records(rows, side, facts), folder / "records"), facts


def _counted(
    spec: LinkSpec,
    records: Records,
    model: LinkageModel,
    policy: LinkagePolicy,
    folder: Path,
) -> tuple[LinkageModel, linkage.Counted]:
    """The files counted, with the rules that they can afford; the spec's all stay."""
    counted = linkage.counted(records, model, policy, folder / "counted")
    if spec.blocking_rules:
        return model, counted
    chosen = _affordable(model, counted)
    if chosen.blocking_rules == model.blocking_rules:
        return chosen, counted
    if counted.cut.is_whole:
        return chosen, counted.of(chosen)
    return chosen, linkage.counted(records, chosen, policy, folder / "affordable")


def _affordable(model: LinkageModel, counted: linkage.Counted) -> LinkageModel:
    """The model with the default rules whose pairs the files can afford."""
    pairs = counted.pairs(model.blocking_rules)
    chosen = default_rules.affordable(
        model.blocking_rules, pairs, counted.left_records, counted.right_records
    )
    counts = dict(zip(model.blocking_rules, pairs.values(), strict=True))
    forming = [rule for rule in chosen.kept if counts[rule]]
    notes = [
        f"blocking rule {rule.text} is left out: it would form too many pairs"
        for rule in chosen.dropped
    ]
    return replace(
        model,
        blocking_rules=tuple(forming) or chosen.kept,
        notes=(*model.notes, *notes),
    )
