"""Java: the check that comes before anything is started, and how the driver's Java ended.

``python -m attainment_linkage.adapters.java`` is that check for ``make``, which has no other
package to lean on yet: this module imports none.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys

from attainment_linkage.domain.errors import JavaMissingError

SUPPORTED = (17, 21)
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')
_WANTED = (
    "Spark needs Java 17 or 21: install one (for example openjdk-17-jre-headless) and set "
    "JAVA_HOME to it"
)
_drivers: list[subprocess.Popen[bytes]] = []


def check_java() -> int:
    """The major version of the Java that Spark will use: JAVA_HOME's, else the path's.

    Raises:
        JavaMissingError: there is none, or another version; one sentence.
    """
    home = os.environ.get("JAVA_HOME")
    java = os.path.join(home, "bin", "java") if home else shutil.which("java")
    if java is None:
        raise JavaMissingError(f"java: none was found; {_WANTED}.")
    try:
        said = subprocess.run(
            [java, "-version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        raise JavaMissingError(f"java: {java} cannot be run; {_WANTED}.") from None
    found = _VERSION.search(said.stderr + said.stdout)
    major = int(found.group(1)) if found else 0
    if major not in SUPPORTED:
        kind = f"Java {major}" if major else "of an unknown version"
        raise JavaMissingError(f"java: {java} is {kind}; {_WANTED}.")
    return major


def remember(driver: subprocess.Popen[bytes] | None) -> None:
    """Keep hold of the Java that this process started for its driver, if it did."""
    _drivers[:] = [driver] if driver is not None else []


def driver_end(seconds: float) -> int | None:
    """The exit code of the driver's Java, if it ends within so many seconds; else None."""
    for driver in _drivers:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return driver.wait(timeout=seconds)
    return None


if __name__ == "__main__":
    try:
        check_java()
    except JavaMissingError as missing:
        sys.exit(str(missing))
