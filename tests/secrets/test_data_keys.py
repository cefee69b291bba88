"""The cryptography: what is sealed opens as it was, and nowhere else."""

import base64
from uuid import UUID, uuid4

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backend.identity.data_keys import (
    KEY_BYTES,
    NO_KEYS,
    DataKey,
    KeyRing,
    Sealed,
    Unreadable,
    UnusableKeys,
    WrappedKey,
    key_id,
    read_ring,
    written,
)

secrets = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)
columns = st.sampled_from(Sealed)
values = st.binary(max_size=300)


def ring(*keys: bytes) -> KeyRing:
    return read_ring(written(keys))


@given(secrets, st.uuids(), columns, values)
def test_what_is_sealed_opens_as_it_was(secret: bytes, owner: UUID, column: Sealed, value: bytes) -> None:
    key, stored = ring(secret).new_key(owner)
    sealed = key.seal(column, value)
    assert ring(secret).unwrap(owner, stored).open(column, sealed) == value
    assert ring(secret).open_passing(column, owner, ring(secret).seal_passing(column, owner, value)) == value
    assert key.seal(column, value) != sealed, "two equal values do not look alike"


@given(secrets, st.uuids(), st.uuids(), columns, columns, values)
def test_no_ciphertext_opens_in_another_row_or_column(
    secret: bytes, owner: UUID, other: UUID, column: Sealed, elsewhere: Sealed, value: bytes
) -> None:
    assume((owner, column) != (other, elsewhere))
    key, _ = ring(secret).new_key(owner)
    sealed = key.seal(column, value)
    with pytest.raises(Unreadable):
        DataKey(other, key.secret).open(elsewhere, sealed)  # even with the very key
    passing = ring(secret).seal_passing(column, owner, value)
    with pytest.raises(Unreadable):
        ring(secret).open_passing(elsewhere, other, passing)


@given(secrets, secrets, st.uuids(), st.uuids(), columns, values)
def test_nothing_opens_with_another_key(
    secret: bytes, wrong: bytes, owner: UUID, other: UUID, column: Sealed, value: bytes
) -> None:
    assume(secret != wrong and owner != other)
    key, stored = ring(secret).new_key(owner)
    with pytest.raises(Unreadable):
        ring(wrong).unwrap(owner, stored)
    with pytest.raises(Unreadable):
        ring(wrong).unwrap(owner, WrappedKey(key_id(wrong), stored.wrapped))  # named as if it were that one's
    with pytest.raises(Unreadable):
        ring(secret).unwrap(other, stored)  # moved to another's row
    anothers, _ = ring(secret).new_key(owner)
    with pytest.raises(Unreadable):
        anothers.open(column, key.seal(column, value))


@given(secrets, st.uuids(), columns, values, st.data())
def test_one_changed_bit_is_noticed(
    secret: bytes, owner: UUID, column: Sealed, value: bytes, data: st.DataObject
) -> None:
    key, _ = ring(secret).new_key(owner)
    sealed = bytearray(key.seal(column, value))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Unreadable):
        key.open(column, bytes(sealed))


@given(secrets, secrets, st.uuids(), columns, values)
def test_rotating_changes_no_plaintext_and_the_old_key_can_go(
    old: bytes, new: bytes, owner: UUID, column: Sealed, value: bytes
) -> None:
    assume(old != new)
    key, stored = ring(old).new_key(owner)
    sealed = key.seal(column, value)
    both = ring(new, old)
    assert both.unwrap(owner, stored).open(column, sealed) == value, "two keys are valid at once"
    anew = both.rewrap(owner, stored)
    assert anew.key_id == key_id(new)
    assert ring(new).unwrap(owner, anew).open(column, sealed) == value


@given(st.binary(max_size=60))
def test_any_bytes_at_all_are_unreadable_and_nothing_worse(junk: bytes) -> None:
    key, stored = ring(bytes(KEY_BYTES)).new_key(uuid4())
    with pytest.raises(Unreadable):
        key.open(Sealed.PHONE, junk)
    with pytest.raises(Unreadable):
        ring(bytes(KEY_BYTES)).open_passing(Sealed.PHONE, key.owner, junk)
    with pytest.raises(Unreadable):
        ring(bytes(KEY_BYTES)).unwrap(key.owner, WrappedKey(stored.key_id, junk))


@pytest.mark.parametrize(
    ("content", "saying"),
    [
        (b"", "it holds no key"),
        (b"# nothing but a remark\n\n", "it holds no key"),
        (b"not base64 at all!\n", "line 1 is not 32 bytes"),
        (base64.b64encode(bytes(16)) + b"\n", "line 1 is not 32 bytes"),
        (written([bytes(32)]) + b"YQ==\n", "line 2 is not 32 bytes"),
        (written([bytes(32), bytes(32)]), "line 2 repeats"),
        (bytes(range(128, 160)), "line"),
    ],
)
def test_a_wrong_key_file_is_told_by_its_line_and_never_quoted(content: bytes, saying: str) -> None:
    with pytest.raises(UnusableKeys, match=saying) as why:
        read_ring(content)
    assert not content.strip() or content.strip().decode("latin-1") not in str(why.value)


def test_remarks_and_empty_lines_are_passed_over() -> None:
    content = (
        b"# of November\n"
        + written([bytes(32)])
        + b"\n  "
        + base64.b64encode(bytes(31) + b"1")
        + b"  # the one before\n"
    )
    assert len(read_ring(content).secrets) == 2


def test_a_process_without_keys_seals_nothing() -> None:
    with pytest.raises(Unreadable, match="data key file"):
        NO_KEYS.new_key(uuid4())
    with pytest.raises(Unreadable, match="data key file"):
        NO_KEYS.seal_passing(Sealed.BARE_ADDRESS, uuid4(), b"+4520000001")


def test_keys_do_not_show_when_printed() -> None:
    secret = b"0123456789abcdef0123456789abcdef"
    with_keys = ring(secret)
    key = DataKey(uuid4(), secret)
    said = f"{with_keys!r} {key!r} {key}"
    for canary in ("0123456789", base64.b64encode(secret).decode(), secret.hex()):
        assert canary not in said
