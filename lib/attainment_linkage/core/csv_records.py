"""Where the records of a CSV file begin and end, and which of them are broken.

One pass over the bytes, by whole arrays. A record is what RFC 4180 says it is: fields
apart by one delimiter, a field with a delimiter, line end or quote inside is quoted, a
quote within is doubled. A record that is not so is broken: the line it begins on is set
aside alone, with its row number, and reading goes on at the next line, so that one
unclosed quote costs one line and not the rest of the file. Two quotes that were never meant as
such (a ditto mark in two rows of a column) would make one well formed record of all rows between
them: where its first and its last line are each a row of all fields but for one quote, it is two
broken rows and not one long cell.

The answer is a tuple of ``Piece``: byte ranges that begin and end at records, with the
number of their first row. Tasks read pieces in parallel and know every row's number.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

FIELD_COUNT = "field_count"
BROKEN_QUOTE = "broken_quote"
LONE_RETURN = "lone_carriage_return"
TOO_LONG = "too_long"

LF, CR, QUOTE = 10, 13, 34
LONGEST_RECORD_BYTES = 1 << 20
_SMALLEST_WINDOW = 1 << 16
_LARGEST_WINDOW = 1 << 22

Positions = npt.NDArray[np.intp]


@dataclass(frozen=True)
class BrokenRow:
    """A row no reader can take apart: its bytes, its number, and the rule it breaks."""

    start: int
    end: int
    row: int
    code: str


@dataclass(frozen=True)
class Piece:
    """A byte range of whole records; ``row_count`` counts its broken rows too."""

    start: int
    end: int
    first_row: int
    row_count: int
    broken: tuple[BrokenRow, ...] = ()

    def sound_ranges(self) -> list[tuple[int, int]]:
        """The byte ranges between the broken rows, in order."""
        edges = [self.start]
        for row in self.broken:
            edges += [row.start, row.end]
        edges.append(self.end)
        pairs = zip(edges[::2], edges[1::2], strict=True)
        return [(start, end) for start, end in pairs if end > start]

    def sound_rows(self) -> npt.NDArray[np.int64]:
        """The row numbers of the records between the broken rows, in order."""
        rows = np.arange(self.first_row, self.first_row + self.row_count, dtype=np.int64)
        return np.delete(rows, [row.row - self.first_row for row in self.broken])


@dataclass(frozen=True)
class _Window:
    """The records of one stretch of bytes that begins at a record."""

    starts: Positions
    ends: Positions
    is_blank: npt.NDArray[np.bool_]
    is_ragged: npt.NDArray[np.bool_]
    is_long: npt.NDArray[np.bool_]
    has_lone_return: npt.NDArray[np.bool_]
    wrecked: int | None
    """Place of the first record with a broken quote; null where all are sound."""


def _quote_faults(codes: npt.NDArray[np.uint8], quotes: Positions, delimiter: int) -> int | None:
    """Position of the first quote that stands where RFC 4180 allows none."""
    opening, closing = quotes[0::2], quotes[1::2]
    before = np.where(opening > 0, codes[opening - 1], LF)
    after = _next_codes(codes, closing)
    bad = np.concatenate(
        [
            opening[~np.isin(before, (delimiter, LF, QUOTE))],
            closing[~np.isin(after, (delimiter, LF, CR, QUOTE))],
        ]
    )
    return int(bad.min()) if bad.size else None


def _next_codes(codes: npt.NDArray[np.uint8], places: Positions) -> npt.NDArray[np.uint8]:
    """The byte after each place; a line end after the last byte."""
    is_last = places == codes.size - 1
    return np.where(is_last, np.uint8(LF), codes[np.where(is_last, places, places + 1)])


def _swallows(record: bytes, delimiter: int, fields: int) -> bool:
    """Whether the first and the last line of a record are each a row, but for one quote."""
    sign = bytes([delimiter])
    first, _, rest = record.rstrip(b"\r\n").partition(b"\n")
    before, _, behind = first.rpartition(b'"')
    ahead, _, after = rest.rpartition(b"\n")[2].partition(b'"')
    widths = [
        1 + inside.count(sign) + sum(part.count(sign) for part in quoted.split(b'"')[::2])
        for quoted, inside in ((before, behind), (after, ahead))
    ]
    return widths == [fields, fields]


def _survey(data: bytes, delimiter: int, fields: int) -> _Window:
    """Find the records that end within ``data``; data begins at a record."""
    codes = np.frombuffer(data, dtype=np.uint8)
    is_end, is_delimiter = codes == LF, codes == delimiter
    lines = np.flatnonzero(is_end)
    fault = inside = None
    if QUOTE in data:
        is_quote = codes == QUOTE
        inside = (np.cumsum(is_quote, dtype=np.uint8) & 1).astype(bool)
        is_end, is_delimiter = is_end & ~inside, is_delimiter & ~inside
        fault = _quote_faults(codes, np.flatnonzero(is_quote), delimiter)
    ends = np.flatnonzero(is_end) + 1
    starts = np.concatenate([[0], ends[:-1]]).astype(np.intp)[: ends.size]
    delimiters = np.diff(np.searchsorted(np.flatnonzero(is_delimiter), ends), prepend=0)
    lengths = ends - starts
    is_blank = (lengths == 1) | ((lengths == 2) & (codes[starts] == CR))
    is_ragged = (delimiters + 1 != fields) & ~is_blank
    is_long = lengths > LONGEST_RECORD_BYTES

    has_lone_return = np.zeros(ends.size, dtype=bool)
    if CR in data:
        returns = np.flatnonzero(codes == CR if inside is None else (codes == CR) & ~inside)
        lone = returns[_next_codes(codes, returns) != LF]
        owners = np.searchsorted(ends, lone, side="right")
        has_lone_return[owners[owners < ends.size]] = True

    wrecked = None if fault is None else int(np.searchsorted(ends, fault, side="right"))
    if inside is not None:
        line_counts = np.diff(np.searchsorted(lines, ends), prepend=0)
        is_many, is_odd = line_counts > 1, is_ragged | is_long
        for place in map(int, np.flatnonzero(is_many[:wrecked])):
            record = data[starts[place] : ends[place]]
            if is_odd[place] or _swallows(record, delimiter, fields):
                wrecked = place
                break
    return _Window(starts, ends, is_blank, is_ragged, is_long, has_lone_return, wrecked)


@dataclass
class RecordScanner:
    """Takes the bytes after the header, chunk by chunk, and keeps the pieces.

    ``start`` is the offset of the first byte after the header.
    """

    delimiter: str
    field_count: int
    start: int = 0
    piece_bytes: int = 1 << 23
    largest_window: int = _LARGEST_WINDOW
    row_count: int = 0
    broken_count: int = 0
    blank_lines: int = 0
    pieces: list[Piece] = field(default_factory=list)
    _rest: bytes = b""
    _window: int = 0
    _piece_row: int = 1
    _piece_broken: list[BrokenRow] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin at the first byte after the header."""
        self._offset = self._piece_start = self.start
        self._window = self.largest_window

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the file."""
        self._consume(self._rest + chunk, is_last=False)

    def close(self) -> tuple[Piece, ...]:
        """End of the file: the last record need not end in a line end."""
        end = self._offset + len(self._rest)
        if self._rest and not self._rest.endswith(b"\n"):
            self._rest += b"\n"
        self._consume(self._rest, is_last=True)
        self._cut_piece(end)
        return tuple(self.pieces)

    def _consume(self, data: bytes, is_last: bool) -> None:
        position = 0
        while position < len(data):
            size = min(self._window, len(data) - position)
            taken = self._take(data[position : position + size])
            if taken:
                position += taken
                self._window = min(self._window * 2, self.largest_window)
            elif position + size < len(data) and size < LONGEST_RECORD_BYTES:
                self._window *= 4
            elif is_last or size >= LONGEST_RECORD_BYTES:
                end_of_line = data.find(b"\n", position) + 1
                if not end_of_line:
                    break
                has_quote = b'"' in data[position:end_of_line]
                self._set_aside(end_of_line - position, BROKEN_QUOTE if has_quote else TOO_LONG)
                position = end_of_line
            else:
                break
        self._rest = data[position:]

    def _take(self, data: bytes) -> int:
        """Take the whole records at the head of ``data``; the number of bytes taken."""
        found = _survey(data, ord(self.delimiter), self.field_count)
        count = found.ends.size if found.wrecked is None else min(found.wrecked, found.ends.size)
        taken = int(found.ends[count - 1]) if count else 0
        is_row = ~found.is_blank[:count]
        numbers = self.row_count + np.cumsum(is_row)
        is_broken = found.is_ragged | found.has_lone_return | found.is_long
        for place in np.flatnonzero(is_broken[:count]):
            code = LONE_RETURN if found.has_lone_return[place] else FIELD_COUNT
            code = TOO_LONG if found.is_long[place] else code
            start, end = int(found.starts[place]), int(found.ends[place])
            self._break(self._offset + start, self._offset + end, int(numbers[place]), code)
        self.row_count += int(is_row.sum())
        self.blank_lines += int(count - is_row.sum())
        self._offset += taken
        if found.wrecked is not None and found.wrecked == count:
            line = data.find(b"\n", taken) + 1 - taken
            if line > 0:
                self._set_aside(line, BROKEN_QUOTE)
                self._window = _SMALLEST_WINDOW
                taken += line
        if self._offset - self._piece_start >= self.piece_bytes:
            self._cut_piece(self._offset)
        return taken

    def _set_aside(self, length: int, code: str) -> None:
        """Set one line aside as a broken row."""
        self.row_count += 1
        self._break(self._offset, self._offset + length, self.row_count, code)
        self._offset += length

    def _break(self, start: int, end: int, row: int, code: str) -> None:
        self.broken_count += 1
        self._piece_broken.append(BrokenRow(start, end, row, code))

    def _cut_piece(self, end: int) -> None:
        rows = self.row_count - self._piece_row + 1
        if rows:
            broken = tuple(
                BrokenRow(row.start, min(row.end, end), row.row, row.code)
                for row in self._piece_broken
            )
            self.pieces.append(Piece(self._piece_start, end, self._piece_row, rows, broken))
        self._piece_start, self._piece_row, self._piece_broken = end, self.row_count + 1, []
