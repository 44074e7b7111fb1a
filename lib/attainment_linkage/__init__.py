"""Links attainment records to the Census, and any two tables from the roles of their columns.

For notebooks and other programmes: ``from attainment_linkage import link, plan, explain``
(``attainment_linkage.front`` has their documentation). Nothing is imported before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from attainment_linkage.front import Explanation as Explanation
    from attainment_linkage.front import LinkageError as LinkageError
    from attainment_linkage.front import LinkageModel as LinkageModel
    from attainment_linkage.front import Links as Links
    from attainment_linkage.front import Waterfall as Waterfall
    from attainment_linkage.front import explain as explain
    from attainment_linkage.front import link as link
    from attainment_linkage.front import plan as plan

__all__ = [
    "Explanation",
    "LinkageError",
    "LinkageModel",
    "Links",
    "Waterfall",
    "explain",
    "link",
    "plan",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from attainment_linkage import front

        return getattr(front, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
