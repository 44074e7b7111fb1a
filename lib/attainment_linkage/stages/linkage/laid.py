"""Laid: the records of both files in slices, with what was counted in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pyspark.sql import DataFrame

from attainment_linkage.adapters.scratch import kept
from attainment_linkage.core.blocking_plan import RuleCount
from attainment_linkage.core.layout import Layout, Slice, TaskSize, counted_in, layout, totals
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.policy import LinkagePolicy
from attainment_linkage.core.rules import Rule
from attainment_linkage.steps import block, ladder, score
from attainment_linkage.steps.block import Records
from attainment_linkage.steps.record_files import Query, RecordFiles, side_counts

_WHOLE = TaskSize(1, 0, 1)


@dataclass(frozen=True)
class Laid:
    """Both files in slices, kept, with what was counted in them before any pair was formed.

    ``counts`` are of ``rules``, by their place.
    """

    blocks: DataFrame
    cut: Layout
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

    def of(self, model: LinkageModel) -> Laid:
        """The same records for a model with fewer rules, where all lie in one slice."""
        cut = layout(model.blocking_rules, model.matchkeys, 0, _WHOLE)
        counts = {n: replace(c, rule_number=n) for n, c in self.renumbered(_counted(model)).items()}
        one = replace(self.slices[0], counts=counts) if self.slices else None
        slices = () if one is None else (one,)
        return replace(self, cut=cut, slices=slices, rules=_counted(model), counts=counts)


def prepared(left: DataFrame, right: DataFrame, model: LinkageModel) -> DataFrame:
    """The records of both files with what training and scoring read beside their fields.

    Read many times: keep it somewhere before, where it is more than a selection of columns.
    """
    records = ladder.with_derived(block.linkage_records(left, right, model.columns), model)
    return score.with_home(records, model.home)


def kept_records(frame: DataFrame, folder: Path) -> Records:
    """Records of both files written once, where every worker reads them."""
    return Records(kept(frame, folder), (RecordFiles(folder),))


def laid_out(records: Records, model: LinkageModel, policy: LinkagePolicy, folder: Path) -> Laid:
    """Both files cut in slices, with the frequencies of their values, counted and kept.

    Frequencies are of all records of the population, never of those left over.
    Raises: RuleError.
    """
    columns = model.term_frequency_columns
    shares = folder / "frequencies" if columns else None
    if shares:
        kept(score.frequencies_of(records, columns, policy), shares)
    return cut_and_counted(records, model, policy, folder, shares)


def cut_and_counted(
    records: Records,
    model: LinkageModel,
    policy: LinkagePolicy,
    folder: Path,
    shares: Path | None = None,
) -> Laid:
    """Records cut in slices, counted and kept.

    ``shares``: where the frequencies of their values lie; records that have their frequencies
    beside them already need none.
    """
    sides, size = side_counts(records.files), policy.task_size
    cut = layout(model.blocking_rules, model.matchkeys, sum(sides), size)
    rules = _counted(model)
    query = Query(
        records.columns, cut, policy.task_memory_mib, shares, model.term_frequency_columns
    )
    blocks = kept(block.laid_out(records, query, rules, size), folder / "slices")
    slices = tuple(block.slice_counts(blocks))
    found = totals(slices)
    elsewhere = set(range(len(rules))) - {n for own in counted_in(cut, rules) for n in own}
    if elsewhere:
        places = sorted(elsewhere)
        counted = block.candidate_counts(records.frame, [rules[n] for n in places])
        more = block.rule_counts(counted)
        found |= {places[n]: replace(count, rule_number=places[n]) for n, count in more.items()}
    return Laid(blocks, cut, slices, rules, found, *sides)


def _counted(model: LinkageModel) -> tuple[Rule, ...]:
    """The rules that are counted: the blocking rules by their place, then those of training."""
    return tuple(dict.fromkeys([*model.blocking_rules, *model.training_rules]))
