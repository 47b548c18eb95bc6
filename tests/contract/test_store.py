"""The contract of `Store`: transactions are all or nothing, inserts fence, values come back exactly."""

from __future__ import annotations

import asyncio
import hashlib

import pytest

from finnest.dapr.stores import BLOB_BYTES, DaprBlobs
from finnest.errors import Missing, TooLarge
from finnest.ports import Blobs, Store, Write
from finnest.testing import MemoryBlobs, MemoryStore, eventually

VALUES = [
    "",
    "text",
    "2024-01-15",
    "2024-01-15T10:00:00Z",
    "5m",
    "PT5M",
    "9007199254740993",
    "123456789012345678901234567890",
    "1e400",
    "1.0",
    "true",
    "null",
    '{"b": 1, "a": 9007199254740993}',
    '"quoted"',
    "aGVsbG8=",
    "zwölf Boxkämpfer 🥊 \u2028 \\ \t\n end",
    "<a href='x'>&amp;</a>",
    "x" * 200_000,
]


async def test_a_key_that_is_not_there_is_left_out(store: Store, tenant: str) -> None:
    assert await store.get([f"{tenant}/a", f"{tenant}/b"]) == {}
    assert await store.get([]) == {}


async def test_all_writes_of_a_transaction_are_there(store: Store, tenant: str) -> None:
    writes = [Write(f"{tenant}/{n}", f"value {n}") for n in range(5)]
    assert await store.transact(writes)
    wanted = {write.key: write.value for write in writes}
    assert await store.get([*wanted, f"{tenant}/other"]) == wanted


async def test_a_later_write_replaces_an_earlier_one(store: Store, tenant: str) -> None:
    assert await store.transact([Write(f"{tenant}/a", "one")])
    assert await store.transact([Write(f"{tenant}/a", "two")])
    assert await store.get([f"{tenant}/a"]) == {f"{tenant}/a": "two"}


async def test_an_insert_is_refused_when_the_key_exists(store: Store, tenant: str) -> None:
    insert = Write(f"{tenant}/a", "one", if_absent=True)
    assert await store.transact([insert])
    assert not await store.transact([Write(f"{tenant}/a", "two", if_absent=True)])
    assert not await store.transact([insert])
    assert await store.get([insert.key]) == {insert.key: "one"}


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_nothing_of_a_refused_transaction_is_visible(store: Store, tenant: str, place: int) -> None:
    assert await store.transact([Write(f"{tenant}/taken", "one"), Write(f"{tenant}/old", "old")])
    writes = [Write(f"{tenant}/old", "new"), Write(f"{tenant}/fresh", "new", if_absent=True)]
    writes.insert(place, Write(f"{tenant}/taken", "two", if_absent=True))
    assert not await store.transact(writes)
    found = await store.get([f"{tenant}/taken", f"{tenant}/old", f"{tenant}/fresh"])
    assert found == {f"{tenant}/taken": "one", f"{tenant}/old": "old"}


async def test_of_twenty_who_insert_at_once_one_succeeds_whole(store: Store, tenant: str) -> None:
    async def insert(number: int) -> bool:
        fence = Write(f"{tenant}/fence", str(number), if_absent=True)
        return await store.transact([Write(f"{tenant}/own-{number}", "x"), fence])

    won = await asyncio.gather(*(insert(number) for number in range(20)))
    assert won.count(True) == 1
    winner = won.index(True)
    found = await store.get([f"{tenant}/fence", *(f"{tenant}/own-{n}" for n in range(20))])
    assert found == {f"{tenant}/fence": str(winner), f"{tenant}/own-{winner}": "x"}


async def test_values_come_back_exactly(store: Store, tenant: str) -> None:
    writes = [Write(f"{tenant}/{n}", value) for n, value in enumerate(VALUES)]
    assert await store.transact(writes)
    found = await store.get([write.key for write in writes])
    assert [found[write.key] for write in writes] == VALUES


async def test_many_keys_are_read_at_once(store: Store, tenant: str) -> None:
    writes = [Write(f"{tenant}/{n:04d}", str(n)) for n in range(250)]
    for first in range(0, 250, 50):
        assert await store.transact(writes[first : first + 50])
    found = await store.get([write.key for write in writes])
    assert found == {write.key: write.value for write in writes}


async def test_a_key_with_a_lifetime_is_gone_afterwards_and_may_be_inserted_again(
    store: Store, tenant: str
) -> None:
    marker = Write(f"{tenant}/marker", "one", if_absent=True, ttl_s=1)
    assert await store.transact([marker])
    assert await store.get([marker.key]) == {marker.key: "one"}

    async def is_gone() -> bool:
        return await store.get([marker.key]) == {}

    await eventually(is_gone, within_s=5)
    again = Write(marker.key, "two", if_absent=True, ttl_s=60)
    assert await store.transact([again])
    assert await store.get([marker.key]) == {marker.key: "two"}


@pytest.fixture
def blobs(store: Store) -> Blobs:
    return MemoryBlobs() if isinstance(store, MemoryStore) else DaprBlobs(store, "notes")


@pytest.mark.parametrize("size", [0, 1, 512 * 1024, 512 * 1024 + 1, 3_000_000])
async def test_a_body_comes_back_under_its_hash(blobs: Blobs, tenant: str, size: int) -> None:
    body = bytes(range(256)) * (size // 256) + b"!" * (size % 256)
    name = await blobs.put(tenant, body)
    assert name == hashlib.sha256(body).hexdigest()
    assert await blobs.put(tenant, body) == name
    assert await blobs.get(tenant, name) == body


async def test_a_body_belongs_to_its_tenant(blobs: Blobs, tenant: str) -> None:
    name = await blobs.put(tenant, b"mine")
    with pytest.raises(Missing):
        await blobs.get(f"{tenant}-other", name)


async def test_a_body_over_the_bound_is_refused(blobs: Blobs, tenant: str) -> None:
    with pytest.raises(TooLarge):
        await blobs.put(tenant, b"x" * (BLOB_BYTES + 1))
