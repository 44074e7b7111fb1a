"""Audit log: appends deeds to a hash-chained file, one writer at a time, and checks it.

The log is a file of lines, ``core.audit``; its head lies in a file of its own, which belongs
on another volume or at least another folder (``[audit]`` of the configuration). Both lie in
no root: every job writes there, whatever roots it was given.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from attainment_linkage.adapters import documents
from attainment_linkage.adapters.faults import named
from attainment_linkage.core.audit import Deed, Entry, Head, broken_links, head_of, next_entry
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.errors import AuditError, LinkageError

STARTED, FINISHED, SKIPPED, STOPPED = "started", "finished", "skipped", "stopped"
_TAIL_BYTES = 1 << 20


@dataclass(frozen=True)
class AuditLog:
    """The log of one lake: its file, and the file of its head."""

    path: Path
    head_path: Path

    @classmethod
    def of(cls, config: Config) -> AuditLog:
        """The log that the configuration names."""
        return cls(config.audit_path, config.audit_head_path)

    def record(self, deed: Deed) -> Head:
        """Append a deed; give back the new head. It is on the disk when this returns.

        Raises:
            AuditError: the end of the log is not as it was written, or its head is further on.
            DiskFullError, LakeUnwritableError: nothing was appended, or the deed was and its head
                could not be written; the next one mends that.
        """
        try:
            with self._alone() as handle:
                head = self._end(handle)
                entry = next_entry(
                    head, deed, when=_now(), who=this_user(), host=socket.gethostname()
                )
                _append(handle, f"{entry.line}\n".encode("ascii"))
                head = head_of(entry)
                self._keep(head)
        except OSError as refused:
            raise named(refused, "audit") from None
        return head

    @contextmanager
    def recorded(self, deed: Deed) -> Iterator[Outcome]:
        """Record that a deed starts, and how it went: finished, an error's code, or stopped.

        What is done inside puts its inputs, outputs and key id into the outcome given.
        """
        self.record(replace(deed, outcome=STARTED, outputs={}))
        outcome = Outcome()
        try:
            yield outcome
        except BaseException as error:
            code = error.code if isinstance(error, LinkageError) else STOPPED
            self.record(outcome.of(deed, code))
            raise
        self.record(outcome.of(deed, FINISHED))

    def entries(self) -> Iterator[Entry | None]:
        """Each line as an entry; None where it is not one."""
        return map(Entry.of_line, self._lines())

    def verify(self, *noted: Head) -> Head:
        """Check the whole chain, against its head file and any heads noted elsewhere.

        Raises:
            AuditError: lists every place where it is not as it was written.
        """
        kept = self.head()  # before the lines: the log may go on meanwhile, the head may not
        lines = list(self._lines())
        problems = list(broken_links(lines, [*noted, *([kept] if kept else [])]))
        if kept is None and (len(lines) > 1 or self.head_path.exists()):
            problems.append(f"its head {self.head_path} is not there, or not whole")
        if problems:
            raise AuditError(
                f"audit: {self.path} is not as it was written: {'; '.join(problems)}. Keep it as "
                "it is, find out who could write there, and restore it from its backup."
            )
        last = Entry.of_line(lines[-1]) if lines else None
        return head_of(last) if last else Head()

    def head(self) -> Head | None:
        """The head as it is kept; None where it is absent or not whole."""
        try:
            return Head(**(documents.read(self.head_path) or {"absent": 1}))
        except TypeError:
            return None

    def _lines(self) -> Iterator[str]:
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return
        except OSError as refused:
            raise named(refused, "audit") from None
        if content:
            # a last line without its end was cut short: it is no entry
            whole = content if content.endswith(b"\n") else content + b"<cut>\n"
            yield from whole[:-1].decode("ascii", errors="replace").split("\n")

    @contextmanager
    def _alone(self) -> Iterator[int]:
        """The log, open for this process and thread alone; the kernel frees a dead one's."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        handle = os.open(self.path, flags, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle
        finally:
            os.close(handle)

    def _end(self, handle: int) -> Head:
        """The head the log ends with, where it agrees with the head that is kept."""
        kept = self.head() or Head()
        size = os.fstat(handle).st_size
        if not size and kept == Head():
            return kept
        tail = os.pread(handle, _TAIL_BYTES, max(0, size - _TAIL_BYTES))
        whole, line_end, cut = tail.rpartition(b"\n")
        if cut and kept == _head_after(whole + line_end):
            # its head was never written: a process was killed while it appended this line
            os.ftruncate(handle, size - len(cut))
            return kept
        last = tail.removesuffix(b"\n").rsplit(b"\n", 1)[-1].decode("ascii", errors="replace")
        entry = Entry.of_line(last) if tail.endswith(b"\n") else None
        if entry is None:
            raise AuditError(self._refusal("its last line is not an entry as it was written"))
        # a process killed between the two writes leaves the head one entry behind
        before = Head(entry.number - 1, entry.previous)
        if kept not in (head_of(entry), before):
            raise AuditError(
                self._refusal(f"it ends at entry {entry.number}, its head is of {kept.entries}")
            )
        if kept == before:  # so that the head never lags by two
            self._keep(head_of(entry))
        return head_of(entry)

    def _keep(self, head: Head) -> None:
        documents.sweep(self.head_path.parent, self.head_path.name)
        documents.replace(self.head_path, asdict(head))

    def _refusal(self, said: str) -> str:
        return (
            f"audit: {self.path}: {said}; nothing can be recorded, so nothing is done. Run "
            "attainment-linkage audit verify, find out who could write there, and restore the "
            "log from its backup."
        )


@dataclass
class Outcome:
    """How a deed went: filled by whoever does it."""

    outputs: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    key_id: str = ""

    def of(self, deed: Deed, outcome: str) -> Deed:
        """The deed with this outcome; outputs only where it is finished."""
        made: Mapping[str, str] = self.outputs if outcome == FINISHED else {}
        return replace(
            deed,
            outcome=outcome,
            inputs={**deed.inputs, **self.inputs},
            outputs=made,
            key_id=self.key_id or deed.key_id,
        )


def _head_after(lines: bytes) -> Head | None:
    """The head of a log that ends with these whole lines; None where it does not."""
    if not lines:
        return Head()
    last = lines.removesuffix(b"\n").rsplit(b"\n", 1)[-1].decode("ascii", errors="replace")
    entry = Entry.of_line(last)
    return head_of(entry) if entry else None


def _append(handle: int, line: bytes) -> None:
    """Write a whole line or nothing: what a full disk cut short is taken back."""
    size = os.fstat(handle).st_size
    try:
        written = os.write(handle, line)
        if written != len(line):
            os.write(handle, line[written:])
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, size)
        raise


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def this_user() -> str:
    """The operating system's name of who runs this process."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
