"""Specified: the model and the policy that follow from what a specification says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from attainment_linkage.core.column_facts import ColumnFacts
from attainment_linkage.core.default_model import model_for
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.policy import LinkagePolicy, ResolvePolicy
from attainment_linkage.core.settings import Config
from attainment_linkage.core.spec import LinkSpec
from attainment_linkage.core.training import TrainingBudget
from attainment_linkage.stages.policy import configured


def model_of(spec: LinkSpec, facts: Iterable[ColumnFacts] = ()) -> LinkageModel:
    """The model that follows from the roles, with what the specification overrides.

    ``facts``: of each file, where it has been read; a role that is idle in one is left out.
    """
    idle = frozenset(role for side in facts for role in side.idle_roles)
    model = model_for(spec.left.roles.values(), spec.right.roles.values(), idle)
    return replace(
        model,
        blocking_rules=spec.blocking_rules or model.blocking_rules,
        matchkeys=spec.matchkeys or model.matchkeys,
        training_rules=spec.training.rules or model.training_rules,
    )


def policy_of(spec: LinkSpec, config: Config) -> LinkagePolicy:
    """How the specification and the configuration have two files linked."""
    thresholds, training = spec.thresholds, spec.training
    return configured(
        config,
        ResolvePolicy(thresholds.accept_bits, thresholds.margin_bits, spec.relation),
        thresholds.review_bits,
        TrainingBudget(
            random_pairs=training.random_pairs,
            session_pairs=training.session_pairs,
            seed=training.seed,
        ),
        thresholds.false_link_rate,
    )
