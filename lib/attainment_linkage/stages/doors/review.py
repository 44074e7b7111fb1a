"""Review: the doors of clerical review: the page, batches, decisions, what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from attainment_linkage.stages.doors.entered import with_config
from attainment_linkage.stages.review.codes import CODES, hand_over
from attainment_linkage.stages.review.measure import measure
from attainment_linkage.stages.review.page import serve
from attainment_linkage.stages.review.reading import read
from attainment_linkage.stages.review.sample import draw
from attainment_linkage.stages.review.train import train
from attainment_linkage.stages.review.under_review import REVIEW


def review(
    env: str, lake: Path | None, reviewer: str, *, batch: str | None, is_third: bool, port: int
) -> int:
    """Serve a reviewer's page until it is ended; give back the exit code."""
    return with_config(
        env,
        lake,
        lambda config: serve(config, reviewer, batch=batch, is_third=is_third, port=port),
        roots=REVIEW.roots,
    )


def review_sample(env: str, lake: Path | None, codes: Path | None) -> int:
    """Draw the next batch for review; give back the exit code."""
    return with_config(env, lake, lambda config: draw(config, codes=codes), roots=REVIEW.roots)


def review_codes(env: str, lake: Path | None, by: Sequence[str], output: Path) -> int:
    """Make opaque stratum codes from the attributes; give back the exit code."""
    return with_config(env, lake, lambda config: hand_over(config, by, output), roots=CODES.roots)


def review_read(env: str, lake: Path | None, file: Path, *, is_third: bool) -> int:
    """Take in a file of decisions; give back the exit code."""
    return with_config(
        env, lake, lambda config: read(config, file, is_third=is_third), roots=REVIEW.roots
    )


def review_train(env: str, lake: Path | None) -> int:
    """Turn decided matches into evidence for the next linkage; give back the exit code."""
    return with_config(env, lake, train, roots=REVIEW.roots)


def review_measure(env: str, lake: Path | None) -> int:
    """Measure by the decisions of the run under review; give back the exit code."""
    return with_config(env, lake, measure, roots=REVIEW.roots)
