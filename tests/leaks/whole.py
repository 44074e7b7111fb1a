"""Whole: the road run once on canaries, alone, for every test that looks at a whole road.

The linkers' road, every command of the documentation after it (``asked``), and a gate that fails:
the slowest thing in the tests, so it is done once in a session, in one process.
"""

from __future__ import annotations

import pytest

from tests.alone import why_not
from tests.leaks.asked import AFTER_THE_ROAD
from tests.leaks.road import Place

RECORDS = 1_500
"""Enough for the charts of the run's report and for rates of errors; few enough to be quick."""


@pytest.fixture(scope="session")
def canary_road(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A place where the road ran on canaries and then stopped at a gate."""
    folder = tmp_path_factory.mktemp("leaks")
    place = Place.make(folder, RECORDS, is_alone=not why_not())
    first = (("run-planted",), (0,))
    last = ((("break-gate", "census_people"), (0,)), (("standardise",), (40,)))
    commands, allowed = zip(first, *AFTER_THE_ROAD, *last, strict=True)
    codes = place.run_in_one(*commands)
    ended = zip(commands, codes, allowed, strict=True)
    assert [(words, code) for words, code, right in ended if code not in right] == []
    return place
