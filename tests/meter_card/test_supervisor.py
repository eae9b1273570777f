"""The worker's keeper, by example."""

import pytest

from kiosk.flow import event as ev
from kiosk.meter_card import messages as ms
from kiosk.meter_card.supervisor import HEALTHY_S, MAX_PAUSE_S, MAX_WAITING, Supervisor
from tests.meter_card.supervisor_world import CARD, LIMITS, SEALS, World, order, seal_request
from vending.card import Verdict


@pytest.fixture
def world() -> World:
    world = World()
    world.start()
    world.ready()
    world.facts.clear()
    return world


def device(state: ev.DeviceState, fault: ev.Fault = ev.Fault.NONE, detail: str = "") -> ev.Event:
    return ev.DeviceChanged(device=ev.Device.CARD_READER, state=state, fault=fault, detail=detail)


# -- the worker's life -----------------------------------------------------------------------------


def test_the_reader_is_starting_then_ok_each_said_once() -> None:
    world = World()
    assert world.start() == [device(ev.DeviceState.STARTING)]
    assert world.hear(ms.Ready(1)) == []
    assert world.hear(ms.Reader(True)) == [device(ev.DeviceState.OK)]
    assert world.hear(ms.Reader(True)) == []
    gone = world.hear(ms.Reader(False, "no reader"))
    assert gone == [device(ev.DeviceState.OFFLINE, ev.Fault.READER_GONE, "no reader")]


def test_a_dead_worker_is_started_again_at_once_and_said_to_be_dead(world: World) -> None:
    (died,) = world.die()
    assert isinstance(died, ev.DeviceChanged)
    assert (died.state, died.fault) == (ev.DeviceState.OFFLINE, ev.Fault.WORKER_DIED)
    assert "exit code -11" in died.detail
    world.pass_time(0.0)
    assert world.alive
    assert world.ready() == [device(ev.DeviceState.OK)]


def test_pauses_double_up_to_a_limit_while_workers_keep_dying() -> None:
    world = World()
    world.start()
    pauses = []
    for _ in range(12):
        world.die()
        before_s = world.now_s
        while not world.alive:
            world.pass_time(world.keeper.wake_at_s() - world.now_s)
        pauses.append(world.now_s - before_s)
    assert pauses[:5] == [0.0, 0.5, 1.0, 2.0, 4.0]
    assert pauses[-1] == MAX_PAUSE_S


def test_a_worker_that_lived_long_is_forgiven(world: World) -> None:
    for _ in range(4):
        world.die()
        world.pass_time(MAX_PAUSE_S if not world.alive else 0.0)
        world.ready()
        for _ in range(int(HEALTHY_S // LIMITS.idle_s) + 1):
            world.pass_time(LIMITS.idle_s)
            answer_pings(world)
    world.die()
    world.pass_time(0.0)
    assert world.alive


def test_a_worker_that_is_never_ready_is_killed() -> None:
    world = World()
    world.start()
    world.pass_time(LIMITS.start_s - 0.1)
    assert world.life == 1
    world.pass_time(0.2)
    assert world.life == 2


def test_a_worker_that_cannot_start_is_tried_again() -> None:
    world = World()
    world.start()
    world.do(world.keeper.died(1, "cannot start: no such file", world.now_s))
    world.alive = False
    world.pass_time(0.0)
    assert world.life == 2


def test_the_last_words_of_a_worker_before_this_one_are_not_heard(world: World) -> None:
    world.die()
    world.pass_time(0.0)
    assert world.do(world.keeper.heard(1, ms.Presence(True), world.now_s)) == []
    assert world.do(world.keeper.died(1, "again", world.now_s)) == []
    assert world.alive


def answer_pings(world: World) -> None:
    for request in [r for r in world.unanswered if isinstance(r, ms.Ping)]:
        world.unanswered.remove(request)
        world.hear(ms.Done(request.request_id))


def test_a_silent_idle_worker_is_asked_and_then_killed(world: World) -> None:
    world.pass_time(LIMITS.idle_s)
    assert isinstance(world.unanswered[-1], ms.Ping)
    answer_pings(world)
    world.pass_time(LIMITS.idle_s)
    assert isinstance(world.unanswered[-1], ms.Ping)
    world.pass_time(LIMITS.ping_s)
    assert world.life == 2


# -- a stay of a card ------------------------------------------------------------------------------


def test_one_stay_is_one_insertion_even_if_workers_die(world: World) -> None:
    assert world.hear(ms.Presence(True)) == [ev.CardInserted()]
    for _ in range(3):
        world.die()
        world.pass_time(MAX_PAUSE_S)
        world.hear(ms.Ready(1))
        assert world.hear(ms.Presence(True)) == []
    assert world.hear(ms.Presence(False)) == [ev.CardRemoved()]


def test_a_card_taken_while_no_worker_watched_is_removed(world: World) -> None:
    world.hear(ms.Presence(True))
    world.die()
    world.pass_time(0.0)
    assert world.ready()[-1] == ev.CardRemoved()


def test_an_empty_slot_at_the_start_is_no_removal() -> None:
    world = World()
    world.start()
    assert world.ready() == [device(ev.DeviceState.OK)]


# -- calls -----------------------------------------------------------------------------------------


def test_a_read_ends_in_what_the_worker_says(world: World) -> None:
    world.do(world.keeper.read(world.now_s))
    assert world.hear(ms.ReadDone(world.said[-1].request_id, CARD)) == [ev.CardRead(card=CARD)]
    world.do(world.keeper.read(world.now_s))
    mute = ms.ReadFailed(world.said[-1].request_id, ev.CardFault.MUTE, "silence")
    assert world.hear(mute) == [ev.CardUnreadable(fault=ev.CardFault.MUTE, detail="silence")]


def test_a_read_before_the_worker_is_ready_waits_for_it() -> None:
    world = World()
    world.start()
    assert world.do(world.keeper.read(world.now_s)) == []
    assert world.said == []
    world.ready()
    assert isinstance(world.said[-1], ms.Read)


def test_a_hung_worker_is_killed_and_the_read_ends(world: World) -> None:
    world.do(world.keeper.read(world.now_s))
    posted = world.pass_time(LIMITS.read_s)
    assert isinstance(posted[0], ev.CardUnreadable)
    assert posted[0].fault is ev.CardFault.READER
    assert world.life == 2


def test_reading_is_tried_once_more_by_the_next_worker(world: World) -> None:
    world.do(world.keeper.read(world.now_s))
    assert [type(fact) for fact in world.die()] == [ev.DeviceChanged]
    world.pass_time(0.0)
    world.ready()
    assert isinstance(world.said[-1], ms.Read)
    (_, unreadable) = world.die()
    assert isinstance(unreadable, ev.CardUnreadable)
    assert unreadable.fault is ev.CardFault.READER


def test_a_write_is_never_repeated(world: World) -> None:
    world.do(world.keeper.write(order("1"), world.now_s))
    ended = world.die()[-1]
    assert isinstance(ended, ev.CardWriteEnded)
    assert ended.order_no == "1"
    assert "exit code -11" in ended.detail
    said = len(world.said)
    world.pass_time(0.0)
    world.ready()
    assert len(world.said) == said


def test_a_proof_right_after_a_death_waits_for_the_next_worker(world: World) -> None:
    world.do(world.keeper.write(order("1"), world.now_s))
    world.die()
    world.do(world.keeper.prove(order("1"), world.now_s))
    world.pass_time(0.0)
    world.ready()
    proved = ms.Proved(world.said[-1].request_id, Verdict.WRITTEN, CARD)
    assert world.hear(proved) == [ev.CardProved(order_no="1", verdict=Verdict.WRITTEN, card=CARD)]


def test_a_proof_that_nobody_can_give_is_unknown(world: World) -> None:
    world.do(world.keeper.prove(order("1"), world.now_s))
    posted = world.pass_time(LIMITS.prove_s)
    assert posted[0] == ev.CardProved(order_no="1", verdict=Verdict.UNKNOWN, card=None)


def write_waiting_for_seals(world: World, number: str = "1") -> int:
    world.do(world.keeper.write(order(number), world.now_s))
    request_id = world.said[-1].request_id
    wanted = seal_request(number)
    assert world.hear(ms.SealsNeeded(request_id, wanted)) == [ev.SealsWanted(request=wanted)]
    return request_id


def test_seals_go_to_the_worker_that_asked(world: World) -> None:
    request_id = write_waiting_for_seals(world)
    world.do(world.keeper.continue_write("1", SEALS, world.now_s))
    assert world.said[-1] == ms.GiveSeals(request_id, SEALS)
    assert world.do(world.keeper.continue_write("1", SEALS, world.now_s)) == []
    assert world.said[-1] == ms.GiveSeals(request_id, SEALS)
    assert world.hear(ms.WriteEnded(request_id, "written")) == [
        ev.CardWriteEnded(order_no="1", detail="written")
    ]


def test_a_head_office_that_takes_its_time_does_not_cost_the_worker_its_life(world: World) -> None:
    write_waiting_for_seals(world)
    world.pass_time(LIMITS.seals_s - 1)
    assert world.life == 1
    assert not any(isinstance(request, ms.Abort) for request in world.said)


def test_a_write_that_waits_too_long_for_seals_is_given_up(world: World) -> None:
    request_id = write_waiting_for_seals(world)
    world.pass_time(LIMITS.seals_s)
    assert world.said[-1] == ms.Abort(request_id)
    assert world.hear(ms.SealsNeeded(request_id, seal_request("1"))) == []
    assert isinstance(world.hear(ms.WriteEnded(request_id, "given up"))[0], ev.CardWriteEnded)


def test_a_worker_that_does_not_even_give_up_is_killed(world: World) -> None:
    write_waiting_for_seals(world)
    world.do(world.keeper.abort_write("1", world.now_s))
    world.do(world.keeper.abort_write("1", world.now_s))
    assert sum(isinstance(request, ms.Abort) for request in world.said) == 1
    posted = world.pass_time(LIMITS.release_s)
    assert isinstance(posted[0], ev.CardWriteEnded)
    assert world.life == 2


def test_a_write_that_has_not_begun_is_given_up_without_a_worker() -> None:
    world = World()
    world.start()
    world.do(world.keeper.write(order("1"), world.now_s))
    (ended,) = world.do(world.keeper.abort_write("1", world.now_s))
    assert isinstance(ended, ev.CardWriteEnded)
    world.ready()
    assert world.said == []


def test_words_about_a_write_that_never_was_are_answered(world: World) -> None:
    for actions in (
        world.keeper.continue_write("9", SEALS, world.now_s),
        world.keeper.abort_write("8", world.now_s),
    ):
        (ended,) = world.do(actions)
        assert isinstance(ended, ev.CardWriteEnded)


def test_words_about_a_write_that_has_ended_are_not_answered_twice(world: World) -> None:
    request_id = write_waiting_for_seals(world)
    world.hear(ms.WriteEnded(request_id, "the card was pulled"))
    assert world.do(world.keeper.continue_write("1", SEALS, world.now_s)) == []
    assert world.do(world.keeper.abort_write("1", world.now_s)) == []


def test_calls_wait_their_turn(world: World) -> None:
    world.do(world.keeper.read(world.now_s))
    world.do(world.keeper.release(world.now_s))
    assert [type(request) for request in world.said] == [ms.Read]
    world.hear(ms.ReadDone(world.said[-1].request_id, CARD))
    assert [type(request) for request in world.said] == [ms.Read, ms.Release]


def test_too_many_calls_are_answered_at_once(world: World) -> None:
    for _ in range(MAX_WAITING):
        assert world.do(world.keeper.read(world.now_s)) == []
    (refused,) = world.do(world.keeper.read(world.now_s))
    assert isinstance(refused, ev.CardUnreadable)
    assert "too many" in refused.detail


def test_an_answer_to_another_question_ends_the_call_badly(world: World) -> None:
    world.do(world.keeper.read(world.now_s))
    (fact,) = world.hear(ms.WriteEnded(world.said[-1].request_id, "?"))
    assert isinstance(fact, ev.CardUnreadable)


def test_after_a_write_a_worker_may_be_replaced_without_a_word() -> None:
    world = World(keeper=Supervisor(LIMITS, recycle_after_write=True))
    world.start()
    world.ready()
    world.facts.clear()
    world.do(world.keeper.write(order("1"), world.now_s))
    world.do(world.keeper.prove(order("1"), world.now_s))
    world.hear(ms.WriteEnded(world.said[-1].request_id, "written"))
    assert world.life == 2
    world.ready()
    assert isinstance(world.said[-1], ms.Prove)
    assert [type(fact) for fact in world.facts] == [ev.CardWriteEnded]


# -- reset -----------------------------------------------------------------------------------------


def test_a_reset_is_a_new_worker_and_no_death(world: World) -> None:
    assert world.do(world.keeper.reset(world.now_s)) == [device(ev.DeviceState.STARTING)]
    assert world.life == 2
    assert world.ready() == [device(ev.DeviceState.OK)]


def test_a_reset_does_not_wait_for_the_pause_after_deaths(world: World) -> None:
    for _ in range(8):
        world.die()
        world.pass_time(MAX_PAUSE_S)
    world.die()
    assert not world.alive
    world.do(world.keeper.reset(world.now_s))
    assert world.alive
    world.die()
    world.pass_time(0.0)
    assert world.alive, "and the failures before it are forgotten"


def test_a_reset_waits_for_the_end_of_a_write(world: World) -> None:
    request_id = write_waiting_for_seals(world)
    assert world.do(world.keeper.reset(world.now_s)) == []
    world.do(world.keeper.continue_write("1", SEALS, world.now_s))
    assert world.life == 1
    world.do(world.keeper.prove(order("1"), world.now_s))
    ended, starting = world.hear(ms.WriteEnded(request_id, "written"))
    assert ended == ev.CardWriteEnded(order_no="1", detail="written")
    assert starting == device(ev.DeviceState.STARTING)
    assert world.life == 2
    world.ready()
    assert isinstance(world.said[-1], ms.Prove)


def test_a_read_under_way_is_made_again_after_a_reset(world: World) -> None:
    world.do(world.keeper.read(world.now_s))
    world.do(world.keeper.reset(world.now_s))
    world.ready()
    assert isinstance(world.said[-1], ms.Read)
    assert world.hear(ms.ReadDone(world.said[-1].request_id, CARD)) == [ev.CardRead(card=CARD)]


def test_a_reader_that_works_says_its_name(world: World) -> None:
    world.do(world.keeper.reset(world.now_s))
    assert world.hear(ms.Reader(True, "ACS 38")) == [device(ev.DeviceState.OK, detail="ACS 38")]
