"""What the pages say about a purchase, beyond fitting on the screen."""

import pytest
from msgspec.structs import replace

from kiosk.flow.phase import Phase
from kiosk.flow.screen import Screen
from kiosk.ui.pages import page_of
from kiosk.ui.samples import RESIDENT, session, sold
from kiosk.ui.widgets.bars import Bar
from kiosk.ui.widgets.button import BigButton
from kiosk.ui.widgets.card_slot import CardScene, CardSlot
from kiosk.ui.widgets.marks import Mark
from kiosk.ui.widgets.note_slot import NoteScene, NoteSlot
from kiosk.ui.widgets.slip_view import SlipView
from kiosk.ui.widgets.step_strip import StepStrip
from kiosk.ui.widgets.text import Text
from tests.ui.conftest import Stage
from vending.money import format_yuan

Screens = dict[str, Screen]


def said(stage: Stage) -> str:
    """Everything that can be read, with ordinary spaces."""
    shown = [t.text() for t in stage.window.findChildren(Text) if t.isVisible()]
    for button in stage.window.findChildren(BigButton):
        shown += [button.text(), button.note] if button.isVisible() else []
    return "\n".join(shown).replace("\u00a0", " ")


def card_scene(stage: Stage) -> CardScene:
    (slot,) = (slot for slot in stage.window.findChildren(CardSlot) if slot.isVisible())
    return slot.scene


def note_slot(stage: Stage) -> NoteSlot:
    (slot,) = (slot for slot in stage.window.findChildren(NoteSlot) if slot.isVisible())
    return slot


def test_idle_invites_and_names_the_machine(stage: Stage, screens: Screens) -> None:
    stage.show(screens["idle"])
    text = said(stage)
    assert "请插入\n购电卡" in text
    assert "终端号 330106" in text
    assert "400 820 5598" in text
    assert card_scene(stage) is CardScene.INSERT


def test_idle_warns_when_there_will_be_no_slip(stage: Stage, screens: Screens) -> None:
    stage.show(screens["idle-no-paper"])
    assert "不能打印凭条" in said(stage)
    stage.show(screens["idle"])
    assert "不能打印凭条" not in said(stage)


def test_the_account_is_shown_before_anything_is_paid(stage: Stage, screens: Screens) -> None:
    stage.show(screens["account-debtor"])
    text = said(stage)
    assert "3301 0400 7866" in text
    assert "欠费，先扣除\n¥35.20" in text
    assert "未写回" in text


def test_what_is_left_on_the_meter_is_told_in_what_the_card_counts(
    stage: Stage, screens: Screens
) -> None:
    stage.show(screens["account"])
    assert "32.15 度" in said(stage)
    stage.show(screens["account-money"])
    assert "¥23.15" in said(stage)


def test_the_terms_are_told_before_paying(stage: Stage, screens: Screens) -> None:
    stage.show(screens["choose-extreme"])
    text = said(stage)
    for term in (
        "5、10、20、50、100 元",
        "不找零",
        "¥100 至 ¥99,999",
        "¥100 的倍数",
        "不能打印凭条",
    ):
        assert term in text


def test_the_sum_what_it_buys_and_what_happens_now(stage: Stage, screens: Screens) -> None:
    stage.show(screens["tender"])
    text = said(stage)
    tender = screens["tender"].tender
    assert tender is not None
    assert tender.quote is not None
    assert "¥170.00" in text
    assert text.count("294.84 度") == 2  # beside the sum, and on the button that ends it
    assert f"余 ¥{format_yuan(tender.quote.balance_after_fen)} 留在账户" in text
    assert "¥1,830.00" in text


def test_money_cards_are_told_money(stage: Stage, screens: Screens) -> None:
    stage.show(screens["tender-money"])
    text = said(stage)
    assert "写入电卡\n¥100.00" in text
    assert "度" not in text


def test_a_sum_that_only_the_head_office_can_price_is_not_guessed(
    stage: Stage, screens: Screens
) -> None:
    stage.show(screens["tender-working-out"])
    text = said(stage)
    assert "正在计算" in text
    assert "用 ¥50.00 购电" in text


def test_nothing_is_promised_before_the_first_note(stage: Stage, screens: Screens) -> None:
    stage.show(screens["tender-empty"])
    text = said(stage)
    assert "0.00 度" in text
    assert "第一张至少\n¥10.00" in text
    stage.show(screens["tender-empty-debtor"])
    assert "第一张至少\n¥50.00" in said(stage)
    assert "50、100 元" in said(stage)


@pytest.mark.parametrize(
    ("name", "scene"),
    [
        ("tender", NoteScene.INVITE),
        ("tender-moving", NoteScene.SWALLOW),
        ("tender-note-over-limit", NoteScene.RETURN),
        ("tender-note-unrecognised", NoteScene.RETURN),
        ("tender-acceptor-fault", NoteScene.CLOSED),
        ("tender-full", NoteScene.CLOSED),
    ],
)
def test_the_note_picture_does_what_the_note_does(
    stage: Stage, screens: Screens, name: str, scene: NoteScene
) -> None:
    stage.show(screens[name])
    assert note_slot(stage).scene is scene


def test_a_note_that_came_back_is_explained_at_the_top(stage: Stage, screens: Screens) -> None:
    stage.show(screens["tender-note-over-limit"])
    page = stage.window.page
    assert page is not None
    assert page.notice.isVisible()
    assert "上限" in page.notice.text
    assert page.notice.y() < note_slot(stage).mapTo(page, note_slot(stage).rect().topLeft()).y()


@pytest.mark.parametrize("name", ["write", "write-again", "write-proving", "wait-selling"])
def test_the_card_must_stay_while_something_is_done_with_it(
    stage: Stage, screens: Screens, name: str
) -> None:
    stage.show(screens[name])
    assert "请不要拔卡" in said(stage)
    assert card_scene(stage) is CardScene.HOLD


def test_done_shows_the_slip_only_without_paper(stage: Stage, screens: Screens) -> None:
    stage.show(screens["done"])
    (slip,) = stage.window.findChildren(SlipView)
    assert not slip.isVisible()
    assert "请取走凭条" in said(stage)
    stage.show(screens["done-printing"])
    assert "正在打印凭条" in said(stage)
    stage.show(screens["done-no-slip"])
    assert slip.isVisible()
    text = said(stage)
    for line in ("3301 0625 1124 0001 289", "3301 0400 7866", "294.84 度", "¥170.00"):
        assert line in text
    assert "请取走凭条" not in text


def test_done_sends_the_card_to_the_meter(stage: Stage, screens: Screens) -> None:
    stage.show(screens["done"])
    assert card_scene(stage) is CardScene.TAKE
    stage.show(screens["done-card-taken"])
    assert card_scene(stage) is CardScene.METER
    assert "插入电表" in said(stage)


def test_doubt_names_the_money_the_order_and_the_next_step(stage: Stage, screens: Screens) -> None:
    for name, screen in screens.items():
        if page_of(screen) == "doubtful":
            stage.show(screen)
            text = said(stage)
            assert "您的钱是安全的" in text, name
            assert "¥170.00" in text, name
            assert "3301 0625 1124 0001 289" in text, name
            assert "400 820 5598" in text or "插入" in text, name


def test_the_card_is_asked_back_with_its_money_named(stage: Stage, screens: Screens) -> None:
    stage.show(screens["card-back"])
    assert "请把卡插回来" in said(stage)
    assert "¥170.00" in said(stage)
    assert card_scene(stage) is CardScene.INSERT
    stage.show(screens["card-back-card-changed"])
    assert card_scene(stage) is CardScene.TAKE


def test_a_refusal_that_is_nobodys_fault_carries_no_warning(stage: Stage, screens: Screens) -> None:
    stage.show(screens["refused-cancelled"])
    warnings = stage.window.findChildren(Bar) + stage.window.findChildren(Mark)
    assert warnings
    assert not any(warning.isVisible() for warning in warnings)
    assert "已取消" in said(stage)


def test_a_purchase_that_must_reach_the_meter_first_shows_the_meter(
    stage: Stage, screens: Screens
) -> None:
    stage.show(screens["refused-not-loaded"])
    assert card_scene(stage) is CardScene.METER


def test_out_of_service_says_why_until_when_and_whom_to_call(
    stage: Stage, screens: Screens
) -> None:
    stage.show(screens["out-of-service-office-down"])
    text = said(stage)
    for part in ("暂停服务", "联系不上供电公司", "自动开放", "400 820 5598"):
        assert part in text


def test_a_closed_machine_tells_that_it_still_delivers(stage: Stage, screens: Screens) -> None:
    stage.show(screens["out-of-service-acceptor-down"])
    assert "现在可以补" not in said(stage)
    stage.show(screens["out-of-service-still-delivers"])
    for part in ("不能收纸币", "现在可以补", "插入购电卡", "补售电"):
        assert part in said(stage)


def test_idle_offers_what_was_paid_before_without_competing_with_the_card(
    stage: Stage, screens: Screens
) -> None:
    stage.show(screens["idle"])
    (offer,) = (b for b in stage.window.findChildren(BigButton, "button-resell") if b.isVisible())
    assert "上次没买成" in offer.text()
    assert offer.width() * offer.height() < stage.window.width() * stage.window.height() / 20


def test_whoever_paid_before_is_asked_for_the_card_and_for_nothing_else(
    stage: Stage, screens: Screens
) -> None:
    stage.show(screens["resell"])
    assert "不用再付钱" in said(stage)
    assert "返回" in said(stage)
    assert "退卡" not in said(stage)
    assert card_scene(stage) is CardScene.INSERT


def test_the_question_about_time_promises_no_card_when_there_is_none(
    stage: Stage, screens: Screens
) -> None:
    stage.show(screens["resell-more-time"], left_s=12.0)
    assert "12 秒后将返回首页" in said(stage)
    assert "退卡" not in said(stage)


def test_what_is_owed_is_told_with_place_time_and_cause(stage: Stage, screens: Screens) -> None:
    stage.show(screens["owed"])
    for part in ("2025-11-24 12:00", "本机", "¥170.00", "294.84 度", "3301 0625", "卡被拔出"):
        assert part in said(stage)


def test_what_was_paid_elsewhere_names_the_machine(stage: Stage, screens: Screens) -> None:
    stage.show(screens["owed-elsewhere"])
    text = said(stage)
    assert "终端 310042" in text
    assert "还没有购成" in text
    assert "应写入电卡" not in text
    stage.show(screens["owed-overstock"])
    assert "应写入电卡\n¥170.00" in said(stage)


def test_a_cause_of_another_version_is_not_shown_as_a_code(stage: Stage, screens: Screens) -> None:
    owed = screens["owed"].owed
    assert owed is not None
    stage.show(replace(screens["owed"], owed=replace(owed, why="of-tomorrow")))
    assert "of-tomorrow" not in said(stage)
    assert "还没有写到卡上" in said(stage)


def test_starting_is_not_called_out_of_service(stage: Stage, screens: Screens) -> None:
    stage.show(screens["out-of-service-starting"])
    assert "暂停服务" not in said(stage)
    assert "正在启动" in said(stage)


def test_steps_are_shown_during_a_purchase_only(stage: Stage, screens: Screens) -> None:
    stage.show(screens["idle"])
    assert not stage.window.findChildren(StepStrip)
    stage.show(screens["account"])
    (strip,) = stage.window.findChildren(StepStrip)
    assert strip.isVisible()
    stage.show(screens["out-of-service-starting"])
    assert not strip.isVisible()


def test_an_unpriced_order_can_be_drawn(stage: Stage, screens: Screens) -> None:
    """An account without limits, notes or steps of its own must not break the page."""
    account = screens["tender"].account
    assert account is not None
    bare = replace(account, note_values_fen=(), multiple_fen=1, min_fen=0)
    stage.show(replace(screens["tender-empty"], account=bare))
    assert note_slot(stage).scene is NoteScene.CLOSED


def test_samples_without_a_purchase_cannot_be_sold() -> None:
    with pytest.raises(ValueError, match="only an order"):
        sold(session(RESIDENT, Phase.ACCOUNT))
