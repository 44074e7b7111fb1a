"""Decision: a second person's, on a package; what is approved leaves for ``out/``."""

from __future__ import annotations

from attainment_linkage.adapters.audit_log import FINISHED, AuditLog
from attainment_linkage.adapters.locks import held_alone
from attainment_linkage.adapters.outputs import read_rules
from attainment_linkage.adapters.project import conf_folder
from attainment_linkage.adapters.registers import today
from attainment_linkage.adapters.release_store import APPROVED, REFUSED, ReleaseStore
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.adapters.workplace import restrict_process
from attainment_linkage.core.audit import Deed
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.errors import DecisionRefusedError
from attainment_linkage.stages.release import unpacking
from attainment_linkage.stages.release.store import require_undecided, store_of, verified


def decide(
    name: str, config: Config, who: str, reason: str, log: RunLog, *, is_approved: bool
) -> None:
    """The checker's decision on a package; what is approved leaves for ``out/``.

    An approval that was cut short before its outputs left is finished, not made a second time.

    Raises:
        PackageBrokenError: the package is not there, or does not hold.
        DecisionRefusedError: by the analyst, without a reason, or decided already.
        ReleaseRefusedError: what was released since gives away what it may not.
        RunLockedError: another decision is being made; each is judged beside all before it.
    """
    restrict_process()
    store = store_of(config)
    verdict = APPROVED if is_approved else REFUSED
    with (
        held_alone(store.home, config.lake.lock_heartbeat_seconds),
        AuditLog.of(config).recorded(Deed(f"release {verdict}", name, FINISHED)) as outcome,
    ):
        folder = verified(name, config)
        record = unpacking.record_of(folder)
        outcome.inputs = unpacking.digests(folder)
        _require_second(name, record["analyst"], who, reason)
        if is_approved and _is_cut_short(store, name, who):
            outcome.outputs = unpacking.digests(folder)
            log.note("approved before; it left for", str(store.copy_out(name)))
            return
        require_undecided(store, name)
        outputs = unpacking.released_of(folder, name)
        if is_approved:
            unpacking.require_safe_beside(outputs, store.registered(), read_rules(conf_folder()))
            store.register(name, outputs)
        body = {"package": name, "decision": verdict, "checker": who, "reason": reason,
                "project": record["project"], "decided_on": str(today())}  # fmt: skip
        if not store.decide(name, body):
            raise DecisionRefusedError(f"release: {name} was decided on meanwhile. Read it.")
        outcome.outputs = unpacking.digests(folder)
        if is_approved:
            log.note("approved; it left for", str(store.copy_out(name)))


def _is_cut_short(store: ReleaseStore, name: str, who: str) -> bool:
    """Whether this checker approved a package and its outputs have not left."""
    decided = store.decision(name) or {}
    is_own = (decided.get("decision"), decided.get("checker")) == (APPROVED, who)
    return is_own and not store.has_left(name)


def _require_second(name: str, analyst: str, who: str, reason: str) -> None:
    if who == analyst:
        raise DecisionRefusedError(
            f"release: {name} was brought by {analyst}, who cannot decide on it. Ask a checker."
        )
    if not reason.strip():
        raise DecisionRefusedError(f"release: {name}: a decision needs a reason. Give --reason.")
