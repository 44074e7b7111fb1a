"""Research: what the leak scan needs for the road's later half: a researcher, a script, a table.

The register, the analysis and the script lie beside the lake, as in a secure service.
"""

from __future__ import annotations

import re
from pathlib import Path

from attainment_linkage.adapters.registers import this_user

SCRIPT = "by_sex.py"
TABLES = ("T3",)
"""The tables of ``conf/analysis.toml`` that are made here: others need more pupils."""

_BY_SEX = '''
"""Level 2 by sex, from the extract, described for output checking."""
import csv, json, os, pathlib

extract, staging = (pathlib.Path(os.environ[name]) for name in ("EXTRACT", "STAGING"))
counts = {"F": [0, 0], "M": [0, 0], "all": [0, 0]}
with (extract / "linked_pupils.csv").open(newline="") as file:
    for row in csv.DictReader(file):
        for code in (row["sex"], "all") if row["sex"] else ():
            counts[code][0] += 1
            counts[code][1] += row["ks4_level_2_em"] == "true"
rows = [["sex", "n", "level2"], *([code, *numbers] for code, numbers in counts.items())]
with (staging / "by_sex.csv").open("w", newline="") as file:
    csv.writer(file).writerows(rows)
described = {
    "title": "Level 2 with English and mathematics, by sex",
    "universe": "pupils of state schools",
    "population": "pupils of state schools with a Key Stage 4 record",
    "weights": "none",
    "classification": [{"variable": "sex", "codes": ["F", "M"], "total": "all"}],
    "count": [{"column": "n"}, {"column": "level2", "of": "n"}],
}
(staging / "by_sex.json").write_text(json.dumps(described))
'''


def prepare(home: Path, project: str) -> None:
    """Write the script, let this user be the project's researcher, and cut the analysis."""
    (home / SCRIPT).write_text(_BY_SEX, "utf-8")
    register = home / "conf" / "projects.toml"
    text = register.read_text("utf-8")
    line = re.findall(r'    \{ user = "researcher".*\n', text)[0]
    users = {this_user(), "root"}  # in a network of one's own one is root
    lines = "".join(line.replace("researcher", user) for user in sorted(users))
    text = text.replace(line, lines)
    first, rest = text.split("[project.", 2)[1:]
    assert first.startswith(project)
    first = re.sub(r"(?m)^expires = .*$", "expires = 9999-12-31", first)
    first = re.sub(r"accredited_until = [0-9-]+", "accredited_until = 9999-12-31", first)
    register.write_text(f"[project.{first}[project.{rest}", "utf-8")
    analysis = home / "conf" / "analysis.toml"
    head, *blocks = re.split(r"(?m)^(?=\[\[)", analysis.read_text("utf-8"))
    kept = [one for one in blocks if re.search(rf'(?m)^name = "({"|".join(TABLES)})"$', one)]
    assert len(kept) == len(TABLES)
    analysis.write_text("".join([head, *kept]), "utf-8")
