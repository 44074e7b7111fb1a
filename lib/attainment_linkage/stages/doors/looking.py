"""Looking: the doors to a run and the machine: why, diff, explain, doctor."""

from __future__ import annotations

from pathlib import Path

from attainment_linkage.stages.boundary import guarded
from attainment_linkage.stages.diff import DIFF, compare
from attainment_linkage.stages.doctor import examine
from attainment_linkage.stages.doors.entered import with_config
from attainment_linkage.stages.explain import explain as say_code
from attainment_linkage.stages.pair_in_run import WHY
from attainment_linkage.stages.why import explain_pair


def why(left_id: str, right_id: str, env: str, lake: Path | None) -> int:
    """Explain one pair; give back the exit code. The identifiers root alone is opened."""
    return with_config(
        env, lake, lambda config: explain_pair(config, left_id, right_id), roots=WHY.roots
    )


def diff(before: str, after: str, env: str, lake: Path | None) -> int:
    """Compare two runs; give back the exit code. The attributes root alone is opened."""
    return with_config(env, lake, lambda config: compare(config, before, after), roots=DIFF.roots)


def explain(code: str) -> int:
    """Say what is behind an error's code; give back the exit code."""
    return guarded(lambda: say_code(code))


def doctor(env: str, lake: Path | None) -> int:
    """Look at the machine; give back the exit code. No root is opened."""
    return with_config(env, lake, examine, roots=())
