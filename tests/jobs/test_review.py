"""Clerical review as a person has it: the console script, its page in a real browser, a kill.

The browser is Debian's chromium with its driver. Where they are not, the tests skip and say
so; with REVIEW_BROWSER=required in the environment, as in .ci/run, they fail instead.
"""

import http.client
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.parse import urlencode

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By

from attainment_linkage.adapters import review_files
from attainment_linkage.domain import tables
from tests.browser import requested
from tests.review_batch import CANARY, lake_with_batch


@contextmanager
def served(config, *words):
    """The console script serving a page: the process, and the link it printed."""
    command = [sys.executable, "-m", "attainment_linkage", "review", *words]
    process = subprocess.Popen(
        [*command, "--lake", config.lake.directory],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            found = re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", line)
            if found:
                yield process, found.group()
                return
        raise AssertionError("".join(said))
    finally:
        process.kill()
        process.wait()


def decisions(config, sample, reviewer):
    root = config.lake.root(tables.IDENTIFIERS)
    found = review_files.looks(root, sample).first.get(reviewer)
    return list(found.of.values()) if found else []


def ask(link, path, **form):
    host = link.split("/")[2]
    connection = http.client.HTTPConnection(host, timeout=10)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", path, urlencode(form), headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_a_killed_server_loses_no_decision_and_its_output_names_nobody(config):
    sample = lake_with_batch(config, count=40)
    sent = []
    for _ in range(2):
        with served(config) as (process, link):
            _, text = ask(link, "/begin", token=link.rpartition("=")[2])
            key = re.search(r'name="key" value="([^"]+)"', text).group(1)
            for turn in range(7):
                decision = ("match", "not", "unsure")[len(sent) % 3]
                assert ask(link, "/decide", key=key, turn=turn, decision=decision)[0] == 200
                sent.append(decision)
            process.send_signal(signal.SIGKILL)
            assert CANARY not in process.stdout.read()
        assert decisions(config, sample, "A") == sent


# ------------------------------------------------------------------------------ the browser


def press(browser, *keys):
    """Press keys one by one, each after the page that the one before brought."""
    for key in keys:
        body = browser.find_element(By.TAG_NAME, "body")
        turn = browser.find_element(By.NAME, "turn").get_attribute("value")
        body.send_keys(key)
        until(lambda before=turn: is_at_another_turn(browser, before))


def is_at_another_turn(browser, before):
    found = browser.find_elements(By.NAME, "turn")
    return found and found[0].get_attribute("value") != before


def until(holds, seconds=10):
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            if holds():
                return
        except WebDriverException:
            pass  # the page is just being replaced
        time.sleep(0.02)
    raise AssertionError("the page did not change")


def begin(browser, link):
    browser.get(link)
    browser.switch_to.active_element.send_keys("\n")  # the button has the focus
    until(lambda: browser.find_elements(By.NAME, "turn"))


def heading(browser):
    return browser.find_element(By.TAG_NAME, "h1").text


KEPT = """
const done = arguments[0];
Promise.all([indexedDB.databases(), navigator.serviceWorker.getRegistrations()]).then(
  ([databases, workers]) => done([
    localStorage.length, sessionStorage.length, document.cookie, databases.length, workers.length
  ])
);
"""


def test_two_reviewers_decide_by_keyboard_and_a_third_settles(config, browser):
    sample = lake_with_batch(config)
    requested(browser)
    with served(config, "--reviewer", "A") as (_, link):
        begin(browser, link)
        assert heading(browser).startswith("Pair 1 of 6")
        assert "token" not in browser.current_url
        marked = {mark.text for mark in browser.find_elements(By.TAG_NAME, "mark")}
        assert marked & {"SMITH JONES", "JONES", "12"}

        press(browser, "m", "n", "z", "u", "m")
        assert heading(browser).startswith("Pair 4 of 6")
        assert decisions(config, sample, "A") == ["match", "unsure", "match"]
        browser.refresh()  # sends the last decision again; it counts once
        until(lambda: heading(browser).startswith("Pair 4 of 6"))

        browser.find_element(By.NAME, "shortcuts").click()
        browser.find_element(By.TAG_NAME, "body").send_keys("n")
        browser.find_element(By.CSS_SELECTOR, "button[value=not]").click()
        until(lambda: heading(browser).startswith("Pair 5 of 6"))
        assert not browser.find_element(By.NAME, "shortcuts").is_selected()
        assert decisions(config, sample, "A") == ["match", "unsure", "match", "not"]

        assert browser.execute_async_script(KEPT) == [0, 0, "", 0, 0]
        assert browser.get_cookies() == []
        assert {url.split("/")[2] for url in requested(browser)} == {link.split("/")[2]}
        assert [one for one in browser.get_log("browser") if one["level"] == "SEVERE"] == []

    with served(config, "--reviewer", "A") as (_, link):  # resumed after the kill
        begin(browser, link)
        assert heading(browser).startswith("Pair 5 of 6")
        press(browser, "m", "n")
        assert heading(browser) == "All pairs are decided"
    with served(config, "--reviewer", "B") as (_, link):
        begin(browser, link)
        press(browser, "m", "m", "m", "n", "m", "m")
        text = browser.find_element(By.TAG_NAME, "main").text
        assert "Agreement with reviewer A" in text
        assert "66.7%" in text
        assert "2 pairs for a third look" in text
        assert "A unsure, B match" in text
    with served(config, "--reviewer", "C", "--third-look") as (_, link):
        begin(browser, link)
        assert heading(browser).startswith("Pair 1 of 2")
        assert "Reviewer A: unsure" in browser.find_element(By.CLASS_NAME, "said").text
        press(browser, "m", "n")


def test_the_page_fits_two_widths_and_speaks_to_assistive_technology(config, browser):
    lake_with_batch(config)
    with served(config) as (_, link):
        begin(browser, link)
        for width in (400, 1280):
            size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            page = browser.find_element(By.TAG_NAME, "html")
            assert page.get_property("scrollWidth") <= width
            for button in browser.find_elements(By.TAG_NAME, "button"):
                assert button.size["height"] >= 44  # a finger's width, WCAG 2.5.5
        assert browser.title == "Pair 1 of 6 - Clerical review"
        assert page.get_attribute("lang") == "en-GB"
        headers = browser.find_elements(By.CSS_SELECTOR, "th[scope=row]")
        assert len(headers) == len(browser.find_elements(By.CSS_SELECTOR, "tbody tr")) > 5
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
