"""The maintenance pages through their widgets: what they say, what a finger posts."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from kiosk.flow.care import SelfTestRun
from kiosk.flow.device import Device, SelfTest
from kiosk.flow.staff_event import ResetWanted, RestartWanted, SelfTestStarted
from kiosk.ui.pages.staff.care_devices import device_name
from kiosk.ui.pages.staff.care_machine import shortened
from kiosk.ui.pages.staff.foot import press_name
from kiosk.ui.pages.staff.home import tile_name
from kiosk.ui.samples import AT_MS
from kiosk.ui.samples_care import care_samples, care_view
from kiosk.ui.staff.care_state import CarePress
from kiosk.ui.staff.state import Press
from kiosk.ui.staff.visit import Tile
from tests.ui.conftest import Stage
from tests.ui.test_pages import said
from tests.ui.test_staff_page import click

SAMPLES = {sample.name.removeprefix("staff-care-"): sample for sample in care_samples()}
Play = Callable[[str], None]


@pytest.fixture
def play(stage: Stage) -> Play:
    """Play a sample by its name."""
    return lambda name: stage.play(SAMPLES[name])


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("home", ["都正常"]),
        ("home-ailing", ["需要处理：收钞机、打印机、供电公司线路、扫码器"]),
        ("device-acceptor", ["正常", "2025-11-24 12:00", "收进纸币", "86,412", "CashCode SM-2073"]),
        ("device-acceptor-jam-in-acceptor", ["故障 · 收钞口卡钞", "记下面额", "仍能补售电"]),
        ("device-printer-paper-out", ["没有凭条", "装上新的凭条纸"]),
        ("device-head-office-no-answer", ["请检查网线和路由器", "断线"]),
        ("faults", ["收钞口卡钞", "还没有恢复", "3 分钟"]),
        ("reset", ["确定要复位吗：收钞机？", "也不会重复"]),
        ("reset-asked", ["已发出复位命令"]),
        ("test-note", ["请放入任意一张纸币", "马上退还"]),
        ("test-note-stacked", ["自检没有通过", "收进了钞箱"]),
        ("test-card-passed", ["自检通过", "没有写入", "sg-user-energy"]),
        ("test-card-mute", ["插反", "请取出卡"]),
        ("test-office-passed", ["线路正常", "184 ms"]),
        ("test-office-no-answer", ["供电公司没有答复"]),
        ("machine", ["0.9.0", "没有已知的更新", "47 GB", "184220 条", "都已送达", "第 17 版"]),
        ("machine-waiting", ["1284 份没有送达", "从未确认"]),
        ("parameters", ["terminal.number", "330106", "本站配置", "软件默认", "第 1 至 11 条"]),
        ("parameters-none", ["没有收到参数"]),
        ("export", ["请插入优盘", "由本机签名"]),
        ("export-busy", ["正在写入优盘", "请不要拔出"]),
        ("export-done", ["已写入优盘", "kiosk-330106-20251124-121500.zip", "18432 KB"]),
        ("export-stick-full", ["优盘已满", "换一个优盘"]),
        ("restart", ["确定要重启程序吗？"]),
        ("restart-not", ["现在不能重启", "先结束或取消清机"]),
        ("restarting", ["正在重启程序"]),
    ],
)
def test_each_page_tells_what_it_is_for(
    stage: Stage, play: Play, name: str, parts: list[str]
) -> None:
    play(name)
    text = said(stage).replace("\u00a0", " ")
    assert [part for part in parts if part not in text] == []


def test_a_part_is_looked_at_tested_and_reset_by_the_widgets(stage: Stage, play: Play) -> None:
    play("home")
    click(stage, tile_name(Tile.DEVICES))
    click(stage, device_name(Device.PRINTER))
    click(stage, press_name(CarePress.TEST_SLIP))
    assert stage.posted == [SelfTestStarted(test=SelfTest.SLIP)]
    run = SelfTestRun(test=SelfTest.SLIP, started_at_ms=AT_MS, passed=True, detail="printed")
    screen = stage.window.screen_shown
    assert screen is not None
    stage.show(replace(screen, staff=care_view(test=run)))
    assert "自检通过" in said(stage)
    click(stage, press_name(Press.BACK))
    click(stage, press_name(CarePress.RESET))
    click(stage, press_name(CarePress.RESET_YES))
    assert stage.posted[-1] == ResetWanted(device=Device.PRINTER)


def test_the_program_is_restarted_by_the_widgets(stage: Stage, play: Play) -> None:
    play("home")
    click(stage, tile_name(Tile.MACHINE))
    click(stage, press_name(CarePress.PARAMETERS))
    assert "terminal.number" in said(stage)
    click(stage, press_name(Press.BACK))
    click(stage, press_name(CarePress.EXPORT))
    click(stage, press_name(CarePress.EXPORT_YES))
    assert "已写入优盘" in said(stage)
    click(stage, press_name(Press.BACK))
    click(stage, press_name(CarePress.RESTART))
    click(stage, press_name(CarePress.RESTART_YES))
    assert stage.posted == [RestartWanted()]


def test_a_long_value_loses_its_middle() -> None:
    assert shortened("short", 9) == "short"
    assert shortened("/dev/serial/by-id/usb", 9) == "/dev…/usb"
