"""Suites: the expectations of each table's gate, as its file in ``expectations/`` declares them."""

from __future__ import annotations

import json
from typing import Any

from attainment_linkage.adapters.project import expectations_folder
from attainment_linkage.domain.errors import GateBrokenError

CRITICAL = "critical"


WARNING = "warning"


def suite_of(name: str) -> dict[str, Any]:
    """The suite of a table as its file declares it.

    Raises:
        GateBrokenError: there is no file, or it is not a suite.
    """
    path = expectations_folder() / f"{name}.json"
    try:
        suite = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise GateBrokenError(
            f"gate {name}: there is no file expectations/{name}.json. Every table has a gate."
        ) from None
    except ValueError:
        raise GateBrokenError(f"gate {name}: expectations/{name}.json is not JSON.") from None
    _require_form(suite, name)
    return dict(suite)


def _require_form(suite: Any, name: str) -> None:
    declared = suite.get("expectations") if isinstance(suite, dict) else None
    if not isinstance(declared, list) or not declared or suite.get("name") != name:
        raise GateBrokenError(
            f"gate {name}: expectations/{name}.json is not a suite named {name} with expectations."
        )
    for place, one in enumerate(declared, start=1):
        is_whole = (
            isinstance(one, dict)
            and {"type", "kwargs", "severity", "meta"} == one.keys()
            and one["severity"] in (CRITICAL, WARNING)
            and bool(one["meta"].get("reason"))
        )
        if not is_whole:
            raise GateBrokenError(
                f"gate {name}: expectation {place} of expectations/{name}.json needs type, kwargs, "
                "severity (critical or warning) and meta with a reason."
            )
