"""Boundary: every failure leaves as one paragraph and an exit code, without row values."""

from __future__ import annotations

import errno
import stat

import pytest

from attainment_linkage.domain import errors
from attainment_linkage.stages.boundary import guarded


def failing(error):
    def work():
        raise error

    return work


def test_what_goes_well_is_zero_and_silent(capfd):
    assert guarded(lambda: "anything") == 0
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "kind",
    [kind for kind in vars(errors).values() if isinstance(kind, type)],
    ids=lambda kind: kind.__name__,
)
def test_every_error_of_ours_leaves_with_its_code_and_message(kind, capfd):
    assert guarded(failing(kind("link: what is wrong."))) == kind.exit_code
    assert capfd.readouterr().err == (
        f"{kind.code}: link: what is wrong. More: attainment-linkage explain {kind.code}\n"
    )


def test_exit_codes_and_codes_are_all_different():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]

    assert len({kind.exit_code for kind in kinds}) == len(kinds)
    assert len({kind.code for kind in kinds}) == len(kinds)


def test_a_foreign_error_leaves_no_message_and_no_traceback(tmp_path, capfd):
    exit_code = guarded(failing(ValueError("CANARY")), fault_root=tmp_path)

    said = "".join(capfd.readouterr())
    assert exit_code == errors.StageFailedError.exit_code
    assert "STAGE_FAILED: run: failed with ValueError" in said
    assert "CANARY" not in said
    assert "Traceback (" not in said


def test_its_traceback_is_kept_for_those_who_may_read_names(tmp_path, capfd):
    guarded(failing(ValueError("CANARY")), fault_root=tmp_path)

    (kept,) = (tmp_path / "_faults").iterdir()
    assert str(kept) in capfd.readouterr().err
    assert "CANARY" in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_full_disk_has_its_own_exit_code(tmp_path, capfd):
    full = OSError(errno.ENOSPC, "No space left on device")

    assert guarded(failing(full), fault_root=tmp_path) == errors.DiskFullError.exit_code
    assert capfd.readouterr().err.startswith("DISK_FULL: run: no space is left")


def test_a_signal_stops_with_its_code_whatever_breaks_off_while_closing(capfd):
    def work():
        try:
            raise SystemExit(143)
        finally:
            raise ValueError("CANARY")

    assert guarded(failing(SystemExit(143))) == guarded(work) == 143
    said = "stopped by a signal; nothing of the stage at work was published.\n"
    assert capfd.readouterr() == ("", said * 2)


def test_the_keyboard_stops_without_a_traceback(capfd):
    assert guarded(failing(KeyboardInterrupt())) == 130
    assert "stopped by the keyboard" in capfd.readouterr().err
