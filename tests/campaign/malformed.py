"""G5, by hand: 40 kinds of malformed file of two sources, each with what must become of it.

Either the whole file is refused under a code of the closed list, or the rows are counted by
what was wrong with them and the rest is taken in: in = accepted + quarantined. A case that ends
otherwise than its line here says was taken in, or refused, in silence.
"""

from __future__ import annotations

import gzip
import io
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from attainment_linkage.adapters.deliveries import Delivery
from attainment_linkage.adapters.files import inspect
from attainment_linkage.domain.errors import LinkageError
from tests.campaign.drawn_files import NAME, SOURCES, Drawn
from tests.campaign.tally import Tally

EMPTY, ENCODING, COLUMNS = "INPUT_EMPTY", "INPUT_ENCODING", "INPUT_COLUMNS"
UNREADABLE, REFUSED = "INPUT_UNREADABLE", "INPUT_REFUSED"
SOUND_ROWS = 20
LINE_FAULTS = {"field_count", "broken_quote", "lone_carriage_return", "too_long"}
"""Why a line is no row: the reasons that the pre-flight knows by itself."""


@dataclass(frozen=True)
class Case:
    """One malformed file: what it holds, what is said of it, and what must become of it.

    ``code``: the error that refuses it. Else ``reasons``: how many rows are refused for what.
    """

    name: str
    content: bytes
    code: str = ""
    reasons: Mapping[str, int] = field(default_factory=dict)
    said: Mapping[str, object] = field(default_factory=dict)


def whole_files(drawn: Drawn) -> list[Case]:
    """Files that no reader can use as they are said to be: each is refused by name."""
    rows, header = drawn.rows(SOUND_ROWS), drawn.header
    sound = drawn.file(*rows)
    zoe = drawn.file(*rows, drawn.row(99, surname="Zoë")).decode()
    noise = random.Random(5).randbytes(4096)
    return [
        Case("empty", b"", EMPTY),
        Case("a header and nothing else", drawn.file(), EMPTY),
        Case("a header without a line end", header.encode(), EMPTY),
        Case("blank lines only", b"\n" * 50, COLUMNS),
        Case("zeros only", bytes(5000), COLUMNS),
        Case("noise", noise, ENCODING),
        Case("Latin-1", zoe.encode("latin-1"), ENCODING),
        Case("UTF-16 with its mark", zoe.encode("utf-16"), ENCODING),
        Case("UTF-16 without its mark", sound.decode().encode("utf-16-le"), COLUMNS),
        Case("half a letter at the end", sound + b"\xc3", ENCODING),
        Case("a letter in too many bytes", sound + b"\xc0\xaf\n", ENCODING),
        Case("half of a surrogate pair", sound + b"\xed\xa0\x80\n", ENCODING),
        Case("another encoding than stated", sound, ENCODING, said={"encoding": "utf-16"}),
        Case("an encoding that is none", sound, ENCODING, said={"encoding": "utf-9"}),
        Case("an encoding that is not of text", sound, ENCODING, said={"encoding": "hex"}),
        Case("a column renamed", drawn.file(*rows, header=header + "s"), COLUMNS),
        Case("a column missing", drawn.file(*rows, header=header.rpartition(",")[0]), COLUMNS),
        Case("a column too many", drawn.file(*rows, header=header + ",note"), COLUMNS),
        Case("a column twice", drawn.file(*rows, header=f"{header},surname"), COLUMNS),
        Case("names in capitals", drawn.file(*rows, header=header.upper()), COLUMNS),
        Case("names with blanks", drawn.file(*rows, header=header.replace(",", ", ")), COLUMNS),
        Case("no header", sound.partition(b"\n")[2], COLUMNS),
        Case("semicolons", sound.replace(b",", b";"), COLUMNS),
        Case("tabs", sound.replace(b",", b"\t"), COLUMNS),
        Case("old Mac line ends", sound.replace(b"\n", b"\r"), COLUMNS),
        Case("a web page", b"<html><body>Sign in</body></html>\n" * 9, COLUMNS),
        Case("JSON", b'{"rows": []}\n', COLUMNS),
        Case("every row too short", drawn.file(*["a,b"] * SOUND_ROWS), UNREADABLE),
        Case("fewer rows than the supplier's count", sound, REFUSED, said={"expected_rows": 21}),
        Case("more rows than the supplier's count", sound, REFUSED, said={"expected_rows": 19}),
    ]  # fmt: skip


def packed_files(drawn: Drawn) -> list[Case]:
    """Files of another kind than said, and archives that are damaged: each is refused by name."""
    sound = drawn.file(*drawn.rows(SOUND_ROWS))
    zipped = gzip.compress(sound, mtime=0)
    gz = {"compression": "gzip"}
    flipped = bytearray(zipped)
    flipped[-6] ^= 1
    return [
        Case("gzip that is not said", zipped, UNREADABLE),
        Case("no gzip where it is said", sound, UNREADABLE, said=gz),
        Case("gzip cut short", zipped[:-20], UNREADABLE, said=gz),
        Case("gzip cut in its checksum", zipped[:-3], UNREADABLE, said=gz),
        Case("gzip with a wrong checksum", bytes(flipped), UNREADABLE, said=gz),
        Case("gzip with noise after it", zipped + b"noise", UNREADABLE, said=gz),
        Case("a workbook", b"PK\x03\x04" + sound, UNREADABLE),
        Case("Parquet", _parquet(drawn), UNREADABLE),
        Case("CSV where Parquet is said", sound, UNREADABLE, said={"format": "parquet"}),
        Case("Parquet cut short", _parquet(drawn)[:-30], UNREADABLE, said={"format": "parquet"}),
    ]


def _parquet(drawn: Drawn) -> bytes:
    file = io.BytesIO()
    columns = dict(zip(drawn.source.names, zip(*[drawn.cells(1)], strict=True), strict=True))
    pq.write_table(pa.table({name: list(values) for name, values in columns.items()}), file)
    return file.getvalue()


def _with(drawn: Drawn, *bad: str, **expected: object) -> Callable[[str], Case]:
    """Sound rows, with the bad ones in their midst."""
    rows = drawn.rows(SOUND_ROWS)
    return lambda name: Case(name, drawn.file(*rows[:7], *bad, *rows[7:]), **expected)


def broken_rows(drawn: Drawn) -> list[Case]:
    """Files of which a row or two is no row: these go to quarantine, the rest is taken in."""
    row, sound = drawn.row, drawn.file(*drawn.rows(SOUND_ROWS))
    last_comma = row(50).rpartition(",")[0]
    ragged, quote = {"reasons": {"field_count": 1}}, {"reasons": {"broken_quote": 1}}
    cases = {
        "a row too short": _with(drawn, last_comma, **ragged),
        "a row too long": _with(drawn, row(50) + ",more", **ragged),
        "a word alone": _with(drawn, "TOTAL", **ragged),
        "the end mark of DOS": lambda name: Case(
            name, sound + b"\x1a", reasons={"field_count": 1, "unreadable_characters": 1}
        ),
        "the last row cut short": lambda name: Case(
            name, sound + last_comma.encode()[:-1], **ragged
        ),
        "a quote within a cell": _with(drawn, row(50, surname='O"N'), **quote),
        "a quote never closed": _with(drawn, row(50, surname='"ON'), **quote),
        "text after a closing quote": _with(drawn, row(50, surname='"O"N'), **quote),
        "two quotes never closed": _with(
            drawn, row(50, surname='"ON'), row(51, surname='"ON'), reasons={"broken_quote": 2}
        ),
        "a quote never closed at the end": lambda name: Case(
            name, sound + row(50, surname='"ON').encode(), **quote
        ),
        "a return within a cell": _with(
            drawn, row(50, surname="O\rN"), reasons={"lone_carriage_return": 1}
        ),
        "a cell of two megabytes": _with(
            drawn, row(50, surname="x" * (2 << 20)), reasons={"too_long": 1}
        ),
        "a quoted cell of two megabytes": _with(
            drawn, row(50, surname='"' + "x" * (2 << 20) + '"'), reasons={"too_long": 1}
        ),
        "a cell of six megabytes": _with(
            drawn, row(50, surname="x" * (6 << 20)), reasons={"too_long": 1}
        ),
    }
    return [case(name) for name, case in cases.items()]


def refused_rows(drawn: Drawn) -> list[Case]:
    """Files with a row that can be read and not be used."""
    row, name_of_id = drawn.row, drawn.id_column
    all_missing = [f"missing_{one.name}" for one in drawn.source.columns if one.is_required]
    missing, malformed = f"missing_{name_of_id}", f"malformed_{name_of_id}"
    is_keyed = bool(drawn.source.key)
    bad_year = {"malformed_academic_year": 1} if drawn.has_year else {}
    twice = {"repeated_key" if is_keyed else "copied_row": 1}

    def odd_id(value: str) -> Callable[[str], Case]:
        return _with(drawn, row(50, **{name_of_id: value}), reasons={malformed: 1})

    def odd_name(value: str) -> Callable[[str], Case]:
        bad = row(50, surname=value)
        return _with(drawn, bad, reasons={"unreadable_characters": 1})

    cases = {
        "no id": _with(drawn, row(50, **{name_of_id: " "}), reasons={missing: 1}),
        "an id with a blank in it": odd_id("P 50"),
        "an id as a spreadsheet shows it": odd_id("1E+05"),
        "an id with a hard blank": odd_id("P50\u00a0"),
        "an id with a line separator": odd_id("P50\u2028"),
        "an id with a mark before it": odd_id("\ufeffP50"),
        "an id of 65 letters": odd_id("P" * 65),
        "an id in full-width letters": odd_id("Ｐ50"),
        "a zero byte in a name": odd_name("O\0N"),
        "a bell in a name": odd_name("O\aN"),
        "a form feed in a name": odd_name("O\fN"),
        "the sign of a lost letter": odd_name("Zo\ufffd"),
        "a control sign of Latin-1": odd_name("O\u0085N"),
        "a row twice": _with(drawn, row(3), reasons=twice),
        "the header again": _with(drawn, drawn.header, reasons={"header_row": 1} | bad_year),
        "the header again, with its mark": _with(
            drawn, "\ufeff" + drawn.header, reasons={"header_row": 1, malformed: 1} | bad_year
        ),
        "only delimiters": _with(
            drawn, "," * (len(drawn.source.names) - 1), reasons=dict.fromkeys(all_missing, 1)
        ),
    }  # fmt: skip
    if drawn.has_year:
        cases["a year that is none"] = _with(
            drawn, row(50, academic_year="10/11"), reasons={"malformed_academic_year": 1}
        )
        cases["a row twice, its year in two forms"] = _with(
            drawn, row(3, academic_year="2010-2011"), reasons=twice
        )
    return [case(name) for name, case in cases.items()]


def odd_files(drawn: Drawn) -> list[Case]:
    """Files with oddities that cost no row."""
    row, sound = drawn.row, drawn.file(*drawn.rows(SOUND_ROWS))
    cases = {
        "blank lines": _with(drawn, "", "", "\r"),
        "line ends of both kinds": lambda name: Case(name, sound.replace(b"\n", b"\r\n", 9)),
        "a mark at the start": lambda name: Case(name, b"\xef\xbb\xbf" + sound),
        "no line end at the end": lambda name: Case(name, sound[:-1]),
        "a line end within a quoted cell": _with(drawn, row(50, surname='"O\nN"')),
        "a date that is none": _with(drawn, row(50, date_of_birth="1994-02-30")),
    }
    return [case(name) for name, case in cases.items()]


def preflight(folder: Path, tally: Tally) -> None:
    """Every case through the pre-flight, in plain Python: its code, or its broken rows."""
    for drawn in map(Drawn, SOURCES):
        whole = whole_files(drawn) + packed_files(drawn)
        for case in [*whole, *broken_rows(drawn), *refused_rows(drawn), *odd_files(drawn)]:
            path = folder / "case"
            path.write_bytes(case.content)
            name = f"{drawn.source.name}: {case.name}"
            try:
                inspected = inspect(Delivery(drawn.source, path, **case.said))
            except LinkageError as error:
                tally.judge(name, (error.code, NAME in str(error)), (case.code, False))
                continue
            except Exception as error:  # noqa: BLE001  no error of the closed list
                tally.record(name, False, f"raised {type(error).__name__}")
                continue
            broken = [row.code for piece in inspected.files[0].pieces for row in piece.broken]
            expected = {code: n for code, n in case.reasons.items() if code in LINE_FAULTS}
            tally.judge(name, ("", dict(Counter(broken))), (case.code, expected))
