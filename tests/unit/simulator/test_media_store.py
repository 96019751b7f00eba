"""Media within a bound, and forms that carry it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from requests import Request

from roost.simulator import multipart_form
from roost.simulator.media_entries import MediaEntry
from roost.simulator.media_store import MediaStore, NoRoom, Upload

KIB = 1_024


def picture(media_id: str, size: int = KIB) -> MediaEntry:
    return MediaEntry(
        media_id=media_id,
        kind="photo",
        media_type="image/png",
        width=1,
        height=1,
        content=bytes(size),
    )


def ids(store: MediaStore) -> list[str]:
    return [entry.media_id for entry in store.entries()]


def test_the_oldest_give_way_when_there_is_no_room_left():
    store = MediaStore([], lambda: 6 * KIB)
    for media_id in ("1", "2", "3", "4"):
        store.put(picture(media_id))

    assert ids(store) == ["2", "3", "4"]
    assert store.media("1") is None


def test_very_many_small_ones_are_bounded_too():
    store = MediaStore([], lambda: 10 * KIB)
    for n in range(1_000):
        store.put(picture(str(n), size=0))

    assert len(ids(store)) == 10


def test_what_is_too_large_by_itself_drives_nothing_out():
    store = MediaStore([picture("1")], lambda: 4 * KIB)

    with pytest.raises(NoRoom):
        store.put(picture("2", size=4 * KIB))

    assert ids(store) == ["1"]
    assert not store.fits(4 * KIB)
    assert store.fits(3 * KIB)


def test_an_upload_counts_as_it_grows_and_keeps_its_place():
    store = MediaStore([picture("1")], lambda: 5 * KIB)
    upload = Upload("2", "1001", (), 2 * KIB, "", shared=False, created_at="0")
    store.put(upload)
    store.put(replace(upload, segments={0: bytes(KIB)}))
    assert ids(store) == ["1"]

    store.put(replace(upload, segments={0: bytes(KIB), 1: bytes(KIB + 1)}))

    assert ids(store) == []
    assert store.find("2").size == 2 * KIB + 1
    assert store.media("2") is None
    store.put(picture("2"))
    assert ids(store) == ["2"]


def test_of_too_much_at_first_the_newest_are_kept():
    large = picture("9", size=9 * KIB)

    assert ids(MediaStore([picture("3"), large, picture("1"), picture("2")], lambda: 4 * KIB)) == [
        "2",
        "3",
    ]


def test_only_media_that_is_not_shared_is_used_up():
    shared = structs.replace(picture("2"), shared=True)
    store = MediaStore([picture("1"), shared], lambda: 9 * KIB)
    for media_id in ("1", "2", "3"):
        store.use(media_id, "77")

    assert [entry.used_by for entry in store.entries()] == ["77", ""]


@settings(deadline=None)  # the first request that is made loads its library
@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8", exclude_characters='\r\n"\\\0'), min_size=1),
        st.binary(),
        max_size=5,
    )
)
def test_a_form_is_read_as_it_was_written(written: dict[str, bytes]):
    request = Request("POST", "http://a.example", files=[(n, ("f", c)) for n, c in written.items()])
    sent = request.prepare()
    if written:
        read = multipart_form.read(sent.body, sent.headers["content-type"])
        assert read == written


BODY = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n'


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "multipart/form-data; boundary=b"),
        (BODY, "multipart/form-data"),
        (BODY, "multipart/form-data; boundary=c"),
        (BODY, "text/plain; boundary=b"),
        (BODY[:-4], "multipart/form-data; boundary=b"),
        (b"--b\r\n\xff: x\r\n\r\n1\r\n--b--\r\n", "multipart/form-data; boundary=b"),
        (BODY.removesuffix(b"--b--\r\n") * 40 + BODY, "multipart/form-data; boundary=b"),
    ],
)
def test_what_is_no_whole_form_has_no_fields(body: bytes, content_type: str):
    assert multipart_form.read(BODY, "multipart/form-data; boundary=b") == {"a": b"1"}
    assert multipart_form.read(body, content_type) == {}
