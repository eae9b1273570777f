"""Every state of the staff's page, played on the page itself with a desk of canned answers."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from kiosk.engine.staff import StaffDesk, StoryLine
from kiosk.flow.phase import Phase, Why
from kiosk.flow.screen import screen
from kiosk.flow.view import StaffView
from kiosk.ui.pages.staff.page import StaffPage
from kiosk.ui.samples import AT_MS, TERMINAL_NO, Sample, session
from kiosk.ui.staff.home import Home
from kiosk.ui.staff.model import StaffModel
from kiosk.ui.staff.orders import Orders
from kiosk.ui.staff.state import EVIDENCE, Press
from kiosk.ui.staff.visit import Tile
from kiosk.ui.window import Window
from vending.card import Verdict
from vending.messages import Reason, Refused
from vending.order_no import make_order_no
from vending.rights import RIGHTS
from vending.staff import (
    Action,
    ActionAnswer,
    ActionDone,
    ActionForbidden,
    Evidence,
    Forbidden,
    NotSignedIn,
    Permission,
    Role,
    StaffAnswer,
    StaffRefused,
    StaffSignedIn,
    StuckAnswer,
    StuckOrder,
    StuckOrders,
)

PIN = "271828"
NAME, WITNESS = "li.wei", "chen.fang"
_MINUTE_MS = 60_000


def permissions(
    *forbidden: Forbidden | None, second: Action | None = None
) -> tuple[Permission, ...]:
    """Return what is said of each action in turn; what is not named is permitted."""
    said = [*forbidden, *[None] * (len(Action) - len(forbidden))]
    return tuple(
        Permission(action=action, forbidden=why, needs_second=action is second)
        for action, why in zip(Action, said, strict=True)
    )


def stuck(sequence: int = 128, **changes: object) -> StuckOrder:
    """Return an order that was sold and not written, unless told otherwise."""
    order = StuckOrder(
        order_no=make_order_no(TERMINAL_NO, AT_MS, sequence),
        opened_at_ms=AT_MS,
        customer_no="3300451276",
        meter_no="330104007866",
        name_masked="王*玥",
        paid_fen=17_000,
        sold=True,
        energy_wh=294_840,
        wallet_money_fen=None,
        verdict=Verdict.NOT_WRITTEN,
        is_verdict_good=True,
        why=Why.CARD_GONE,
        refund=None,
        permissions=permissions(None, Forbidden.SOLD, None, None, second=Action.REFUND),
    )
    return replace(order, **changes)


UNSOLD = stuck(
    129,
    sold=False,
    energy_wh=None,
    verdict=None,
    why=Why.SALE_UNKNOWN,
    permissions=permissions(Forbidden.NOT_SOLD, None, Forbidden.NOT_SOLD, Forbidden.STILL_BUSY),
)
REFUNDED = stuck(
    130,
    paid_fen=1_000_000,
    energy_wh=None,
    wallet_money_fen=987_654,
    name_masked="阿卜杜热合曼·买买提***",
    verdict=Verdict.TORN,
    is_verdict_good=False,
    why=Reason.OVERSTOCK,
    refund="decided",
    permissions=permissions(*[Forbidden.REFUND_DECIDED] * 3),
)
MANY = tuple(stuck(200 + number, paid_fen=1000 * (number + 1)) for number in range(20))


def story(order: StuckOrder) -> tuple[StoryLine, ...]:
    """Return how a purchase got stuck and what staff did about it."""
    told: list[tuple[str, dict[str, str | int | bool]]] = [
        ("CardInserted", {}),
        ("CardRead", {"card.purchase_count": 17}),
        ("AccountFound", {"account.balance_fen": 37, "account.purchase_count": 17}),
        ("CashChosen", {}),
        ("NoteEscrowed", {"value_fen": 10_000, "note_id": "n1"}),
        ("NoteStacked", {"value_fen": 10_000, "note_id": "n1"}),
        ("NoteRejected", {"cause": "unrecognised"}),
        ("NoteStacked", {"value_fen": 5_000, "note_id": "n2"}),
        ("NoteStacked", {"value_fen": 2_000, "note_id": "n3"}),
        ("DeviceChanged", {"device": "acceptor", "state": "fault", "fault": "jam-in-acceptor"}),
        ("FinishPressed", {}),
        ("VendUnknown", {"order_no": order.order_no}),
        ("VendApproved", {"vend.purchase_count": 18, "vend.quote.energy_wh": 294_840}),
        ("SealsGiven", {"order_no": order.order_no, "seals": 1}),
        ("CardRemoved", {}),
        ("CardProved", {"verdict": "unknown"}),
        ("SlipFailed", {"fault": "paper-out"}),
        ("Restarted", {"boot_id": "7d"}),
        ("StaffSignedIn", {"staff": NAME, "role": "maintenance"}),
        ("StaffActed", {"staff": NAME, "action": "refund", "refused": "card-may-be-written"}),
        ("CardProved", {"verdict": "not-written"}),
        ("OfOtherVersion", {"value_fen": 5}),
        ("OrderEnded", {"how": "refunded"}),
    ]
    return tuple(
        StoryLine(at_ms=AT_MS + place * _MINUTE_MS, kind=kind, said=said)
        for place, (kind, said) in enumerate(told)
    )


class CannedDesk(Struct, frozen=True, kw_only=True):
    """Answers at once, always the same."""

    orders: tuple[StuckOrder, ...] = ()
    signs_in: bool = True
    refusal: StaffRefused | None = None
    answers: bool = True
    result: ActionAnswer | None = None

    def sign_in(self, name: str, pin: str, then: Callable[[StaffAnswer | None], None]) -> None:
        """Let everybody in, unless told otherwise."""
        known = StaffSignedIn(
            name=name, role=Role.MAINTENANCE, token="", until_ms=0, last_sign_in_ms=None
        )
        then(self.refusal or known)

    def stuck_orders(self, order_no: str, then: Callable[[StuckAnswer | None], None]) -> None:
        """Tell of all orders or of one."""
        chosen = tuple(o for o in self.orders if order_no in {"", o.order_no})
        then(StuckOrders(chosen) if self.answers else None)

    def story(self, order_no: str, then: Callable[[tuple[StoryLine, ...]], None]) -> None:
        """Tell the story of an order that is known."""
        known = next((o for o in self.orders if o.order_no == order_no), None)
        then(story(known) if known else ())

    def act(
        self,
        order_no: str,
        action: Action,
        evidence: Evidence,
        then: Callable[[ActionAnswer | None], None],
    ) -> None:
        """Give the result that was chosen."""
        then(self.result)

    def stir(self) -> None:
        """Nobody counts the time."""

    def leave(self) -> None:
        """Nobody is remembered."""


Play = Callable[[StaffModel], None]


def staff_samples() -> list[Sample]:
    """Return every view with ordinary and extreme content."""
    return [*_signing_in(), *_homes(), *_lists(), *_orders(), *_ways_out(), *_results()]


def sample(name: str, desk: StaffDesk | None, *plays: Play) -> Sample:
    """Return a sample in which ``plays`` are played one after the other."""
    return staff_sample(f"staff-{name}", staff_view(Role.MAINTENANCE), desk, *plays)


def staff_view(role: Role, **changes: object) -> StaffView:
    """Return what the flow shows about somebody of ``role`` who is signed in."""
    view = StaffView(name=NAME, role=role, witness="", last_ms=AT_MS, rights=RIGHTS[role])
    return replace(view, **changes)


def staff_sample(name: str, staff: StaffView, desk: StaffDesk | None, *plays: Play) -> Sample:
    """Return a sample of the staff's page with ``staff`` on the screen."""
    shown = replace(screen(session(None, Phase.STAFF)), staff=staff)
    return Sample(name, shown, partial(_play, plays), desk)


def _play(plays: tuple[Play, ...], window: Window) -> None:
    page = window.page
    if isinstance(page, StaffPage):
        for play in plays:
            play(page.model)


def choose(tile: Tile) -> Play:
    """Return the choice of a tile of the home menu."""
    return lambda model: model.part(Home).choose(tile)


def keys(text: str) -> Play:
    """Return the typing of ``text``."""

    def play(model: StaffModel) -> None:
        for key in text:
            model.type(key)

    return play


def press(press: StrEnum) -> Play:
    """Return the pressing of a button."""
    return lambda model: model.press(press)


def begin(action: Action) -> Play:
    """Return the choice of a way out."""
    return lambda model: model.part(Orders).begin(action)


def prove(evidence: Evidence) -> Play:
    """Return the choice of what was seen."""
    return lambda model: model.part(Orders).prove(evidence)


def open_first(model: StaffModel) -> None:
    """Open the first order of the list."""
    model.part(Orders).look_at(model.state.orders[0])


SIGN_IN: tuple[Play, ...] = (keys(NAME), press(Press.NEXT), keys(PIN), press(Press.SIGN_IN))
AT_LIST: tuple[Play, ...] = (*SIGN_IN, choose(Tile.ORDERS))
SECOND: tuple[Play, ...] = (keys(WITNESS), press(Press.NEXT), keys(PIN), press(Press.SIGN_IN))


def _signing_in() -> Iterator[Sample]:
    yield sample("closed", None)
    yield sample("name", CannedDesk(), keys(NAME))
    yield sample("name-longest", CannedDesk(), keys("m" * 40))
    yield sample("pin", CannedDesk(), *SIGN_IN[:2], keys(PIN[:4]))
    wrong = StaffRefused(reason=NotSignedIn.WRONG)
    yield sample("pin-wrong", CannedDesk(refusal=wrong), *SIGN_IN)
    locked = StaffRefused(reason=NotSignedIn.LOCKED, locked_until_ms=AT_MS)
    yield sample("pin-locked", CannedDesk(refusal=locked), *SIGN_IN)


def _homes() -> Iterator[Sample]:
    for role in Role:
        yield staff_sample(f"staff-home-{role.value}", staff_view(role), CannedDesk(), *SIGN_IN)
    closed = staff_view(Role.SUPERVISOR, out_of_service="office-down", witness=WITNESS)
    yield staff_sample("staff-home-out-of-service", closed, CannedDesk(), *SIGN_IN)
    offline = staff_view(Role.SUPERVISOR, offline=True, last_ms=None, out_of_service="office-down")
    yield staff_sample("staff-home-offline", offline, CannedDesk(), *SIGN_IN)


def _lists() -> Iterator[Sample]:
    yield sample("list", CannedDesk(orders=(stuck(), UNSOLD, REFUNDED)), *AT_LIST)
    yield sample("list-empty", CannedDesk(), *AT_LIST)
    yield sample("list-many", CannedDesk(orders=MANY), *AT_LIST, press(Press.LATER))
    yield sample("list-no-answer", CannedDesk(answers=False), *AT_LIST)
    number = (*AT_LIST, press(Press.BY_NUMBER))
    yield sample("number", CannedDesk(), *number, keys(UNSOLD.order_no[:11]))
    unknown = (*number, keys(UNSOLD.order_no), press(Press.FIND))
    yield sample("number-not-found", CannedDesk(), *unknown)


def _orders() -> Iterator[Sample]:
    for name, order in (("", stuck()), ("-unsold", UNSOLD), ("-refunded", REFUNDED)):
        desk = CannedDesk(orders=(order,))
        yield sample(f"order{name}", desk, *AT_LIST, open_first)
        yield sample(f"story{name}", desk, *AT_LIST, open_first, press(Press.STORY))
        later = (press(Press.STORY), press(Press.LATER), press(Press.LATER))
        yield sample(f"story-later{name}", desk, *AT_LIST, open_first, *later)
    reasons = list(Forbidden)
    for start in range(0, len(reasons), len(Action)):
        order = stuck(permissions=permissions(*reasons[start : start + len(Action)]))
        shown = (*AT_LIST, open_first)
        yield sample(f"order-forbidden-{start}", CannedDesk(orders=(order,)), *shown)


def _ways_out() -> Iterator[Sample]:
    order = stuck(permissions=permissions(second=Action.REFUND))
    desk = CannedDesk(orders=(order,))
    opened = (*AT_LIST, open_first)
    yield sample("confirm-rewrite", desk, *opened, begin(Action.REWRITE))
    yield sample("confirm-resell", desk, *opened, begin(Action.RESELL))
    for action in (Action.MARK_LOADED, Action.REFUND):
        yield sample(f"evidence-{action.value}", desk, *opened, begin(action))
        seen = (begin(action), prove(EVIDENCE[action][1]))
        name = "second-name" if action is Action.REFUND else "confirm-mark-loaded"
        yield sample(name, desk, *opened, *seen)
    seen = (begin(Action.REFUND), prove(EVIDENCE[Action.REFUND][1]))
    yield sample("second-pin", desk, *opened, *seen, *SECOND[:2])
    yield sample("second-same", desk, *opened, *seen, *SIGN_IN)
    yield sample("confirm-refund", desk, *opened, *seen, *SECOND)


def _results() -> Iterator[Sample]:
    order = stuck(permissions=permissions())
    for action in Action:
        proof = (prove(EVIDENCE[action][0]),) if EVIDENCE[action] else ()
        done = (*AT_LIST, open_first, begin(action), *proof, press(Press.DO_IT))
        desk = CannedDesk(orders=(order,), result=ActionDone(order=order))
        yield sample(f"done-{action.value}", desk, *done)
    tried = (*AT_LIST, open_first, begin(Action.REWRITE), press(Press.DO_IT))
    results: dict[str, ActionAnswer | None] = {
        "forbidden": ActionForbidden(why=Forbidden.CARD_MAY_BE_WRITTEN),
        "refused": Refused(Reason.ORDER_CANCELLED),
        "no-answer": None,
    }
    for name, answer in results.items():
        desk = CannedDesk(orders=(order,), result=answer)
        yield sample(f"result-{name}", desk, *tried)
