"""Audit: a chain of entries, each holding the hash of the one before it.

Whoever changes, takes out, adds or moves an entry breaks the chain at that place. Entries cut
from the end are found where the head, the hash of the last entry, is kept elsewhere. An entry
says who did what when with which key id, from which inputs to which outputs, by their hashes;
it holds names of stages and tables, and no row.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields

from attainment_linkage.core.stage_key import canonical_json, digest
from attainment_linkage.domain.errors import AuditError

_HEAD_TEXT = re.compile(r"[0-9]{1,12}:[0-9a-f]{64}")
FIRST = "0" * 64
"""What stands for the hash before the first entry."""


@dataclass(frozen=True)
class Deed:
    """What was done: ``what`` (a stage or command), ``about`` (its key, run or project), how it
    went (``outcome``: started, finished, skipped, or the code of an error), the key id where a
    key was used, and the hash of each input and output by its name.
    """

    what: str
    about: str
    outcome: str
    key_id: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """One line of the log. ``who`` is the operating system's user, ``when`` is in UTC."""

    number: int
    when: str
    who: str
    host: str
    what: str
    about: str
    outcome: str
    key_id: str
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    previous: str

    @property
    def hash(self) -> str:
        """The sha256 of all of it, which the next entry holds."""
        return digest(asdict(self))

    @property
    def line(self) -> str:
        """The entry as one line of JSON, with its hash."""
        return canonical_json({**asdict(self), "hash": self.hash})

    @classmethod
    def of_line(cls, line: str) -> Entry | None:
        """The entry of a line; None where it is not one, or not as it was written."""
        try:
            body = json.loads(line)
            hash_said = body.pop("hash")
            if set(body) != {one.name for one in fields(cls)}:
                return None
            entry = cls(**body)
            is_whole = entry.hash == hash_said and entry.line == line
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
            return None
        return entry if is_whole else None


@dataclass(frozen=True)
class Head:
    """The end of a chain: how many entries, and the hash of the last one."""

    entries: int = 0
    hash: str = FIRST

    def __str__(self) -> str:
        """As it is noted on paper and given to ``audit verify --head``: ``12:ab34...``."""
        return f"{self.entries}:{self.hash}"

    @classmethod
    def of_text(cls, text: str) -> Head:
        """The head of its text.

        Raises:
            AuditError: it is not a number, a colon and 64 hex characters.
        """
        if not _HEAD_TEXT.fullmatch(text):
            raise AuditError(
                "audit: a head is the number of entries, a colon and 64 hex characters, as a run "
                "prints it. Give it so."
            )
        entries, _, found = text.partition(":")
        return cls(int(entries), found)


def next_entry(head: Head, deed: Deed, *, when: str, who: str, host: str) -> Entry:
    """The entry of a deed, to follow the head."""
    return Entry(
        number=head.entries + 1,
        when=when,
        who=who,
        host=host,
        what=deed.what,
        about=deed.about,
        outcome=deed.outcome,
        key_id=deed.key_id,
        inputs=dict(deed.inputs),
        outputs=dict(deed.outputs),
        previous=head.hash,
    )


def head_of(entry: Entry) -> Head:
    """The head of a chain that ends with an entry."""
    return Head(entry.number, entry.hash)


def broken_links(lines: Iterable[str], heads: Iterable[Head] = ()) -> Iterator[str]:
    """Every place where a log is not as it was written; none for a whole one.

    Args:
        lines: the log, line by line, without line ends.
        heads: ends of the chain as they were kept elsewhere, of now or of earlier days. The
            log may have gone on since; it may not be shorter, or other, at a head's place.
    """
    known = {0: FIRST}
    before = Head()
    for place, line in enumerate(lines, start=1):
        entry = Entry.of_line(line)
        if entry is None:
            yield f"line {place} is not an entry as it was written"
            before = Head(place, "")
            continue
        if entry.number != place:
            yield f"line {place} holds entry {entry.number}: lines were taken out, added or moved"
        elif entry.previous != before.hash:
            yield f"line {place} does not follow from the line before it"
        known[place] = entry.hash
        before = Head(place, entry.hash)
    for head in heads:
        if head.entries > before.entries:
            yield f"it ends at entry {before.entries}; a head kept elsewhere is of {head.entries}"
        elif known.get(head.entries) != head.hash:
            yield f"entry {head.entries} is not the one of a head kept elsewhere"
