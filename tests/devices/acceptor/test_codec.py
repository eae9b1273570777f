"""CCNET frames: the ones of the facts, and whatever a line does to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.acceptor.ccnet.codec import (
    LONGEST_SHORT_FRAME,
    MAX_FRAME,
    Decoder,
    Frame,
    Garbage,
    crc,
    encode,
)
from kiosk.devices.acceptor.ccnet.message import (
    ACK,
    NAK,
    BillTable,
    Code,
    Command,
    Identity,
    Status,
    enable,
    plain,
    security,
)
from kiosk.flow.event import RejectCause

# devices §2.1, as captured from real acceptors
GOLDEN = {
    "02 03 06 00 C2 82": ACK,
    "02 03 06 FF BA 8D": NAK,
    "02 03 06 33 DA 81": plain(Command.POLL),
    "02 03 06 30 41 B3": plain(Command.RESET),
    "02 03 06 37 FE C7": plain(Command.IDENT),
    "02 03 06 41 4F D1": plain(Command.TABLE),
    "02 03 06 35 EC E4": plain(Command.STACK),
    "02 03 06 36 77 D6": plain(Command.RETURN),
    "02 03 06 38 09 3F": plain(Command.HOLD),
    "02 03 0C 34 FF FF FF FF FF FF FE F7": enable(0xFFFFFF),
    "02 03 0C 34 00 00 00 00 00 00 17 0C": enable(0),
    "02 03 06 14 67 D4": bytes((Code.IDLING,)),
    "02 03 06 19 82 0F": bytes((Code.DISABLED,)),
    "02 03 06 42 D4 E3": bytes((Code.BOX_REMOVED,)),
    "02 03 07 80 05 21 64": bytes((Code.ESCROW, 5)),
    "02 03 07 81 05 F9 7D": bytes((Code.STACKED, 5)),
}

datas = st.binary(min_size=1, max_size=300)


@pytest.mark.parametrize(("text", "data"), GOLDEN.items(), ids=GOLDEN)
def test_golden_frames(text: str, data: bytes) -> None:
    frame = bytes.fromhex(text)
    assert encode(data) == frame
    assert Decoder().receive(frame) == [Frame(data)]


def test_checksum_is_kermit() -> None:
    assert crc(b"123456789") == 0x2189


@given(data=datas)
def test_round_trip(data: bytes) -> None:
    assert Decoder().receive(encode(data)) == [Frame(data)]


@given(messages=st.lists(datas, max_size=5), cuts=st.lists(st.integers(1, 40), min_size=1))
def test_any_split_of_the_stream_gives_the_same_frames(
    messages: list[bytes], cuts: list[int]
) -> None:
    stream = b"".join(encode(data) for data in messages)
    decoder, found, place = Decoder(), [], 0
    while stream:
        size = cuts[place % len(cuts)]
        found += decoder.receive(stream[:size])
        stream, place = stream[size:], place + 1
    assert found == [Frame(data) for data in messages]


@given(parts=st.lists(st.tuples(st.binary(max_size=20), datas), max_size=4), tail=st.binary())
def test_frames_are_found_between_garbage_and_no_byte_is_lost(
    parts: list[tuple[bytes, bytes]], tail: bytes
) -> None:
    stream = b"".join(junk + encode(data) for junk, data in parts) + tail
    decoder = Decoder()
    found = decoder.receive(stream) + decoder.expire()
    frames = [item.data for item in found if isinstance(item, Frame)]
    for _, data in parts:
        assert data in frames
    assert sum(_size(item) for item in found) == len(stream)


def _size(item: Frame | Garbage) -> int:
    return len(item.data) if isinstance(item, Garbage) else len(encode(item.data))


@given(data=datas, flip=st.integers(0, 7), place=st.integers(0))
def test_a_flipped_bit_never_passes(data: bytes, flip: int, place: int) -> None:
    frame = bytearray(encode(data))
    frame[place % len(frame)] ^= 1 << flip
    decoder = Decoder()
    found = decoder.receive(bytes(frame)) + decoder.expire()
    assert Frame(data) not in found


def test_long_frames_carry_their_length_after_the_first_byte() -> None:
    data = bytes((Command.TABLE,)) + bytes(LONGEST_SHORT_FRAME)
    frame = encode(data)
    assert frame[:6] == bytes((2, 3, 0, Command.TABLE)) + len(frame).to_bytes(2, "big")
    assert Decoder().receive(frame) == [Frame(data)]


@pytest.mark.parametrize("size", [0, MAX_FRAME])
def test_what_no_frame_can_carry(size: int) -> None:
    with pytest.raises(ValueError, match="cannot carry"):
        encode(bytes(size))


@pytest.mark.parametrize("head", ["02 04 06", "02 03 05", "02 03 01", "02 03 00 41 FF FF", "03 06"])
def test_heads_that_are_no_frame_do_not_hold_up_the_next(head: str) -> None:
    junk = bytes.fromhex(head)
    assert Decoder().receive(junk + encode(ACK)) == [Garbage(junk), Frame(ACK)]


def test_silence_ends_a_torn_frame_and_frees_what_is_inside() -> None:
    decoder = Decoder()
    torn = bytes.fromhex("02 03 78")
    assert decoder.receive(torn + encode(ACK)) == []
    assert decoder.expire() == [Garbage(torn), Frame(ACK)]


def test_the_buffer_is_bounded() -> None:
    decoder = Decoder()
    endless = bytes.fromhex("02 03 00 41 04 00") * 1000
    decoder.receive(endless)
    assert sum(_size(item) for item in decoder.expire()) <= MAX_FRAME


# -- what the numbers mean -----------------------------------------------------------------------


def test_bill_table_takes_renminbi_only() -> None:
    entries = [
        (1, b"CHN", 0x00),  # 1 yuan
        (5, b"CHN", 0x81),  # 5 jiao
        (1, b"CNY", 0x02),  # 100 yuan
        (20, b"CHN", 0x00),
        (1, b"CHN", 0x83),  # a tenth of a fen does not exist
        (1, b"USA", 0x01),
        (0, b"CHN", 0x00),
        (1, b"CHN", 0x7F),
    ]
    data = b"".join(bytes((m, *country, e)) for m, country, e in entries)
    table = BillTable.decode(data.ljust(120, b"\0"))
    assert table.values_fen[:8] == (100, 50, 10_000, 2_000, None, None, None, None)
    assert len(table.values_fen) == 24
    assert [table.value_fen(bill) for bill in (-1, 0, 23, 24)] == [None, 100, None, None]


def test_only_the_wanted_bits_are_set() -> None:
    table = BillTable((100, None, 500, 10_000))
    assert table.bits((500, 10_000, 7)) == 0b1100
    assert table.bits(()) == 0
    assert enable(0b1100) == bytes.fromhex("34 00 00 0C 00 00 0C")
    assert security(1 << 23) == bytes.fromhex("32 80 00 00")


def test_a_short_bill_table_has_no_values() -> None:
    assert BillTable.decode(b"\x01CH").value_fen(0) is None


def test_identity() -> None:
    who = Identity.decode(b"SM-CN1234      21K000000017\xff\xff\xff\xff\xff\xff\xff")
    assert who == Identity("SM-CN1234", "21K000000017")
    assert str(who) == "SM-CN1234 21K000000017"


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        (0x60, RejectCause.INSERTION),
        (0x63, RejectCause.DOUBLE),
        (0x65, RejectCause.UNRECOGNISED),
        (0x64, RejectCause.TRANSPORT),
        (0x68, RejectCause.INHIBITED),
        (0x6C, RejectCause.LENGTH),
        (0x99, RejectCause.OTHER),
    ],
)
def test_reject_causes(code: int, cause: RejectCause) -> None:
    assert Status(Code.REJECTING, bytes((code,))).reject_cause is cause


def test_a_status_names_the_part_that_failed() -> None:
    assert str(Status(Code.FAILURE, b"\x50")) == "47 50 (stack motor)"
    assert str(Status(Code.JAM_IN_STACKER)) == "44"
    assert Status(Code.ESCROW).bill == -1
