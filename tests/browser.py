"""The browser of the tests of pages: Debian's chromium with its driver, without a window.

Where they are not, the tests skip and say so; with REVIEW_BROWSER=required in the
environment, as in .ci/run, they fail instead.
"""

import json
import os
import shutil

import pytest
from selenium import webdriver

MISSING = "chromium and chromedriver are not there: apt-get install chromium chromium-driver"


@pytest.fixture(scope="session")
def browser():
    programs = [shutil.which(name) for name in ("chromium", "chromedriver")]
    if not all(programs):
        if os.environ.get("REVIEW_BROWSER") == "required":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    options = webdriver.ChromeOptions()
    options.binary_location = programs[0]
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,900"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(programs[1]))
    yield driver
    driver.quit()


def requested(browser):
    """The addresses the browser asked for since the last look."""
    messages = [json.loads(one["message"])["message"] for one in browser.get_log("performance")]
    return {
        one["params"]["request"]["url"]
        for one in messages
        if one["method"] == "Network.requestWillBeSent"
    }
