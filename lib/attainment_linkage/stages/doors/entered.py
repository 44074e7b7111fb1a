"""Entered: work begun with its configuration, and ended with an exit code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from attainment_linkage.adapters.config import lake_override, load
from attainment_linkage.adapters.workplace import restrict_process
from attainment_linkage.core.settings import Config
from attainment_linkage.stages.boundary import guarded


def with_config(
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
        """Its own errors end the command as any other."""
        config = load(env, lake_override(lake) if lake else None)
        found.append(config if roots is None else config.only(roots))

    refused = guarded(read)
    if refused:
        return refused
    config = found[0]
    return guarded(lambda: work(config), fault_root=config.lake.fault_root)
