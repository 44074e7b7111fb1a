"""A report with every section filled, of invented figures: for the tests of the page."""

from __future__ import annotations

import dataclasses

from attainment_linkage.core.default_model import model_for
from attainment_linkage.core.proportions import Share, wilson
from attainment_linkage.core.report import making
from attainment_linkage.core.report.contents import GroupLine, Report, StageLine, TableLine
from attainment_linkage.core.road_sides import ATTAINMENT_SIDE, CENSUS_SIDE
from attainment_linkage.domain.road import ROAD

CHARTS = (
    "weights",
    "errors",
    "birth_years",
    "groups",
    "ladder",
    "chances",
    "unlinkable",
    "columns",
    "stages",
)
PUPILS, LINKED, REVIEW = 16_723, 15_560, 412
GROUPS = {
    "sex": {"F": 0.94, "M": 0.92},
    "ethnic_group": {"White British": 0.95, "Pakistani": 0.9, "Any other Asian background": 0.86},
    "fsm": {"no": 0.94, "yes": 0.89},
    "birth_year": {str(year): 0.9 + 0.01 * (year % 4) for year in range(1988, 1996)},
}


def sample_report(**instead) -> Report:
    """The report; ``instead`` puts other values in the place of its own."""
    report = Report(
        run_id="0123456789abcdef",
        made_at="2026-01-01",
        seconds=201.0,
        outcome=making.outcome(PUPILS, LINKED, REVIEW),
        link_rate=wilson(LINKED, PUPILS),
        false_links=Share(0.0002, 0.0, 0.0006),
        missed_links=Share(0.0075, 0.0061, 0.0102),
        truth={"precision": 0.9998, "recall": 0.993},
        gaps={"link_rate": "5.1% 3.2 to 7.0: fsm no over yes"},
        accept_bits=8.0,
        review_bits=0.0,
        tables=tuple(_tables()),
        stages=tuple(
            StageLine(
                stage.name, stage.summary, False, 9.0 + n * 7, 4.0 * n, 1900 + 200 * n, "ab" * 8
            )
            for n, stage in enumerate(ROAD)
            if stage.is_linkers
        ),
        weights=making.weight_bars(_pairs(), 2),
        groups=tuple(_groups()),
        rules=making.rule_lines(_rules(), _pairs()),
        ladder=making.key_lines(_keys()),
        model=making.level_lines({"comparisons": _comparisons()}),
        unlinkable=tuple((bits, min(1.0, 0.0001 * 1.35**bits)) for bits in range(0, 32, 2)),
        columns=making.column_lines(
            {
                "records": PUPILS,
                "forename": PUPILS,
                "surname": 16_700,
                "postcode": 16_400,
                "email": 0,
            },
            {
                "records": 53_792,
                "forename": 53_500,
                "surname": 53_600,
                "postcode": 52_900,
                "email": 0,
            },
        ),
        notes=(("link", "candidate pairs of all rules", 1_234_567),),
        versions={"python": "3.11.2", "splink": "5.0.0"},
        audit_head="12:" + "ab" * 32,
    )
    return dataclasses.replace(report, **instead)


def _tables():
    for n, stage in enumerate(one for one in ROAD if one.is_linkers):
        for table in stage.writes:
            unmet = ("expect_column_values_to_not_be_null (sex, 41 rows)",) if n == 2 else ()
            yield TableLine(
                stage.name,
                table.name,
                table.grain,
                53_792 // (n + 1),
                9,
                unmet,
                2.0,
                1.0,
                "cd" * 32,
            )


def _pairs():
    """Counts of pairs per bits, rule and fate, as ``steps.report.pair_counts`` gives them."""
    for bits in range(0, 60, 2):
        for rule in range(4):
            linked = max(0, 900 - 3 * (bits - 34) ** 2 // (1 + rule)) // (1 + rule)
            others = {"review": 40 if bits < 8 else 0, "neither": 400 // (1 + bits)}
            for fate, pairs in {"linked": linked if bits >= 8 else 0, **others}.items():
                yield {"bits": bits, "rule_number": rule, "fate": fate, "pairs": pairs}


def _rules():
    texts = ("surname, birth_date", "forename, postcode", "birth_date, sex", "postcode, surname")
    for number, text in enumerate(texts):
        yield {"rule_number": number, "rule": text, "candidate_pairs": 40_000 * (number + 1)}


def _keys():
    left = PUPILS
    for number, links in enumerate((11_000, 3_000, 900, 4, 300)):
        left -= links
        yield {
            "matchkey_number": number,
            "matchkey": f"key_{number}",
            "rule": "forename, surname, birth_date",
            "pairs": links + 20,
            "conflicts": number,
            "links": links,
            "residual_records": left,
        }


def _groups():
    yield GroupLine("all", "all", PUPILS, wilson(LINKED, PUPILS))
    for name, categories in GROUPS.items():
        for category, rate in categories.items():
            yield GroupLine(name, category, 4_000, wilson(round(4_000 * rate), 4_000))
        yield GroupLine(name, "too small", None, None)


def _comparisons():
    """The road's comparisons, u made up."""
    model = model_for(ATTAINMENT_SIDE.roles.values(), CENSUS_SIDE.roles.values(), is_narrow=True)
    for comparison in model.comparisons:
        levels = [dict(level) for level in comparison["comparison_levels"]]
        for place, level in enumerate(levels):
            level["u_probability"] = 10.0 ** -(len(levels) - place)
        yield {**comparison, "comparison_levels": levels}
