"""The stages of a clearing: by example, and under any order of moves."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.cashbox import clearing, count
from kiosk.cashbox.box import PERIODS_KEPT, CashBox, Stage
from kiosk.cashbox.clearing import OPENINGS_KEPT, STAGES, TEXT_LIMIT, Closing, Move, Typed, Who
from vending.cash import Business, Figures, Opening, PeriodAnswer
from vending.messages import Note

WANG, LI = Who("wang"), Who("li", "zhao")
NOTHING_TYPED = Typed()


def with_note(cash: CashBox, number: int = 1, value_fen: int = 500) -> CashBox:
    note = Note(note_id=f"n{number}", value_fen=value_fen)
    period = count.paid(cash.period, f"o{number}", Business.ENERGY, note)
    return replace(cash, period=period)


def swapped(cash: CashBox = CashBox(), who: Who = WANG) -> CashBox:  # noqa: B008  # frozen
    begun = clearing.start(cash, who, 10)
    return clearing.returned(clearing.removed(begun, 20, who.operator), 30)


def ended(cash: CashBox, who: Who = WANG, typed: Typed = NOTHING_TYPED) -> Closing:
    closing = clearing.end(cash, who, typed, 40, sensor_sees=True)
    assert closing is not None
    return closing


def test_a_clearing_closes_the_period_and_opens_the_next() -> None:
    before = swapped(with_note(CashBox()))
    closing = ended(before, typed=Typed(" B1 ", "B2", "bag 7"))
    report = closing.report
    assert report.figures == count.figures(before.period)
    assert (report.period_no, report.closed_at_ms) == (1, 40)
    assert (report.box_id, report.new_box_id, report.bag_no) == ("B1", "B2", "bag 7")
    assert report.openings == (Opening(removed_at_ms=20, returned_at_ms=30, staff="wang"),)
    following = closing.cash.period
    assert (following.period_no, following.opened_at_ms, following.box_id) == (2, 40, "B2")
    assert not count.holds_money(following)
    assert closing.cash.is_open
    assert closing.cash.operator == ""
    assert closing.cash.closed == (closing.closed,)


def test_a_box_keeps_the_id_it_was_put_in_with() -> None:
    first = ended(swapped(), typed=Typed(new_box_id="B2")).cash
    assert ended(swapped(first)).report.box_id == "B2"
    assert ended(swapped(first), typed=Typed(box_id="B9")).report.box_id == "B9"


def test_what_is_typed_has_a_limit() -> None:
    report = ended(swapped(), typed=Typed("1" * 500, "2" * 500, "3" * 500)).report
    assert {len(report.box_id), len(report.new_box_id), len(report.bag_no)} == {TEXT_LIMIT}


def test_cancel_changes_nothing() -> None:
    before = with_note(CashBox())
    assert clearing.cancel(clearing.start(before, WANG, 10)) == before


def test_once_the_box_was_out_the_period_must_end() -> None:
    taken = clearing.removed(clearing.start(CashBox(), WANG, 10), 20, "wang")
    for cash in (taken, clearing.returned(taken, 30)):
        assert not clearing.may_cancel(cash)
        assert clearing.cancel(cash) is cash


def test_a_clearing_cannot_end_before_the_box_was_changed() -> None:
    begun = clearing.start(CashBox(), WANG, 10)
    taken = clearing.removed(begun, 20, "wang")
    for cash in (CashBox(), begun, taken):
        assert clearing.end(cash, WANG, NOTHING_TYPED, 40, sensor_sees=True) is None


def test_without_a_sensor_a_clearing_can_end_with_no_opening_seen() -> None:
    begun = clearing.start(CashBox(), WANG, 10)
    closing = clearing.end(begun, WANG, NOTHING_TYPED, 40, sensor_sees=False)
    assert closing is not None
    assert closing.report.openings == ()
    assert clearing.end(CashBox(), WANG, NOTHING_TYPED, 40, sensor_sees=False) is None


def test_an_acceptor_that_dies_with_the_box_out_does_not_keep_the_period_open_for_ever() -> None:
    taken = clearing.removed(clearing.start(CashBox(), WANG, 10), 20, "wang")
    closing = clearing.end(taken, WANG, NOTHING_TYPED, 40, sensor_sees=False)
    assert closing is not None
    assert closing.report.openings == (Opening(removed_at_ms=20, staff="wang"),)


def test_a_box_that_went_out_unannounced_waits_for_somebody_to_answer_for_it() -> None:
    out = clearing.removed(CashBox(), 20, "")
    assert (out.stage, out.operator) == (Stage.TAKEN, "")
    back = clearing.returned(out, 30)
    assert clearing.end(back, WANG, NOTHING_TYPED, 40, sensor_sees=True) is None
    assert clearing.may_start(back)
    taken_up = clearing.start(back, LI, 35)
    assert (taken_up.stage, taken_up.operator, taken_up.witness) == (Stage.REPLACED, "li", "zhao")
    report = ended(taken_up, LI).report
    assert report.openings == (Opening(removed_at_ms=20, returned_at_ms=30, announced=False),)


def test_a_clearing_under_way_is_not_begun_again_by_somebody_else() -> None:
    begun = clearing.start(CashBox(), WANG, 10)
    assert clearing.start(begun, LI, 15) is begun
    assert clearing.start(swapped(), LI, 35) == swapped()


def test_who_ends_it_answers_for_it() -> None:
    beside = Who("wang", "zhao")
    assert ended(swapped(who=beside), WANG).report.witness == "zhao"
    other = ended(swapped(who=beside), Who("li")).report
    assert (other.operator, other.witness) == ("li", "")


def test_the_box_can_go_out_twice() -> None:
    twice = clearing.returned(clearing.removed(swapped(), 31, "wang"), 32)
    openings = ended(twice).report.openings
    assert [(each.removed_at_ms, each.returned_at_ms) for each in openings] == [(20, 30), (31, 32)]


def test_a_loose_contact_does_not_fill_the_journal() -> None:
    cash = clearing.start(CashBox(), WANG, 10)
    for number in range(100):
        cash = clearing.returned(clearing.removed(cash, number, ""), number)
    assert len(cash.period.openings) == OPENINGS_KEPT
    assert cash.period.openings[-1].removed_at_ms == 99


def test_the_last_periods_are_kept() -> None:
    cash = CashBox()
    for _ in range(PERIODS_KEPT + 3):
        cash = ended(swapped(cash)).cash
    assert [each.period_no for each in cash.closed] == list(range(4, PERIODS_KEPT + 4))


def test_the_answer_and_the_slip_belong_to_their_period() -> None:
    cash = ended(swapped(ended(swapped()).cash)).cash
    answer = PeriodAnswer(period_no=1, agrees=False, figures=Figures())
    known = clearing.printed(clearing.answered(cash, answer), 2)
    assert [(each.answer, each.printed) for each in known.closed] == [
        (answer, False),
        (None, True),
    ]
    assert clearing.answered(cash, replace(answer, period_no=9)) is cash
    assert clearing.printed(cash, 9) is cash


def test_the_first_start_opens_the_first_period() -> None:
    opened = clearing.opened(CashBox(), 5)
    assert opened.period.opened_at_ms == 5
    assert clearing.opened(opened, 6) is opened


def test_a_new_journal_goes_on_behind_the_last_period() -> None:
    assert clearing.go_on_after(CashBox(), 12).period.period_no == 13
    assert clearing.go_on_after(CashBox(), 0) == CashBox()
    later = ended(swapped()).cash
    assert clearing.go_on_after(later, 1) is later


def test_a_box_that_is_out_when_a_new_journal_begins_keeps_no_number_from_it() -> None:
    """Whoever changed the disk had the box out as well; no note was told under the number."""
    out = clearing.removed(CashBox(), 20, "")
    after = clearing.go_on_after(out, 12)
    assert after.period.period_no == 13
    assert after.period.openings == out.period.openings


def test_a_period_that_holds_money_keeps_its_number_and_the_next_goes_on_behind_the_last() -> None:
    """A journal that came back from a copy: the head office holds this period and later ones."""
    held = clearing.go_on_after(with_note(CashBox()), 12)
    assert held.period.period_no == 1
    cancelled = clearing.cancel(clearing.start(held, WANG, 10))
    after = ended(swapped(cancelled)).cash
    assert after.period.period_no == 13
    assert ended(swapped(after)).cash.period.period_no == 14


# -- any order of moves --------------------------------------------------------------------------

MOVES = st.lists(
    st.tuples(
        st.sampled_from(["note", "note", *Move, "end-blind", "answer"]), st.sampled_from([WANG, LI])
    ),
    max_size=80,
)


class Site:
    """A box that anything happens to, and books of its own."""

    def __init__(self) -> None:
        self.cash = clearing.opened(CashBox(), 1)
        self.now_ms = 1
        self.open: list[int] = []
        """What the notes of the open period are worth."""
        self.closed: list[Closing] = []

    def do(self, move: str, who: Who) -> None:
        self.now_ms += 1
        match move:
            case "note":
                self.cash = with_note(self.cash, self.now_ms, self.now_ms)
                self.open.append(self.now_ms)
            case Move.START:
                self.cash = clearing.start(self.cash, who, self.now_ms)
            case Move.CANCEL:
                self.cash = clearing.cancel(self.cash)
            case Move.REMOVED:
                self.cash = clearing.removed(self.cash, self.now_ms, who.operator)
            case Move.RETURNED:
                self.cash = clearing.returned(self.cash, self.now_ms)
            case "answer":
                number = self.cash.period.period_no - 1
                answer = PeriodAnswer(period_no=number, agrees=True, figures=Figures())
                self.cash = clearing.answered(self.cash, answer)
            case _:
                self._end(who, sensor_sees=move is Move.END)

    def _end(self, who: Who, *, sensor_sees: bool) -> None:
        before = self.cash
        closing = clearing.end(before, who, NOTHING_TYPED, self.now_ms, sensor_sees=sensor_sees)
        allowed = clearing.may_end(before, sensor_sees=sensor_sees)
        assert (closing is not None) == allowed
        if closing is None:
            return
        assert closing.report.figures.expected_fen == sum(self.open)
        self.open, self.cash = [], closing.cash
        self.closed.append(closing)


@given(MOVES)
def test_periods_follow_without_gaps_and_every_note_is_in_one(
    moves: list[tuple[str, Who]],
) -> None:
    site = Site()
    for move, who in moves:
        site.do(move, who)
        assert count.figures(site.cash.period).expected_fen == sum(site.open)
    reports = [closing.report for closing in site.closed]
    assert [report.period_no for report in reports] == list(range(1, len(reports) + 1))
    assert site.cash.period.period_no == len(reports) + 1
    starts = [report.opened_at_ms for report in reports] + [site.cash.period.opened_at_ms]
    assert starts == [1, *(report.closed_at_ms for report in reports)]


@given(MOVES)
def test_what_may_be_done_is_done_and_nothing_else(moves: list[tuple[str, Who]]) -> None:
    site = Site()
    for move, who in moves:
        cash = site.cash
        assert (clearing.start(cash, who, 0) != cash) == clearing.may_start(cash)
        assert (clearing.cancel(cash) != cash) == clearing.may_cancel(cash)
        out = cash.stage is Stage.TAKEN
        assert (clearing.removed(cash, 0, "") is cash) == out
        assert (clearing.returned(cash, 0) is cash) == (not out)
        site.do(move, who)
        assert (site.cash.operator != "") or site.cash.stage is not Stage.CLEARING
        returned = [each.returned_at_ms is not None for each in site.cash.period.openings]
        assert all(returned[:-1])
        assert not returned or returned[-1] == (site.cash.stage is not Stage.TAKEN)


@given(MOVES, st.integers(0, 80))
def test_a_clearing_that_is_cancelled_leaves_no_trace(
    moves: list[tuple[str, Who]], at: int
) -> None:
    site = Site()
    for move, who in moves[:at]:
        site.do(move, who)
    if site.cash.is_open:
        assert clearing.cancel(clearing.start(site.cash, WANG, 5)) == site.cash


def test_nothing_leads_back_to_open_but_the_end_once_the_box_was_out() -> None:
    back = {stage for (stage, move), to in STAGES.items() if to is Stage.OPEN and move != Move.END}
    assert back == {Stage.CLEARING}
