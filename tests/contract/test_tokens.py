"""Tokens of connected accounts: sealed in the database, and sealed anew with another key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as with_fields
from tests.contract.conftest import NOON, OURS

from roost.errors import NotPossible, SecretsUnreadable
from roost.service import stored_accounts
from roost.service.account_calls import AccountCalls, NewAccount
from roost.service.vault import Vault
from roost.settings import App, Secret, Settings
from roost.store import sealing
from roost.store.durable import DurableStore
from roost.store.key_file import KeyFile
from roost.testing.clocks import FrozenClock

APPS = {"main": App(app_id="7", consumer_key="k", consumer_secrets=(Secret("s"),))}
CANARY = "canary-token-secret"


class Killed(Exception):
    """The process is gone."""


@pytest.fixture
def calls(store: DurableStore, tmp_path: Path) -> AccountCalls:
    settings = Settings(data=tmp_path / "keys", apps=APPS)
    return AccountCalls(settings, store, Vault(settings), FrozenClock(NOON))


def new(number: int) -> NewAccount:
    return NewAccount(str(number), f"shop{number}", f"{number}-token", f"{CANARY}-{number}", "main")


async def secrets_of(calls: AccountCalls) -> dict[str, str]:
    found = await stored_accounts.joined(calls.settings, calls.store.tokens, Vault(calls.settings))
    return {one.user_id: one.access_token_secret.reveal() for one in found.accounts.values()}


async def test_tokens_come_back_and_stand_nowhere_as_they_are(calls: AccountCalls):
    shown = await calls.put(new(101))
    (stored,) = await calls.store.tokens.every()

    assert await secrets_of(calls) == {"101": f"{CANARY}-101"}
    assert CANARY not in repr(stored) + repr(shown) + repr(new(1))


async def test_new_tokens_take_the_place_of_the_old_ones(calls: AccountCalls):
    await calls.put(new(101))
    await calls.put(replace(new(101), access_token_secret="other"))

    assert await secrets_of(calls) == {"101": "other"}


async def test_a_rekeying_that_is_killed_anywhere_can_be_repeated(calls: AccountCalls):
    numbers = range(101, 105)
    for number in numbers:
        await calls.put(new(number))
    expected = {str(n): f"{CANARY}-{n}" for n in numbers}

    for n_steps in range(3):
        left = iter(range(n_steps))
        with pytest.raises(Killed):
            await replace(calls, store=Dying(calls.store, left)).rekey()
        assert await secrets_of(calls) == expected, "everything can be read at any moment"
    await calls.rekey()

    assert await secrets_of(calls) == expected
    assert len(Vault(calls.settings).ring().keys) == 1
    assert len({one.sealed.key_id for one in await calls.store.tokens.every()}) == 1


async def test_a_rekeying_that_is_killed_at_any_row_or_after_all_can_be_repeated(
    calls: AccountCalls,
):
    """Once for each row, before the others are ended, and before the old key is dropped."""
    numbers = range(101, 105)
    for number in numbers:
        await calls.put(new(number))
    expected = {str(n): f"{CANARY}-{n}" for n in numbers}

    for n_rows in range(len(numbers) + 1):
        with pytest.raises(Killed):
            await replace(calls, store=Dying(calls.store, iter(range(n_rows)))).rekey()
        assert await secrets_of(calls) == expected, n_rows
        assert len(Vault(calls.settings).ring().keys) == 2, "the old key stays while rows need it"
        await calls.rekey()
        assert await secrets_of(calls) == expected
        assert len(Vault(calls.settings).ring().keys) == 1

    with pytest.raises(Killed):
        await replace(calls, vault=Unretiring(calls.settings)).rekey()
    assert await secrets_of(calls) == expected
    assert len(Vault(calls.settings).ring().keys) == 2
    await calls.rekey()
    assert len(Vault(calls.settings).ring().keys) == 1
    assert await secrets_of(calls) == expected


class Unretiring(Vault):
    """Keys whose process is killed before the old one is dropped."""

    def retire(self) -> None:
        raise Killed


async def test_a_key_file_from_another_backup_is_told_and_the_right_one_opens_again(
    calls: AccountCalls, tmp_path: Path
):
    await calls.put(new(101))
    file = calls.vault.file.path
    kept = file.read_bytes()
    file.unlink()
    other = KeyFile(file)
    other.begin()

    with pytest.raises(SecretsUnreadable, match="they are sealed with key") as caught:
        await secrets_of(calls)
    with pytest.raises(SecretsUnreadable):
        await calls.put(new(102))
    with pytest.raises(SecretsUnreadable):
        await calls.rekey()
    assert len(other.read().keys) == 1, "nothing was put into the wrong file"
    assert caught.value.remedy
    assert CANARY not in str(caught.value)

    file.write_bytes(kept)
    assert await secrets_of(calls) == {"101": f"{CANARY}-101"}
    await calls.rekey()
    rotated = file.read_bytes()
    file.write_bytes(kept)
    with pytest.raises(SecretsUnreadable, match="they are sealed with key"):
        await secrets_of(calls)
    file.write_bytes(rotated)
    assert await secrets_of(calls) == {"101": f"{CANARY}-101"}


class Dying:
    """A store whose process is killed before one of its commits."""

    def __init__(self, store: DurableStore, left) -> None:
        self.tokens = store.tokens
        self._store = store
        self._left = left

    async def manage(self, unit: Callable[[object], Awaitable[object]]) -> object:
        if next(self._left, None) is None:
            raise Killed
        return await self._store.manage(unit)


async def test_a_key_that_is_gone_is_not_replaced(calls: AccountCalls):
    await calls.put(new(101))
    calls.vault.file.path.unlink()

    with pytest.raises(SecretsUnreadable, match="there is no such file"):
        await calls.put(new(102))
    assert not calls.vault.file.is_there


async def test_keys_of_the_settings_need_no_file(calls: AccountCalls):
    old, newer = ("A" * 43 + "=", "B" * 42 + "A=")
    first = with_fields(calls.settings, keys=(Secret(old),))
    await replace(calls, settings=first, vault=Vault(first)).put(new(101))
    both = with_fields(calls.settings, keys=(Secret(newer), Secret(old)))
    told = await replace(calls, settings=both, vault=Vault(both)).rekey()
    last = replace(calls, settings=with_fields(calls.settings, keys=(Secret(newer),)))

    assert told["keys_in"] == "settings"
    assert await secrets_of(last) == {"101": f"{CANARY}-101"}
    assert not calls.vault.file.is_there
    with pytest.raises(SecretsUnreadable, match="they are sealed with key"):
        await secrets_of(replace(calls, settings=first))


async def test_what_is_paused_stays_so_over_a_start_and_goes_on_when_told(calls: AccountCalls):
    await calls.put(new(101))
    await calls.pause("shop101")
    row = await calls.store.account("101")
    assert row is not None
    await calls.store.register([], [row])

    assert (await calls.store.standing())["101"] == "paused: paused by its operator"
    assert await calls.store.transact(lambda tx: tx.health.to_check(NOON)) == []
    await calls.resume("shop101")
    assert (await calls.store.standing())["101"] == "connected"


async def test_new_tokens_let_a_held_account_go_on(calls: AccountCalls):
    shown = await calls.put(replace(new(13), name="disconnected"))

    assert shown["state"] == "connected"
    assert (await calls.store.standing())["13"] == "connected"


async def test_what_was_removed_is_remembered_without_tokens(calls: AccountCalls):
    await calls.put(new(101))
    await calls.remove("@shop101")

    assert await calls.store.tokens.every() == []
    assert (await calls.store.standing())["101"] == "unlisted"
    with pytest.raises(NotPossible, match="connected no more"):
        await calls.remove("101")
    with pytest.raises(NotPossible, match="there is no account nobody; there are: "):
        await calls.pause("nobody")


async def test_names_are_one_account_s(calls: AccountCalls):
    await calls.put(new(101))
    with pytest.raises(NotPossible, match="another account is called shop101"):
        await calls.put(replace(new(102), name="shop101"))
    assert (await calls.store.account(OURS)) is not None


@pytest.mark.parametrize("column", ["wrapped_key", "access_token"])
async def test_a_changed_byte_is_noticed(column: str):
    ring = sealing.KeyRing([sealing.new_key()])
    sealed = sealing.seal(ring, ("t", "1"), {"access_token": "x"})
    parts = {"wrapped_key": sealed.wrapped_key, **sealed.values}
    for at in range(len(parts[column])):
        spoilt = bytearray(parts[column])
        spoilt[at] ^= 1
        changed = parts | {column: bytes(spoilt)}
        wrapped = changed.pop("wrapped_key")
        with pytest.raises(SecretsUnreadable):
            sealing.unseal(ring, ("t", "1"), sealing.Sealed(sealed.key_id, wrapped, changed))
    with pytest.raises(SecretsUnreadable):
        sealing.unseal(ring, ("t", "2"), sealed)
    assert sealing.unseal(ring, ("t", "1"), sealed) == {"access_token": "x"}
