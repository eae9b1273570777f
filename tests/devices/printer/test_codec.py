import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.printer.device import FAST, PrinterDevice
from bench.printer.paper import PrintedPicture, PrintedText
from kiosk.devices.printer.cells import clean
from kiosk.devices.printer.codec import (
    BOX,
    Confirmed,
    Decoder,
    Garbage,
    Status,
    StatusByte,
    ask_confirmation,
    is_rare,
    judge,
    process_id,
    without_real_time,
)
from kiosk.devices.printer.escpos import RARE_FONT
from kiosk.devices.printer.layout import Align, Cut, Item, Size, TextLine
from kiosk.devices.printer.paper import Composer, FontRasteriser
from kiosk.flow.event import DeviceState, Fault

GOOD, LOW, BAD = DeviceState.OK, DeviceState.LOW, DeviceState.FAULT


@pytest.mark.parametrize(
    ("answers", "state", "fault"),
    [
        ((0x12, 0x12, 0x12, 0x12), GOOD, Fault.NONE),
        ((0x12, 0x12, 0x12, 0x1E), LOW, Fault.PAPER_LOW),
        ((0x1A, 0x32, 0x12, 0x7E), BAD, Fault.PAPER_OUT),
        ((0x1A, 0x12, 0x12, 0x72), BAD, Fault.PAPER_OUT),
        ((0x1A, 0x16, 0x12, 0x12), BAD, Fault.COVER_OPEN),
        ((0x1A, 0x36, 0x12, 0x7E), BAD, Fault.COVER_OPEN),
        ((0x1A, 0x12, 0x12, 0x12), BAD, Fault.PRINTER_UNKNOWN),
        ((0x1A, 0x52, 0x1A, 0x12), BAD, Fault.CUTTER),
        ((0x1A, 0x52, 0x32, 0x12), BAD, Fault.HARDWARE),
        ((0x1A, 0x52, 0x52, 0x12), BAD, Fault.HARDWARE),
        ((0x1A, 0x52, 0x12, 0x12), BAD, Fault.HARDWARE),
    ],
)
def test_four_status_bytes_make_one_state(
    answers: tuple[int, int, int, int], state: DeviceState, fault: Fault
) -> None:
    assert judge(Status(*answers)) == (state, fault)


def test_answers_are_told_from_noise_by_their_fixed_bits() -> None:
    assert Decoder().receive(b"\x12\x1a\x00\xff\x92") == [
        StatusByte(0x12),
        StatusByte(0x1A),
        Garbage(0x00),
        Garbage(0xFF),
        Garbage(0x92),
    ]


def test_an_automatic_status_is_never_taken_for_an_answer() -> None:
    frames = b"\x10\x00\x00\x00" + b"\x10\x00\x03\x00" + b"\x18\x00\x0f\x00"
    assert all(isinstance(answer, Garbage) for answer in Decoder().receive(frames))


@given(st.integers(0, 30_000), st.integers(0, 7))
def test_a_confirmation_survives_being_cut_in_two(number: int, cut: int) -> None:
    frame = b"\x37\x22" + process_id(number).encode() + b"\x00"
    decoder = Decoder()
    found = decoder.receive(frame[:cut]) + decoder.receive(frame[cut:])
    assert found == [Confirmed(process_id(number))]


@given(st.integers(0, 9_999), st.integers(1, 6))
def test_a_status_inside_a_confirmation_spoils_neither(number: int, place: int) -> None:
    frame = b"\x37\x22" + process_id(number).encode() + b"\x00"
    found = Decoder().receive(frame[:place] + b"\x16" + frame[place:])
    assert found == [StatusByte(0x16), Confirmed(process_id(number))]


@given(st.binary(max_size=200))
def test_no_bytes_break_the_decoder_for_good(noise: bytes) -> None:
    decoder = Decoder()
    decoder.receive(noise)
    decoder.forget()
    assert decoder.receive(b"\x12") == [StatusByte(0x12)]


def test_process_ids_differ_for_ten_thousand_slips() -> None:
    assert len({process_id(number) for number in range(10_000)}) == 10_000
    assert process_id(0) == process_id(10_000) == "AAAA"
    assert ask_confirmation("AAAB") == bytes.fromhex("1d28480600303041414142")


# -- there and back through the bench's printer ----------------------------------------------------


COMPOSER = Composer(32, FontRasteriser(RARE_FONT))


def printed(items: list[Item]) -> PrinterDevice:
    device = PrinterDevice(32, FAST)
    device.receive(b"".join(COMPOSER.compose(items)), 0.0)
    assert device.unknown == []
    return device


ALIGN = {Align.LEFT: 0, Align.CENTER: 1, Align.RIGHT: 2}
COMMON = st.characters(codec="gb18030", exclude_categories=["Cs", "Cc", "Co"]).filter(
    lambda char: len(char.encode("gb18030")) < 4
)
LINES = st.lists(
    st.builds(
        TextLine,
        st.text(COMMON, max_size=16).map(clean),
        st.sampled_from(Align),
        st.sampled_from(Size),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@given(LINES)
def test_text_arrives_as_it_was_sent(lines: list[TextLine]) -> None:
    assert [item for item in lines if any(map(is_rare, item.text))] == []
    (slip,) = printed([*lines, Cut()]).slips
    assert list(slip.printed) == [
        PrintedText(line.text, ALIGN[line.align], line.bold, line.size.across, line.size.down)
        for line in lines
    ]


def test_a_character_without_any_font_becomes_a_box() -> None:
    (slip,) = printed([TextLine("㐱*"), Cut()]).slips
    assert slip.printed == (PrintedText(f"{BOX}*"),)


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("align", Align)
def test_a_rare_character_with_a_font_becomes_a_picture(align: Align, size: Size) -> None:
    (slip,) = printed([TextLine("™", align, size, True), TextLine("x"), Cut()]).slips
    picture, after = slip.printed
    assert isinstance(picture, PrintedPicture)
    assert picture.width_bytes * 8 == 32 * 12
    bits = int.from_bytes(picture.data, "big")
    assert 20 < bits.bit_count() < len(picture.data)
    assert after == PrintedText("x")


def test_a_picture_stands_where_its_line_would() -> None:
    def black_columns(align: Align) -> list[int]:
        picture = printed([TextLine("™", align)]).strip.printed[0]
        assert isinstance(picture, PrintedPicture)
        width = picture.width_bytes
        rows = [picture.data[at : at + width] for at in range(0, len(picture.data), width)]
        return [byte for byte in range(width) if any(row[byte] for row in rows)]

    assert black_columns(Align.LEFT)[-1] < 4
    assert black_columns(Align.RIGHT)[0] >= 44
    assert 21 <= black_columns(Align.CENTER)[0] <= black_columns(Align.CENTER)[-1] <= 26


@given(st.binary(max_size=300))
@example(b"\x10\x04\x01")
@example(b"\x10\x10\x04\x10\x05\x10\x14\x08")
def test_no_picture_holds_a_real_time_command(picture: bytes) -> None:
    harmless = without_real_time(picture)
    assert len(harmless) == len(picture)
    assert not [c for c in (b"\x10\x04", b"\x10\x05", b"\x10\x14") if c in harmless]
