"""Every code has its sentence in every language, and the languages agree."""

import re
from enum import StrEnum
from string import Formatter

import pytest
from PySide6.QtGui import QRawFont

from kiosk.engine.encoding import kinds_of
from kiosk.engine.workshop import ExportTrouble, SetBy
from kiosk.flow.care import Counter
from kiosk.flow.device import SelfTest
from kiosk.flow.event import CardFault, Device, DeviceState, Event, Fault, RejectCause
from kiosk.flow.phase import Notice, Why
from kiosk.flow.screen import Button, Step, Wait
from kiosk.ui.i18n import CAUSES, LANGUAGES, Words, catalogue, grouped, next_language
from kiosk.ui.pages.bill import HEADS
from kiosk.ui.resources import ASSETS, base_font
from kiosk.ui.samples import CONFIG
from kiosk.ui.staff.care_state import CarePage, CarePress
from kiosk.ui.staff.cash_state import CashPage, CashPress, Label, WalkStep
from kiosk.ui.staff.sheets import ItemKind, Kind
from kiosk.ui.staff.state import Press, Trouble
from kiosk.ui.staff.visit import Tile
from kiosk.ui.widgets.way_icons import Way
from tests.ui.conftest import Stage
from vending.card import Verdict
from vending.cash import Business
from vending.messages import Ending, Reason
from vending.staff import Action, Evidence, Forbidden, Role

SITE = {"phone", "terminal"}
HEARTS = {"engine", "office", "outbox", "screen"}
SPANS = {f"{unit}{one}" for unit in ("days", "hours", "minutes", "seconds") for one in ("", "-one")}
TEST_FAILURES = {"stopped", "timed-out", "restarted", "stacked", "unknown", "busy", "line"}
"""What a self-test may end with besides faults of a part and of a card."""


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_languages_have_the_same_keys() -> None:
    first, *others = (catalogue(language) for language in LANGUAGES)
    assert all(other.keys() == first.keys() for other in others)


def test_languages_have_the_same_placeholders() -> None:
    first, *others = (catalogue(language) for language in LANGUAGES)
    for key, text in first.items():
        for other in others:
            # The telephone may stand in one language's sentence and not in the other's.
            assert placeholders(text) - SITE == placeholders(other[key]) - SITE, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_or_has_loose_ends(language: str) -> None:
    for key, text in catalogue(language).items():
        assert text, key
        assert text == text.strip() or key == "format.and", key
        assert "  " not in text, key


def test_chinese_is_written_in_chinese() -> None:
    latin = {
        key
        for key, text in catalogue("zh").items()
        if re.search(r"[A-Za-z]", re.sub(r"\{[a-z]+\}", "", text))
    }
    assert latin == {"language.switch"}


def test_english_holds_no_chinese() -> None:
    foreign = {key for key, text in catalogue("en").items() if re.search(r"[\u3000-\u9fff]", text)}
    assert foreign == {"language.switch"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cause", [member for kind in CAUSES for member in kind])
@pytest.mark.parametrize("paid", [False, True])
def test_every_cause_is_explained(
    language: str, cause: Why | Reason | CardFault, paid: bool
) -> None:
    sentence = Words(language, CONFIG).cause(cause, paid=paid)
    assert all(sentence)
    assert "{" not in "".join(sentence)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_other_code_has_words(language: str) -> None:
    words = Words(language, CONFIG)
    said = [
        *map(words.notice, Notice),
        *map(words.wait, Wait),
        *map(words.button, Button),
        *map(words.step, Step),
        *map(words.fault, Fault),
    ]
    assert all(said)
    assert not any("{" in text for text in said)


def test_no_sentence_is_left_over() -> None:
    """A text that nothing asks for is a text that nobody keeps right."""
    source = "".join(
        path.read_text("utf-8") for path in (ASSETS.parent / "kiosk" / "ui").rglob("*.py")
    )
    by_code = {
        "cause": codes(Why, Reason, CardFault),
        "notice": codes(Notice),
        "wait": codes(Wait),
        "button": codes(Button),
        "step": codes(Step),
        "bill-step": codes(Step),
        "bill-ask": codes(Way),
        "bill": set(HEADS),
        "fault": codes(Fault),
        "staff.role": codes(Role),
        "staff.press": codes(Press, CashPress, CarePress),
        "staff.tile": codes(Tile),
        "staff.trouble": codes(Trouble),
        "staff.action": codes(Action),
        "staff.effect": codes(Action),
        "staff.after": codes(Action),
        "staff.evidence": codes(Evidence),
        "staff.forbidden": codes(Forbidden),
        "staff.verdict": codes(Verdict),
        "staff.device": codes(Device),
        "staff.device-state": codes(DeviceState),
        "staff.reject": codes(RejectCause),
        "staff.ending": codes(Ending),
        "staff.refunded": {"decided", "paid-out"},
        "cash.title": codes(CashPage),
        "cash.step": codes(WalkStep) | {"take-up"},
        "cash.label": codes(Label),
        "cash.sheet": codes(Kind),
        "cash.business": codes(Business),
        "cash.item": codes(ItemKind),
        "cash.what": {"total", "loose", "period"},
        "care.title": codes(CarePage),
        "care.effect": codes(Device, DeviceState),
        "care.todo": codes(Fault) | {"line"},
        "care.counter": codes(Counter),
        "care.test": codes(SelfTest),
        "care.why": TEST_FAILURES,
        "care.span": SPANS,
        "care.update": {"none-known"},
        "care.heart": HEARTS,
        "care.set-by": codes(SetBy),
        "care.export-trouble": codes(ExportTrouble),
        "staff.fact": {kind.__name__ for kind in kinds_of(Event)},
    }
    for key in catalogue("zh"):
        if any(is_of(key, section, known) for section, known in by_code.items()):
            continue
        family = re.sub(r"(idle\.step-|code\.wrong-|staff\.title\.).*", r"\1", key)
        assert f'"{family}' in source, key


def is_of(key: str, section: str, known: set[str]) -> bool:
    return key.startswith(f"{section}.") and key.removeprefix(f"{section}.").split(".")[0] in known


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_of_the_staffs_page_has_words(language: str) -> None:
    words = Words(language, CONFIG)
    families: dict[str, type[StrEnum]] = {
        "role": Role,
        "press": Press,
        "trouble": Trouble,
        "action": Action,
        "effect": Action,
        "after": Action,
        "evidence": Evidence,
        "forbidden": Forbidden,
        "verdict": Verdict,
        "device": Device,
        "device-state": DeviceState,
        "reject": RejectCause,
        "ending": Ending,
    }
    for family, kind in families.items():
        for code in kind:
            assert f"staff.{family}.{code.value}" in words, (family, code)
    for fact in kinds_of(Event):
        assert f"staff.fact.{fact.__name__}" in words, fact


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_of_the_cash_pages_has_words(language: str) -> None:
    words = Words(language, CONFIG)
    keys = [
        *(f"staff.press.{press.value}" for press in CashPress),
        *(f"staff.tile.{tile.value}.{line}" for tile in Tile for line in ("title", "note")),
        *(f"cash.title.{page.value}" for page in CashPage if page is not CashPage.FIGURES),
        *(
            f"cash.step.{step.value}.{line}"
            for step in WalkStep
            for line in ("name", "head", "text")
        ),
        *(f"cash.label.{label.value}" for label in Label),
        *(f"cash.sheet.{kind.value}" for kind in Kind if kind is not Kind.NOTES),
        *(
            f"cash.business.{business.value}.{line}"
            for business in Business
            for line in ("name", "completed", "incomplete")
        ),
        *(f"cash.item.{kind.value}" for kind in ItemKind),
    ]
    assert [key for key in keys if key not in words] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_of_the_maintenance_pages_has_words(language: str) -> None:
    words = Words(language, CONFIG)
    keys = [
        *(f"staff.press.{press.value}" for press in CarePress),
        *(f"care.title.{page.value}" for page in CarePage),
        *(f"care.effect.{device.value}" for device in Device),
        *(f"care.todo.{fault.value}" for fault in Fault),
        *(f"care.counter.{counter.value}" for counter in Counter),
        *(
            f"care.test.{test.value}.{line}"
            for test in SelfTest
            for line in ("name", "head", "text", "passed")
        ),
        *(f"care.why.{code}" for code in TEST_FAILURES),
        *(f"care.heart.{name}" for name in HEARTS),
        *(f"care.set-by.{set_by.value}" for set_by in SetBy),
        *(
            f"care.export-trouble.{trouble.value}.{line}"
            for trouble in ExportTrouble
            for line in ("head", "text")
        ),
    ]
    assert [key for key in keys if key not in words] == []


def test_the_watchdogs_hearts_are_those_of_the_program() -> None:
    app = ASSETS.parent / "kiosk" / "app"
    source = "".join((app / name).read_text("utf-8") for name in ("services.py", "run.py"))
    assert set(re.findall(r'heart\("([a-z]+)"', source)) == HEARTS


def codes(*kinds: type[StrEnum]) -> set[str]:
    return {member.value for kind in kinds for member in kind}


def test_numbers_read_as_people_write_them() -> None:
    zh, en = (Words(language, CONFIG) for language in LANGUAGES)
    assert zh.money(1_234_505) == en.money(1_234_505) == "¥12,345.05"
    assert zh.money(-5) == "-¥0.05"
    assert zh.round_money(200_000) == "¥2,000"
    assert zh.round_money(200_050) == "¥2,000.50"
    assert zh.energy(267_860) == "267.86\u00a0度"
    assert en.energy(267_860) == "267.86\u00a0kWh"
    assert en.wallet_energy(26_786) == en.energy(267_860)
    assert zh.notes((500, 1000)) == "5、10"
    assert grouped("330104007866").split("\u00a0") == ["3301", "0400", "7866"]


def test_a_missing_text_is_an_error_not_a_code_on_the_screen() -> None:
    with pytest.raises(KeyError):
        Words("en", CONFIG).text("no.such.text")


def test_the_language_button_goes_round() -> None:
    assert next_language("zh") == "en"
    assert next_language("en") == "zh"
    assert next_language("klingon") == "zh"
    assert Words("klingon", CONFIG).text("idle.text") == Words("zh", CONFIG).text("idle.text")


def test_the_telephone_is_the_configured_one() -> None:
    said = Words("en", CONFIG).cause(Why.OFFICE_UNREACHABLE).todo
    assert CONFIG.service_phone.replace(" ", "\u00a0") in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("bold", [False, True])
def test_the_fonts_have_every_sign(language: str, bold: bool, stage: Stage) -> None:
    font = base_font(38)
    font.setBold(bold)
    raw = QRawFont.fromFont(font)
    signs = set("".join(catalogue(language).values())) - {"\n"}
    assert {sign for sign in signs if not raw.supportsCharacter(ord(sign))} == set()
