"""Keys: a secret is made private, and any file that is not is refused by its own name."""

import dataclasses
import hashlib
import os
import pickle
import stat

import pytest
from typer.testing import CliRunner

from attainment_linkage.adapters import keys
from attainment_linkage.adapters.audit_log import AuditLog
from attainment_linkage.adapters.keys import KeyFile, make_key, read_key
from attainment_linkage.adapters.project import project_folder
from attainment_linkage.cli import app
from attainment_linkage.core.audit import Deed
from attainment_linkage.core.pseudonym import Purpose, key_id, pseudonyms_of
from attainment_linkage.domain.errors import (
    AuditError,
    KeyExposedError,
    KeyMissingError,
    KeyRefusedError,
    WeakKeyError,
)
from attainment_linkage.stages.keys import new_key
from tests.conftest import config_for

SECRET = hashlib.sha256(b"a secret").digest()


@pytest.fixture
def path(tmp_path):
    """A good key in a folder of its owner's alone."""
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o700)
    path = folder / "a.key"
    path.write_bytes(SECRET)
    path.chmod(0o400)
    return path


def test_a_key_is_made_private_random_and_once(tmp_path):
    places = [KeyFile(str(tmp_path / name)) for name in ("one", "two")]
    named = [make_key(place) for place in places]
    secrets = [place() for place in places]

    assert [len(secret) for secret in secrets] == [32, 32]
    assert secrets[0] != secrets[1]
    assert named == [key_id(secret) for secret in secrets] == [place.key_id for place in places]
    assert stat.S_IMODE((tmp_path / "one").stat().st_mode) == 0o400
    with pytest.raises(KeyRefusedError, match="File exists; no key was made"):
        make_key(places[0])
    assert places[0]() == secrets[0]


def test_a_good_key_is_read(path):
    assert read_key(path) == SECRET


@pytest.mark.parametrize("mode", [0o600, 0o440, 0o404, 0o410, 0o500, 0o000, 0o4400])
def test_any_mode_but_0400_is_refused(path, mode):
    path.chmod(mode)

    with pytest.raises(KeyRefusedError, match=rf"its mode is {mode:04o}|Permission denied"):
        read_key(path)


def test_another_s_key_is_refused(path, monkeypatch):
    monkeypatch.setattr(keys.os, "geteuid", lambda: path.stat().st_uid + 1)

    with pytest.raises(KeyExposedError, match="it belongs to the user"):
        read_key(path)


def test_a_folder_that_others_write_is_refused_and_a_key_is_not_left_in_it(path, tmp_path):
    path.parent.chmod(0o770)

    with pytest.raises(KeyExposedError, match="its folder can be written by others"):
        read_key(path)
    with pytest.raises(KeyExposedError, match="its folder can be written by others"):
        make_key(KeyFile(str(path.parent / "new.key")))
    assert os.listdir(path.parent) == ["a.key"]


def test_a_link_a_folder_a_pipe_and_nothing_are_refused(path):
    link, pipe = path.with_name("link"), path.with_name("pipe")
    link.symlink_to(path)
    os.mkfifo(pipe, 0o400)

    with pytest.raises(KeyRefusedError, match="it is a symbolic link"):
        read_key(link)
    for other in (pipe, path.parent):
        with pytest.raises(KeyRefusedError, match="not a regular file"):
            read_key(other)
    with pytest.raises(KeyMissingError, match="is not there"):
        read_key(path.with_name("none"))


@pytest.mark.parametrize(
    "content",
    [b"", SECRET[:-1], SECRET + b"\n", bytes(32), b"\xff" * 32, SECRET.hex().encode()[:32]],
)
def test_a_weak_key_is_refused(path, content):
    path.chmod(0o600)
    path.write_bytes(content)
    path.chmod(0o400)

    with pytest.raises(WeakKeyError, match="32 random bytes are needed"):
        read_key(path)


@pytest.mark.parametrize("folder", ["", "landing", "identifiers", "attributes", "research"])
def test_a_key_in_the_lake_or_by_a_link_into_it_is_refused(config, tmp_path, folder):
    inside = tmp_path / "lake" / folder
    inside.mkdir(mode=0o700, parents=True)
    (tmp_path / "elsewhere").symlink_to(inside)
    for way in (inside, tmp_path / "elsewhere"):
        place = KeyFile.of(way / "a.key", config.lake)
        for use in (place, lambda place=place: make_key(place)):
            with pytest.raises(KeyExposedError, match="beside what it protects"):
                use()


def test_a_key_in_a_root_of_its_own_place_or_the_project_is_refused(config, tmp_path):
    lake = dataclasses.replace(config.lake, research=str(tmp_path / "apart"))
    for path in (tmp_path / "apart" / "a.key", project_folder() / "conf" / "a.key"):
        with pytest.raises(KeyExposedError, match="beside what it protects"):
            KeyFile.of(path, lake)()


def test_what_travels_is_the_path_and_no_byte_of_the_key(path, config):
    place = KeyFile.of(path, config.lake)
    pickled = pickle.dumps(place)

    assert SECRET not in pickled
    assert SECRET.hex() not in repr(place) + repr(vars(place))
    assert pickle.loads(pickled)() == SECRET


def test_ids_of_a_destroyed_key_cannot_be_made_again(tmp_path):
    place, purpose = KeyFile(str(tmp_path / "a.key")), Purpose("a", 1, "person")
    make_key(place)
    before = {pseudonyms_of(place(), purpose)(f"P{number}") for number in range(100)}
    (tmp_path / "a.key").unlink()

    with pytest.raises(KeyMissingError, match="cannot be made again"):
        place()
    make_key(place)
    assert not before & {pseudonyms_of(place(), purpose)(f"P{number}") for number in range(100)}


def test_the_command_makes_a_key_outside_the_lake_and_says_its_id_only(tmp_path):
    words = ["key", "new", str(tmp_path / "a.key"), "--lake", str(tmp_path / "lake")]
    done = CliRunner().invoke(app, words)
    secret = read_key(tmp_path / "a.key")

    assert (done.exit_code, done.stdout) == (0, f"  key id: {key_id(secret)}\n")
    again = CliRunner().invoke(app, words)
    assert (again.exit_code, again.stderr.split(":")[0]) == (33, "KEY_REFUSED")
    inside = CliRunner().invoke(app, ["key", "new", str(tmp_path / "b"), "--lake", str(tmp_path)])
    assert (inside.exit_code, inside.stderr.split(":")[0]) == (35, "KEY_EXPOSED")
    log = AuditLog.of(config_for(tmp_path / "lake"))
    assert [(one.what, one.about, one.outcome, one.key_id) for one in log.entries() if one] == [
        ("key new", "a.key", "started", ""),
        ("key new", "a.key", "finished", key_id(secret)),
        ("key new", "a.key", "started", ""),
        ("key new", "a.key", "KEY_REFUSED", ""),
    ]
    assert secret.hex() not in log.path.read_text("ascii")


def test_a_key_that_cannot_be_recorded_is_not_made(tmp_path):
    config = config_for(tmp_path / "lake")
    log = AuditLog.of(config)
    log.record(Deed("link", "k1", "finished"))
    log.path.write_bytes(log.path.read_bytes()[:-2] + b"x\n")

    with pytest.raises(AuditError, match="nothing is done"):
        new_key(tmp_path / "a.key", config)
    assert not (tmp_path / "a.key").exists()
