"""Release: the doors of output checking; each opens the research root alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from attainment_linkage.adapters.audit_log import this_user
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.tables import RESEARCH
from attainment_linkage.stages.doors.entered import with_config
from attainment_linkage.stages.release import check, decision, handover, store


def check_outputs(outputs: Path, env: str, lake: Path | None) -> int:
    """Check outputs and pack them; give back the exit code."""
    return _of_research(
        env, lake, lambda config: check.check(outputs, config, this_user(), RunLog())
    )


def decide_outputs(
    package: str, reason: str, env: str, lake: Path | None, *, is_approved: bool
) -> int:
    """Decide on a package as its checker; give back the exit code."""
    return _of_research(
        env,
        lake,
        lambda config: decision.decide(
            package, config, this_user(), reason, RunLog(), is_approved=is_approved
        ),
    )


def hand_outputs(package: str, folder: Path, env: str, lake: Path | None) -> int:
    """Put a package where its checker may read it; give back the exit code."""
    return _of_research(env, lake, lambda config: handover.hand(package, folder, config, RunLog()))


def take_outputs(file: Path, env: str, lake: Path | None) -> int:
    """Take a handed-over package into this lake; give back the exit code."""
    return _of_research(env, lake, lambda config: handover.take(file, config, RunLog()))


def verify_outputs(package: str, env: str, lake: Path | None) -> int:
    """Check a package again; give back the exit code."""
    return _of_research(
        env, lake, lambda config: RunLog().note("holds", str(store.verified(package, config)))
    )


def _of_research(env: str, lake: Path | None, work: Callable[[Config], object]) -> int:
    return with_config(env, lake, work, roots=(RESEARCH,))
