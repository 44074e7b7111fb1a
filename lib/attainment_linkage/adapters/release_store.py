"""Release store: packages, decisions and the register, in the research root; and ``out/``.

A package is a folder whose files are listed with their SHA-256 in MANIFEST.json. A decision is
a document of its own, written once. What is approved is copied to ``out/`` and enters the
register, which later outputs are attacked with.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attainment_linkage.adapters import documents
from attainment_linkage.adapters.faults import named
from attainment_linkage.core.disclosure.description import described
from attainment_linkage.core.disclosure.register import Released
from attainment_linkage.core.given import plain
from attainment_linkage.core.projects.project import Release
from attainment_linkage.domain.errors import PackageBrokenError

MANIFEST, DECISION = "MANIFEST.json", "decision.json"
APPROVED, REFUSED = "approved", "refused"


@dataclass(frozen=True)
class ReleaseStore:
    """The folders of release: ``home`` in the research root, ``out`` where results leave."""

    home: Path
    out: Path

    def package(self, name: str) -> Path:
        """The folder of a package."""
        return self.home / "packages" / name

    def packages(self) -> list[str]:
        """The names of all packages, in order."""
        folder = self.home / "packages"
        return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []

    def write_package(self, name: str, files: Mapping[str, bytes]) -> Path:
        """Write a package whole; one of the same name without a decision is replaced.

        Raises: DiskFullError, LakeUnwritableError.
        """
        folder = self.package(name)
        aside = folder.with_name(f".{name}")
        digests = {path: hashlib.sha256(files[path]).hexdigest() for path in sorted(files)}
        try:
            shutil.rmtree(aside, ignore_errors=True)
            for path, content in files.items():
                target = aside / path
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                target.write_bytes(content)
                target.chmod(0o600)
            documents.create(aside / MANIFEST, {"files": digests})
            shutil.rmtree(folder, ignore_errors=True)
            os.replace(aside, folder)
        except OSError as refused:
            raise named(refused, f"release: {name}") from None
        return folder

    def decision(self, name: str) -> dict[str, Any] | None:
        """The decision on a package; None where there is none yet."""
        return documents.read(self.package(name) / DECISION)

    def decide(self, name: str, body: Mapping[str, Any]) -> bool:
        """Write the decision on a package; False where there is one already."""
        return documents.create(self.package(name) / DECISION, body)

    def require_whole(self, name: str) -> Path:
        """The folder of a package that is as it was packed.

        Raises: PackageBrokenError.
        """
        folder = self.package(name)
        try:
            manifest = documents.read(folder / MANIFEST) if folder.is_dir() else None
        except PermissionError:
            raise PackageBrokenError(
                f"release: {name} lies where this user may not read. Have it handed over: "
                "release hand, release take."
            ) from None
        if manifest is None:
            known = ", ".join(self.packages()) or "none"
            raise PackageBrokenError(
                f"release: there is no package {name} with a whole manifest; there are: {known}. "
                "Name one of these, or check the outputs again."
            )
        return folder

    def copy_out(self, name: str) -> Path:
        """Copy the approved outputs, with manifest and decision, to ``out/``.

        Raises: DiskFullError, LakeUnwritableError.
        """
        target, folder = self.out / name, self.package(name)
        aside = target.with_name(f".{name}")
        try:
            self.out.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.rmtree(aside, ignore_errors=True)
            shutil.copytree(folder / "outputs", aside)
            for document in (MANIFEST, DECISION):
                shutil.copyfile(folder / document, aside / document)
            shutil.rmtree(target, ignore_errors=True)
            os.replace(aside, target)
        except OSError as refused:
            raise named(refused, f"release: {target}") from None
        return target

    def has_left(self, name: str) -> bool:
        """Whether the approved outputs of a package lie in ``out/``."""
        return (self.out / name).is_dir()

    def register(self, name: str, outputs: list[Released]) -> None:
        """Enter the outputs of a package into the register."""
        body = {"outputs": [_plain(one) for one in outputs]}
        documents.create(self.home / "register" / f"{name}.json", body)

    def releases(self) -> list[Release]:
        """What was approved and left, by its day and package: no figure of it, titles alone.

        Raises: PackageBrokenError, as ``registered``.
        """
        titles: dict[str, list[str]] = {}
        for one in self.registered():
            titles.setdefault(one.package, []).append(one.description.title)
        decided = [self.decision(name) or {} for name in titles]
        found = [
            Release(body["package"], body.get("project", ""), tuple(titles[body["package"]]),
                    body.get("decided_on", ""))
            for body in decided if body.get("decision") == APPROVED
        ]  # fmt: skip
        return sorted(found, key=lambda one: (one.released, one.package))

    def registered(self) -> list[Released]:
        """Everything ever released, in order of package.

        Raises: PackageBrokenError: an entry that is there is not whole.
        """
        folder = self.home / "register"
        found = []
        for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
            body = documents.read(path)
            if body is None:
                raise PackageBrokenError(
                    f"release: {path.name} of the register is not as it was written; without it "
                    "differencing cannot be judged. Restore the register from its backup."
                )
            found += [_released(one) for one in body["outputs"]]
        return found


def _plain(one: Released) -> dict[str, Any]:
    shown = [[*codes, column, value] for (codes, column), value in one.shown.items()]
    return {
        "package": one.package,
        "name": one.name,
        "description": plain(one.description),
        "shown": shown,
        "base": one.base,
    }


def _released(body: Mapping[str, Any]) -> Released:
    shown = {(tuple(line[:-2]), line[-2]): line[-1] for line in body["shown"]}
    description = described(body["description"], f"release: register: {body['name']}")
    return Released(body["package"], body["name"], description, shown, body["base"])
