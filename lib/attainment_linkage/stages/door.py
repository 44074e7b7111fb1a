"""Door: what a subcommand does, from the words of the command line to an exit code.

The console script and spark-submit's scripts come in here, so that both run the same.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from attainment_linkage.adapters import runlog
from attainment_linkage.adapters.audit_log import AuditLog, this_user
from attainment_linkage.adapters.config import lake_override, load
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.adapters.session import open_session
from attainment_linkage.adapters.workplace import restrict_process
from attainment_linkage.core.audit import Head
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.road import BY_NAME, LINK, PROVISION
from attainment_linkage.domain.tables import RESEARCH
from attainment_linkage.stages import handover, release
from attainment_linkage.stages.application import apply, publish_register
from attainment_linkage.stages.boundary import guarded
from attainment_linkage.stages.closing import close
from attainment_linkage.stages.diff import DIFF, compare
from attainment_linkage.stages.doctor import examine
from attainment_linkage.stages.explain import explain as say_code
from attainment_linkage.stages.keys import new_key as make_key
from attainment_linkage.stages.link_files import link_files, say
from attainment_linkage.stages.link_plan import show
from attainment_linkage.stages.provision import provision_dummy, provision_project
from attainment_linkage.stages.purge import purge_run
from attainment_linkage.stages.review import read, serve
from attainment_linkage.stages.review_batches import REVIEW
from attainment_linkage.stages.review_codes import CODES, hand_over
from attainment_linkage.stages.review_measure import measure
from attainment_linkage.stages.review_sample import draw
from attainment_linkage.stages.review_train import train
from attainment_linkage.stages.run import run_one, run_road
from attainment_linkage.stages.secure_room import open_project
from attainment_linkage.stages.why import WHY, explain_pair


def speak(*, quiet: bool, json: bool) -> None:
    """How the run log speaks from here on: quiet wins over JSON."""
    runlog.speak(runlog.QUIET if quiet else runlog.JSON if json else runlog.PLAIN)


def stage(name: str, env: str, lake: Path | None, *, force: bool, break_lock: bool) -> int:
    """Run one stage; give back its exit code."""
    return _with_config(
        env,
        lake,
        lambda config: run_one(name, config, force=force, break_lock=break_lock),
        roots=BY_NAME[name].roots,
    )


def link_plan(env: str, lake: Path | None) -> int:
    """Print what ``link`` would do, and do nothing of it; give back the exit code."""
    return _with_config(env, lake, show, roots=LINK.roots)


def road(env: str, lake: Path | None, *, synthesise: bool, force: bool, break_lock: bool) -> int:
    """Run the whole road; give back its exit code."""
    return _with_config(
        env,
        lake,
        lambda config: run_road(
            config, synthesise=synthesise, force=force, break_lock=break_lock, at_end=close
        ),
    )


def files(spec: Path, left: Path, right: Path, output: Path, env: str) -> int:
    """Link any two files; give back the exit code. Spill files lie in the output while it runs."""
    work = output / ".work"
    try:
        return _with_config(
            env, work, lambda config: say(link_files(spec, left, right, output, config), RunLog())
        )
    finally:
        shutil.rmtree(work, ignore_errors=True)


def new_key(path: Path, env: str, lake: Path | None) -> int:
    """Make a project's key outside the lake and say its key id; give back the exit code."""
    return _with_config(env, lake, lambda config: make_key(path, config))


def application(path: Path, env: str, lake: Path | None) -> int:
    """Check an application; give back the exit code. No root is opened."""
    return _with_config(env, lake, lambda config: apply(path, config), roots=())


def public_register(path: Path, env: str, lake: Path | None) -> int:
    """Write the register's public page; give back the exit code. Of the roots, research only."""
    return _with_config(env, lake, lambda config: publish_register(config, path), roots=(RESEARCH,))


def audit(env: str, lake: Path | None, noted: Sequence[str]) -> int:
    """Check the audit log, against heads noted elsewhere too; give back the exit code."""

    def check(config: Config) -> None:
        head = AuditLog.of(config).verify(*map(Head.of_text, noted))
        RunLog().note("audit log as it was written; entries", head.entries)
        RunLog().note("audit head", str(head))

    return _with_config(env, lake, check)


def purge(run: str, env: str, lake: Path | None, *, published: bool, break_lock: bool) -> int:
    """Destroy what identifies people in a run; give back the exit code."""

    def destroy(config: Config) -> None:
        purge_run(run, config, RunLog(), is_published_too=published, break_lock=break_lock)

    return _with_config(env, lake, destroy)


def check_outputs(outputs: Path, env: str, lake: Path | None) -> int:
    """Check outputs and pack them; give back the exit code."""

    def work(config: Config) -> None:
        release.check(outputs, config, this_user(), RunLog())

    return _with_config(env, lake, work, roots=(RESEARCH,))


def decide_outputs(
    package: str, reason: str, env: str, lake: Path | None, *, is_approved: bool
) -> int:
    """Decide on a package as its checker; give back the exit code."""

    def work(config: Config) -> None:
        release.decide(package, config, this_user(), reason, RunLog(), is_approved=is_approved)

    return _with_config(env, lake, work, roots=(RESEARCH,))


def hand_outputs(package: str, folder: Path, env: str, lake: Path | None) -> int:
    """Put a package where its checker may read it; give back the exit code."""

    def work(config: Config) -> None:
        handover.hand(package, folder, config, RunLog())

    return _with_config(env, lake, work, roots=(RESEARCH,))


def take_outputs(file: Path, env: str, lake: Path | None) -> int:
    """Take a handed-over package into this lake; give back the exit code."""

    def work(config: Config) -> None:
        handover.take(file, config, RunLog())

    return _with_config(env, lake, work, roots=(RESEARCH,))


def verify_outputs(package: str, env: str, lake: Path | None) -> int:
    """Check a package again; give back the exit code."""

    def work(config: Config) -> None:
        RunLog().note("holds", str(release.verified(package, config)))

    return _with_config(env, lake, work, roots=(RESEARCH,))


def extract(project: str, env: str, lake: Path | None) -> int:
    """Make the extract of a project; give back the exit code. The research root is opened."""
    return _with_config(
        env, lake, lambda config: provision_project(project, config), roots=PROVISION.roots
    )


def dummy_extract(project: str, output: Path, env: str) -> int:
    """Make a dummy extract in a folder; give back the exit code. No root is opened."""
    work = output.with_name(f".{output.name}.work")
    try:
        return _with_config(
            env, work, lambda config: provision_dummy(project, config, output), roots=()
        )
    finally:
        shutil.rmtree(work, ignore_errors=True)


def secure_room(project: str, script: Path, env: str, lake: Path | None) -> int:
    """Run a script on a project's extract; give back the exit code.

    It is given the paths of all roots, to close them to the script; it opens research only.
    """
    return _with_config(env, lake, lambda config: open_project(project, script, config))


def review(
    env: str, lake: Path | None, reviewer: str, *, batch: str | None, is_third: bool, port: int
) -> int:
    """Serve a reviewer's page until it is ended; give back the exit code."""
    return _with_config(
        env,
        lake,
        lambda config: serve(config, reviewer, batch=batch, is_third=is_third, port=port),
        roots=REVIEW.roots,
    )


def review_sample(env: str, lake: Path | None, codes: Path | None) -> int:
    """Draw the next batch for review; give back the exit code."""
    return _with_config(env, lake, lambda config: draw(config, codes=codes), roots=REVIEW.roots)


def review_codes(env: str, lake: Path | None, by: Sequence[str], output: Path) -> int:
    """Make opaque stratum codes from the attributes; give back the exit code."""
    return _with_config(env, lake, lambda config: hand_over(config, by, output), roots=CODES.roots)


def review_read(env: str, lake: Path | None, file: Path, *, is_third: bool) -> int:
    """Take in a file of decisions; give back the exit code."""
    return _with_config(
        env, lake, lambda config: read(config, file, is_third=is_third), roots=REVIEW.roots
    )


def review_train(env: str, lake: Path | None) -> int:
    """Turn decided matches into evidence for the next linkage; give back the exit code."""
    return _with_config(env, lake, train, roots=REVIEW.roots)


def review_measure(env: str, lake: Path | None) -> int:
    """Measure by the decisions of the run under review; give back the exit code."""
    return _with_config(env, lake, measure, roots=REVIEW.roots)


def why(left_id: str, right_id: str, env: str, lake: Path | None) -> int:
    """Explain one pair; give back the exit code. The identifiers root alone is opened."""
    return _with_config(
        env, lake, lambda config: explain_pair(config, left_id, right_id), roots=WHY.roots
    )


def diff(before: str, after: str, env: str, lake: Path | None) -> int:
    """Compare two runs; give back the exit code. The attributes root alone is opened."""
    return _with_config(env, lake, lambda config: compare(config, before, after), roots=DIFF.roots)


def explain(code: str) -> int:
    """Say what is behind an error's code; give back the exit code."""
    return guarded(lambda: say_code(code))


def doctor(env: str, lake: Path | None) -> int:
    """Look at the machine; give back the exit code. No root is opened."""
    return _with_config(env, lake, examine, roots=())


def session(env: str) -> int:
    """Start Spark once and end it: Delta's jars are then in the Ivy cache."""
    with tempfile.TemporaryDirectory(prefix="attainment-linkage-") as lake:
        return _with_config(env, Path(lake), _open_once)


def _open_once(config: Config) -> None:
    with open_session(config, "attainment-linkage session"):
        pass


def _with_config(
    env: str,
    lake: Path | None,
    work: Callable[[Config], object],
    roots: Sequence[str] | None = None,
) -> int:
    """Do the work with the configuration, which has the paths of ``roots`` only.

    Whatever it makes, be it the lake's own folder, is for this user alone.
    """
    restrict_process()
    found: list[Config] = []

    def read() -> None:
        config = load(env, lake_override(lake) if lake else None)
        found.append(config if roots is None else config.only(roots))

    refused = guarded(read)
    if refused:
        return refused
    config = found[0]
    return guarded(lambda: work(config), fault_root=config.lake.fault_root)
