"""Pre-flight: what a delivered file can be, and the error each unusable one gets."""

import gzip
import hashlib

import pytest

from attainment_linkage.adapters.deliveries import Delivery
from attainment_linkage.adapters.files import inspect, refuse_changed
from attainment_linkage.domain.errors import (
    InputColumnsError,
    InputEmptyError,
    InputEncodingError,
    InputError,
    InputMissingError,
    InputNotUniqueError,
    InputUnreadableError,
)
from attainment_linkage.domain.tables import KS5_SOURCE
from tests.delivered import HEADER, SECRET, csv_bytes, delivery, ks5_row

ROWS = [ks5_row("P1"), ks5_row("P2"), ks5_row("P3")]
NAMES = KS5_SOURCE.names


def test_a_sound_file_gives_its_size_hash_rows_and_header(tmp_path):
    content = csv_bytes(*ROWS)
    inspected = inspect(delivery(tmp_path / "ks5.csv", content))
    (facts,) = inspected.files

    assert inspected.row_count == 3
    assert facts.size_bytes == len(content)
    assert facts.sha256 == hashlib.sha256(content).hexdigest()
    assert facts.header == tuple(NAMES)
    assert (facts.broken_count, facts.blank_lines, facts.control_bytes) == (0, 0, 0)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"\xef\xbb\xbf" + csv_bytes(*ROWS), {}, id="BOM"),
        pytest.param(csv_bytes(*ROWS, line_end="\r\n"), {}, id="CRLF"),
        pytest.param(csv_bytes(*ROWS)[:-1], {}, id="no last line end"),
        pytest.param(gzip.compress(csv_bytes(*ROWS)), {"compression": "gzip"}, id="gzip"),
        pytest.param(
            gzip.compress(csv_bytes(*ROWS[:2])) + gzip.compress((ROWS[2] + "\n").encode()),
            {"compression": "gzip"},
            id="gzip of two members",
        ),
        pytest.param(
            csv_bytes(*ROWS).decode().encode("utf-16"), {"encoding": "utf-16"}, id="UTF-16, said so"
        ),
        pytest.param(
            csv_bytes(*ROWS[:2], ks5_row("P3", "Zoë")).decode().encode("cp1252"),
            {"encoding": "cp1252"},
            id="cp1252, said so",
        ),
        pytest.param(
            csv_bytes(*ROWS).replace(b",", b";"), {"delimiter": ";"}, id="semicolons, said so"
        ),
        pytest.param(csv_bytes(*ROWS), {"expected_rows": 3}, id="the supplier's count"),
    ],
)
def test_forms_that_are_as_stated_are_read(tmp_path, content, said):
    inspected = inspect(delivery(tmp_path / "ks5", content, **said))

    assert (inspected.row_count, inspected.files[0].broken_count) == (3, 0)
    assert inspected.files[0].header == tuple(NAMES)


def test_a_file_that_changed_after_the_pre_flight_is_refused(tmp_path):
    said = delivery(tmp_path / "f", csv_bytes(*ROWS))
    inspected = inspect(said)
    refuse_changed(inspected)

    said.path.write_bytes(csv_bytes(*ROWS[:2], ks5_row("P4")))
    with pytest.raises(InputUnreadableError, match="f has changed since it was checked"):
        refuse_changed(inspected)


def test_columns_may_stand_in_any_order(tmp_path):
    header = ",".join(reversed(NAMES))
    (facts,) = inspect(delivery(tmp_path / "f", csv_bytes(*ROWS, header=header))).files

    assert facts.header == tuple(reversed(NAMES))


def test_broken_rows_and_control_bytes_are_counted_not_refused(tmp_path):
    content = csv_bytes(ROWS[0], "P2,too,few", "", ks5_row("P3", "A\0B\x07"))
    (facts,) = inspect(delivery(tmp_path / "f", content)).files

    found = (facts.row_count, facts.broken_count, facts.blank_lines, facts.control_bytes)
    assert found == (3, 1, 1, 2)


LATIN = csv_bytes(ks5_row("P1"), ks5_row("P2", f"{SECRET}ë")).decode().encode("latin-1")
TWICE = HEADER.replace("gender", "surname")


@pytest.mark.parametrize(
    ("content", "said", "error", "message"),
    [
        pytest.param(b"", {}, InputEmptyError, "f is empty, 0 bytes", id="empty"),
        pytest.param(
            csv_bytes(), {}, InputEmptyError, "a header and no data row", id="header only"
        ),
        pytest.param(
            LATIN, {}, InputEncodingError,
            rf"f is not utf-8: byte {LATIN.index(0xEB)}, in line 3,", id="Latin-1",
        ),
        pytest.param(
            csv_bytes(*ROWS).decode().encode("utf-16"), {}, InputEncodingError,
            "byte 0, in line 1, cannot be decoded. It begins with a UTF-16 mark", id="UTF-16",
        ),
        pytest.param(
            csv_bytes(*ROWS[:1]) + b"\xc3", {}, InputEncodingError, "in line 3", id="half a letter"
        ),
        pytest.param(
            csv_bytes(*ROWS), {"encoding": "utf-9"}, InputEncodingError,
            "there is no encoding utf-9", id="no such encoding",
        ),
        pytest.param(
            csv_bytes(*ROWS), {"encoding": "hex"}, InputEncodingError,
            "there is no encoding hex", id="an encoding not of text",
        ),
        pytest.param(
            csv_bytes(*ROWS), {"encoding": "utf-16"}, InputEncodingError,
            "f is not utf-16: byte 0, in line 1,", id="UTF-16 without its mark",
        ),
        pytest.param(
            csv_bytes(*ROWS, header=HEADER.replace("aab", "aaab")), {}, InputColumnsError,
            "missing aab; extra aaab", id="renamed column",
        ),
        pytest.param(
            csv_bytes(*ROWS, header=TWICE), {}, InputColumnsError,
            "missing gender; doubled surname", id="doubled column",
        ),
        pytest.param(
            csv_bytes(*ROWS, header=HEADER + ",note"), {}, InputColumnsError,
            "1 not declared, in place 15",
            id="extra column",
        ),
        pytest.param(
            csv_bytes(*ROWS[1:], header=ROWS[0]), {}, InputColumnsError,
            "the first line may not be a header", id="no header",
        ),
        pytest.param(
            csv_bytes(*ROWS).replace(b",", b";"), {}, InputColumnsError,
            "separated by semicolon, not by comma", id="semicolons",
        ),
        pytest.param(
            csv_bytes("a,b", "c,d"), {}, InputUnreadableError,
            "no CSV of 14 fields: 2 of its first 2 rows are broken", id="every row broken",
        ),
        pytest.param(
            gzip.compress(csv_bytes(*ROWS))[:-9], {"compression": "gzip"}, InputUnreadableError,
            "is gzip and ends early", id="truncated gzip",
        ),
        pytest.param(
            gzip.compress(csv_bytes(*ROWS))[:-8] + b"\0" * 8, {"compression": "gzip"},
            InputUnreadableError, "is gzip and is damaged", id="wrong checksum",
        ),
        pytest.param(
            gzip.compress(csv_bytes(*ROWS)), {}, InputUnreadableError,
            "is gzip; compression is none", id="gzip, not said so",
        ),
        pytest.param(
            csv_bytes(*ROWS), {"compression": "gzip"}, InputUnreadableError,
            "is not gzip; compression is gzip", id="plain, said to be gzip",
        ),
        pytest.param(b"PK\x03\x04....", {}, InputUnreadableError, "zip archive", id="zip"),
        pytest.param(
            csv_bytes(*ROWS), {"format": "parquet"}, InputUnreadableError, "not a Parquet file",
            id="CSV, said to be Parquet",
        ),
        pytest.param(
            b"PAR1 and no footer", {"format": "parquet"}, InputUnreadableError,
            "no readable Parquet footer", id="Parquet without a footer",
        ),
        pytest.param(
            csv_bytes(*ROWS), {"expected_rows": 4}, InputError,
            "the supplier's count is 4 rows; 3 were delivered", id="another row count",
        ),
    ],
)  # fmt: skip
def test_an_unusable_file_is_refused_by_name_without_its_values(
    tmp_path, content, said, error, message
):
    with pytest.raises(error, match=message) as refused:
        inspect(delivery(tmp_path / "f", content, **said))

    assert type(refused.value) is error
    assert SECRET not in str(refused.value)


def test_a_missing_path_and_an_empty_folder_are_missing_input(tmp_path):
    with pytest.raises(InputMissingError, match="is not there"):
        inspect(Delivery(KS5_SOURCE, tmp_path / "nowhere"))
    with pytest.raises(InputMissingError, match="folder without a file"):
        inspect(Delivery(KS5_SOURCE, tmp_path))


def test_a_folder_is_read_in_order_of_name_without_hidden_files(tmp_path):
    delivery(tmp_path / "part-1.csv", csv_bytes(ROWS[1]))
    delivery(tmp_path / "part-0.csv", csv_bytes(ROWS[0]))
    delivery(tmp_path / "part-2.csv", csv_bytes())
    delivery(tmp_path / "_SUCCESS", b"")
    delivery(tmp_path / ".part-0.csv.crc", b"crc")
    inspected = inspect(Delivery(KS5_SOURCE, tmp_path))

    assert [file.path.name for file in inspected.files] == [
        "part-0.csv", "part-1.csv", "part-2.csv",
    ]  # fmt: skip
    assert inspected.row_count == 2


def test_a_folder_in_a_folder_is_refused(tmp_path):
    (tmp_path / "year=2010").mkdir()

    with pytest.raises(InputUnreadableError, match="holds what is not a file: year=2010"):
        inspect(Delivery(KS5_SOURCE, tmp_path))


def test_the_same_file_under_two_names_is_refused(tmp_path):
    delivery(tmp_path / "a.csv", csv_bytes(*ROWS))
    delivery(tmp_path / "b.csv", csv_bytes(*ROWS))

    with pytest.raises(InputNotUniqueError, match="is the same as a"):
        inspect(Delivery(KS5_SOURCE, tmp_path))


def test_a_file_that_may_not_be_read_is_unreadable(tmp_path, monkeypatch):
    said = delivery(tmp_path / "f", csv_bytes(*ROWS))

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(InputUnreadableError, match="cannot be read"):
        inspect(said)


def test_what_was_found_is_kept_while_files_stay_as_they_are(tmp_path):
    said = delivery(tmp_path / "f", csv_bytes(*ROWS))
    first = inspect(said)

    assert inspect(said) is first
    said.path.write_bytes(csv_bytes(*ROWS, *ROWS[1:]))
    assert inspect(said).row_count != first.row_count
