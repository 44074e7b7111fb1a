"""The road: its stages in order, what each reads and writes, and which gate stands at each table.

The README's diagram, the runner, the command line and the tests all read this tuple.
"""

from __future__ import annotations

from dataclasses import dataclass

from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import ZoneError
from attainment_linkage.domain.review import EVIDENCE, RETURNED
from attainment_linkage.domain.tables import SOURCES, Table

RAW = "files as delivered"


@dataclass(frozen=True)
class Stage:
    """One stage: its name, what it does in a line, the tables it reads and writes.

    ``step_modules`` are the modules of ``steps/`` that do its work. ``roots`` are the
    roots its job may open. ``config_sections`` are the parts of the configuration, and
    ``conf_files`` the further files of ``conf/``, that its stage key depends on.
    ``reads_truth``: it judges links by the generator's truth, where the lake holds one.
    ``is_linkers``: a stage of the linkers' road, which ``run`` runs; others have their own
    subcommand, for other people with other rights. ``reads_key``: it opens a secret key.
    ``reads_reviews``: the document of what reviewers decided that it reads, where there is one:
    ``evidence`` (by ``review train``) or ``returned`` (by ``review measure``).
    """

    name: str
    summary: str
    reads: tuple[Table, ...]
    writes: tuple[Table, ...]
    step_modules: tuple[str, ...]
    config_sections: tuple[str, ...] = ()
    reads_files: bool = False
    conf_files: tuple[str, ...] = ()
    reads_truth: bool = False
    is_linkers: bool = True
    reads_key: bool = False
    reads_reviews: str = ""

    def __post_init__(self) -> None:
        """Refuse a stage that would hold research data beside what identifies a person."""
        closed = [zone for zone in self.roots if zone in (tables.LANDING, tables.IDENTIFIERS)]
        if tables.RESEARCH in self.roots and closed:
            raise ZoneError(
                f"{self.name}: a stage that opens the root research may not open "
                f"{', '.join(closed)}. Let a stage between them go over the attributes root."
            )

    @property
    def roots(self) -> tuple[str, ...]:
        """The roots this stage may open, in the fixed order of ``tables.ZONES``."""
        used = {table.zone for table in (*self.reads, *self.writes)}
        if self.reads_files or not used:
            used.add(tables.LANDING)
        return tuple(zone for zone in tables.ZONES if zone in used)


SYNTHESISE = Stage(
    name="synthesise",
    summary="makes the generated delivery: Census people, school census, KS4, KS5, and truth",
    reads=(),
    writes=(),
    step_modules=("synthesise",),
    config_sections=("synthesise",),
    conf_files=("population.toml",),
)

INGEST = Stage(
    name="ingest",
    summary="reads the files as text, quarantines broken rows, parts identity from attributes",
    reads=(),
    writes=tuple(
        table
        for source in SOURCES
        for table in (source.quarantine_table, source.identity_table, source.attribute_table)
    ),
    step_modules=("ingest",),
    config_sections=("ingest",),
    reads_files=True,
)

STANDARDISE = Stage(
    name="standardise",
    summary="one clean linkage record per pupil and person; one clean attribute row each",
    reads=tuple(
        table for source in SOURCES for table in (source.identity_table, source.attribute_table)
    ),
    writes=(
        tables.UNREAD_IDENTITY,
        tables.ATTAINMENT_PEOPLE,
        tables.CENSUS_PEOPLE,
        tables.UNREAD_ATTRIBUTES,
        tables.PUPIL_ATTAINMENT,
        tables.PUPIL_CHARACTERISTICS,
        tables.CENSUS_CHARACTERISTICS,
    ),
    step_modules=("unread", "standardise", "linkage_record"),
    config_sections=("standardise",),
)

DEDUPLICATE = Stage(
    name="deduplicate",
    summary="links the Census with itself: of people counted twice one line stands for all",
    reads=(tables.CENSUS_PEOPLE,),
    writes=(tables.CENSUS_DOUBLES, tables.POSSIBLE_DOUBLES),
    step_modules=("deduplicate",),
    config_sections=("deduplicate", "link"),
)

LINK = Stage(
    name="link",
    summary="blocks, trains, scores and resolves pupils against Census people, one to one",
    reads=(
        tables.ATTAINMENT_PEOPLE,
        tables.CENSUS_PEOPLE,
        tables.CENSUS_DOUBLES,
        tables.POSSIBLE_DOUBLES,
    ),
    writes=(
        tables.CANDIDATE_COUNTS,
        tables.SCORED_PAIRS,
        tables.LINKS,
        tables.REVIEW_PAIRS,
        tables.MATCHKEY_COUNTS,
    ),
    step_modules=("block", "train", "score", "posterior", "resolve", "ladder", "error_rates"),
    config_sections=("link",),
    conf_files=("matchkeys.toml",),
    reads_reviews=EVIDENCE,
)

DETACH = Stage(
    name="detach",
    summary="takes the names off the links and off draws of what else they may have been",
    reads=(tables.ATTAINMENT_PEOPLE, tables.LINKS, tables.SCORED_PAIRS),
    writes=(tables.LINK_SPINE, tables.LINK_DRAWS),
    step_modules=("detach", "draw_links"),
    config_sections=("detach",),
    reads_reviews=RETURNED,
)

MEASURE = Stage(
    name="measure",
    summary="link quality by characteristic with its largest gaps; weights for the linked",
    reads=(
        tables.LINK_SPINE,
        tables.PUPIL_ATTAINMENT,
        tables.PUPIL_CHARACTERISTICS,
        tables.CENSUS_CHARACTERISTICS,
    ),
    writes=(tables.LINK_QUALITY, tables.LINKAGE_WEIGHTS),
    step_modules=("measure",),
    config_sections=("measure",),
    reads_truth=True,
)

PSEUDONYMISE = Stage(
    name="pseudonymise",
    summary="gives linked pupils their homes, all pupils keyed ids; writes the data dictionary",
    reads=(
        tables.LINK_SPINE,
        tables.LINK_DRAWS,
        tables.LINKAGE_WEIGHTS,
        tables.PUPIL_ATTAINMENT,
        tables.PUPIL_CHARACTERISTICS,
        tables.CENSUS_CHARACTERISTICS,
    ),
    writes=(tables.QUARANTINE_LINKS, tables.LINKED_PUPILS, tables.DRAWN_PUPILS),
    step_modules=("usable_links", "households", "vulnerability", "pseudonyms", "pseudonymise"),
    config_sections=("pseudonymise",),
    is_linkers=False,
    reads_key=True,
)

ANALYSE = Stage(
    name="analyse",
    summary="tables and models with intervals that carry linkage error; outputs to be checked",
    reads=(tables.LINKED_PUPILS, tables.DRAWN_PUPILS),
    writes=(tables.ANALYSIS_CELLS,),
    step_modules=("analyse",),
    conf_files=("analysis.toml",),
    is_linkers=False,
)

ROAD: tuple[Stage, ...] = (
    SYNTHESISE,
    INGEST,
    STANDARDISE,
    DEDUPLICATE,
    LINK,
    DETACH,
    MEASURE,
    PSEUDONYMISE,
    ANALYSE,
)
BY_NAME = {stage.name: stage for stage in ROAD}

PROVISION = Stage(
    name="provision",
    summary="makes the extract of an approved, current project",
    reads=(tables.LINKED_PUPILS,),
    writes=(),
    step_modules=("provision", "dummy"),
    is_linkers=False,
    reads_key=True,
)
"""Not of the road: it makes files of one project, not a table; it opens the research root only."""


def diagram() -> str:
    """The road as text: one line per stage with what it reads and writes."""
    lines = []
    for stage in ROAD:
        reads = ", ".join(table.name for table in stage.reads) or (
            RAW if stage.reads_files else "a seed"
        )
        writes = ", ".join(table.name for table in stage.writes) or RAW
        lines.append(f"{stage.name}: {reads}\n    -> {writes}")
    return "\n".join(lines)
