"""Train: u from random pairs, m from EM on whole sampled blocks, homes apart.

Nothing is trained on a residual: samples are drawn from all records, by hash of content,
sorted by id, and trained on the driver (``steps.sessions``), so that a run gives the same
model again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from typing import Protocol

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core import homes, strangers, training
from attainment_linkage.core.blocking_plan import RuleCount
from attainment_linkage.core.levels import HOME
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.rules import Rule
from attainment_linkage.core.saved_model import RANDOM, level_shares
from attainment_linkage.core.training import Session, Settings, TrainingBudget
from attainment_linkage.domain.errors import TrainingError
from attainment_linkage.steps import sessions

_DRIFT_PAIRS = 50_000
"""Pairs of a training rule by which a drift is seen, about as many."""
_HOME = Rule.parse(HOME)
_MOST_KEPT = 0.5
"""The share of the records up to which all that is drawn is kept, to be read in their place."""
_SESSIONS_AT_ONCE = 2
"""Each session has a database and a thread of its own; what they hold at once is bounded."""
Shares = dict[str, list[float]]
"""The shares of the levels of each comparison, by its name."""


@dataclass(frozen=True)
class TrainedModel:
    """A trained model as Splink's settings, and what could not be trained.

    ``session_pairs``: pairs of each sound session; ``unsound_sessions``: how many failed or were
    discarded, having found too few matches, or more than there can be; ``level_shares``: how
    pairs agreed, by kind of pair and comparison.
    """

    settings: Settings
    untrained_comparisons: tuple[str, ...]
    session_pairs: tuple[int, ...]
    unsound_sessions: int = 0
    level_shares: Mapping[str, Mapping[str, Sequence[float]]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Taught:
    """What the pairs of a training rule taught, if anything, and how they agree."""

    rule: Rule
    pairs: int
    session: Session | None
    shares: Shares


class Fetch(Protocol):
    """How samples come to the driver."""

    def __call__(self, sample: DataFrame) -> pa.Table:
        """All rows of a sample, in any order."""

    def kept(self, drawn: DataFrame) -> DataFrame:
        """What several samples are drawn from, to be read from now on."""


class ByJava:
    """By way of the driver's Java, which holds a sample meanwhile: for small files."""

    def __call__(self, sample: DataFrame) -> pa.Table:
        """All rows of a sample, in any order."""
        return sample.toArrow()

    def kept(self, drawn: DataFrame) -> DataFrame:
        """The same frame: it is read again for each sample."""
        return drawn


BY_JAVA = ByJava()


class Trainer:
    """The records to train on, and the samples drawn from them; ``fetch`` brings these here."""

    def __init__(
        self,
        records: DataFrame,
        model: LinkageModel,
        sizes: tuple[int, int],
        budget: TrainingBudget,
        fetch: Fetch = BY_JAVA,
    ) -> None:
        self.records, self.model, self.sizes, self.budget = records, model, sizes, budget
        self.fetch = fetch
        is_small = sum(sizes) <= budget.random_records
        self.everything = self._collected(records) if is_small else None

    def trained(self, rule_counts: Mapping[int, RuleCount], prior: float) -> TrainedModel:
        """Train: u, the sessions, the homes. Raises: TrainingError where nothing can be."""
        self._draw(rule_counts)
        random = self.everything or self._random_records()
        patterns = sessions.random_patterns(random, self.model.comparisons, self.budget)
        with_u = strangers.first_u(training.splink_settings(self.model, prior), patterns)
        taught = self._sessions(rule_counts, with_u)
        held = [(one.session, one.pairs) for one in taught if one.session is not None]
        sound = [(session, pairs) for session, pairs in held if session.is_sound(*self.sizes)]
        self._require_chances([session for session, _ in sound], rule_counts)
        settings, untrained = training.combined(
            with_u,
            [session for session, _ in sound],
            self.model.comparisons,
        )
        return TrainedModel(
            strangers.purged_u(self._with_homes(settings), patterns, prior),
            untrained,
            tuple(round(self._share(pairs) * pairs) for _, pairs in sound),
            len(taught) - len(sound),
            {
                RANDOM: level_shares(patterns, self.model.comparisons),
                **{one.rule.text: one.shares for one in taught},
            },
        )

    def level_shares(self, rule_counts: Mapping[int, RuleCount]) -> dict[str, Shares]:
        """How random pairs, and those of each training rule, agree: what a drift is seen by."""
        self._draw(rule_counts)
        random = self.everything or self._random_records()
        comparisons = self.model.comparisons
        patterns = sessions.random_patterns(random, comparisons, self.budget)
        shares = {RANDOM: level_shares(patterns, comparisons)}
        for number, rule in enumerate(self.model.training_rules):
            pairs = rule_counts[number].candidate_pairs if number in rule_counts else 0
            if pairs and training.comparisons_free_of(rule, self.model):
                sample = self._blocks(rule, self._share(pairs))
                shares[rule.text] = self._rule_shares(rule, sample, pairs)
        return shares

    def _draw(self, rule_counts: Mapping[int, RuleCount]) -> None:
        """Keep what the samples are drawn from, where that is so little that it pays.

        Millions of records are then read once, not once for each sample.
        """
        if self.everything is not None:
            return
        drawn = [(self._is_random(), self._record_share())]
        for number, rule in enumerate(self.model.training_rules):
            if number in rule_counts:
                share = self._share(rule_counts[number].candidate_pairs)
                drawn.append((self._is_in_blocks(rule, share), share))
        if sessions.free_of_home(self.model):
            drawn.append((self._is_in_blocks(_HOME, self._record_share()), self._record_share()))
        if sum(share for _, share in drawn) <= _MOST_KEPT:
            is_drawn = reduce(or_, [condition for condition, _ in drawn])
            self.records = self.fetch.kept(self.records.where(is_drawn))

    def _share(self, pairs: int) -> float:
        """The share of the blocks of a rule with so many pairs that is drawn."""
        return self.budget.block_share(pairs, sum(self.sizes))

    def _rule_shares(self, rule: Rule, sample: pa.Table, pairs: int) -> Shares:
        one_in = max(1, round(self._share(pairs) * pairs) // _DRIFT_PAIRS)
        comparisons = self.model.comparisons
        patterns = sessions.block_patterns(sample, rule, comparisons, one_in)
        return level_shares(patterns, comparisons)

    def _sessions(self, rule_counts: Mapping[int, RuleCount], with_u: Settings) -> list[_Taught]:
        """What the pairs of each training rule teach, in the order of the rules."""
        rules = [
            (rule, rule_counts[number].candidate_pairs)
            for number, rule in enumerate(self.model.training_rules)
            if number in rule_counts
        ]
        with ThreadPoolExecutor(_SESSIONS_AT_ONCE) as at_once:
            made = at_once.map(lambda one: self._session(one[0], one[1], with_u), rules)
            return [one for one in made if one is not None]

    def _session(self, rule: Rule, pairs: int, with_u: Settings) -> _Taught | None:
        """None where there are no pairs, or nothing that the rule does not settle."""
        places = training.comparisons_free_of(rule, self.model)
        if not pairs or not places:
            return None
        sample = self._blocks(rule, self._share(pairs))
        shares = self._rule_shares(rule, sample, pairs)
        session = sessions.estimated_m(sample, with_u, rule, places, pairs)
        return _Taught(rule, pairs, session, shares)

    def _with_homes(self, settings: Settings) -> Settings:
        """The settings with the home levels' chances, where the model has homes."""
        places = sessions.free_of_home(self.model)
        if not places:
            return settings
        trained = [settings["comparisons"][place] for place in places]
        sample = self._blocks(_HOME, self._record_share())
        mixture = homes.fitted(sessions.home_patterns(sample, trained), trained)
        return settings if mixture is None else homes.with_homes(settings, mixture, places)

    def _require_chances(self, sound: list[Session], rule_counts: Mapping[int, RuleCount]) -> None:
        """Without a session the starting chances must do, where the model has them."""
        if sound or training.has_starting_chances(self.model):
            return
        raise TrainingError(
            f"train: none of {len(self.model.training_rules)} training rules could train the "
            f"model; they form {sum(c.candidate_pairs for c in rule_counts.values())} pairs. "
            "Give training rules whose columns are filled in both files."
        )

    def _random_records(self) -> pa.Table:
        """Records drawn by hash of their id, both files alike."""
        return self._collected(self.records.where(self._is_random()))

    def _is_random(self) -> Column:
        place = F.pmod(F.xxhash64("record_id", "is_left"), F.lit(training.SAMPLE_STEPS))
        return place < int(self._record_share() * training.SAMPLE_STEPS)

    def _record_share(self) -> float:
        """The share of the records that is drawn for random pairs, and of the homes."""
        return self.budget.record_share(sum(self.sizes))

    def _blocks(self, rule: Rule, share: float) -> pa.Table:
        """All records of a share of a rule's blocks, drawn by hash of the key."""
        if self.everything is not None and share == 1.0:
            return self.everything
        return self._collected(self.records.where(self._is_in_blocks(rule, share)), rule)

    def _is_in_blocks(self, rule: Rule, share: float) -> Column:
        values = [
            F.when(F.col("is_left"), F.col(equality.left)).otherwise(F.col(equality.right))
            for equality in rule.equalities
            if not equality.has_array
        ]
        is_whole = reduce(and_, [value.isNotNull() for value in values])
        place = F.pmod(F.xxhash64(*values), F.lit(training.SAMPLE_STEPS))
        return is_whole & (place < int(share * training.SAMPLE_STEPS))

    def _collected(self, records: DataFrame, rule: Rule | None = None) -> pa.Table:
        """The sample on the driver, sorted by file and id; of a rule, those that meet somebody."""
        columns = self.model.trained_columns
        sample = records.select("is_left", "record_id", *columns)
        return sessions.ordered(self.fetch(sample), rule)


def trained_model(
    records: DataFrame,
    model: LinkageModel,
    rule_counts: Mapping[int, RuleCount],
    sizes: tuple[int, int],
    prior: float,
    budget: TrainingBudget,
    fetch: Fetch = BY_JAVA,
) -> TrainedModel:
    """Train the model on samples of all records.

    ``rule_counts`` are the candidate counts of ``model.training_rules``, by their place;
    ``sizes`` the left and right records; ``prior`` the chance of a random pair to be true.
    Shape: records (n x columns) -> settings; at most ``random_records`` records, and the
    records of about ``session_pairs`` pairs per rule, or about ``session_records``, come to
    the driver, by ``fetch``.
    Raises: TrainingError when no training rule forms a pair and the model names no chances.
    """
    return Trainer(records, model, sizes, budget, fetch).trained(rule_counts, prior)
