"""Measure: reads the decisions back: agreement, precision and recall with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from attainment_linkage.adapters import documents, review_files
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.review.quality import Quality, Reviewed, decided_pairs, quality
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.review import RETURNED
from attainment_linkage.stages.review.batches import batches_of, reviewed
from attainment_linkage.stages.review.telling import say_batch, say_quality
from attainment_linkage.stages.review.under_review import opened, recorded, root_of


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
        say_batch(one, log)
    found = quality(decided, config.review.confidence)
    if found is not None:
        say_quality(found, config.review.confidence, log)
    run = decided[0].sample.run
    path = root / review_files.FOLDER / f"measured-{run}.json"
    with recorded(config, "measure", run) as made:
        documents.replace(path, _as_json(decided, found))
        made["measured"] = path
        made["returned"] = review_files.document_path(root, RETURNED)
        documents.replace(made["returned"], _returned(decided, run))
    log.note("kept in", str(path))
    return found


def _returned(decided: Sequence[Reviewed], run: str) -> dict[str, object]:
    """The decided pairs by their ids, for ``detach``: link, match, and what each stands for."""
    is_linked = {one.number: one.is_linked for one in decided[0].sample.strata}
    pairs = [
        [one.pair.left_id, is_linked[one.pair.stratum], one.is_match, round(one.weight, 6)]
        for one in (decided_pairs(decided) if decided[0].sample.is_random else [])
    ]
    return {"run": run, "pairs": sorted(pairs)}


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
