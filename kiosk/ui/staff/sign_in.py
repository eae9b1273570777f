"""Signing in: a name, a PIN, and perhaps a second person."""

from enum import StrEnum

from kiosk.ui.i18n import Words
from kiosk.ui.keys import typed
from kiosk.ui.staff.state import NAME_CHARACTERS, Press, Trouble, View
from kiosk.ui.staff.visit import Part, Presses
from vending.staff import PIN_DIGITS, NotSignedIn, StaffAnswer, StaffRefused, StaffSignedIn


class SignIn(Part):
    """Who is it?"""

    views = frozenset({View.CLOSED, View.NAME, View.PIN})
    main = frozenset({Press.NEXT, Press.SIGN_IN})

    def presses(self) -> Presses:
        state = self.state
        out: Presses = {Press.LEAVE: True}
        match state.view:
            case View.NAME:
                if state.second:
                    out[Press.BACK] = True
                return out | {Press.NEXT: bool(state.name)}
            case View.PIN:
                fewest, most = PIN_DIGITS
                lawful = fewest <= state.pin_digits <= most
                return out | {Press.BACK: True, Press.SIGN_IN: lawful}
            case _:
                return out

    def press(self, press: StrEnum) -> None:
        if press is Press.NEXT:
            self.visit.to(View.PIN)
        elif press is Press.SIGN_IN:
            self._sign_in()

    def back(self) -> None:
        second = self.state.second
        if self.state.busy:
            self.visit.to(self.state.view)
        elif self.state.view is View.PIN:
            self.visit.to(View.NAME)
        elif second:
            self.visit.to(second.before, second=None)

    def type(self, key: str) -> None:
        visit = self.visit
        if self.state.view is View.NAME:
            visit.show(name=typed(self.state.name, key)[:NAME_CHARACTERS], trouble=None)
        elif self.state.view is View.PIN:
            visit.pin = typed(visit.pin, key)[: PIN_DIGITS[1]]
            visit.show(pin_digits=len(visit.pin), trouble=None)

    def title(self, words: Words) -> str:
        second = "second-" if self.state.second else ""
        return words.text(f"staff.title.{second}{self.state.view.value}")

    def _sign_in(self) -> None:
        visit, pin = self.visit, self.visit.pin
        visit.pin = ""
        if visit.desk:
            visit.show(busy=True, trouble=None, pin_digits=0)
            visit.desk.sign_in(self.state.name, pin, visit.awaited(self._answered))

    def _answered(self, answer: StaffAnswer | None) -> None:
        match answer:
            case None:
                self.visit.show(busy=False, trouble=Trouble.NO_ANSWER)
            case StaffRefused(reason=NotSignedIn.LOCKED):
                until_ms = answer.locked_until_ms
                self.visit.to(View.PIN, trouble=Trouble.LOCKED, locked_until_ms=until_ms)
            case StaffRefused():
                self.visit.to(View.PIN, trouble=Trouble.WRONG)
            case StaffSignedIn():
                self._welcome(answer.name)

    def _welcome(self, name: str) -> None:
        second = self.state.second
        if not second:
            self.visit.to(View.HOME, signed_in=name, witness="", name="", landed=False)
        elif name == self.state.signed_in:
            self.visit.to(View.NAME, name="", trouble=Trouble.SAME_PERSON)
        else:
            self.visit.to(second.after, witness=name, name="", second=None)
