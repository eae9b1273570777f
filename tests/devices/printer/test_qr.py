"""Codes on paper: printed over the bytes and read back by the bench's scanner."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.printer.device import FAST, PrinterDevice
from bench.printer.paper import PrintedPicture, PrintedSlip, PrintedText
from bench.printer.qr import Code
from kiosk.devices.printer.layout import COLUMNS, Cut, LayoutError, Qr, TextLine
from kiosk.devices.printer.paper import BAND_BYTES, Composer
from kiosk.devices.printer.qr import DOTS, MODULE_DOTS, QUIET_MODULES, draw_qr
from vending.order_no import make_order_no

ORDER_NO = "3100422601010000012"
ORDER_NOS = st.builds(
    make_order_no, st.just("310042"), st.integers(0, 4_000_000_000_000), st.integers(1, 999_999)
)
RASTER = b"\x1dv0"
HEADER_BYTES = 8


def commands(data: str, columns: int) -> list[bytes]:
    return Composer(columns).compose([Qr(data), TextLine("after"), Cut()])


def bands(data: str, columns: int) -> list[bytes]:
    return [command for command in commands(data, columns) if command.startswith(RASTER)]


def printed(data: str, columns: int) -> PrintedSlip:
    device = PrinterDevice(columns, FAST)
    device.receive(b"".join(commands(data, columns)), 0.0)
    assert device.unknown == []
    (slip,) = device.slips
    return slip


@pytest.mark.parametrize("columns", COLUMNS)
def test_a_code_on_paper_is_read_as_it_was_sent(columns: int) -> None:
    slip = printed(ORDER_NO, columns)
    module = MODULE_DOTS[0]
    assert slip.codes == [Code(ORDER_NO, "M", module, quiet_dots=QUIET_MODULES * module)]
    assert [type(item) for item in slip.printed] == [PrintedPicture, PrintedText]


@given(ORDER_NOS, st.sampled_from(COLUMNS))
def test_every_order_number_is_read(order_no: str, columns: int) -> None:
    assert [code.text for code in printed(order_no, columns).codes] == [order_no]


@pytest.mark.parametrize("columns", COLUMNS)
def test_a_code_stands_in_the_middle(columns: int) -> None:
    (picture, _) = printed(ORDER_NO, columns).printed
    assert isinstance(picture, PrintedPicture)
    assert picture.align == 1
    code_dots = 21 * MODULE_DOTS[0]
    assert code_dots <= picture.width_dots < code_dots + 8 * DOTS  # rows are whole bytes


def test_bands_are_short_enough_for_the_slowest_line() -> None:
    sizes = [len(band) for band in bands(ORDER_NO, 32)]
    assert len(sizes) > 1
    assert max(sizes) <= BAND_BYTES + HEADER_BYTES


@given(st.text("0123456789", min_size=1, max_size=200) | st.text(min_size=1, max_size=50))
def test_no_code_holds_a_byte_that_a_printer_would_obey(data: str) -> None:
    dots = b"".join(band[HEADER_BYTES:] for band in bands(data, 48))
    assert any(dots)
    assert b"\x10" not in dots


def test_more_data_makes_smaller_modules_until_it_does_not_fit() -> None:
    def module_dots(characters: int) -> int:
        picture = draw_qr("x" * characters, 384)
        white_rows = 2 * QUIET_MODULES
        return (picture.height - picture.width) * DOTS // white_rows

    assert [module_dots(count) for count in (150, 400)] == [*MODULE_DOTS]
    for count in (1_200, 5_000):
        with pytest.raises(LayoutError, match="QR code"):
            draw_qr("x" * count, 384)
