"""Telling: what the decisions say, told in the run log."""

from __future__ import annotations

from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.review.estimates import Interval
from attainment_linkage.core.review.quality import Quality, Reviewed


def say_batch(one: Reviewed, log: RunLog) -> None:
    """How far a batch is decided, and how far its reviewers agree."""
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


def say_quality(found: Quality, confidence: float, log: RunLog) -> None:
    """Precision and recall of the links, with what they rest on."""
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


def _interval(one: Interval, percent: str) -> str:
    return f"{one.estimate:.4f} ({percent}: {one.lower:.4f} to {one.upper:.4f})"
