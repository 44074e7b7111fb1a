"""A batch for review in a lake where something was linked, made without Spark.

The people are drawn here; a canary stands among their names, to be looked for in logs.
"""

from __future__ import annotations

from attainment_linkage.adapters import review_files
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.manifests import Manifest, TableRecord
from attainment_linkage.core.review.sample import Sample, SamplePair, pair_name
from attainment_linkage.core.review.sampling import Stratum
from attainment_linkage.domain import tables
from attainment_linkage.domain.review import LINKED, STRATIFIED, WEAK
from attainment_linkage.stages.review.under_review import REVIEW, run_of

CANARY = "QUETZALCOATL"
BATCH = "0123456789ab"

LEFT = {
    "forename": "KATHERINE",
    "middle_names": "ANNE",
    "surname": "SMITH JONES",
    "surname_parts": ["SMITH", "JONES"],
    "birth_date": "1995-03-12",
    "sex": "F",
    "postcode": "AB12CD",
    "postcodes": ["AB12CD", "AB13EF"],
}
RIGHT = {
    "forename": "KATHRYN",
    "surname": "SMITH",
    "surname_parts": ["SMITH", "CARTER"],
    "birth_date": "1995-03-21",
    "sex": "F",
    "postcode": "AB13EF",
    "postcodes": ["AB13EF"],
}


def sample(run: str, count: int = 6, batch: str = BATCH) -> Sample:
    """A batch of ``count`` pairs in two strata, in the order of their names."""
    made = []
    for number in range(count):
        left = LEFT | {"house_number": str(number + 1)}
        right = RIGHT if number % 2 else LEFT | {"surname": CANARY, "surname_parts": [CANARY]}
        name = pair_name(batch, f"P{number}", f"C{number}")
        made.append(SamplePair(name, f"P{number}", f"C{number}", 9.0, number % 2, left, right))
    strata = (
        Stratum(0, (LINKED, 2, "*", "*"), 900, count - count // 2),
        Stratum(1, (WEAK, 0, "*", "*"), 100, count // 2),
    )
    cells = ((("linked", 2, "0", "-"), 0), (("weak", 0, "none", "-"), 1))
    pairs = tuple(sorted(made, key=lambda pair: pair.pair))
    return Sample(batch, run, 0, STRATIFIED, (4.0, 8.0), strata, cells, pairs)


def lake_with_batch(config, count: int = 6, links_hash: str = "l", batch: str = BATCH) -> Sample:
    """A lake whose link stage has a manifest, and a batch of its run."""
    lake = Lake.open(config.lake, REVIEW.roots)
    hashes = {tables.SCORED_PAIRS: "s", tables.LINKS: links_hash, tables.REVIEW_PAIRS: "r"}
    records = tuple(
        TableRecord(table.name, table.name, 0, 1, content, "", 0.0, 0.0)
        for table, content in hashes.items()
    )
    lake.write_manifest(tables.IDENTIFIERS, Manifest("link", f"key-{links_hash}", {}, records))
    lake.move_head(tables.IDENTIFIERS, "link", f"key-{links_hash}")
    made = sample(run_of(lake), count, batch)
    review_files.write_sample(lake.root(tables.IDENTIFIERS), made)
    return made


def band_of(match_weight, edges_bits):
    """The number of the score band, as a sample's design counts it: edges reached. Bits."""
    return sum(match_weight >= edge for edge in edges_bits)
