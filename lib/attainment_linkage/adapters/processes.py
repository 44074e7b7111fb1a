"""Processes: who this process is, and whether the one that left a lock or folder still lives.

A process is its host, its number and the tick it started at, so that a number used again
by another process is not taken for the old one.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path

_ENDED = ("Z", "X")
"""States of a process that has ended and that nobody has asked after yet."""


@dataclass(frozen=True)
class Process:
    """One process: ``start_ticks`` since boot as the kernel counts them, 0 where unknown."""

    host: str
    pid: int
    start_ticks: int

    @property
    def name(self) -> str:
        """A name for its folder."""
        return f"{self.host}-{self.pid}-{self.start_ticks}"

    @classmethod
    def named(cls, name: str) -> Process | None:
        """The process a folder is named after; None where the name is not of that form."""
        host, _, rest = name.rpartition("-")
        host, _, pid = host.rpartition("-")
        if not (host and pid.isdigit() and rest.isdigit()):
            return None
        return cls(host, int(pid), int(rest))

    @property
    def is_known_dead(self) -> bool:
        """True only where it ran on this host and runs no more."""
        if self.host != socket.gethostname():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            pass  # another user's process: the tick it started at tells
        except OSError:
            return False
        state, now = _state(self.pid)
        is_another = bool(self.start_ticks and now and now != self.start_ticks)
        return is_another or state in _ENDED


def this_process() -> Process:
    """The process that runs this line."""
    return Process(socket.gethostname(), os.getpid(), _state(os.getpid())[1])


def _state(pid: int) -> tuple[str, int]:
    """Fields 3 and 22 of /proc/<pid>/stat: its state and the tick it started at."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return "", 0
    fields = stat.rpartition(")")[2].split()  # the command in brackets may itself hold blanks
    return fields[0], int(fields[19])
