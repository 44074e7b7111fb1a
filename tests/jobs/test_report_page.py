"""The report of a run in a real browser: whole, quiet, legible at two widths, and silent."""

import re
from dataclasses import asdict
from itertools import pairwise

import pytest
from selenium.webdriver.common.by import By

from attainment_linkage.adapters.diff_page import write_diff
from attainment_linkage.adapters.report_page import write_report
from attainment_linkage.adapters.why_page import write_why
from attainment_linkage.core.report.run_diff import change_lines, side_by_side
from attainment_linkage.core.rules import Rule
from attainment_linkage.core.why import Step, Waterfall, rule_states
from attainment_linkage.stages.why import Explanation
from tests.browser import requested
from tests.report_sample import CHARTS, sample_report


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return write_report(sample_report(), tmp_path_factory.mktemp("report") / "run-1.html")


def opened(browser, page, width):
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    requested(browser)
    browser.get_log("browser")
    browser.get(page.as_uri())


@pytest.mark.parametrize(
    ("width", "shown", "hidden"), [(1400, "wide", "narrow"), (400, "narrow", "wide")]
)
def test_every_chart_is_drawn_at_this_width_and_nothing_is_asked_of_anybody(
    browser, page, width, shown, hidden
):
    opened(browser, page, width)

    assert browser.find_element(By.TAG_NAME, "html").get_property("scrollWidth") <= width
    for name in CHARTS:
        figure = browser.find_element(By.ID, f"figure-{name}")
        picture = figure.find_element(By.CSS_SELECTOR, f".{shown} svg")
        assert picture.size["width"] > 250, name
        assert picture.size["height"] > 60, name
        marks = picture.find_elements(By.CSS_SELECTOR, ".role-mark path, .role-mark line")
        assert any(mark.size["width"] + mark.size["height"] > 0 for mark in marks), name
        assert not figure.find_element(By.CSS_SELECTOR, f".{hidden}").is_displayed(), name
    assert [url for url in requested(browser) if not url.startswith(("file:", "data:"))] == []
    assert browser.get_log("browser") == []
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_it_speaks_to_whoever_hears_it_or_has_no_mouse(browser, page):
    opened(browser, page, 1280)

    pictures = browser.find_elements(By.CSS_SELECTOR, "[role=img]")
    assert len(pictures) == 1 + 2 * len(CHARTS)
    assert all(picture.get_attribute("aria-label") for picture in pictures)
    levels = [int(head.tag_name[1]) for head in browser.find_elements(By.CSS_SELECTOR, "h1,h2,h3")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    links = browser.find_elements(By.CSS_SELECTOR, "a[href^='#']")
    targets = [link.get_attribute("href").rpartition("#")[2] for link in links]
    assert len(targets) == 9
    assert all(browser.find_elements(By.ID, target) for target in targets)
    for scroll in browser.find_elements(By.CSS_SELECTOR, ".scroll"):
        assert scroll.get_attribute("tabindex") == "0"
        assert scroll.get_attribute("aria-label")


def test_the_page_is_one_file_of_its_owner_s_and_its_ids_are_unique(page):
    text = page.read_text("utf-8")
    ids = re.findall(r'\bid="([^"]+)"', text)

    assert len(ids) == len(set(ids))
    assert not re.search(r"<(script|link|iframe|img)[^>]*(src|href)=\"(?!data:)", text)
    assert not re.search(r"url\((?!#)|@import", text)
    assert page.stat().st_mode & 0o777 == 0o600


def test_a_run_without_truth_or_model_has_a_page_too(tmp_path):
    bare = sample_report(
        truth={}, gaps={}, model=(), unlinkable=(), groups=(), false_links=None,
        missed_links=None, link_rate=None,
    )  # fmt: skip
    text = write_report(bare, tmp_path / "run-2.html").read_text("utf-8")

    assert "No truth is known" in text
    assert "figure-chances" not in text
    assert "figure-weights" in text


def test_the_pages_of_a_pair_and_of_two_runs_are_quiet_and_fit_a_phone(browser, tmp_path):
    report = asdict(sample_report())
    rows = [
        {"characteristic": "all", "category": "all", "change": "same", "pupils": 900},
        {"characteristic": "all", "category": "all", "change": "lost", "pupils": 3},
    ]
    steps = Waterfall(-9.5, (Step("surname", "equal", 9.25, -0.5), Step("sex", "different", -6.0)))
    rules = tuple(rule_states([Rule.parse("surname & sex")], {"surname": "LEE"}, {"sex": "F"}))
    pages = [
        write_why(Explanation("not linked.", "no rule", steps, rules), tmp_path / "why.html"),
        write_diff("a", "b", side_by_side(report, report), change_lines(rows), tmp_path / "d.html"),
    ]
    for page in pages:
        opened(browser, page, 400)
        assert browser.find_element(By.TAG_NAME, "html").get_property("scrollWidth") <= 400
        assert [url for url in requested(browser) if not url.startswith(("file:", "data:"))] == []
        assert browser.get_log("browser") == []
        assert "LEE" not in browser.page_source
    assert "not shown lost" in browser.find_element(By.TAG_NAME, "h1").text
    opened(browser, pages[0], 400)
    picture = browser.find_element(By.CSS_SELECTOR, "#figure-why .narrow svg")
    assert picture.size["height"] > 60
    assert "surname: equal" in picture.text
