"""Runs the demo without a display: real programs, real time, every wire in between."""

import time
from pathlib import Path

from PIL import Image

from bench.demo.album import Album
from bench.demo.hands import Visit
from bench.demo.head_office import CashDesk
from bench.demo.keepsakes import (
    contents,
    draw_gallery,
    gallery_is_drawn,
    keep_papers,
    keep_story,
)
from bench.demo.operator import NAME, PIN, ROLE, ClearingPlan, Operator
from bench.demo.payer import BillPlan, Payer
from bench.demo.teller import Teller
from bench.demo.visit import Guide, Plan
from bench.stand import Kiosk, KioskError, Site, Stand
from bench.stand.child import ChildEnded

APDU_S = 0.06
"""What a command takes on a real card at 9,600 baud, roughly."""
LINE_DELAY_S = 0.12
"""Each way, about what a mobile line takes."""
IDLE_TIMEOUT_S = 40
SCREEN = (1280, 1024)

AnyPlan = Plan | BillPlan | ClearingPlan

BILL = BillPlan("330100300017", "Zhou Jianguo", (10_000, 10_000, 10_000, 5_000, 2_000, 2_000))
CLEARING = ClearingPlan("Zhang Wei, an operator,")
PLANS: tuple[AnyPlan, ...] = (
    Plan("energy", "Wang Zhe", (10_000, 5_000)),
    BILL,
    Plan("money", "Li Yue", (10_000, 2_000), in_english=True),
    Plan("energy", "Wang Zhe, once more", (5_000,), next_door=True),
    CLEARING,
)


def run(folder: Path, plans: tuple[AnyPlan, ...] = PLANS, *, gallery: bool = True) -> int:
    """Run the visits and leave everything in ``folder``; return the exit code: 0 if all is well."""
    began_s = time.monotonic()
    teller = Teller()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        _run(folder, plans, teller, gallery=gallery)
    except (KioskError, ChildEnded) as error:
        teller.check(False, f"{type(error).__name__}: {error}")
    teller.title(f"Everything is in {folder}")
    for line in contents(folder):
        print(f"  {line}")
    took = f"{time.monotonic() - began_s:.0f} s"
    if teller.wrong:
        teller.title(f"{len(teller.wrong)} things did not end well. ({took})")
        return 1
    teller.title(f"All ended well. ({took})")
    return 0


def _run(folder: Path, plans: tuple[AnyPlan, ...], teller: Teller, *, gallery: bool) -> None:
    teller.title(
        "People pay with cash, and the cash is cleared. No display: it is told and photographed."
    )
    screen = dict(zip(("screen.width", "screen.height"), SCREEN, strict=True))
    with Stand(folder / "stand", Site(config=screen)) as s:
        teller.tell("The head office serves; acceptor, card slot, printer and meters stand ready.")
        pin_file = s.office.employ(NAME, ROLE, PIN)
        visits = _visits(s, folder, plans, teller)
        drawing = (
            draw_gallery(folder / "pages", folder / "stand" / "gallery.log") if gallery else None
        )
        try:
            for visit in visits:
                keep_papers(s, visit, folder)
                if visit.order_no:
                    told = keep_story(s, visit, folder)
                    teller.check(told, f"the journal is whole and tells of order {visit.order_no}")
            if any(isinstance(plan, ClearingPlan) for plan in plans):
                teller.title("The head office counts the bag")
                CashDesk(s, folder, teller, pin_file).settle(NAME)
            if drawing:
                drawn = gallery_is_drawn(drawing)
                teller.check(drawn, "pages are drawn in three sizes and two languages")
        finally:
            if drawing:
                drawing.kill()


def _visits(stand: Stand, folder: Path, plans: tuple[AnyPlan, ...], teller: Teller) -> list[Visit]:
    """Let people come, one after the other; the kiosk has ended afterwards."""
    stand.slot.slow(APDU_S)
    stand.office_slow(LINE_DELAY_S)
    kiosk = stand.start_kiosk()
    album = Album(kiosk.control_path, folder / "screens")
    try:
        kiosk.wait("idle", timeout_s=IDLE_TIMEOUT_S)
        teller.tell("The kiosk is in service and waits for a card.")
        visits = [_visit(plan, stand, kiosk, album, teller) for plan in plans]
    finally:
        album.close()
    teller.check(kiosk.stop() == 0, "the kiosk ended in order")
    right = all(_size(picture) == SCREEN for picture in album.pictures)
    teller.check(right, "every screen is {} x {}".format(*SCREEN))
    return visits


def _visit(plan: AnyPlan, stand: Stand, kiosk: Kiosk, album: Album, teller: Teller) -> Visit:
    match plan:
        case Plan():
            teller.title(f"{plan.who}, {stand.card(plan.card).title_zh}")
            return Guide(stand, kiosk, album, teller).visit(plan)
        case BillPlan():
            teller.title(f"{plan.who}, with a bill and without a card")
            return Payer(stand, kiosk, album, teller).visit(plan)
        case ClearingPlan():
            teller.title("The operator takes the money out")
            return Operator(stand, kiosk, album, teller).visit(plan)


def _size(picture: Path) -> tuple[int, int]:
    with Image.open(picture) as image:
        return image.size
