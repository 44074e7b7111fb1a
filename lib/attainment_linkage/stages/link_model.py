"""Link model: trained on these records, or a saved one used again after a check for drift."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from attainment_linkage.adapters import fingerprint, kept_models, model_files
from attainment_linkage.core.saved_model import Shares, drifts, require_fitting, require_near
from attainment_linkage.domain.tables import IDENTIFIERS
from attainment_linkage.stages import linkage
from attainment_linkage.stages.decided import with_decided
from attainment_linkage.stages.link_plan import LinkPlan
from attainment_linkage.stages.stage_run import StageRun
from attainment_linkage.steps.train import BY_JAVA, Fetch, TrainedModel


def model_of(run: StageRun, made: LinkPlan, fetch: Fetch = BY_JAVA) -> TrainedModel:
    """The model that weighs the pairs: trained here and saved, or the saved one of link.model.

    Raises: TrainingError, ModelRefusedError, ModelDriftedError; before any pair is formed.
    """
    if run.config.link.model:
        return _saved(run, made, Path(run.config.link.model), fetch)
    trained = linkage.trained(made.records, made.model, made.plan, made.policy, fetch)
    trained = with_decided(run, trained)
    run.note("training pairs of all sessions", sum(trained.session_pairs))
    run.note("comparisons left untrained", len(trained.untrained_comparisons))
    run.note("training sessions set aside", trained.unsound_sessions)
    _keep(run, trained, _manifest(made, trained))
    return trained


def _keep(run: StageRun, trained: TrainedModel, manifest: Mapping[str, Any]) -> None:
    path = kept_models.model_path(run.lake.root(IDENTIFIERS), run.key)
    run.made(model_files.write(path, trained.settings, manifest))


def _manifest(made: LinkPlan, trained: TrainedModel) -> dict[str, Any]:
    return {
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "left_records": made.plan.left_records,
        "right_records": made.plan.right_records,
        "budget": asdict(made.policy.training),
        "term_frequency_population": made.policy.term_frequency_population,
        "session_pairs": list(trained.session_pairs),
        "unsound_sessions": trained.unsound_sessions,
        "untrained_comparisons": list(trained.untrained_comparisons),
        "level_shares": trained.level_shares,
        "versions": fingerprint.pinned_versions(),
        "code": fingerprint.code_hash(),
    }


def _saved(run: StageRun, made: LinkPlan, path: Path, fetch: Fetch) -> TrainedModel:
    settings, manifest = model_files.read(path)
    require_fitting(settings, made.model.comparisons)
    before: Shares = manifest["level_shares"]
    now = linkage.level_shares(made.records, made.model, made.plan, made.policy, fetch)
    found = drifts(before, now)
    run.note("largest drift from the saved model", found[0].distance if found else 0.0)
    require_near(found, run.config.link.largest_drift)
    untrained = tuple(manifest["untrained_comparisons"])
    trained = TrainedModel(settings, untrained, tuple(manifest["session_pairs"]), 0, now)
    _keep(run, trained, manifest)
    return trained
