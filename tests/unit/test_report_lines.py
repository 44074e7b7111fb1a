"""Report lines: small counts of a stage's notes, and those that a known sum would give away."""

from attainment_linkage.adapters.manifests import TableRecord
from attainment_linkage.domain.road import STANDARDISE
from attainment_linkage.stages.report_lines import note_lines
from attainment_linkage.stages.run import RunSummary
from attainment_linkage.stages.runner import StageResult


def test_notes_that_part_a_table_hide_what_its_rows_would_give_away():
    notes = {
        "unread_identity: census surname no_name": 1200,
        "unread_identity: census postcode no_postcode": 34,
        "unread_identity: ks4 date_of_birth no_date": 6,
        "census away_students": 4,
        "attainment pupils": 34,
        "largest gap": "sex",
    }
    table = TableRecord("unread_identity", "unread_identity/a1", 0, 1240, "c", "s", 0.0, 0.0)
    stage = StageResult(STANDARDISE.name, "a1", False, 0.0, 0.0, (table,), {}, notes)

    assert [line[1:] for line in note_lines(RunSummary("r1", (stage,), 0.0))] == [
        ("unread_identity: census surname no_name", 1200),
        ("unread_identity: census postcode no_postcode", "not shown"),
        ("unread_identity: ks4 date_of_birth no_date", "not shown"),
        ("census away_students", "1 to 9"),
        ("attainment pupils", 34),
        ("largest gap", "sex"),
    ]
