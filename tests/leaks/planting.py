"""Planting: canary people in a generated delivery, and one link of theirs to be asked about."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.parquet as pq

from tests.leaks.canaries import Person, dates, people


def plant(lake: Path) -> None:
    """Give 40 pupils, in every file they are in, the values of the canary people."""
    raw, links = lake / "landing" / "raw", lake / "truth" / "links"
    truth = {row["attainment_id"]: row["census_id"] for row in pq.read_table(links).to_pylist()}
    chosen = [set(_ids(raw, source, "attainment_id")) for source in ("school_census", "ks4")]
    census = set(_ids(raw, "census", "census_id"))
    pupils = sorted(one for one in set.intersection(*chosen) if truth.get(one) in census)
    canaries = people()
    assert len(pupils) >= len(canaries), f"only {len(pupils)} pupils are in every file"
    of_pupil = dict(zip(pupils, canaries, strict=False))
    of_person = {truth[pupil]: canary for pupil, canary in of_pupil.items()}
    _rewrite(raw / "census", "census_id", of_person)
    for source in ("school_census", "ks4", "ks5"):
        _rewrite(raw / source, "attainment_id", of_pupil)


def _ids(raw: Path, source: str, column: str) -> list[str]:
    return [row[column] for path in (raw / source).glob("part-*") for row in _read(path)[1]]


def _read(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return list(reader.fieldnames or ()), list(reader)


def _rewrite(folder: Path, column: str, of_id: dict[str, Person]) -> None:
    for path in folder.glob("part-*"):
        names, rows = _read(path)
        for row in rows:
            if row[column] in of_id:
                row.update(_values(of_id[row[column]], names))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        path.with_name(f".{path.name}.crc").unlink(missing_ok=True)


def _values(person: Person, names: list[str]) -> dict[str, str]:
    """A person's values for the columns of a file; schools write every other date the old way."""
    is_slashed = "census_id" not in names and person.number % 2
    given = {
        "forename": person.forename,
        "forenames": person.forename,
        "surname": person.surname,
        "date_of_birth": dates(person.birth)[1] if is_slashed else person.date,
        "postcode": person.postcode,
    }
    if person.upn:
        given["upn"] = person.upn
    return {name: value for name, value in given.items() if name in names}


def weakest_link(lake: Path) -> dict[str, str]:
    """The link of the least weight, as the table has it."""
    [path] = (lake / "identifiers" / "links").iterdir()
    links = pq.read_table(sorted(path.glob("*.parquet"))).to_pylist()
    return min(links, key=lambda link: (link["match_weight"], link["left_id"]))
