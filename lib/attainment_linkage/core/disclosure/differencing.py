"""Differencing: what follows from everything ever released, taken as one linear system.

The unknowns are the cells of the cross-classification of all variables and filters; those that
no output tells apart are one unknown. Every released count is an equation. The programme asks
for the interval of every withheld group, of every remainder, of sums of withheld neighbours,
of the cells in which two outputs cross, and of what one output has and another has not.

Where the whole cross-classification is too large to be written out, it is attacked in windows
of the variables that meet in the new output, and by ``span``, exactly, over all of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from attainment_linkage.core.disclosure import span
from attainment_linkage.core.disclosure.register import Released
from attainment_linkage.core.disclosure.variables import taken_together
from attainment_linkage.core.disclosure.window_attack import Derived, Window
from attainment_linkage.core.disclosure.windows import windows


def derived(
    new: Released, earlier: Sequence[Released], threshold: int, is_zero_allowed: bool = False
) -> Derived | None:
    """The first group under the threshold that the outputs give away together; None if none."""
    outputs = [one for one in earlier if one.description.universe == new.description.universe]
    groups, empty, zeros, variables = taken_together((*outputs, new))
    for window in windows(groups, variables, new.title):
        attack = Window(window, groups, variables, zeros, new.title, threshold, is_zero_allowed)
        try:
            found = attack.first()
        except ArithmeticError:
            return Derived("", tuple(attack.told), is_contradiction=True)
        if found is not None:
            return found
    determined = span.determined([*groups, *empty], variables, threshold)
    return Derived(*determined) if determined is not None else None
