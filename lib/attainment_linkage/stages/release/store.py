"""Store: where release keeps its packages, whether one holds, and whether it is decided."""

from __future__ import annotations

from pathlib import Path

from attainment_linkage.adapters.release_store import ReleaseStore
from attainment_linkage.adapters.verifier import problems_of
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.errors import DecisionRefusedError, PackageBrokenError
from attainment_linkage.domain.tables import RESEARCH
from attainment_linkage.stages.secure_room import STAGING


def verified(name: str, config: Config) -> Path:
    """A package that holds: hashes, rules, and an attack on every withheld number.

    Raises: PackageBrokenError, with what is wrong.
    """
    folder = store_of(config).require_whole(name)
    problems = problems_of(folder)
    if problems:
        raise PackageBrokenError(
            f"release: package {name} does not hold: {'; '.join(problems[:5])}. Check it again."
        )
    return folder


def project_of(folder: Path, config: Config) -> str:
    """The project of outputs that lie in its staging folder; empty for any others."""
    staging = (config.lake.root(RESEARCH) / STAGING).resolve()
    inside = folder.resolve()
    return inside.relative_to(staging).parts[0] if staging in inside.parents else ""


def store_of(config: Config) -> ReleaseStore:
    """Where release keeps what it has."""
    return ReleaseStore(config.release_path, config.out_path)


def require_undecided(store: ReleaseStore, name: str) -> None:
    """Refuse a package that was decided on.

    Raises: DecisionRefusedError.
    """
    decided = store.decision(name)
    if decided is not None:
        raise DecisionRefusedError(
            f"release: {name} was {decided['decision']} by {decided['checker']}. Bring other "
            "outputs, or read the decision in the package."
        )
