"""A cash clearing (清机): the operator's walk at the machine, and whether three figures agree."""

import time
from dataclasses import dataclass

from bench.acceptor import Denominations
from bench.demo.hands import LOOK_S, Hands, Visit, pause
from bench.stand.kiosk_config import TERMINAL_NO
from bench.stand.staff import PIN, STAFF
from center.cash import periods, vault
from vending.cash import Figures
from vending.money import format_yuan
from vending.staff import Role

ROLE = Role.OPERATOR
NAME = STAFF[ROLE]
BOX_ID, NEW_BOX_ID, BAG_NO = "B-017", "B-018", "S-0042"
STAFF_TIMEOUT_S = 30.0


@dataclass(frozen=True)
class ClearingPlan:
    """Somebody comes to take the money out. The head office counts it afterwards."""

    who: str
    chapter: str = "clearing"


class Operator(Hands):
    """Walks an operator through a clearing. `NAME` must be known at the head office."""

    def visit(self, plan: ClearingPlan) -> Visit:
        """Clear the cash box. Raises KioskError when the kiosk does not play along."""
        self._album.chapter(plan.chapter)
        slips = len(self._stand.slips)
        self._sign_in(plan)
        self._look_at_the_figures()
        period_no = self._change_the_box()
        self._end()
        self._take_slip(slips)
        self._hear_the_answer(period_no)
        self._check_figures(period_no, slips)
        self._leave()
        return Visit(plan.chapter, "", slips)

    # -- at the machine --------------------------------------------------------------------------

    def _sign_in(self, plan: ClearingPlan) -> None:
        self._kiosk.wait("idle", "out-of-service")
        self._kiosk.hold()
        self._kiosk.wait("staff")
        self._teller.tell(f"{plan.who} holds the terminal number in the header for five seconds.")
        pause()
        self._kiosk.type(NAME)
        self._tap("next")
        self._kiosk.type(PIN)
        pause()
        self._tap("sign-in")
        self._until(STAFF_TIMEOUT_S, view="home", staff=NAME)
        self._teller.tell("Types name and PIN; the menu has what an operator may do.")
        pause()

    def _look_at_the_figures(self) -> None:
        self._tap("tile-figures")
        self._until(view="cash-figures")
        pause()
        self._tap("later")
        pause()
        self._teller.tell("Looks at the figures: by denomination, and by business.")
        self._tap("back")

    def _change_the_box(self) -> int:
        self._tap("tile-clearing")
        self._until(view="cash-walk")
        pause()
        self._tap("start-clearing")
        period_no = int(self._until(stage="clearing")["period_no"])
        self._teller.tell(f"Starts the clearing of period {period_no}: no customer is served now.")
        pause()
        self._stand.box_out()
        self._until(STAFF_TIMEOUT_S, stage="taken")
        self._teller.tell("Opens the cabinet and takes the cash box out; the sensor sees it.")
        pause()
        self._stand.box_in()
        self._until(STAFF_TIMEOUT_S, stage="replaced")
        self._teller.tell("Puts an empty box in; the page goes on by itself.")
        pause()
        return period_no

    def _end(self) -> None:
        self._tap("type-labels")
        for field, text in (("box", BOX_ID), ("new-box", NEW_BOX_ID), ("bag", BAG_NO)):
            if field != "box":  # the first one is chosen already
                self._tap(f"label-{field}")
            self._kiosk.type(text.lower())  # what is typed is shown in capitals
        pause()
        self._tap("labels-typed")
        self._tap("end-clearing")
        self._until(view="cash-period")
        self._teller.tell("Types what is written on boxes and bag, and ends the clearing.")

    def _hear_the_answer(self, period_no: int) -> None:
        shown = self._until(STAFF_TIMEOUT_S, slip="printed")
        self._teller.check(shown["period_no"] == period_no + 1, "the next period began at once")
        word = self._until_answered()
        self._teller.check(word == "agrees", f"the head office's word on the screen: {word}")
        pause()

    def _until_answered(self) -> str:
        until_s = time.monotonic() + STAFF_TIMEOUT_S
        while (word := str(self._kiosk.state()["answer"])) == "waiting":
            if time.monotonic() > until_s:
                break
            time.sleep(LOOK_S)
        return word

    def _leave(self) -> None:
        self._tap("leave")
        self._reach("idle")
        self._teller.tell("Signs out: customers are served again.")

    def _tap(self, name: str) -> None:
        self._press_when_lit(f"staff-{name}")

    # -- three figures ---------------------------------------------------------------------------

    def _check_figures(self, period_no: int, slip_number: int) -> None:
        """Bench, terminal and head office each know for themselves what lay in the box."""
        box = self._stand.removed_boxes[-1]
        story = self._stand.office.read(
            lambda db: vault.tell(db, periods.get(db, TERMINAL_NO, period_no))
        )
        told = story.period.report.figures if story.period.report else Figures()
        total = format_yuan(sum(value * notes for value, notes in box.items()))
        self._teller.tell(f"In the box that was taken out lie {total} yuan: {pile_words(box)}.")
        same = piles(told) == box == piles(story.figures)
        self._teller.check(same, "box = terminal = head office, note by note")
        self._teller.check(not self._stand.box, "the box that was put in is empty")
        by_business = sums(told) == sums(story.figures) and not (told.incomplete or told.loose)
        self._teller.check(by_business, f"by business they agree too: {business_words(told)}")
        slip = self._stand.slips[slip_number].text
        self._teller.check(total in slip and NAME in slip, "the slip says the same sum")
        self._check_audit()


def piles(figures: Figures) -> Denominations:
    """Return how many notes of each value, over all cassettes, the highest first."""
    found: Denominations = {}
    for count in figures.counts:
        found[count.value_fen] = found.get(count.value_fen, 0) + count.notes
    return dict(sorted(found.items(), reverse=True))


def pile_words(box: Denominations) -> str:
    """Return a box in words, as `center cash count` wants it: ``100x3 50x1``."""
    words = (f"{format_yuan(value).removesuffix('.00')}x{notes}" for value, notes in box.items())
    return " ".join(words)


def sums(figures: Figures) -> dict[str, tuple[int, int]]:
    """Return what was paid for each business, and what of it has come to its end."""
    return {each.business: (each.paid_fen, each.completed_fen) for each in figures.sums}


def business_words(figures: Figures) -> str:
    """Return what was paid for each business."""
    words = (f"{each.business} {format_yuan(each.paid_fen)}" for each in figures.sums)
    return ", ".join(words) or "nothing"
