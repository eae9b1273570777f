"""Every message comes back from JSON as it was, and what is not one is refused."""

import inspect
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vending import messages, wire
from vending.card import CardSnapshot, SealAnswer, SealRequest


def structs_of(module: object) -> list[type[Any]]:
    found = [kind for _, kind in inspect.getmembers(module, inspect.isclass)]
    return [kind for kind in found if issubclass(kind, msgspec.Struct)]


OTHERS: tuple[type[Any], ...] = (CardSnapshot, SealAnswer, SealRequest)
KINDS: list[type[Any]] = sorted(
    {*structs_of(messages), *structs_of(wire), *OTHERS} - {msgspec.Struct},
    key=lambda kind: kind.__name__,
)
UNIONS = (
    messages.AccountAnswer,
    messages.TrialAnswer,
    messages.VendAnswer,
    messages.InquiryAnswer,
    messages.SealReply,
    messages.Report,
)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    int: st.integers(-(2**53) + 1, 2**53 - 1),
    # JSON text holds no lone surrogates.
    str: st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    bool: st.booleans(),
    type(None): st.none(),
}


def some(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a declared type: a message, one of several, or many of one."""
    if hint in PLAIN:
        return PLAIN[hint]
    if get_origin(hint) is tuple:
        return st.lists(some(get_args(hint)[0]), max_size=3).map(tuple)
    if get_args(hint):
        return st.one_of([some(one) for one in get_args(hint)])
    if issubclass(hint, Enum):
        return st.sampled_from(hint)
    fields = get_type_hints(hint)
    return st.builds(hint, **{name: some(kind) for name, kind in fields.items()})


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20)
@given(data=st.data())
def test_a_message_comes_back_as_it_was(kind: type[Any], data: st.DataObject) -> None:
    message = data.draw(some(kind))
    text = msgspec.json.encode(message)
    assert msgspec.json.decode(text, type=kind) == message


@pytest.mark.parametrize("union", UNIONS)
@settings(max_examples=50)
@given(data=st.data())
def test_an_answer_says_by_itself_which_it_is(union: Any, data: st.DataObject) -> None:
    message = data.draw(some(union))
    back = msgspec.json.decode(msgspec.json.encode(message), type=union)
    assert type(back) is type(message)
    assert back == message


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_object_is_a_message_only_if_nothing_is_needed(kind: type[Any]) -> None:
    needed = [field for field in msgspec.structs.fields(kind) if field.required]
    assert needed
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b"{}", type=kind)


@pytest.mark.parametrize("text", ["1.5", '"150"', "true", "1e400"])
def test_an_amount_is_a_whole_number(text: str) -> None:
    body = f'{{"note_id": "n1", "value_fen": {text}}}'
    with pytest.raises(msgspec.MsgspecError):
        msgspec.json.decode(body, type=messages.Note)


def test_the_path_of_an_inquiry_names_the_order() -> None:
    assert wire.inquiry_path("3100422601020000170") == "/v1/vends/3100422601020000170"
