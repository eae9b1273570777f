"""The network thread's inside: questions to the head office become facts, one at a time.

Each wish is asked once. It ends in the fact that its answer makes of it or, when nobody answered,
in the fact that says so. Between wishes the line is signed in and known to be alive.
"""

import heapq
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, NamedTuple

from kiosk.backend.port import HeadOffice, NoAnswer, NotAllowed, OfficeError
from kiosk.devices.port import Post
from kiosk.engine.clock import Clock
from kiosk.flow import command as wish
from kiosk.flow import event as ev
from kiosk.flow.command import Command
from kiosk.flow.event import Device, DeviceState, Event, Fault
from kiosk.flow.staff_event import OfficeTried
from vending.bill import BillPaid, BillPayAnswer, BillStatement
from vending.messages import (
    Account,
    AccountQuery,
    NotSold,
    OrderOver,
    Owed,
    OwedQuery,
    Refused,
    ReportEnvelope,
    ReportTaken,
    Sealed,
    SignedIn,
    TrialResult,
    Vend,
)

_logger = logging.getLogger(__name__)

FIRST_RETRY_S = 5.0
"""Pause before a line that is down is tried again; doubles up to the probe's interval."""
MOST_QUESTIONS = 64
"""More than this wait only when something is badly wrong: the rest counts as unanswered."""


# -- what each wish asks, and what comes of it -----------------------------------------------------


class Question(NamedTuple):
    """How one kind of wish is put to the head office."""

    ask: Callable[[HeadOffice, Any], Event | None]
    """Blocks; returns the fact, or None when the answer changes nothing. Raises OfficeError."""
    silence: Callable[[Any], Event | None]
    """The fact when there was no answer."""


def _look_up(office: HeadOffice, asked: wish.LookUpAccount) -> Event:
    answer = office.query_account(AccountQuery(card=asked.card))
    if isinstance(answer, Account):
        return ev.AccountFound(account=answer, card_serial=asked.card.serial)
    if isinstance(answer, Owed):
        return ev.OwedFound(owed=answer, card_serial=asked.card.serial)
    return ev.AccountRefused(reason=answer.reason, card_serial=asked.card.serial)


def _find_owed(office: HeadOffice, asked: wish.FindOwed) -> Event:
    answer = office.find_owed(OwedQuery(card=asked.card, order_no=asked.code))
    if isinstance(answer, Owed):
        return ev.OwedFound(owed=answer, card_serial=asked.card.serial)
    return ev.OwedRefused(reason=answer.reason, card_serial=asked.card.serial)


def _try_out(office: HeadOffice, asked: wish.AskTrial) -> Event | None:
    answer = office.trial_vend(asked.request)
    if isinstance(answer, TrialResult):
        return ev.TrialAnswered(paid_fen=asked.request.paid_fen, quote=answer.quote)
    return None


def _vend(office: HeadOffice, asked: wish.RequestVend) -> Event:
    answer = office.vend(asked.request)
    if isinstance(answer, Refused):
        return ev.VendRefused(order_no=asked.order_no, reason=answer.reason)
    return _approved(answer, asked.order_no)


def _resell(office: HeadOffice, asked: wish.RequestResell) -> Event:
    answer = office.resell(asked.request)
    if isinstance(answer, Refused):
        return ev.VendRefused(order_no=asked.order_no, reason=answer.reason)
    return _approved(answer, asked.order_no)


def _inquire(office: HeadOffice, asked: wish.InquireVend) -> Event:
    answer = office.inquire(asked.order_no)
    if answer.order_no != asked.order_no:
        raise NoAnswer("the answer is about another order")
    match answer:
        case NotSold():
            return ev.VendNotSold(order_no=asked.order_no)
        case OrderOver(how=how):
            return ev.OrderEnded(order_no=asked.order_no, how=how)
        case Vend():
            return _approved(answer, asked.order_no)


def _approved(vend: Vend, order_no: str) -> Event:
    if vend.order_no != order_no:
        raise NoAnswer("the answer is about another order")
    return ev.VendApproved(vend=vend)


def _seal(office: HeadOffice, asked: wish.AskSeals) -> Event:
    answer = office.seal(asked.request)
    if isinstance(answer, Sealed):
        return ev.SealsGiven(order_no=asked.order_no, answer=answer.answer, seals=answer.seals)
    return ev.SealsFailed(order_no=asked.order_no, reason=answer.reason)


def _look_up_bill(office: HeadOffice, asked: wish.LookUpBill) -> Event:
    customer_no = asked.query.customer_no
    answer = office.query_bill(asked.query)
    if not isinstance(answer, BillStatement):
        return ev.BillRefused(customer_no=customer_no, reason=answer.reason)
    if answer.customer_no != customer_no:
        raise NoAnswer("the answer is about another customer")
    return ev.BillFound(statement=answer)


def _pay_bill(office: HeadOffice, asked: wish.PayBill) -> Event:
    return _posted(office.pay_bill(asked.request), asked.order_no)


def _inquire_bill(office: HeadOffice, asked: wish.InquireBill) -> Event:
    answer = office.inquire_bill(asked.order_no)
    if answer.order_no != asked.order_no:
        raise NoAnswer("the answer is about another order")
    match answer:
        case NotSold():
            return ev.BillNotPosted(order_no=asked.order_no)
        case OrderOver(how=how):
            return ev.OrderEnded(order_no=asked.order_no, how=how)
        case BillPaid():
            return _posted(answer, asked.order_no)


def _posted(answer: BillPayAnswer, order_no: str) -> Event:
    if not isinstance(answer, BillPaid):
        return ev.BillNotPosted(order_no=order_no, reason=answer.reason)
    if answer.order_no != order_no:
        raise NoAnswer("the answer is about another order")
    return ev.BillPosted(paid=answer)


def _never_tried(_: wish.TryOffice) -> Event:
    return OfficeTried(answered=False, took_ms=0, detail="busy")


QUESTIONS: dict[type[Command], Question] = {
    wish.LookUpAccount: Question(
        _look_up,
        lambda asked: ev.OfficeUnreachable(question="account", card_serial=asked.card.serial),
    ),
    wish.FindOwed: Question(
        _find_owed,
        lambda asked: ev.OfficeUnreachable(question="owed", card_serial=asked.card.serial),
    ),
    wish.AskTrial: Question(_try_out, lambda _: None),
    wish.RequestVend: Question(_vend, lambda asked: ev.VendUnknown(order_no=asked.order_no)),
    wish.RequestResell: Question(_resell, lambda asked: ev.VendUnknown(order_no=asked.order_no)),
    wish.InquireVend: Question(_inquire, lambda asked: ev.VendUnknown(order_no=asked.order_no)),
    wish.AskSeals: Question(_seal, lambda asked: ev.SealsFailed(order_no=asked.order_no)),
    wish.LookUpBill: Question(
        _look_up_bill, lambda asked: ev.BillUnreachable(customer_no=asked.query.customer_no)
    ),
    wish.PayBill: Question(_pay_bill, lambda asked: ev.BillUnknown(order_no=asked.order_no)),
    wish.InquireBill: Question(
        _inquire_bill, lambda asked: ev.BillUnknown(order_no=asked.order_no)
    ),
    wish.TryOffice: Question(lambda _, __: None, _never_tried),  # the lane signs in by itself
}


# -- how the line is -------------------------------------------------------------------------------


class LineStatus:
    """Whether the head office answers. Posts each change once; safe from every thread."""

    def __init__(self, post: Post, clock: Clock) -> None:
        self._post = post
        self._clock = clock
        self._lock = threading.Lock()
        self._told: DeviceState | None = None
        self.answered_s: float | None = None
        """Monotonic second of the last answer; None: none since the line last failed."""

    def answered(self) -> None:
        """The head office answered."""
        self.answered_s = self._clock.monotonic_s()
        self._tell(DeviceState.OK, Fault.NONE, "")

    def silent(self) -> None:
        """It did not."""
        self.answered_s = None
        self._tell(DeviceState.OFFLINE, Fault.NO_ANSWER, "")

    def refused(self) -> None:
        """It does not accept this terminal."""
        self.answered_s = None
        self._tell(DeviceState.FAULT, Fault.PROTOCOL, "the head office refuses this terminal")

    def watch(
        self, report: Callable[[ReportEnvelope], ReportTaken]
    ) -> Callable[[ReportEnvelope], ReportTaken]:
        """Let deliveries count as signs of life; their failures do not: it may be the report."""

        def watched(envelope: ReportEnvelope) -> ReportTaken:
            taken = report(envelope)
            self.answered()
            return taken

        return watched

    def _tell(self, state: DeviceState, fault: Fault, detail: str) -> None:
        changed = ev.DeviceChanged(
            device=Device.HEAD_OFFICE, state=state, fault=fault, detail=detail
        )
        with self._lock:  # also while posting: the last fact must be the last state
            if state is not self._told:
                self._told = state
                self._post(changed)


# -- the lane --------------------------------------------------------------------------------------


class OfficeLane:
    """Wishes for the head office, each when it is due. `turn` belongs to the network thread."""

    def __init__(
        self,
        office: HeadOffice,
        post: Post,
        clock: Clock,
        status: LineStatus,
        *,
        software_version: str,
        probe_s: float = 60.0,
    ) -> None:
        """``probe_s``: silence after which the line is tried when nobody uses it."""
        self._office = office
        self._post = post
        self._clock = clock
        self._status = status
        self._software_version = software_version
        self._probe_s = probe_s
        self._lock = threading.Lock()
        self._waiting: list[tuple[float, int, Command]] = []
        self._numbers = count()
        self._wake: Callable[[], None] = lambda: None
        self._on_sign_in: Callable[[SignedIn, HeadOffice], None] = lambda _, __: None
        self._retry_s = FIRST_RETRY_S
        self._sign_in_s = clock.monotonic_s()
        self._told = ev.SignedInAt(last_order_sequence=-1)

    def on_ask(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` when there is something new to do."""
        self._wake = wake

    def on_sign_in(self, listener: Callable[[SignedIn, HeadOffice], None]) -> None:
        """Call ``listener`` after each sign-in, on the network thread; it may ask the head office
        in its turn. What it raises is logged and no more: the line has just answered.
        """
        self._on_sign_in = listener

    def ask(self, asked: Command, after_s: float = 0.0) -> None:
        """Queue a question; its fact follows. Returns at once."""
        due_s = self._clock.monotonic_s() + after_s
        with self._lock:
            full = len(self._waiting) >= MOST_QUESTIONS
            if not full:
                heapq.heappush(self._waiting, (due_s, next(self._numbers), asked))
        if full:
            self._end(QUESTIONS[type(asked)].silence(asked))
        else:
            self._wake()

    def turn(self) -> float | None:
        """Put one question, or keep the line alive; return when the next turn is due."""
        asked = self._take_due()
        if asked:
            self._put(asked)
        elif self._clock.monotonic_s() >= self._next_sign_in_s():
            self._sign_in()
        with self._lock:
            due_s = self._waiting[0][0] if self._waiting else None
        sign_in_s = self._next_sign_in_s()
        return sign_in_s if due_s is None else min(due_s, sign_in_s)

    def _take_due(self) -> Command | None:
        with self._lock:
            if not self._waiting or self._waiting[0][0] > self._clock.monotonic_s():
                return None
            return heapq.heappop(self._waiting)[2]

    def _put(self, asked: Command) -> None:
        if isinstance(asked, wish.TryOffice):
            self._try_line()
            return
        question = QUESTIONS[type(asked)]
        fact = question.silence(asked)
        with self._reaching():
            fact = question.ask(self._office, asked)
        self._end(fact)

    def _end(self, fact: Event | None) -> None:
        if fact is not None:
            self._post(fact)

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Note how the line is by how the call inside ends; whatever it raises ends here."""
        pause_s = self._retry_s
        self._retry_s = min(self._retry_s * 2, self._probe_s)
        try:
            yield
        except NotAllowed:
            self._status.refused()
        except OfficeError:
            self._status.silent()
        except Exception:
            _logger.exception("the head office's client failed")
            self._status.silent()
        else:
            self._status.answered()
            pause_s, self._retry_s = self._probe_s, FIRST_RETRY_S
        self._sign_in_s = self._clock.monotonic_s() + pause_s

    def _next_sign_in_s(self) -> float:
        """An answer to anything puts the next attempt off."""
        answered_s = self._status.answered_s
        return (
            self._sign_in_s
            if answered_s is None
            else max(self._sign_in_s, answered_s + self._probe_s)
        )

    def _sign_in(self) -> int | None:
        """Sign in; tell the numbers to go on after when they are news. Return how many
        milliseconds it took, None without an answer.
        """
        signed, began_s = None, self._clock.monotonic_s()
        with self._reaching():
            signed = self._office.sign_in(self._software_version)
        took_ms = round((self._clock.monotonic_s() - began_s) * 1000)
        if signed is None:
            return None
        told, self._told = self._told, _highest(self._told, signed)
        if told != self._told:
            self._post(self._told)
        self._tell_listener(signed)
        return took_ms

    def _tell_listener(self, signed: SignedIn) -> None:
        try:
            self._on_sign_in(signed, self._office)
        except Exception:
            _logger.exception("whoever follows sign-ins failed")

    def _try_line(self) -> None:
        """Sign in on purpose, and tell how long it took."""
        took_ms = self._sign_in()
        tried = (
            OfficeTried(answered=False, took_ms=0, detail="no-answer")
            if took_ms is None
            else OfficeTried(answered=True, took_ms=took_ms)
        )
        self._post(tried)


def _highest(told: ev.SignedInAt, signed: SignedIn) -> ev.SignedInAt:
    return ev.SignedInAt(
        last_order_sequence=max(told.last_order_sequence, signed.last_order_sequence),
        last_period_no=max(told.last_period_no, signed.last_period_no),
    )
