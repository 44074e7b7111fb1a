"""Research: the doors of projects: applications, the register, keys, extracts, the secure room."""

from __future__ import annotations

import shutil
from pathlib import Path

from attainment_linkage.domain.road import PROVISION
from attainment_linkage.domain.tables import RESEARCH
from attainment_linkage.stages.application import apply, publish_register
from attainment_linkage.stages.doors.entered import with_config
from attainment_linkage.stages.dummy_extract import provision_dummy
from attainment_linkage.stages.keys import new_key as make_key
from attainment_linkage.stages.provision import provision_project
from attainment_linkage.stages.secure_room import open_project


def application(path: Path, env: str, lake: Path | None) -> int:
    """Check an application; give back the exit code. No root is opened."""
    return with_config(env, lake, lambda config: apply(path, config), roots=())


def public_register(path: Path, env: str, lake: Path | None) -> int:
    """Write the register's public page; give back the exit code. Of the roots, research only."""
    return with_config(env, lake, lambda config: publish_register(config, path), roots=(RESEARCH,))


def new_key(path: Path, env: str, lake: Path | None) -> int:
    """Make a project's key outside the lake and say its key id; give back the exit code."""
    return with_config(env, lake, lambda config: make_key(path, config))


def extract(project: str, env: str, lake: Path | None) -> int:
    """Make the extract of a project; give back the exit code. The research root is opened."""
    return with_config(
        env, lake, lambda config: provision_project(project, config), roots=PROVISION.roots
    )


def dummy_extract(project: str, output: Path, env: str) -> int:
    """Make a dummy extract in a folder; give back the exit code. No root is opened."""
    work = output.with_name(f".{output.name}.work")
    try:
        return with_config(
            env, work, lambda config: provision_dummy(project, config, output), roots=()
        )
    finally:
        shutil.rmtree(work, ignore_errors=True)


def secure_room(project: str, script: Path, env: str, lake: Path | None) -> int:
    """Run a script on a project's extract; give back the exit code.

    It is given the paths of all roots, to close them to the script; it opens research only.
    """
    return with_config(env, lake, lambda config: open_project(project, script, config))
