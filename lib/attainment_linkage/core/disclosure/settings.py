"""Settings of release: the section `[release]` of the configuration."""

from __future__ import annotations

from dataclasses import dataclass

from attainment_linkage.core.checked import Settings, setting


@dataclass(frozen=True, kw_only=True)
class ReleaseSettings(Settings):
    """Packages and register, in the research root; ``out``: where approved outputs leave."""

    directory: str = setting()
    out: str = setting()
