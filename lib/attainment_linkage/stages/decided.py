"""Decided: what reviewers decided of one linkage, put to the model of the next."""

from __future__ import annotations

from dataclasses import replace

from attainment_linkage.adapters import review_files
from attainment_linkage.core.review.retraining import with_evidence
from attainment_linkage.domain.review import EVIDENCE
from attainment_linkage.domain.tables import IDENTIFIERS
from attainment_linkage.stages import stage_key
from attainment_linkage.stages.runner import StageRun
from attainment_linkage.steps.train import TrainedModel


def with_decided(run: StageRun, trained: TrainedModel) -> TrainedModel:
    """The model with its m moved by the decided matches, where ``review train`` kept any."""
    found = review_files.document(run.lake.root(IDENTIFIERS), EVIDENCE)
    stage_key.require_reviewed(run.stage, found, run.made_from)
    if not found:
        return trained
    settings, moved = with_evidence(trained.settings, found["counts"], found["prior_matches"])
    run.note("comparisons moved by decided matches", moved)
    return replace(trained, settings=settings)
