"""Where records end, which are broken, and that no chunk or window size changes the answer."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attainment_linkage.core.csv_records import (
    BROKEN_QUOTE,
    FIELD_COUNT,
    LONE_RETURN,
    LONGEST_RECORD_BYTES,
    TOO_LONG,
    RecordScanner,
)


def scanned(
    data: bytes, fields: int = 3, chunk: int = 1 << 20, window: int = 1 << 22, piece: int = 1 << 23
) -> RecordScanner:
    scanner = RecordScanner(",", fields, piece_bytes=piece, largest_window=window)
    for start in range(0, len(data), chunk):
        scanner.feed(data[start : start + chunk])
    scanner.close()
    return scanner


def broken(data: bytes) -> list[tuple[int, str, bytes]]:
    """Number, code and bytes of each broken row."""
    rows = [row for piece in scanned(data).pieces for row in piece.broken]
    return [(row.row, row.code, data[row.start : row.end]) for row in rows]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"a,b,c\nd,e,f\n", [], id="sound"),
        pytest.param(b"a,b,c\r\nd,e,f\r\n", [], id="CRLF"),
        pytest.param(b"a,b,c\nd,e,f", [], id="no last line end"),
        pytest.param(b'a,"b,b","c\nc"\nd,"e""e",""\n', [], id="quoted"),
        pytest.param(b'a,"b\rb",c\n', [], id="return inside quotes"),
        pytest.param(b"a,b\nd,e,f\n", [(1, FIELD_COUNT, b"a,b\n")], id="short"),
        pytest.param(b"a,b,c,d\nd,e,f\n", [(1, FIELD_COUNT, b"a,b,c,d\n")], id="long"),
        pytest.param(b"a,b,c\nd,e", [(2, FIELD_COUNT, b"d,e")], id="cut short"),
        pytest.param(b"a,b\rb,c\nd,e,f\n", [(1, LONE_RETURN, b"a,b\rb,c\n")], id="lone return"),
        pytest.param(b'a,b"b,c\nd,e,f\n', [(1, BROKEN_QUOTE, b'a,b"b,c\n')], id="stray quote"),
        pytest.param(b'a,"b"b,c\nd,e,f\n', [(1, BROKEN_QUOTE, b'a,"b"b,c\n')], id="text after it"),
        pytest.param(b'a,"b,c\nd,e,f\n', [(1, BROKEN_QUOTE, b'a,"b,c\n')], id="never closed"),
        pytest.param(
            b'a,"b,c\nd,"e",f\n', [(1, BROKEN_QUOTE, b'a,"b,c\n')], id="closed by the next row's"
        ),
        pytest.param(
            b'a,"b,c\nd,e,"\nf,g,h\n',
            [(1, BROKEN_QUOTE, b'a,"b,c\n'), (2, BROKEN_QUOTE, b'd,e,"\n')],
            id="two unclosed in turn",
        ),
        pytest.param(
            b'a,b,"\nd,e,f\ng,h,"\n',
            [(1, BROKEN_QUOTE, b'a,b,"\n'), (3, BROKEN_QUOTE, b'g,h,"\n')],
            id="a ditto mark in two rows",
        ),
        pytest.param(
            b'a,"b,c\nd,e,f\ng,h",i\n',
            [(1, BROKEN_QUOTE, b'a,"b,c\n'), (3, BROKEN_QUOTE, b'g,h",i\n')],
            id="opened in one row and closed in another",
        ),
        pytest.param(b'a,"b,\nb, b, b",c\nd,e,f\n', [], id="delimiters and line end quoted"),
    ],
)
def test_a_broken_line_is_set_aside_alone(data, expected):
    assert broken(data) == expected


def test_blank_lines_are_no_rows_and_are_counted():
    scanner = scanned(b"\na,b,c\n\r\nd,e,f\n\n")

    assert (scanner.row_count, scanner.blank_lines, scanner.broken_count) == (2, 3, 0)


def test_nothing_at_all_gives_no_piece():
    assert scanned(b"").pieces == []


def test_an_unclosed_quote_costs_one_line_and_is_given_up_before_the_file_ends():
    rows = b"a,b,c\n" * (LONGEST_RECORD_BYTES // 3)
    scanner = RecordScanner(",", 3)
    scanner.feed(b'x,"y,z\n' + rows)
    found_early = scanner.broken_count
    scanner.close()

    assert found_early == 1
    assert (scanner.row_count, scanner.broken_count) == (1 + len(rows) // 6, 1)


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("window", [1 << 16, 1 << 22])
def test_a_record_above_the_longest_is_broken_wherever_it_stands(quote, window):
    long = f"{quote}{'x' * LONGEST_RECORD_BYTES}{quote},y,z\n".encode()
    for before in (0, 300_000):
        data = b"a,b,c\n" * before + long + b"d,e,f\n"
        rows = [row for part in scanned(data, window=window).pieces for row in part.broken]

        codes = {BROKEN_QUOTE, TOO_LONG} if quote else {TOO_LONG}
        assert [row.row for row in rows] == [before + 1]
        assert {row.code for row in rows} <= codes


def test_rows_between_broken_ones_keep_their_numbers():
    data = b"a,b,c\nbad\nd,e,f\nbad\ng,h,i\n"
    (piece,) = scanned(data).pieces

    assert piece.sound_rows().tolist() == [1, 3, 5]
    assert [data[start:end] for start, end in piece.sound_ranges()] == [
        b"a,b,c\n", b"d,e,f\n", b"g,h,i\n",
    ]  # fmt: skip


SIGNS = st.lists(st.sampled_from(["a", '"', ",", "\n", "\r\n", "\r", '""', '",', '\n"', "é"]))


@settings(max_examples=300, deadline=None)
@given(SIGNS, st.integers(1, 9), st.integers(1, 9))
def test_chunks_and_windows_do_not_change_the_answer(signs, chunk, window):
    data = "".join(signs).encode()
    whole, cut = scanned(data), scanned(data, chunk=chunk, window=window)

    def answer(scanner):
        rows = [row for piece in scanner.pieces for row in piece.broken]
        return scanner.row_count, scanner.blank_lines, rows

    assert answer(cut) == answer(whole)


CELLS = st.sampled_from(["", "a", 'x"y', "p,q", "l\nm", "r\r\ns", '"', '""', "é", " "])


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=8),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.integers(1, 60),
)
def test_what_the_csv_module_writes_is_cut_at_its_rows(rows, line_end, is_ended, piece):
    text = io.StringIO()
    csv.writer(text, lineterminator=line_end).writerows(rows)
    data = text.getvalue().encode()
    data = data if is_ended else data[: -len(line_end)]
    scanner = scanned(data, chunk=7, piece=piece)

    assert scanner.broken_count == 0
    read = []
    for part in scanner.pieces:
        assert part.first_row == len(read) + 1
        read += csv.reader(io.StringIO(data[part.start : part.end].decode(), newline=""))
    assert read == rows
