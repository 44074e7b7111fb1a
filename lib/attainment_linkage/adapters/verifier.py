"""Verifier: rechecks any release package, all of it in this sheet: `python verifier.py PACKAGE`.

It shares no code with the project and needs numpy and scipy alone: who trusts nobody reads it.
"""

import csv
import hashlib
import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import scipy

WITHHELD, EPSILON = "[c]", 1e-5
Key = tuple[tuple[str, ...], str]


def problems_of(package: Path) -> list[str]:
    """Everything that is wrong with a package; empty where it holds."""
    record = json.loads((package / "record" / "form.json").read_text("utf-8"))
    found = hashes(package)
    decision = package / "decision.json"
    if decision.is_file():
        body = json.loads(decision.read_text("utf-8"))["body"]
        if body["checker"] == record["analyst"] or not body["reason"].strip():
            found.append("decision.json: the checker is the analyst, or gives no reason")
    for path in sorted((package / "outputs").glob("*.json")):
        rows = list(csv.reader(path.with_suffix(".csv").read_text("utf-8").splitlines()))
        said = table(json.loads(path.read_text("utf-8")), rows, record)
        found += [f"{path.stem}: {one}" for one in said]
    return found


def hashes(package: Path) -> list[str]:
    """Files that are not as they were packed, or were not packed at all."""
    packed = json.loads((package / "MANIFEST.json").read_text("utf-8"))["body"]["files"]
    there = {p.relative_to(package).as_posix(): p for p in package.rglob("*") if p.is_file()}
    loose = set(there) - set(packed) - {"MANIFEST.json", "decision.json"}
    found = [f"{name} was not packed" for name in sorted(loose)]
    for name, digest in packed.items():
        if name not in there or hashlib.sha256(there[name].read_bytes()).hexdigest() != digest:
            found.append(f"{name} is not as it was packed")
    return found


def table(description: dict[str, Any], rows: list[list[str]], record: dict[str, Any]) -> list[str]:
    """What is wrong with one released table."""
    threshold, method = record["threshold"], description.get("method")
    width, base = len(description["classification"]), record["rounding_base"]
    cells = {tuple(row[:width]): dict(zip(rows[0], row, strict=True)) for row in rows[1:]}
    counts = [one["column"] for one in description["count"]]
    shown = {(codes, name): row[name] for codes, row in cells.items() for name in counts}
    known = {key: float(text) for key, text in shown.items() if text not in (WITHHELD, "")}
    found = []
    for (codes, name), value in known.items():
        may_be_zero = structural(description, codes, name) or record["zeros_allowed"]
        if value < threshold and not (value == 0 and (may_be_zero or method == "rounding")):
            found.append(f"{codes}: {name} is shown below {threshold}")
    if description.get("kind") == "model":
        return found
    for codes, row in cells.items():
        for one in description.get("estimate", []):
            on = [one.get("numerator", ""), one.get("denominator", ""), *one.get("counts", [])]
            is_hidden = any(name and row[name] == WITHHELD for name in on)
            if is_hidden and row[one["column"]] not in (WITHHELD, ""):
                found.append(f"{codes}: {one['column']} is shown, a count behind it is not")
    if method == "rounding":
        return found + [f"{key}: no multiple of {base}" for key, n in known.items() if n % base]
    return [*found, *attacked(description, shown, threshold, record["zeros_allowed"])]


def structural(description: dict[str, Any], codes: tuple[str, ...], name: str) -> bool:
    """Whether a count of a cell is declared to be nobody; a remainder is where its whole is."""
    cell = set(zip((one["variable"] for one in description["classification"]), codes, strict=True))
    name = {f"~{one['column']}": one.get("of") for one in description["count"]}.get(name, name)
    return any(zero["cell"].items() <= cell and name in zero.get("columns", [name])
               for zero in description.get("structural_zero", []))  # fmt: skip


def sums(axis: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """The sums along one classification: whole, parts; remainders begin with `~`."""
    groups, codes, total = axis.get("groups", {}), axis["codes"], axis.get("total", "")
    if axis.get("overlaps"):
        return [(total, [code, f"~{code}"]) for code in codes] if total else []
    top = [c for c in [*codes, *groups] if not any(c in members for members in groups.values())]
    return [*groups.items(), *([(total, top)] if total else [])]


def equations_of(description: dict[str, Any]) -> Iterator[list[Key]]:
    """Every sum in the table, as its whole and then its parts; remainders begin with `~`."""
    axes, counts = description["classification"], description["count"]
    lines = [sums(one) for one in axes]
    parts = [(c["of"], [c["column"], f"~{c['column']}"]) for c in counts if c.get("of")]
    lines.append(parts + [(of, [c["column"] for c in counts if c.get("parting") == name])
                          for of, name in {(c["of"], c["parting"]): 0 for c in counts
                                           if c.get("parting")}])  # fmt: skip
    every = [[*one["codes"], *one.get("groups", {}), *filter(None, [one.get("total")])]
             for one in axes] + [[c["column"] for c in counts]]  # fmt: skip
    for names, line in zip(every, lines, strict=True):
        names += [part for _, inside in line for part in inside if part not in names]
    for depth, line in enumerate(lines):
        rest = [codes for at, codes in enumerate(every) if at != depth]
        for (whole, parts_of), other in itertools.product(line, itertools.product(*rest)):
            keys = [(*other[:depth], code, *other[depth:]) for code in (whole, *parts_of)]
            yield [(key[:-1], key[-1]) for key in keys]


def attacked(
    description: dict[str, Any], shown: dict[Key, str], threshold: float, zeros_allowed: bool
) -> Iterator[str]:
    """Withheld counts, remainders, and sums within an equation, that can be worked out."""
    equations = list(equations_of(description))
    known = {key: float(text) for key, text in shown.items() if text not in (WITHHELD, "")}
    keys = list(dict.fromkeys([*shown, *(key for line in equations for key in line)]))
    known |= {key: 0.0 for key in keys if structural(description, *key)}
    place = {key: at for at, key in enumerate(key for key in keys if key not in known)}
    matrix, gives, groups = scipy.sparse.lil_array((len(equations), len(place) + 1)), [], set()
    for at, (whole, *inner) in enumerate(equations):
        for key in {whole, *inner} & place.keys():
            matrix[at, place[key]] = -1.0 if key == whole else 1.0
        gives.append(known.get(whole, 0.0) - sum(known.get(key, 0.0) for key in inner))
        groups.add(tuple(key for key in inner if key in place) if whole in known else ())
    rows, give = matrix.tocsr(), np.array(gives)
    fits: dict[int, list[Any]] = {}
    linprog, csgraph = scipy.optimize.linprog, scipy.sparse.csgraph
    part = csgraph.connected_components(abs(rows).T @ abs(rows))[1]  # what hangs together
    for target in [(key,) for key in place] + sorted(one for one in groups if len(one) > 1):
        own = np.flatnonzero(part == part[place[target[0]]])
        weight = np.isin(own, [place[key] for key in target]).astype(float)
        lines, seen = np.flatnonzero(abs(rows[:, own]).sum(axis=1)), fits.setdefault(own[0], [])
        for sign in (0.0, 1.0, -1.0):  # numbers seen to fit may be wide enough already
            if sign or not seen:
                got = linprog(sign * weight, None, None, rows[lines][:, own], give[lines], (0, 1e7))
                if got.x is None:
                    return (yield "its shown counts contradict each other")
                seen.append(got.x)
            low, *_, high = sorted([float(weight @ one) for one in (seen[0], *seen)])
            if is_open := high - low >= threshold - (1.1 if low <= EPSILON else EPSILON):
                break
        is_safe = (len(target) > 1 or target[0] not in shown) and low >= threshold - EPSILON
        if not (is_open or is_safe or (zeros_allowed and high <= EPSILON)):
            yield f"{' + '.join(map(str, target))} can be worked out"


if __name__ == "__main__":
    sys.exit("\n".join(problems_of(Path(sys.argv[1]))) or 0)
