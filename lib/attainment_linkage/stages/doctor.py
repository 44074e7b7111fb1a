"""Doctor: looks at the machine before a run does, and says what to do."""

from __future__ import annotations

from attainment_linkage.adapters.machine import checks
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.errors import EnvironmentFaultError


def examine(config: Config) -> None:
    """Say of each thing whether it is well, and of each that is not what to do.

    Raises:
        EnvironmentFaultError: something is not as the road needs it.
    """
    log, wrong = RunLog(), []
    for check in checks(config):
        log.note(f"{'well' if check.is_well else 'NOT WELL'}: {check.name}", check.found)
        if not check.is_well:
            wrong.append(f"{check.name}: {check.found}. {check.cure}")
    if wrong:
        raise EnvironmentFaultError(
            f"doctor: {len(wrong)} {'thing is' if len(wrong) == 1 else 'things are'} not as the "
            f"road needs {'it' if len(wrong) == 1 else 'them'}. {' '.join(wrong)}"
        )
    lake = config.lake.directory
    log.line(f"All is well. Next: attainment-linkage run --synthesise --lake {lake}")
