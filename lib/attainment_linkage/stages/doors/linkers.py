"""Linkers: the doors of the linkage: the road and its stages, two files, the audit log, purge."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from attainment_linkage.adapters import runlog
from attainment_linkage.adapters.audit_log import AuditLog
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.adapters.session import open_session
from attainment_linkage.adapters.workplace import own_folder
from attainment_linkage.core.audit import Head
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.road import BY_NAME, LINK
from attainment_linkage.stages.closing import close
from attainment_linkage.stages.doors.entered import with_config
from attainment_linkage.stages.files_linked import say
from attainment_linkage.stages.link_files import WORK, link_files
from attainment_linkage.stages.link_plan import show
from attainment_linkage.stages.purge import purge_run
from attainment_linkage.stages.run import run_one, run_road


def speak(*, quiet: bool, json: bool) -> None:
    """How the run log speaks from here on: quiet wins over JSON."""
    runlog.speak(runlog.QUIET if quiet else runlog.JSON if json else runlog.PLAIN)


def stage(name: str, env: str, lake: Path | None, *, force: bool, break_lock: bool) -> int:
    """Run one stage; give back its exit code."""
    return with_config(
        env,
        lake,
        lambda config: run_one(name, config, force=force, break_lock=break_lock),
        roots=BY_NAME[name].roots,
    )


def link_plan(env: str, lake: Path | None) -> int:
    """Print what ``link`` would do, and do nothing of it; give back the exit code."""
    return with_config(env, lake, show, roots=LINK.roots)


def road(env: str, lake: Path | None, *, synthesise: bool, force: bool, break_lock: bool) -> int:
    """Run the whole road; give back its exit code."""
    return with_config(
        env,
        lake,
        lambda config: run_road(
            config, synthesise=synthesise, force=force, break_lock=break_lock, at_end=close
        ),
    )


def files(spec: Path, left: Path, right: Path, output: Path, env: str) -> int:
    """Link any two files; give back the exit code. Spill files lie in the output while it runs."""
    with own_folder(output, WORK) as work:
        return with_config(
            env, work, lambda config: say(link_files(spec, left, right, output, config), RunLog())
        )


def audit(env: str, lake: Path | None, noted: Sequence[str]) -> int:
    """Check the audit log, against heads noted elsewhere too; give back the exit code."""

    def check(config: Config) -> None:
        head = AuditLog.of(config).verify(*map(Head.of_text, noted))
        RunLog().note("audit log as it was written; entries", head.entries)
        RunLog().note("audit head", str(head))

    return with_config(env, lake, check)


def purge(run: str, env: str, lake: Path | None, *, published: bool, break_lock: bool) -> int:
    """Destroy what identifies people in a run; give back the exit code."""

    def destroy(config: Config) -> None:
        purge_run(run, config, RunLog(), is_published_too=published, break_lock=break_lock)

    return with_config(env, lake, destroy)


def session(env: str) -> int:
    """Start Spark once and end it: Delta's jars are then in the Ivy cache."""
    with tempfile.TemporaryDirectory(prefix="attainment-linkage-") as lake:
        return with_config(env, Path(lake), _open_once)


def _open_once(config: Config) -> None:
    with open_session(config, "attainment-linkage session"):
        pass
