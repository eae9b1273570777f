"""The chain: whatever is done to the entries, it breaks exactly there."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.engine.chain import BrokenLink, Entry, Head, follow, genesis, link


@dataclass
class Draft:
    at_ms: int
    kind: str
    body: bytes


drafts = st.lists(
    st.builds(
        Draft,
        st.integers(0, 10**13),
        st.sampled_from(["NoteStacked", "CardRead"]),
        st.binary(max_size=40),
    ),
    min_size=2,
    max_size=12,
)


def chained(given_drafts: list[Draft]) -> list[Entry]:
    head, entries = genesis("journal"), []
    for draft in sorted(given_drafts, key=lambda draft: draft.at_ms):
        entry = link(head, draft.at_ms, 1, draft.kind, draft.body)
        entries.append(entry)
        head = Head(entry.seq, entry.at_ms, entry.hash)
    return entries


def break_of(entries: list[Entry], journal_id: str = "journal") -> int | None:
    head = genesis(journal_id)
    for entry in entries:
        try:
            head = follow(head, entry)
        except BrokenLink as broken:
            return broken.seq
    return None


@given(drafts)
def test_what_was_linked_can_be_followed(given_drafts: list[Draft]) -> None:
    assert break_of(chained(given_drafts)) is None


@given(drafts)
def test_another_journal_breaks_at_the_first_entry(given_drafts: list[Draft]) -> None:
    assert break_of(chained(given_drafts), "another") == 1


@given(drafts, st.data())
def test_a_changed_bit_breaks_the_chain_at_its_entry(
    given_drafts: list[Draft], data: st.DataObject
) -> None:
    entries = chained(given_drafts)
    place = data.draw(st.integers(0, len(entries) - 1))
    field = data.draw(st.sampled_from([n for n in Entry._fields if n != "seq"]))
    entries[place] = changed(entries[place], field, data)
    assert break_of(entries) == place + 1


def changed(entry: Entry, field: str, data: st.DataObject) -> Entry:
    values = list(entry)
    place = Entry._fields.index(field)
    values[place] = damaged(values[place], data)
    return Entry._make(values)


def damaged(value: object, data: st.DataObject) -> object:
    if isinstance(value, int):
        return value ^ (1 << data.draw(st.integers(0, 15)))
    if isinstance(value, str):
        return value + "x"
    assert isinstance(value, bytes)
    if not value:
        return b"\0"
    bit = data.draw(st.integers(0, len(value) * 8 - 1))
    flipped = bytearray(value)
    flipped[bit // 8] ^= 1 << bit % 8
    return bytes(flipped)


@given(drafts, st.data())
def test_a_lost_entry_breaks_the_chain_where_it_was(
    given_drafts: list[Draft], data: st.DataObject
) -> None:
    entries = chained(given_drafts)
    place = data.draw(st.integers(0, len(entries) - 2))
    del entries[place]
    assert break_of(entries) == place + 1


@given(drafts, st.data())
def test_swapped_entries_break_the_chain_at_the_first(
    given_drafts: list[Draft], data: st.DataObject
) -> None:
    entries = chained(given_drafts)
    one = data.draw(st.integers(0, len(entries) - 2))
    other = data.draw(st.integers(one + 1, len(entries) - 1))
    entries[one], entries[other] = (
        entries[other]._replace(seq=one + 1),
        entries[one]._replace(seq=other + 1),
    )
    assert break_of(entries) == one + 1


@pytest.mark.parametrize("wrong", [None, "text", -1, 1.5])
def test_a_column_of_another_type_is_damage_not_a_crash(wrong: object) -> None:
    entries = chained([Draft(1, "CardRead", b"a"), Draft(2, "CardRead", b"b")])
    entries[1] = entries[1]._replace(at_ms=wrong)  # type: ignore[arg-type]
    assert break_of(entries) == 2


def test_an_older_entry_is_not_followed_even_with_a_fitting_hash() -> None:
    first = link(genesis("journal"), 5, 1, "CardRead", b"")
    older = link(Head(1, 5, first.hash), 4, 1, "CardRead", b"")
    assert break_of([first, older]) == 2
