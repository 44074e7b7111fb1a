"""Review measure: reads the decisions back: agreement, precision and recall with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from attainment_linkage.adapters import documents, review_files
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.review.estimates import Interval
from attainment_linkage.core.review.quality import Quality, Reviewed, decided_pairs, quality
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.review import RETURNED
from attainment_linkage.stages.review_batches import (
    batches_of,
    opened,
    recorded,
    reviewed,
    root_of,
)


def measure(config: Config, *, log: RunLog | None = None) -> Quality | None:
    """What the decisions on the run under review say of its links; kept in the identifiers root.

    Raises:
        MissingTableError, ReviewError: there is no sample of this run, or a file of
            decisions does not fit its batch.
    """
    log = log or RunLog()
    lake = opened(config)
    root = root_of(lake)
    decided = [reviewed(root, sample) for sample in batches_of(lake)]
    for one in decided:
        _say_batch(one, log)
    found = quality(decided, config.review.confidence)
    if found is not None:
        _say_quality(found, config.review.confidence, log)
    run = decided[0].sample.run
    path = root / review_files.FOLDER / f"measured-{run}.json"
    with recorded(config, "measure", run) as made:
        documents.replace(path, _as_json(decided, found))
        made["measured"] = path
        made["returned"] = review_files.document_path(root, RETURNED)
        documents.replace(made["returned"], _returned(decided, run))
    log.note("kept in", str(path))
    return found


def _say_batch(one: Reviewed, log: RunLog) -> None:
    log.note("batch", f"{one.sample.batch} ({one.sample.kind})")
    log.note("  pairs", len(one.sample.pairs))
    log.note("  pairs decided", len(one.settled))
    found = one.agreement
    if found is None:
        log.note("  agreement", "not known: it takes two reviewers")
        return
    log.note("  pairs decided by both", found.pairs)
    log.note("  alike", f"{found.observed:.4f}")
    if found.kappa is not None:
        limits = f"{found.kappa_lower:.3f} to {found.kappa_upper:.3f}"
        log.note("  Cohen's kappa", f"{found.kappa:.3f} ({limits})")
    log.note("  waiting for a third look", len(one.unsettled))


def _say_quality(found: Quality, confidence: float, log: RunLog) -> None:
    percent = f"{100 * confidence:g}%"
    log.note("links", found.links)
    log.note("precision of the links", _interval(found.precision, percent))
    log.note("recall among the scored pairs", _interval(found.recall, percent))
    error = found.reviewer_error
    if error.pairs:
        said = f"{error.rate:.4f} ({error.lower:.4f} to {error.upper:.4f}); corrected for"
    else:
        said = "not known from one reviewer: their errors count as the links'"
    log.note("error of one reviewer", said)
    if found.bare_strata:
        log.note("strata without a decision, counted as half matches", found.bare_strata)


def _returned(decided: Sequence[Reviewed], run: str) -> dict[str, object]:
    """The decided pairs by their ids, for ``detach``: link, match, and what each stands for."""
    is_linked = {one.number: one.is_linked for one in decided[0].sample.strata}
    pairs = [
        [one.pair.left_id, is_linked[one.pair.stratum], one.is_match, round(one.weight, 6)]
        for one in (decided_pairs(decided) if decided[0].sample.is_random else [])
    ]
    return {"run": run, "pairs": sorted(pairs)}


def _interval(one: Interval, percent: str) -> str:
    return f"{one.estimate:.4f} ({percent}: {one.lower:.4f} to {one.upper:.4f})"


def _as_json(decided: Sequence[Reviewed], found: Quality | None) -> dict[str, object]:
    batches = [
        {
            "batch": one.sample.batch,
            "kind": one.sample.kind,
            "pairs": len(one.sample.pairs),
            "decided": len(one.settled),
            "agreement": asdict(one.agreement) if one.agreement else None,
            "third_look": one.unsettled,
        }
        for one in decided
    ]
    return {"batches": batches, "quality": asdict(found) if found else None}
