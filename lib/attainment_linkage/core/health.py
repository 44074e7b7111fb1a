"""Health: what the machine must be for the road, and what to do where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LEAST_PYTHON = (3, 11)
SPARE_MIB = 1024
"""What the system and Python's own process need beside Spark."""


@dataclass(frozen=True)
class Check:
    """One thing looked at: whether it is as it must be, what was found, what to do if not."""

    name: str
    is_well: bool
    found: str
    cure: str = ""


def of_python(version: tuple[int, int]) -> Check:
    """Whether this Python will do."""
    least = ".".join(map(str, LEAST_PYTHON))
    cure = f"Install Python {least} or later and make the environment anew: make setup."
    return Check("Python", version >= LEAST_PYTHON, ".".join(map(str, version)), cure)


def of_versions(wanted: Mapping[str, str], found: Mapping[str, str]) -> Check:
    """Whether the packages that can change an answer are there in the pinned versions."""
    wrong = {
        name: found.get(name, "not installed")
        for name, version in wanted.items()
        if found.get(name) != version
    }
    told = ", ".join(
        f"{name} {version} (pinned: {wanted[name]})" for name, version in wrong.items()
    )
    cure = "Install the pinned ones: pip install --constraint conf/constraints.txt."
    return Check("packages", not wrong, told or f"all {len(wanted)} as pinned", cure)


def of_jars(wanted: str, is_there: bool) -> Check:
    """Whether Delta's jar is where Spark will look for it without a network."""
    cure = "Run attainment-linkage session once with a network, or make setup."
    return Check("jars", is_there, f"{wanted} {'is there' if is_there else 'is not there'}", cure)


def of_disk(place: str, free_mib: int, least_mib: int) -> Check:
    """Whether there is room for tables and spill files."""
    cure = "Make room there, or give --lake a folder on another disk."
    return Check(f"disk of {place}", free_mib >= least_mib, f"{free_mib:,} MiB free", cure)


def of_memory(free_mib: int, driver_gib: float, task_mib: int, tasks: int) -> Check:
    """Whether the driver's heap and a task for each core fit what is free; 0: not known."""
    needed = int(driver_gib * 1024) + task_mib * tasks + SPARE_MIB
    found = f"{free_mib:,} MiB free, {needed:,} MiB needed for {tasks} tasks at once"
    cure = (
        "Close other programmes, or lower spark.driver.memory in conf/spark-defaults.conf and "
        "link.task_memory_mib, or set spark.master to fewer cores: local[1]."
    )
    return Check("memory", free_mib == 0 or free_mib >= needed, found, cure)


def of_rights(place: str, is_writable: bool, is_private: bool) -> Check:
    """Whether this user may write a folder, and no other may read it."""
    if not is_writable:
        cure = f"Give this user the right to write {place}, or name another place with --lake."
        return Check(f"rights to {place}", False, "cannot be written", cure)
    found = "writable, this user's alone" if is_private else "others may enter it"
    return Check(
        f"rights to {place}", is_private, found, f"Take the others' rights: chmod 700 {place}."
    )
