"""Run diff: no small count is shown, nor found from what the two reports say; figures pair up."""

from dataclasses import asdict

from hypothesis import given
from hypothesis import strategies as st

from attainment_linkage.core.report.run_diff import change_lines, side_by_side
from tests.report_sample import sample_report

CHANGES = ("gained", "lost", "changed", "same")
GROUPS = st.dictionaries(
    st.sampled_from("abcdef"), st.tuples(*[st.integers(0, 30)] * 4), min_size=1, max_size=5
)


def lines(groups):
    return change_lines(
        {"characteristic": "sex", "category": name, "change": change, "pupils": count}
        for name, counts in groups.items()
        for change, count in zip(CHANGES, counts, strict=True)
    )


@given(GROUPS)
def test_no_small_count_is_shown_or_found_from_a_column_or_from_the_net_change(groups):
    found = lines(groups)
    for line in found:
        for change, count in zip(CHANGES, groups[line.category], strict=True):
            assert getattr(line, change) in (None, count)
            assert getattr(line, change) not in range(1, 10)
        assert (line.gained is None) == (line.lost is None)
    for place, change in enumerate(CHANGES):
        hidden = [groups[one.category][place] for one in found if getattr(one, change) is None]
        shown = [groups[one.category][place] for one in found if getattr(one, change) is not None]
        # from the column's sum: more than one is left out, or nothing else there tells the sum
        assert len(hidden) != 1 or hidden == [0] or not any(shown)


def test_all_pupils_come_first_and_keys_in_the_order_of_the_ladder():
    found = change_lines(
        {"characteristic": name, "category": category, "change": "same", "pupils": 50}
        for name, category in (("sex", "M"), ("matchkey", "10"), ("matchkey", "2"), ("all", "all"))
    )

    assert [(one.characteristic, one.category) for one in found] == [
        ("all", "all"), ("matchkey", "2"), ("matchkey", "10"), ("sex", "M"),
    ]  # fmt: skip


def test_figures_of_two_reports_stand_beside_each_other():
    report = asdict(sample_report())
    found = {one.name: one for one in side_by_side(report, None)}

    assert found["link rate"].before == "93.05% (92.65 to 93.42)"
    assert found["link rate"].after == ""
    assert found["precision in truth"].before == "99.98%"
    assert "links first found by surname, birth_date" in found
    assert all(line.before == line.after for line in side_by_side(report, report))
