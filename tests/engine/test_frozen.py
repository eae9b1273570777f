"""Keeping a session: it comes back as it was, or not at all."""

from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from kiosk.engine.frozen import NotFrozen, freeze, thaw
from kiosk.flow.command import StackNote
from kiosk.flow.event import Device


class Colour(StrEnum):
    RED = "red"


class Box(Struct, frozen=True, kw_only=True):
    content: object = None


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text() | st.just(Colour.RED),
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text() | st.just(Device.PRINTER), inner, max_size=3)
        | st.builds(Box, content=inner)
        | st.builds(StackNote, note_id=st.text(), value_fen=st.integers(0, 10**6))
    ),
)


@given(values)
def test_what_was_kept_comes_back(value: object) -> None:
    back = thaw(freeze(value))
    assert back == value
    assert type(back) is type(value)


def test_an_enum_comes_back_as_itself() -> None:
    back = thaw(freeze({Device.PRINTER: Colour.RED}))
    assert back == {Device.PRINTER: Colour.RED}
    assert type(next(iter(back))) is Device


@pytest.mark.parametrize("value", [object(), [1], {1}, b"x", Box(content=[1])])
def test_what_cannot_change_only(value: object) -> None:
    with pytest.raises(NotFrozen):
        freeze(value)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[",
        b"[]",
        b'["pickle", "os:system", "true"]',
        b'["struct", "os:system", {}]',
        b'["struct", "nowhere:Nothing", {}]',
        b'["enum", "kiosk.flow.event:Device", "toaster"]',
        b'["enum", "kiosk.flow.event:Event", "x"]',
        b'["struct", "kiosk.flow.command:StackNote", {"note_id": "1"}]',
        b'["struct", "kiosk.flow.command:StackNote"]',
        b'["dict", ["one"]]',
        b'["dict", [["dict"], 1]]',
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_called(text: bytes) -> None:
    with pytest.raises(NotFrozen):
        thaw(text)
