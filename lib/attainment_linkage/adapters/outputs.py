"""Outputs: the folder a researcher brings to output checking, read whole or refused by name.

A table is ``NAME.csv`` with its description ``NAME.toml`` or ``NAME.json``; a folder that
acro's ``finalise`` wrote is read by ``acro_folder``. Nothing else may lie there.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attainment_linkage.adapters import acro_folder
from attainment_linkage.core.disclosure.cells import table_of
from attainment_linkage.core.disclosure.description import described
from attainment_linkage.core.disclosure.rules import Rules, rules_of
from attainment_linkage.core.disclosure.tables import Table
from attainment_linkage.domain.errors import OutputUnusableError

RULES_FILE = "disclosure.toml"
_DESCRIPTIONS = (".toml", ".json")
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)
"""Characters that are there and not seen: control characters, blanks of no width, directions."""
_ESCAPED = re.compile(r"\\u(00[01]|007f|200[b-f]|202[a-e]|206[0-4]|feff)", re.IGNORECASE)
"""The same, as TOML and JSON may write them."""


def read_rules(conf: Path) -> Rules:
    """The rules of output checking, from the configuration's folder.

    Raises: ConfigError.
    """
    where = f"conf/{RULES_FILE}"
    return rules_of(tomllib.loads((conf / RULES_FILE).read_text("utf-8")), where)


def read_outputs(folder: Path, rules: Rules) -> tuple[Table, ...]:
    """Every table and model of a folder, in order of name.

    Raises: OutputUnusableError: what cannot be checked, why, and what to bring.
    """
    if not folder.is_dir():
        raise OutputUnusableError(f"release: {folder} is no folder. Name the folder of outputs.")
    files = sorted(path for path in folder.rglob("*") if not path.is_dir())
    if (folder / acro_folder.RESULTS).is_file():
        _refuse_hidden(files, rules)
        return acro_folder.read(folder)
    for path in files:
        _refuse_type(path, folder, rules)
    _refuse_hidden(files, rules)
    tables = [path for path in files if path.suffix.lower() == ".csv"]
    _refuse_unpaired(files, tables, folder)
    if not tables:
        raise OutputUnusableError(
            f"release: {folder.name} has no CSV. Bring NAME.csv with NAME.toml for each output."
        )
    return tuple(_read(path) for path in tables)


def _refuse_type(path: Path, folder: Path, rules: Rules) -> None:
    name, suffix = path.relative_to(folder).as_posix(), path.suffix.lower().removeprefix(".")
    allowed = ", ".join(rules.file_types.values)
    if path.is_symlink() or path.parent != folder:
        raise OutputUnusableError(
            f"release: {name} is a link or in a folder of its own. Bring plain files side by side."
        )
    if suffix in ("xlsx", "xlsm", "ods"):
        hidden, sheets = _sheets(path)
        found = f"{hidden} hidden among its {sheets} sheets" if hidden else f"{sheets} sheets"
        raise OutputUnusableError(
            f"release: {name} is a spreadsheet with {found}; what lies in one cannot all be seen. "
            "Bring each table as a CSV with its description."
        )
    if rules.file_types.is_on and suffix not in rules.file_types.values:
        raise OutputUnusableError(
            f"release: {name} is of a forbidden type, {suffix or 'none'}; allowed are {allowed}. "
            "Bring the table behind it as a CSV with its description."
        )


def _refuse_hidden(files: list[Path], rules: Rules) -> None:
    """Refuse tables and descriptions that hold what nobody sees."""
    for path in files if rules.hidden_metadata.is_on else ():
        is_described = path.suffix.lower() in _DESCRIPTIONS
        if not is_described and path.suffix.lower() != ".csv":
            continue
        text = _text(path)
        if _HIDDEN.search(text) or (is_described and _ESCAPED.search(text)):
            raise OutputUnusableError(
                f"release: {path.name} has hidden characters. Save it as plain text."
            )


def _sheets(path: Path) -> tuple[int, int]:
    """How many sheets of a workbook are hidden, and how many there are."""
    try:
        with zipfile.ZipFile(path) as book:
            text = book.read("xl/workbook.xml").decode("utf-8", errors="replace")
    except (OSError, KeyError, zipfile.BadZipFile):
        return 0, 0
    sheets = re.findall(r"<(?:\w+:)?sheet\s[^>]*>", text)
    return sum("idden" in sheet for sheet in sheets), len(sheets)


def _refuse_unpaired(files: list[Path], tables: list[Path], folder: Path) -> None:
    names = {path.name for path in files}
    for path in tables:
        found = [path.stem + suffix for suffix in _DESCRIPTIONS if path.stem + suffix in names]
        if len(found) != 1:
            raise OutputUnusableError(
                f"release: {path.name} has {len(found)} descriptions. Bring one, {path.stem}.toml, "
                "in the form of conf/README.md, Outputs."
            )
    stems = {path.stem for path in tables}
    spare = [path.name for path in files if path.stem not in stems]
    if spare:
        raise OutputUnusableError(
            f"release: {folder.name} holds {', '.join(spare[:5])}, which describes no CSV. "
            "Bring outputs and their descriptions only."
        )


def _read(path: Path) -> Table:
    description = described(read_description(path), f"release: {path.name}")
    header, *rows = read_csv(path)
    return table_of(path.stem, description, header, rows)


def read_description(table: Path) -> Mapping[str, Any]:
    """The plain values of the description beside a CSV.

    Raises: OutputUnusableError.
    """
    path = next(table.with_suffix(suffix) for suffix in _DESCRIPTIONS
                if table.with_suffix(suffix).is_file())  # fmt: skip
    text = _text(path)
    try:
        found = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except ValueError as wrong:
        raise OutputUnusableError(
            f"release: {path.name} is not valid {path.suffix[1:].upper()}: {wrong}. Correct it."
        ) from None
    if not isinstance(found, dict):
        raise OutputUnusableError(f"release: {path.name} is no table of keys. Correct it.")
    return found


def read_csv(path: Path) -> list[list[str]]:
    """The rows of a CSV, its header first.

    Raises: OutputUnusableError: not text, or nothing in it.
    """
    rows = [row for row in csv.reader(io.StringIO(_text(path))) if row]
    if len(rows) < 2:
        raise OutputUnusableError(f"release: {path.name} has no row. Bring the table.")
    return rows


def _text(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise OutputUnusableError(
            f"release: {path.name} is not UTF-8 text. Save it as UTF-8."
        ) from None
    except OSError as refused:
        raise OutputUnusableError(
            f"release: {path.name} cannot be read ({type(refused).__name__})."
        ) from None
    return text
