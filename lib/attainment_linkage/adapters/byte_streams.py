"""Bytes of a delivered file, chunk by chunk: hashed, unzipped and strictly decoded.

The pre-flight and the tasks that read rows share these streams, so that a byte offset
means the same to both. Files in UTF-8 or a one-byte encoding are read as they are; any
other encoding is turned into UTF-8 on the way.
"""

from __future__ import annotations

import codecs
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHUNK_BYTES = 1 << 22
GZIP_MAGIC = b"\x1f\x8b"

_BYTEWISE = frozenset(
    ["utf-8", "ascii", "koi8-r", "koi8-u"]
    + [f"iso8859-{part}" for part in range(1, 17)]
    + [f"cp125{page}" for page in range(9)]
)


@dataclass(frozen=True)
class TextForm:
    """How text lies in a file: its encoding, and whether it is gzipped."""

    encoding: str = "utf-8"
    is_gzip: bool = False

    @property
    def is_bytewise(self) -> bool:
        """Whether delimiters, quotes and line ends are the same bytes as in ASCII."""
        return codecs.lookup(self.encoding).name in _BYTEWISE

    @property
    def is_seekable(self) -> bool:
        """Whether a task can start at a byte offset."""
        return self.is_bytewise and not self.is_gzip

    @property
    def stream_encoding(self) -> str:
        """The encoding of the bytes that ``text_chunks`` gives."""
        return codecs.lookup(self.encoding).name if self.is_bytewise else "utf-8"


class UndecodableError(Exception):
    """Bytes that are not in the stated encoding: where, never what."""

    def __init__(self, offset: int, line: int) -> None:
        """Keep the byte offset (from 0) and the line (from 1)."""
        super().__init__(f"byte {offset}, line {line}")
        self.offset, self.line = offset, line


def file_chunks(path: Path, digest: hashlib._Hash | None = None) -> Iterator[bytes]:
    """The bytes as they lie on disk; each chunk goes through the digest, if given."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            if digest is not None:
                digest.update(chunk)
            yield chunk


def unzipped(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The bytes inside a gzip file of one or more members, in bounded chunks.

    Raises: EOFError where the file is cut short; zlib.error where it is damaged.
    """
    member = zlib.decompressobj(wbits=31)
    is_fresh = True
    for chunk in chunks:
        rest = chunk
        while rest and not (is_fresh and not rest.strip(b"\0")):
            is_fresh = False
            if data := member.decompress(rest, CHUNK_BYTES):
                yield data
            rest = member.unconsumed_tail
            if member.eof:
                rest, member, is_fresh = member.unused_data, zlib.decompressobj(wbits=31), True
    if not is_fresh:
        raise EOFError


def text_chunks(path: Path, form: TextForm, digest: hashlib._Hash | None = None) -> Iterator[bytes]:
    """The text of a file as bytes of ``form.stream_encoding``, each byte checked.

    Raises: UndecodableError, EOFError, zlib.error, OSError.
    """
    chunks = file_chunks(path, digest)
    if form.is_gzip:
        chunks = unzipped(chunks)
    decoder = codecs.getincrementaldecoder(form.encoding)("strict")
    offset, lines = 0, 1
    for chunk in _with_end(chunks):
        pending = len(decoder.getstate()[0])
        if chunk and form.is_bytewise and not pending and chunk.isascii():
            text_bytes = chunk
        else:
            try:
                text = decoder.decode(chunk, final=not chunk)
                text_bytes = chunk if form.is_bytewise else text.encode("utf-8")
            except UnicodeError as error:
                place = error.start if isinstance(error, UnicodeDecodeError) else 0
                line = lines + chunk[: max(place - pending, 0)].count(b"\n")
                raise UndecodableError(offset - pending + place, line) from None
        offset += len(chunk)
        lines += text_bytes.count(b"\n")
        if text_bytes:
            yield text_bytes


def _with_end(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The chunks, then one empty chunk: the decoder's last word."""
    for chunk in chunks:
        if chunk:
            yield chunk
    yield b""


def seek_chunk(path: Path, start: int, end: int) -> bytes:
    """The bytes from ``start`` to ``end`` of a seekable file."""
    with path.open("rb") as file:
        file.seek(start)
        return file.read(end - start)
