"""Secure room: runs a researcher's script beside a read-only copy of an extract, and nothing else.

Where the system allows it (Linux namespaces, through ``unshare`` and ``setpriv``), the script
has no network, sees the lake's roots and the keys as empty folders, can write to its staging
folder only, and has no capability to undo any of that. Where it does not, ``walls`` says so.
Output checking is the only way out.

    <staging>/<number>/outputs/     what the script made: the folder that ``release check`` takes
    <staging>/<number>/script.py    the script as it was run; in stdout.txt, stderr.txt what it said
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from attainment_linkage.adapters import fingerprint
from attainment_linkage.adapters.extract_files import MANIFEST, read_manifest
from attainment_linkage.adapters.workplace import run_folder
from attainment_linkage.domain.errors import ExtractRefusedError, InputMissingError

EXTRACT_VARIABLE, STAGING_VARIABLE = "EXTRACT", "STAGING"
SCRIPT_COPY, SAID, COMPLAINED = "script.py", "stdout.txt", "stderr.txt"
OUTPUTS, _WORK = "outputs", "work"

# $1 the room; $2 the real staging folder; then the folders to be closed, --, the command.
_WALLS = """
set -e
room=$1; staging=$2; shift 2
mount --make-rprivate /
mount --bind "$staging" "$room/staging"
mount --bind "$room/data" "$room/data"
mount -o remount,bind,ro "$room/data"
for folder in /tmp /var/tmp /dev/shm; do
    case "$room/" in "$folder"/*) continue;; esac
    [ ! -d "$folder" ] || mount -t tmpfs -o ro tmpfs "$folder"
done
while [ "$1" != -- ]; do
    [ ! -d "$1" ] || mount -t tmpfs -o ro,mode=000 tmpfs "$1"
    shift
done
shift
while read -r _ target _; do
    [ "$target" = "$room/staging" ] || mount -o remount,bind,ro "$target" 2>/dev/null || :
done < /proc/self/mounts
cd "$room/staging/outputs"
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all -- "$@"
"""
_NAMESPACES = ("setpriv", "--pdeathsig", "KILL",  # whoever opened the room takes it along
               "unshare", "--user", "--map-root-user", "--net", "--mount", "--pid", "--fork",
               "--mount-proc", "--kill-child")  # fmt: skip


@dataclass(frozen=True)
class Walls:
    """What keeps the script in: its namespaces, or nothing but these words."""

    are_up: bool

    @property
    def said(self) -> str:
        """In words, for whoever opens the room."""
        if self.are_up:
            return "no network; only the staging folder can be written; roots and keys closed"
        return (
            "NOT closed: this system gives no namespaces (unshare, setpriv), so the script has "
            "the network and this user's folders. Use a machine without a network"
        )


@cache
def walls() -> Walls:
    """Whether this system can close the room; tried once, with a command that does nothing."""
    try:
        with tempfile.TemporaryDirectory(prefix="room-") as folder:
            room = Path(folder)
            for name in ("data", "staging", f"real/{OUTPUTS}"):
                (room / name).mkdir(parents=True)
            done = _run(
                _command(room, room / "real", (), ("true",)), room / "real", {}, discard=True
            )
    except OSError:
        return Walls(are_up=False)
    return Walls(are_up=done == 0)


@contextmanager
def copied(extract: Path, at: Path) -> Iterator[Path]:
    """A private room with a read-only copy of the extract in ``data``; gone at the end.

    It lies in a run's folder of ``at``, so that the next run sweeps what a killed one left.

    Raises:
        InputMissingError: the extract has not been made.
        ExtractRefusedError: it is not as its manifest says.
    """
    _require_whole(extract)
    with run_folder(at) as folder:
        room = Path(tempfile.mkdtemp(prefix="room-", dir=folder))
        shutil.copytree(extract, room / "data")
        (room / "staging").mkdir(mode=0o700)
        for path in (room / "data").iterdir():
            path.chmod(0o400)
        (room / "data").chmod(0o500)
        yield room


def run_script(script: Path, room: Path, staging: Path, closed: Sequence[Path]) -> int:
    """Run a script in the room; give back its exit code.

    It finds the copy at the environment variable EXTRACT and writes to STAGING, its working
    folder: ``outputs`` of the staging folder. Its home and temporary folder are gone at the end.
    The folders of ``closed`` are empty to it.
    """
    shutil.copyfile(script, staging / SCRIPT_COPY)
    for name in (OUTPUTS, _WORK):
        (staging / name).mkdir(mode=0o700)
    is_closed = walls().are_up
    inside = room / "staging" if is_closed else staging
    command: tuple[str, ...] = (sys.executable, "-I", str(inside / SCRIPT_COPY))
    if is_closed:
        command = _command(room, staging, closed, command)
    environment = {
        EXTRACT_VARIABLE: str(room / "data"),
        STAGING_VARIABLE: str(inside / OUTPUTS),
        "TMPDIR": str(inside / _WORK),
        "HOME": str(inside / _WORK),
    }
    done = _run(command, staging, environment, discard=False)
    shutil.rmtree(staging / _WORK, ignore_errors=True)
    for path in (one for one in staging.rglob("*") if not one.is_symlink()):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return done


def next_staging(parent: Path) -> Path:
    """A new private folder of the parent, numbered from 001."""
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    numbers = [int(one.name) for one in parent.iterdir() if one.name.isdigit()]
    staging = parent / f"{max(numbers, default=0) + 1:03d}"
    staging.mkdir(mode=0o700)
    return staging.absolute()


def _command(
    room: Path, staging: Path, closed: Sequence[Path], command: Sequence[str]
) -> tuple[str, ...]:
    folders = (str(path.absolute()) for path in closed)
    shell = ("/bin/sh", "-c", _WALLS, "room", str(room), str(staging.absolute()))
    return (*_NAMESPACES, *shell, *folders, "--", *command)


def _run(command: Sequence[str], staging: Path, given: Mapping[str, str], *, discard: bool) -> int:
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", **given}
    out = Path(os.devnull) if discard else staging / SAID
    errors = Path(os.devnull) if discard else staging / COMPLAINED
    with out.open("wb") as said, errors.open("wb") as complained:
        return subprocess.run(
            command,
            cwd=staging / OUTPUTS,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=complained,
            check=False,
        ).returncode


def _require_whole(extract: Path) -> None:
    manifest = read_manifest(extract)
    if manifest is None:
        raise InputMissingError(
            f"extract: there is none at {extract}. Ask for it to be provisioned first."
        )
    there = {path.name for path in extract.iterdir()} - {MANIFEST}
    changed = {
        name
        for name, said in manifest["files"].items()
        if name not in there or fingerprint.sha256(extract / name) != said.get("sha256")
    }
    odd = sorted(changed | (there - manifest["files"].keys()))
    if odd:
        raise ExtractRefusedError(
            f"extract {extract.parent.name}: {', '.join(odd)}: not as the manifest says. The room "
            "was not opened. Provision the project again."
        )
