"""The line between a kiosk and the head office, and everything that can happen to a message."""

from collections import deque
from enum import StrEnum
from random import Random
from typing import Any

import msgspec
from msgspec import Struct

from bench.explore.fuse import Fuse
from bench.explore.office import Center, Unreachable
from kiosk.backend.port import NoAnswer
from vending.bill import BillAnswer, BillInquiryAnswer, BillPayAnswer, BillPayRequest, BillQuery
from vending.card import SealRequest
from vending.messages import (
    AccountAnswer,
    AccountQuery,
    InquiryAnswer,
    OwedAnswer,
    OwedQuery,
    ReportEnvelope,
    ReportTaken,
    ResellRequest,
    SealReply,
    SignedIn,
    TrialAnswer,
    TrialRequest,
    VendAnswer,
    VendRequest,
)
from vending.roster import Roster

LATENCIES_MS = (30, 60, 60, 60, 60, 200, 1_500)
DEADLINE_MS = 15_000


class Mishap(StrEnum):
    """What happens to one message."""

    REQUEST_LOST = "request-lost"
    ANSWER_LOST = "answer-lost"
    DOUBLED = "doubled"
    """It is carried out again some time later."""
    LATE = "late"
    """It is carried out when the kiosk has long given up."""
    SLOW = "slow"
    """The answer comes just before the deadline."""


class Ambush(Struct, frozen=True):
    """What waits for the next message of a kind."""

    operation: str
    """Empty: any."""
    mishap: Mishap
    delay_ms: int


class Line:
    """One kiosk's way to the head office; survives runs of the kiosk."""

    def __init__(self, center: Center) -> None:
        self.center = center
        self.down = False
        self._ambushes: deque[Ambush] = deque()

    def lie_in_wait(self, ambush: Ambush) -> None:
        """Let something happen to a message to come."""
        self._ambushes.append(ambush)

    def mend(self) -> None:
        """Let nothing happen any more."""
        self.down = False
        self._ambushes.clear()

    def met(self, operation: str) -> Ambush | None:
        """Return what happens to the message that is sent now."""
        for ambush in self._ambushes:
            if ambush.operation in {"", operation}:
                self._ambushes.remove(ambush)
                return ambush
        return None


class SimOffice:
    """Implements `kiosk.backend.port.HeadOffice` for one run of a kiosk, without waiting.

    ``took_ms`` tells how long the last call would have kept its caller.
    """

    def __init__(self, line: Line, fuse: Fuse, terminal_no: str, chance: Random) -> None:
        self._line = line
        self._fuse = fuse
        self._terminal_no = terminal_no
        self._chance = chance
        self.took_ms = 0

    def sign_in(self, software_version: str) -> SignedIn:
        """See `HeadOffice.sign_in`."""
        return self._ask("sign-in", None, SignedIn)  # type: ignore[no-any-return]

    def query_account(self, query: AccountQuery) -> AccountAnswer:
        """See `HeadOffice.query_account`."""
        return self._ask("query-account", query, AccountAnswer)  # type: ignore[no-any-return]

    def trial_vend(self, request: TrialRequest) -> TrialAnswer:
        """See `HeadOffice.trial_vend`."""
        return self._ask("trial-vend", request, TrialAnswer)  # type: ignore[no-any-return]

    def vend(self, request: VendRequest) -> VendAnswer:
        """See `HeadOffice.vend`."""
        return self._ask("vend", request, VendAnswer)  # type: ignore[no-any-return]

    def inquire(self, order_no: str) -> InquiryAnswer:
        """See `HeadOffice.inquire`."""
        return self._ask("inquire", None, InquiryAnswer, order_no)  # type: ignore[no-any-return]

    def find_owed(self, query: OwedQuery) -> OwedAnswer:
        """See `HeadOffice.find_owed`."""
        return self._ask("find-owed", query, OwedAnswer)  # type: ignore[no-any-return]

    def resell(self, request: ResellRequest) -> VendAnswer:
        """See `HeadOffice.resell`."""
        return self._ask("resell", request, VendAnswer)  # type: ignore[no-any-return]

    def seal(self, request: SealRequest) -> SealReply:
        """See `HeadOffice.seal`."""
        return self._ask("seal", request, SealReply)  # type: ignore[no-any-return]

    def query_bill(self, query: BillQuery) -> BillAnswer:
        """See `HeadOffice.query_bill`."""
        return self._ask("query-bill", query, BillAnswer)  # type: ignore[no-any-return]

    def pay_bill(self, request: BillPayRequest) -> BillPayAnswer:
        """See `HeadOffice.pay_bill`."""
        return self._ask("pay-bill", request, BillPayAnswer)  # type: ignore[no-any-return]

    def inquire_bill(self, order_no: str) -> BillInquiryAnswer:
        """See `HeadOffice.inquire_bill`."""
        asked = "inquire-bill"
        return self._ask(asked, None, BillInquiryAnswer, order_no)  # type: ignore[no-any-return]

    def roster(self) -> Roster:
        """See `HeadOffice.roster`."""
        return self._ask("roster", None, Roster)  # type: ignore[no-any-return]

    def report(self, envelope: ReportEnvelope) -> ReportTaken:
        """See `HeadOffice.report`."""
        return self._ask("report", envelope, ReportTaken)  # type: ignore[no-any-return]

    def _ask(self, operation: str, message: object, answer_type: Any, order_no: str = "") -> Any:
        body = b"" if message is None else msgspec.json.encode(message)
        self.took_ms = DEADLINE_MS
        ambush = self._line.met(operation)
        self._fuse.burn(f"office: {operation} not sent")
        if self._line.down or (ambush and ambush.mishap is Mishap.REQUEST_LOST):
            raise NoAnswer("the request is lost")
        if ambush and ambush.mishap is Mishap.LATE:
            self._again(operation, body, order_no, DEADLINE_MS + ambush.delay_ms)
            raise NoAnswer("the request is late")
        answer = self._carry_out(operation, body, order_no)
        if ambush and ambush.mishap is Mishap.DOUBLED:
            self._again(operation, body, order_no, ambush.delay_ms)
        self._fuse.burn(f"office: {operation} carried out")
        if ambush and ambush.mishap is Mishap.ANSWER_LOST:
            raise NoAnswer("the answer is lost")
        slow = ambush is not None and ambush.mishap is Mishap.SLOW
        self.took_ms = DEADLINE_MS - 1 if slow else self._chance.choice(LATENCIES_MS)
        return msgspec.json.decode(answer, type=answer_type)

    def _carry_out(self, operation: str, body: bytes, order_no: str) -> bytes:
        center = self._line.center
        try:
            if operation == "sign-in":
                return center.sign_in(self._terminal_no)
            return center.serve(self._terminal_no, operation, body, order_no)
        except Unreachable:
            raise NoAnswer("the head office does not answer") from None

    def _again(self, operation: str, body: bytes, order_no: str, delay_ms: int) -> None:
        """Let the office meet the message (once more) later; nobody waits for the answer."""
        center = self._line.center

        center.late += 1

        def arrive() -> None:
            center.late -= 1
            if center.up and operation != "sign-in":
                center.serve(self._terminal_no, operation, body, order_no)

        center.world.after(delay_ms, center.life, arrive)
