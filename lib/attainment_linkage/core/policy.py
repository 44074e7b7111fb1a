"""Policy: the numbers a person signs off for resolving pairs into links."""

from __future__ import annotations

from dataclasses import dataclass, replace

from attainment_linkage.core.layout import TaskSize
from attainment_linkage.core.training import TrainingBudget
from attainment_linkage.domain.errors import ConfigError

POPULATIONS = ("both", "left", "right")
"""Whose values tell how common a value is: those of both files, or of one."""
FEW_PAIRS = 1_000_000
"""Weighed pairs that one task sums up sooner than several are started."""
RELATIONS = ("one_to_one", "many_to_one", "one_to_many", "many_to_many")


@dataclass(frozen=True)
class ResolvePolicy:
    """When a pair becomes a link. Weights and margins are in bits (log2 posterior odds)."""

    accept_bits: float
    margin_bits: float
    relation: str = "one_to_one"
    largest_component_edges: int = 400

    def __post_init__(self) -> None:
        if self.relation not in RELATIONS:
            raise ConfigError(
                f"relation is {self.relation!r}; it must be one of {', '.join(RELATIONS)}."
            )
        if self.margin_bits <= 0:
            raise ConfigError(
                f"margin_bits is {self.margin_bits}; it must be above 0 bits, or a tie would be "
                "settled by row order. Set it in conf/<env>.toml."
            )


@dataclass(frozen=True)
class LinkagePolicy:
    """How two files are linked: thresholds in bits, budgets in pairs, records and MiB.

    ``parallel_tasks`` is how many tasks run at once; tasks come in multiples of it.
    ``false_link_rate``: the share of false links to live with, from which the accepted weight
    follows; 0 where none is stated and ``resolve`` has the weight.
    ``term_frequency_population``: one of ``POPULATIONS``.
    """

    resolve: ResolvePolicy
    review_bits: float
    pair_budget: int
    bucket_pairs: int
    bucket_records: int
    task_memory_mib: int
    parallel_tasks: int
    training: TrainingBudget
    false_link_rate: float = 0.0
    term_frequency_population: str = "both"

    @property
    def floor_bits(self) -> float:
        """The least weight that could be accepted: pairs that it must lead are kept too."""
        return self.review_bits + self.resolve.margin_bits

    def accepting(self, bits: float) -> LinkagePolicy:
        """This policy with another accepted weight."""
        return replace(self, resolve=replace(self.resolve, accept_bits=bits))

    def pair_parts(self, weighed_pairs: int) -> int:
        """In how many parts weighed pairs are summed up by record: half of ``bucket_pairs`` each
        at the most, as a task holds them several times over."""
        if weighed_pairs <= FEW_PAIRS:
            return 1
        at_once = self.parallel_tasks
        return at_once * (1 + weighed_pairs // (at_once * max(1, self.bucket_pairs // 2)))

    @property
    def task_size(self) -> TaskSize:
        """What one task aims at."""
        return TaskSize(self.bucket_pairs, self.bucket_records, self.parallel_tasks)
