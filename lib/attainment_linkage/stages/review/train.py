"""Train: turns the decided matches into evidence on m, which the next ``link`` reads.

The evidence is counts by level of each comparison: no id, no name. It lies in the
identifiers root; where it changes, so does the key of ``link``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attainment_linkage.adapters import documents, review_files
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.default_model import model_for
from attainment_linkage.core.review.quality import decided_pairs
from attainment_linkage.core.review.retraining import evidence
from attainment_linkage.core.road_sides import ATTAINMENT_SIDE, CENSUS_SIDE
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.errors import ReviewError
from attainment_linkage.domain.review import EVIDENCE
from attainment_linkage.stages.review.batches import batches_of, reviewed
from attainment_linkage.stages.review.under_review import opened, recorded, root_of
from attainment_linkage.steps.review_levels import level_places


def train(config: Config, *, log: RunLog | None = None) -> Mapping[str, Any]:
    """Write the evidence of the decided matches of the run under review.

    Raises:
        MissingTableError, ReviewError: there is no sample of this run, or no decided match.
    """
    log = log or RunLog()
    lake = opened(config)
    root = root_of(lake)
    batches = batches_of(lake)
    decided = decided_pairs([reviewed(root, sample) for sample in batches])
    matches = [one for one in decided if one.is_match]
    if not matches:
        raise ReviewError(
            f"review: of {len(decided)} decided pairs none is a match, so they say nothing of "
            "m. Review more pairs first: attainment-linkage review."
        )
    roles = (ATTAINMENT_SIDE.roles.values(), CENSUS_SIDE.roles.values())
    comparisons = model_for(*roles, is_narrow=True).comparisons
    places = level_places([one.pair for one in matches], comparisons)
    found = evidence(comparisons, places, [one.weight for one in matches])
    path = review_files.document_path(root, EVIDENCE)
    prior = config.review.prior_matches
    body = {"matches": len(matches), "prior_matches": prior, "counts": found}
    with recorded(config, "train", batches[-1].run) as made:
        documents.replace(path, body)
        made["evidence"] = path
    log.note("decided matches", len(matches))
    log.note("evidence on m kept in", str(path))
    log.note("what is next", "run link again: it reads the evidence")
    return found
