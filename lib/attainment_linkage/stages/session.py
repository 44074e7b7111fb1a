"""Session: the Spark session a command works in: the one it was given, or one of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pyspark.sql import SparkSession

from attainment_linkage.adapters.session import open_session
from attainment_linkage.core.settings import Config


@contextmanager
def session_for(
    command: str, config: Config, given: SparkSession | None, *, is_short: bool = False
) -> Iterator[SparkSession]:
    """The session given, left open at the end, or else a new one for the command, closed then.

    ``is_short``: the work ends before the JVM's thorough compiler pays.

    Raises: the errors of ``adapters.session.open_session``, JavaMissingError the first.
    """
    if given is not None:
        yield given
        return
    with open_session(config, f"attainment-linkage {command}", is_short=is_short) as opened:
        yield opened
