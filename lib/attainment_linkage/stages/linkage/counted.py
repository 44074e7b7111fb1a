"""Counted: what the rules form in slices of both files, before any record is moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pyspark.sql import DataFrame

from attainment_linkage.adapters.scratch import kept
from attainment_linkage.core.blocking_plan import RuleCount
from attainment_linkage.core.layout import (
    CountedKey,
    Layout,
    Slice,
    Task,
    TaskSize,
    counted_keys,
    layout,
    slices_of,
    totals,
)
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.policy import LinkagePolicy
from attainment_linkage.core.rules import Rule
from attainment_linkage.steps import block, ladder, score
from attainment_linkage.steps.block import Records
from attainment_linkage.steps.record_files import Query, RecordFiles, side_counts

_WHOLE = TaskSize(1, 0, 1)


@dataclass(frozen=True)
class Counted:
    """Both files as they lie, and what was counted in their slices before any pair was formed.

    ``counts`` are of ``rules``, by their place; ``met``: the folder that says which of ``keys``
    both sides have.
    """

    records: Records
    cut: Layout
    keys: tuple[CountedKey, ...]
    met: Path
    slices: tuple[Slice, ...]
    rules: tuple[Rule, ...]
    counts: dict[int, RuleCount]
    left_records: int
    right_records: int

    def renumbered(self, rules: Sequence[Rule]) -> dict[int, RuleCount]:
        """The counts of these rules, by their place; all of them must have been counted."""
        places = {rule: place for place, rule in enumerate(self.rules)}
        nothing = RuleCount(0, 0, 0, 0, 0)
        return {
            place: replace(self.counts.get(places[rule], nothing), rule_number=place)
            for place, rule in enumerate(rules)
        }

    def pairs(self, rules: Sequence[Rule]) -> dict[int, int]:
        """Candidate pairs of each rule, by its place."""
        return {place: count.candidate_pairs for place, count in self.renumbered(rules).items()}

    def of(self, model: LinkageModel) -> Counted:
        """The same records for a model with fewer rules, where all lie in one slice."""
        cut = layout(model.blocking_rules, model.matchkeys, 0, _WHOLE)
        counts = self.renumbered(_counted(model))
        slices = tuple(replace(one, counts=counts) for one in self.slices)
        return replace(self, cut=cut, slices=slices, rules=_counted(model), counts=counts)

    def dealt(
        self,
        tasks: Sequence[Task],
        policy: LinkagePolicy,
        columns: Sequence[str],
        shares: Path | None = None,
        frequency_columns: Sequence[str] = (),
    ) -> DataFrame:
        """These columns of the records that meet, in blocks for the tasks of their slices."""
        memory, size = policy.task_memory_mib, policy.task_size
        asked = tuple(columns), self.cut, self.keys, memory, shares, tuple(frequency_columns)
        return block.dealt(self.records, Query(*asked), self.met, tasks, size)


def prepared(left: DataFrame, right: DataFrame, model: LinkageModel) -> DataFrame:
    """The records of both files with what training and scoring read beside their fields.

    Read many times: keep it somewhere before, where it is more than a selection of columns.
    """
    records = ladder.with_derived(block.linkage_records(left, right, model.columns), model)
    return score.with_home(records, model.home)


def kept_records(frame: DataFrame, folder: Path) -> Records:
    """Records of both files written once, where every worker reads them."""
    return Records(kept(frame, folder), (RecordFiles(folder),))


def counted(records: Records, model: LinkageModel, policy: LinkagePolicy, folder: Path) -> Counted:
    """The pairs of the model's rules and training rules, counted; what both sides have is kept.

    Raises: RuleError.
    """
    sides, size = side_counts(records.files), policy.task_size
    cut = layout(model.blocking_rules, model.matchkeys, sum(sides), size)
    keys = counted_keys(cut, model.blocking_rules, model.matchkeys, model.training_rules)
    query = Query(records.columns, cut, keys, policy.task_memory_mib)
    found = kept(block.counted_keys(records, query, size), folder)
    rows = block.key_counts(found)
    slices, rules = slices_of(cut, keys, rows), _counted(model)
    counts = {place: one for place, one in totals(rows).items() if place < len(rules)}
    return Counted(records, cut, keys, folder, slices, rules, counts, *sides)


def _counted(model: LinkageModel) -> tuple[Rule, ...]:
    """The rules that are counted: the blocking rules by their place, then those of training."""
    return tuple(dict.fromkeys([*model.blocking_rules, *model.training_rules]))
