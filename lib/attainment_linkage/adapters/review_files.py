"""Review files: batches and decisions in the identifiers root, none ever overwritten.

    <identifiers>/review/<batch>/sample.json            a document, with its own checksum
    <identifiers>/review/<batch>/decisions-<code>.csv   a reviewer's rows, only ever added to
    <identifiers>/review/<batch>/third-look-<code>.csv  rows on what the two disagreed about

A row is on the disk (fsync) before its reviewer sees the next pair. A line that a killed
process left without its end was never acknowledged, and is cut off when the file is opened.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attainment_linkage.adapters import documents
from attainment_linkage.adapters.faults import named
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.manifests import Manifest
from attainment_linkage.core.review.decisions import HEADER, Decided, Row, checked, parsed, text_of
from attainment_linkage.core.review.sample import Sample
from attainment_linkage.core.stage_key import KEY_LENGTH, digest
from attainment_linkage.domain.errors import ReviewBusyError, ReviewError
from attainment_linkage.domain.review import EVIDENCE, RETURNED
from attainment_linkage.domain.road import LINK
from attainment_linkage.domain.tables import IDENTIFIERS, LINKS, REVIEW_PAIRS, SCORED_PAIRS

REVIEWED = (SCORED_PAIRS, LINKS, REVIEW_PAIRS)
"""What a batch is drawn from."""
FOLDER = "review"
SAMPLE = "sample.json"
FIRST, THIRD = "decisions", "third-look"


def document_path(identifiers: Path, name: str) -> Path:
    """Where a document that a stage reads lies: ``evidence`` or ``returned``."""
    return identifiers / FOLDER / f"{name}.json"


def document(identifiers: Path, name: str) -> dict[str, Any]:
    """A document that a stage reads; empty where there is none.

    Raises: ReviewError where it is there and not whole.
    """
    path = document_path(identifiers, name)
    body = documents.read(path)
    if body is None and path.exists():
        command = "train" if name == EVIDENCE else "measure"
        raise ReviewError(f"review: {path} is not whole. Make it again: review {command}.")
    return body or {}


def reviewed_run(links: Manifest | None) -> str | None:
    """The run that batches of a linkage are of; None where its manifest has not all tables.

    It is a hash of the content of its links and pairs: two makings with the same
    content are one run, so decisions outlive a change of code that changes no link.
    """
    records = [links.table(table.name) for table in REVIEWED] if links else []
    hashes = {one.name: one.content_hash for one in records if one is not None}
    return digest(hashes)[:KEY_LENGTH] if len(hashes) == len(REVIEWED) else None


def without_links(lake: Lake) -> list[Path]:
    """What no linkage of the lake is left of: folders of batches (names), decided pairs (ids)."""
    keys = {key for name, key in lake.made(IDENTIFIERS) if name == LINKS.name}
    runs = {reviewed_run(lake.manifest(IDENTIFIERS, LINK.name, key)) for key in keys}
    root = lake.root(IDENTIFIERS)
    batches = sorted((root / FOLDER).glob(f"*/{SAMPLE}"))
    bodies = {path.parent: documents.read(path) or {} for path in batches}
    returned = document_path(root, RETURNED)
    if returned.exists():
        bodies[returned] = documents.read(returned) or {}
    return [path for path, body in bodies.items() if body.get("run") not in runs - {None}]


@dataclass(frozen=True)
class Looks:
    """What was decided of a batch: by each reviewer, and at third looks."""

    first: dict[str, Decided]
    third: dict[str, Decided]


def write_sample(identifiers: Path, sample: Sample) -> Path:
    """Write a batch; one that is there already is left alone, with its decisions."""
    path = _folder(identifiers, sample) / SAMPLE
    documents.create(path, sample.as_json())
    return path


def write_codes(path: Path, text: str) -> None:
    """Write a file of opaque codes, for its owner alone, in the place of what was there.

    Raises: DiskFullError, LakeUnwritableError.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as refused:
        raise named(refused, f"review codes: {path.name}") from None


def samples(identifiers: Path, run: str | None = None) -> list[Sample]:
    """The batches of a run, or of all runs, in the order they were drawn.

    Raises: ReviewError where a batch is there and not whole.
    """
    found = [_sample(path) for path in sorted((identifiers / FOLDER).glob(f"*/{SAMPLE}"))]
    return sorted(
        (one for one in found if run is None or one.run == run), key=lambda one: one.number
    )


def _sample(path: Path) -> Sample:
    body = documents.read(path)
    found = Sample.from_json(body) if body is not None else None
    if found is None:
        raise ReviewError(
            f"review: the batch {path.parent.name} is not whole. Restore its folder from a "
            "copy; decisions on it cannot be read without it."
        )
    return found


def looks(identifiers: Path, sample: Sample) -> Looks:
    """All decisions on a batch.

    Raises: ReviewError where a file of decisions does not fit the batch.
    """
    folder = _folder(identifiers, sample)
    return Looks(_read(folder, FIRST, sample), _read(folder, THIRD, sample))


def _read(folder: Path, look: str, sample: Sample) -> dict[str, Decided]:
    found = {}
    for path in sorted(folder.glob(f"{look}-*.csv")):
        reviewer = path.stem.removeprefix(f"{look}-")
        decided = _decided(path, path.read_text("utf-8"), sample)
        if set(decided) - {reviewer}:
            raise ReviewError(
                f"review: {path.name} holds rows of another reviewer. Restore it from a copy."
            )
        if reviewer in decided:
            found[reviewer] = decided[reviewer]
    return found


def _decided(path: Path, text: str, sample: Sample) -> dict[str, Decided]:
    whole = text[: text.rfind("\n") + 1]
    rows = parsed(whole, path.name) if whole else []
    return checked(rows, path.name, batch=sample.batch, pairs=sample.by_name)


class DecisionsFile:
    """One reviewer's rows, open for adding."""

    def __init__(self, handle: int, name: str, decided: Decided) -> None:
        """An open file and what it holds; made by :func:`opened`."""
        self._handle, self._name, self.decided = handle, name, decided

    def add(self, rows: Sequence[Row]) -> None:
        """Add rows; they are on the disk when this returns.

        Raises: DiskFullError, LakeUnwritableError; then none of them was added.
        """
        _append(self._handle, text_of(rows), self._name)


def decisions_path(
    identifiers: Path, sample: Sample, reviewer: str, *, is_third: bool = False
) -> Path:
    """Where a reviewer's rows of a batch lie."""
    return _folder(identifiers, sample) / f"{THIRD if is_third else FIRST}-{reviewer}.csv"


@contextmanager
def opened(
    identifiers: Path, sample: Sample, reviewer: str, *, is_third: bool = False
) -> Iterator[DecisionsFile]:
    """A reviewer's file of a batch, for this process alone.

    Raises:
        ReviewBusyError: another process has it open.
        ReviewError: it does not fit the batch.
        DiskFullError, LakeUnwritableError: it cannot be written.
    """
    path = decisions_path(identifiers, sample, reviewer, is_third=is_third)
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as refused:
        raise named(refused, f"review: {path.name}") from None
    try:
        yield DecisionsFile(handle, path.name, _taken(handle, path, sample))
    finally:
        os.close(handle)


def _taken(handle: int, path: Path, sample: Sample) -> Decided:
    """Lock the file, cut off a line without its end, and read what it holds."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ReviewBusyError(
            f"review: {path.name} of batch {sample.batch} is open in another process. Close "
            "that one, or give another --reviewer."
        ) from None
    content = path.read_bytes()
    os.ftruncate(handle, content.rfind(b"\n") + 1)
    if b"\n" not in content:
        _append(handle, HEADER, path.name)
    found = _decided(path, path.read_text("utf-8"), sample)
    return next(iter(found.values()), Decided())


def _append(handle: int, text: str, name: str) -> None:
    size = os.fstat(handle).st_size
    try:
        left = text.encode("ascii")
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
    except OSError as refused:
        os.ftruncate(handle, size)
        raise named(refused, f"review: {name}") from None


def _folder(identifiers: Path, sample: Sample) -> Path:
    return identifiers / FOLDER / sample.batch
