import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bench.printer.device import FAST, PrinterDevice
from kiosk.devices.printer.cells import cells
from kiosk.devices.printer.escpos import ASSETS, read_layouts
from kiosk.devices.printer.formats import format_price
from kiosk.devices.printer.layout import (
    COLUMNS,
    Cut,
    Item,
    LayoutError,
    Qr,
    Size,
    SlipLayouts,
    TextLine,
    parse_layout,
)
from kiosk.devices.printer.paper import Composer
from kiosk.flow.paper import Paper, Slip, SlipLine
from kiosk.flow.phase import Why
from tests.devices.printer.stand import (
    ARREARS_ONLY,
    BILL,
    BILL_DOUBTFUL,
    BILL_PART,
    CLEARING,
    DISTURBED,
    DOUBTFUL,
    ENERGY,
    GOLDEN,
    MONEY,
    OPERATOR,
    PHONE,
    SIMPLE,
    TEST,
    UNSOLD,
    X_REPORT,
    layouts,
)
from vending.energy import format_kwh
from vending.money import format_yuan

BY_COLUMNS = {columns: layouts(columns) for columns in COLUMNS}
FEN = st.integers(0, 99_999_999)
WH = st.integers(0, 99_999_999)
NOTES = st.lists(st.sampled_from([100, 500, 1_000, 2_000, 5_000, 10_000]), max_size=40)
SLIPS = st.builds(
    Slip,
    layout=st.sampled_from(["purchase", "doubtful"]),
    language=st.sampled_from(["zh", "en"]),
    order_no=st.from_regex(r"[0-9]{19}", fullmatch=True),
    terminal_no=st.from_regex(r"[0-9]{6}", fullmatch=True),
    at_ms=st.integers(0, 4_000_000_000_000),
    customer_no=st.from_regex(r"[0-9]{8,20}", fullmatch=True),
    meter_no=st.from_regex(r"[0-9]{8,16}", fullmatch=True),
    name_masked=st.text(max_size=40),
    paid_fen=FEN,
    notes_fen=NOTES.map(tuple),
    arrears_fen=FEN,
    balance_before_fen=FEN,
    balance_after_fen=FEN,
    energy_wh=WH,
    wallet_money_fen=st.none() | FEN,
    purchase_count=st.none() | st.integers(0, 65_535),
    lines=st.lists(
        st.builds(SlipLine, st.integers(1, 9), st.integers(1, 99_999), WH, FEN), max_size=4
    ).map(tuple),
    reason=st.none() | st.sampled_from([*Why]).map(str),
)


def texts(items: tuple[Item, ...]) -> list[str]:
    return [item.text for item in items if isinstance(item, TextLine)]


def rendered(slip: Paper, columns: int = 32) -> str:
    """The slip as the bench's printer shows it: the whole way over the bytes."""
    device = PrinterDevice(columns, FAST)
    items = BY_COLUMNS[columns].render(slip)
    device.receive(b"".join(Composer(columns).compose(items)), 0.0)
    assert device.unknown == []
    assert len(device.slips) == 1
    return "\n".join(line.rstrip() for line in device.slips[0].text.splitlines()) + "\n"


EXAMPLES: dict[str, Paper] = {
    "purchase": ENERGY,
    "purchase-money": MONEY,
    "purchase-arrears-only": ARREARS_ONLY,
    "doubtful": DOUBTFUL,
    "doubtful-unsold": UNSOLD,
    "bill": BILL,
    "bill-part": BILL_PART,
    "bill-doubtful": BILL_DOUBTFUL,
    "clearing": CLEARING,
    "clearing-copy": SIMPLE,
    "clearing-disturbed": DISTURBED,
    "x-report": X_REPORT,
    "test": TEST,
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_slips_look_as_agreed(name: str, language: str) -> None:
    golden = (GOLDEN / f"{name}.{language}.txt").read_text("utf-8")
    assert rendered(replace(EXAMPLES[name], language=language)) == golden


@given(SLIPS, st.sampled_from(COLUMNS))
def test_no_line_is_wider_than_the_paper(slip: Slip, columns: int) -> None:
    for item in BY_COLUMNS[columns].render(slip):
        if isinstance(item, TextLine):
            assert cells(item.text) * item.size.across <= columns


@given(SLIPS, st.sampled_from(COLUMNS))
def test_every_amount_appears(slip: Slip, columns: int) -> None:
    words = " ".join(texts(BY_COLUMNS[columns].render(slip)))
    expected = [format_yuan(slip.paid_fen)]
    if slip.energy_wh:
        expected += [format_kwh(slip.energy_wh), format_yuan(slip.balance_after_fen)]
        expected += [format_yuan(slip.arrears_fen)] if slip.arrears_fen else []
    if slip.wallet_money_fen:
        expected.append(format_yuan(slip.wallet_money_fen))
    if slip.balance_before_fen:
        expected.append(format_yuan(slip.balance_before_fen))
    for line in slip.lines:
        expected += [format_yuan(line.cost_fen), format_kwh(line.energy_wh)]
        expected.append(format_price(line.price_hao_per_kwh))
    assert [amount for amount in expected if amount not in words] == []


@given(SLIPS)
def test_every_note_is_counted(slip: Slip) -> None:
    counted = re.compile(r"(?:纸币|Notes) ([\d.,]+) ?(?:元|yuan) [×x] (\d+)")
    found = counted.findall("\n".join(texts(BY_COLUMNS[48].render(slip))))
    sums = [int(value) * 100 * int(count) for value, count in found]
    assert sum(sums) == sum(slip.notes_fen)
    assert len(found) == len(set(slip.notes_fen))


@given(SLIPS, st.sampled_from(COLUMNS))
def test_the_order_number_can_be_read_and_scanned(slip: Slip, columns: int) -> None:
    items = BY_COLUMNS[columns].render(slip)
    assert [item.data for item in items if isinstance(item, Qr)] == [slip.order_no]
    assert slip.order_no in "".join(texts(items)).replace(" ", "")
    assert items[-1] == Cut()
    assert items.count(Cut()) == 1


def test_the_doubtful_slip_says_what_to_do_and_whom_to_call() -> None:
    sentences = {}
    for why in ("sale-unknown", "write-failed", "card-gone", "card-doubtful", "not-sold"):
        words = "".join(texts(BY_COLUMNS[32].render(replace(DOUBTFUL, reason=why))))
        assert f"服务电话 {PHONE}" in words
        sentences[why] = words
    assert len(set(sentences.values())) == len(sentences)


@pytest.mark.parametrize(
    ("language", "label", "button"),
    [
        ("zh", "补售电码（订单号）", "补售电"),
        ("en", "Re-sell code (order number)", '"Unfinished purchase?"'),
    ],
)
@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("why", Why)
def test_the_doubtful_slip_has_the_code_to_type(
    why: Why, columns: int, language: str, label: str, button: str
) -> None:
    slip = replace(DOUBTFUL, language=language, reason=why.value)
    items = list(BY_COLUMNS[columns].render(slip))
    at = next(
        i for i, item in enumerate(items) if isinstance(item, TextLine) and item.text == label
    )
    code_at = items.index(Qr(slip.order_no))
    typed = items[at + 1 : code_at]
    assert all(isinstance(line, TextLine) and line.size is Size.BIG for line in typed)
    groups = " ".join(texts(tuple(typed))).split()
    assert groups == ["3100", "0126", "1124", "0001", "234"]  # none is broken in two
    assert button in " ".join(texts(tuple(items[code_at : code_at + 4])))


def test_a_reason_without_words_of_its_own_gets_the_general_ones() -> None:
    words = "".join(texts(BY_COLUMNS[32].render(replace(DOUBTFUL, reason="no-such-reason"))))
    assert "请拨打 95598，报订单号。" in words


def test_an_unknown_language_is_printed_in_chinese() -> None:
    assert rendered(replace(ENERGY, language="fr")) == rendered(ENERGY)


def test_both_languages_have_the_same_parts_and_reasons() -> None:
    files = {name: parse_layout(toml) for name, toml in read_layouts(ASSETS / "slips").items()}
    for layout in {name.split(".")[0] for name in files}:
        zh, en = files[f"{layout}.zh"], files[f"{layout}.en"]
        assert [(type(p), p.when) for p in zh.part] == [(type(p), p.when) for p in en.part]
        assert zh.reason.keys() == en.reason.keys()
        assert zh.names.keys() == en.names.keys()


def test_midnight_in_china_is_not_midnight_in_greenwich() -> None:
    slip = replace(ENERGY, at_ms=1_795_536_000_000)  # 2026-11-24 16:00 UTC
    assert "2026-11-25 00:00" in rendered(slip)


@pytest.mark.parametrize(
    ("toml", "complaint"),
    [
        ('[[part]]\nkind = "text"\ntext = "{nonsense}"', "nonsense"),
        ('[[part]]\nkind = "text"\ntext = "x"\nwhen = "never"', "never"),
        ('[[part]]\nkind = "list"\nof = "steps"\nlabel = "{paid}"\nvalue = ""', "paid"),
        ('[[part]]\nkind = "poem"', "poem"),
        ('[[part]]\nkind = "rule"\nsize = "big"', "size"),
        ("[[part", "end of document"),
        ("", "part"),
        ('part = []\n[reason.x]\ntext = "{name}"\ntodo = ""', "name"),
    ],
)
def test_a_layout_file_that_makes_no_sense_is_refused(toml: str, complaint: str) -> None:
    with pytest.raises(LayoutError, match=complaint):
        parse_layout(toml)


def test_a_width_that_no_printer_has_is_refused() -> None:
    with pytest.raises(LayoutError, match="40"):
        SlipLayouts({}, operator_name=OPERATOR, service_phone=PHONE, columns=40)


def test_a_layout_that_nobody_wrote_is_refused() -> None:
    with pytest.raises(LayoutError, match="refund"):
        BY_COLUMNS[32].render(replace(ENERGY, layout="refund"))
