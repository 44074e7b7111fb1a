"""Alone: a command in a network of its own, an empty one, where the system allows it.

Spark and its workers speak over the loopback; in a new network it is there, but down.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from functools import cache

_APART = ["unshare", "--map-root-user", "--net"]
_INSIDE = """
import fcntl, os, socket, struct, sys
SET_FLAGS, UP_AND_RUNNING = 0x8914, 0x41
fcntl.ioctl(socket.socket(), SET_FLAGS, struct.pack("16sh22x", b"lo", UP_AND_RUNNING))
try:
    socket.create_connection(("192.0.2.1", 80), timeout=1)
except OSError:
    os.execv(sys.argv[1], sys.argv[1:])
sys.exit("there is a network after all")
"""


@cache
def why_not() -> str:
    """Why no command can be alone here; empty where it can."""
    try:
        allowed = subprocess.run([*_APART, "true"], capture_output=True, check=False)
    except FileNotFoundError:
        return "unshare is not there: no network of one's own to test in"
    if allowed.returncode:
        return "this system does not let a user make a network of their own"
    return ""


def alone(program: Sequence[str]) -> list[str]:
    """The command that runs a program alone; it ends where an address can be reached."""
    return [*_APART, sys.executable, "-c", _INSIDE, *program]
