"""Pseudonyms: the published vectors, domains that share nothing, secrets that are refused."""

import hashlib
import hmac
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attainment_linkage.core import pseudonym as core
from attainment_linkage.core.pseudonym import ID_FORM, KINDS, Purpose, hkdf, hmac_sha256
from attainment_linkage.domain.errors import WeakKeyError

SECRET = hashlib.sha256(b"one secret").digest()
OTHER = hashlib.sha256(b"another secret").digest()

RFC_4231 = [
    ("0b" * 20, b"Hi There".hex(),
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (b"Jefe".hex(), b"what do ya want for nothing?".hex(),
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    ("aa" * 20, "dd" * 50,
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    ("0102030405060708090a0b0c0d0e0f10111213141516171819", "cd" * 50,
     "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
    ("0c" * 20, b"Test With Truncation".hex(), "a3b6167473100ee06e0c796c2955552b"),
    ("aa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First".hex(),
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
    ("aa" * 131,
     (b"This is a test using a larger than block-size key and a larger than block-size data. "
      b"The key needs to be hashed before being used by the HMAC algorithm.").hex(),
     "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
]  # fmt: skip

RFC_5869 = [
    ("0b" * 22, "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9", 42,
     "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"),
    (bytes(range(0x50)).hex(), bytes(range(0x60, 0xB0)).hex(),
     bytes(range(0xB0, 0x100)).hex(), 82,
     "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c6"
     "5e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"),
    ("0b" * 22, "", "", 42,
     "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "message", "expected"), RFC_4231)
def test_hmac_gives_the_vectors_of_rfc_4231(key, message, expected):
    found = hmac_sha256(bytes.fromhex(key), bytes.fromhex(message)).hex()

    assert found[: len(expected)] == expected


@pytest.mark.parametrize(("secret", "salt", "info", "length", "expected"), RFC_5869)
def test_hkdf_gives_the_vectors_of_rfc_5869(secret, salt, info, length, expected):
    parts = {"salt": bytes.fromhex(salt), "info": bytes.fromhex(info)}

    assert hkdf(bytes.fromhex(secret), **parts, length=length).hex() == expected


def test_a_pseudonym_is_what_the_documentation_says_it_is():
    purpose = Purpose("2024/163", 2, "household")
    labelled = b"".join(
        len(part).to_bytes(4, "big") + part
        for part in (b"attainment-linkage pseudonym", b"2024/163", b"2", b"household")
    )
    extracted = hmac.new(bytes(32), SECRET, "sha256").digest()
    derived = hmac.new(extracted, labelled + b"\x01", "sha256").digest()
    mac = hmac.new(derived, b"H0000017", "sha256").hexdigest()

    assert core.pseudonyms_of(SECRET, purpose)("H0000017") == f"h2_{mac[:32]}"
    assert core.pseudonyms_of(SECRET, purpose)(None) is None
    assert core.key_id(SECRET) == hmac.new(SECRET, b"key-id", "sha256").hexdigest()[:8]


PURPOSES = [
    Purpose(project, version, kind)
    for project, version, kind in itertools.product(("a", "b"), (1, 2, 12), KINDS)
]


@given(st.sets(st.text(min_size=1), min_size=1, max_size=8))
def test_projects_versions_kinds_and_secrets_share_no_id(ids):
    made = [
        core.pseudonyms_of(secret, purpose)(one)[-32:]
        for secret in (SECRET, OTHER)
        for purpose in PURPOSES
        for one in ids
    ]

    assert len(set(made)) == 2 * len(PURPOSES) * len(ids)


@given(st.text(), st.sampled_from(PURPOSES))
def test_an_id_has_the_stated_form_and_is_the_same_at_each_making(internal_id, purpose):
    first, second = (core.pseudonyms_of(SECRET, purpose)(internal_id) for _ in range(2))

    assert first == second
    assert ID_FORM.fullmatch(first)
    assert first.startswith(f"{purpose.kind[0]}{purpose.version}_")


@given(
    st.tuples(st.text(min_size=1), st.integers(1, 9999), st.sampled_from(KINDS)),
    st.tuples(st.text(min_size=1), st.integers(1, 9999), st.sampled_from(KINDS)),
)
def test_no_part_of_a_purpose_runs_on_into_the_next(one, other):
    assert (Purpose(*one).info == Purpose(*other).info) == (one == other)


@pytest.mark.parametrize("given", [("", 1, "person"), ("a", 0, "person"), ("a", 1, "name")])
def test_a_purpose_that_is_none_is_refused(given):
    with pytest.raises(ValueError, match="a purpose is a project"):
        Purpose(*given)


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        (b"", "it has 0 bytes"),
        (SECRET[:31], "it has 31 bytes"),
        (SECRET + b"\n", "it has more than 32 bytes"),
        (bytes(32), "all its bytes are equal"),
        (SECRET[:16] * 2, "its bytes repeat themselves"),
        (bytes(range(32)), "its bytes are counted up or down"),
        (bytes(range(0, 224, 7)), "its bytes are counted up or down"),
        (bytes([1, 2, 3, 4, 5, 6, 7, 9] * 3) + bytes([9, 8, 7, 6, 5, 4, 3, 1]), "only 9 different"),
        (SECRET.hex()[:32].encode(), "it is text, such as hex"),
        (b"correct horse battery staple 42!", "it is text, such as hex"),
    ],
)
def test_a_weak_secret_is_refused_and_not_shown(secret, said):
    uses = [core.key_id, lambda one: core.derived_key(one, PURPOSES[0])]
    for use in uses:
        with pytest.raises(WeakKeyError, match=said) as refused:
            use(secret)
        assert not secret or secret.decode("latin-1") not in str(refused.value)


@given(st.binary(min_size=32, max_size=32).map(lambda seed: hashlib.sha256(seed).digest()))
def test_random_bytes_are_not_taken_for_weak_ones(secret):
    assert len(core.key_id(secret)) == 8


def test_guesses_of_names_and_dates_find_plain_hashes_and_no_pseudonym():
    """Motivated intruder: all names and dates of a small world, against what was handed out."""
    names = [f"NAME{number:03d}" for number in range(40)]
    people = [f"{name}|{year}-{month:02d}-17" for name in names for year in range(1990, 2000)
              for month in range(1, 13)]  # fmt: skip
    handed_out = people[::17]
    plain = {hashlib.sha256(person.encode()).hexdigest() for person in handed_out}
    named = core.pseudonyms_of(SECRET, Purpose("a", 1, "person"))
    keyed = {named(person)[-32:] for person in handed_out}

    guessed = [hashlib.sha256(person.encode()).hexdigest() for person in people]
    without_key = [
        hmac_sha256(key, person.encode()).hex()[:32]
        for key in (b"", bytes(32))
        for person in people
    ]
    assert plain <= set(guessed)
    assert not keyed & ({one[:32] for one in guessed} | set(without_key))
