"""Machine: what ``doctor`` looks at: Java, Python, packages, jars, disk, memory, rights."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from attainment_linkage.adapters import fingerprint
from attainment_linkage.adapters.java import check_java
from attainment_linkage.adapters.project import conf_folder
from attainment_linkage.adapters.session import DEFAULTS_FILE
from attainment_linkage.core import health
from attainment_linkage.core.health import Check
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.errors import ConfigError, JavaMissingError

_MIB = 1024 * 1024
_PACKAGES = "spark.jars.packages"


def checks(config: Config) -> Iterator[Check]:
    """Every check, in the order in which a run would meet what it looks at."""
    yield health.of_python(sys.version_info[:2])
    yield _java()
    yield health.of_versions(_pinned(), fingerprint.pinned_versions())
    yield health.of_jars(*_jar())
    lake = Path(config.lake.directory).absolute()
    place = _existing(lake)
    free = shutil.disk_usage(place).free // _MIB
    yield health.of_disk(str(place), free, config.lake.minimum_free_mib)
    cores = os.cpu_count() or 1
    yield health.of_memory(
        _free_mib(), config.spark.driver_memory_gib, config.link.task_memory_mib, cores
    )
    is_writable = os.access(place, os.W_OK | os.X_OK)
    is_private = place != lake or not place.stat().st_mode & 0o077
    yield health.of_rights(str(place), is_writable, is_private)


def _java() -> Check:
    try:
        return Check("Java", True, str(check_java()))
    except JavaMissingError as missing:
        return Check("Java", False, "none that Spark can use", str(missing).partition("; ")[2])


def _pinned() -> dict[str, str]:
    """The versions of ``conf/constraints.txt``, of what can change an answer."""
    try:
        lines = (conf_folder() / "constraints.txt").read_text("utf-8").splitlines()
    except (OSError, ConfigError):
        return {}
    pins = dict(line.split("==", 1) for line in lines if "==" in line)
    called = {name.lower().replace("_", "-"): version for name, version in pins.items()}
    names = {name: name.lower().replace("_", "-") for name in fingerprint.PINNED}
    return {name: called[plain] for name, plain in names.items() if plain in called}


def _jar() -> tuple[str, bool]:
    """The jar of Delta that spark-defaults.conf names, and whether Ivy has it."""
    lines = (conf_folder() / DEFAULTS_FILE).read_text("utf-8").splitlines()
    named = next(line.split()[1] for line in lines if line.startswith(_PACKAGES))
    group, artifact, version = named.split(":")
    jar = f"{group}_{artifact}-{version}.jar"
    folders = [Path.home().glob(".ivy2*"), [Path(os.environ.get("SPARK_HOME", "/nowhere"))]]
    return jar, any((one / "jars" / jar).is_file() for folder in folders for one in folder)


def _existing(path: Path) -> Path:
    """The nearest folder above a path that is there."""
    return next(one for one in (path, *path.parents) if one.is_dir())


def _free_mib() -> int:
    """Memory that can be had without swapping; 0 where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text("utf-8").splitlines()
    except OSError:
        return 0
    kib = next((int(line.split()[1]) for line in lines if line.startswith("MemAvailable")), 0)
    return kib // 1024
