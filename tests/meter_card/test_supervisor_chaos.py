"""The worker's keeper against workers that do anything at any moment."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.flow import event as ev
from kiosk.meter_card import messages as ms
from tests.meter_card.supervisor_world import CARD, LIMITS, SEALS, World, order, seal_request
from vending.card import Verdict


@dataclass
class Chaos:
    """Calls at any moment to a worker that does anything; keeps the accounts of both."""

    world: World = field(default_factory=World)
    reads: list[float] = field(default_factory=list)
    proofs: dict[str, float] = field(default_factory=dict)
    writes: dict[str, float] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def step(self, what: str, seconds: float) -> None:
        world, number = self.world, str(next(self.numbers))
        match what:
            case "read":
                self.reads.append(world.now_s)
                self.watch(world.do(world.keeper.read(world.now_s)))
            case "write":
                self.writes[number] = world.now_s
                self.watch(world.do(world.keeper.write(order(number), world.now_s)))
            case "prove":
                self.proofs[number] = world.now_s
                self.watch(world.do(world.keeper.prove(order(number), world.now_s)))
            case "reset":
                self.reset()
            case "release":
                self.watch(world.do(world.keeper.release(world.now_s)))
            case "seals" if self.writes:
                latest = list(self.writes)[-1]
                self.watch(world.do(world.keeper.continue_write(latest, SEALS, world.now_s)))
            case "abort" if self.writes:
                latest = list(self.writes)[-1]
                self.watch(world.do(world.keeper.abort_write(latest, world.now_s)))
            case "time":
                self.wait(seconds)
            case _ if world.alive:
                self.worker(what)

    def reset(self) -> None:
        """A worker that writes a card is left alone."""
        life, writing = self.world.life, self.writing
        self.watch(self.world.do(self.world.keeper.reset(self.world.now_s)))
        assert self.world.alive
        assert (self.world.life == life) == writing

    @property
    def writing(self) -> bool:
        said = {r.order.order_no for r in self.world.said if isinstance(r, ms.Write)}
        return self.world.alive and bool(said & set(self.writes))

    def worker(self, what: str) -> None:
        world = self.world
        match what:
            case "die":
                self.watch(world.die())
            case "ready":
                self.watch(world.hear(ms.Ready(1)))
            case "card in" | "card out":
                self.watch(world.hear(ms.Presence(what == "card in")))
            case "answer" if world.unanswered:
                self.watch(world.hear(self.answer_to(world.unanswered.pop(0))))
            case "ask seals" if world.unanswered:
                asked = ms.SealsNeeded(world.unanswered[0].request_id, seal_request("1"))
                if isinstance(world.unanswered[0], ms.Write):
                    self.watch(world.hear(asked))

    def answer_to(self, request: ms.Request) -> ms.Reply:
        number = request.request_id
        match request:
            case ms.Read():
                return ms.ReadDone(number, CARD)
            case ms.Prove():
                return ms.Proved(number, Verdict.WRITTEN, CARD)
            case ms.Write() | ms.Abort():
                return ms.WriteEnded(number, "ended")
            case _:
                return ms.Done(number)

    def wait(self, seconds: float) -> None:
        """Time passes in the supervisor's own steps, so that facts are seen when they are due."""
        end_s = self.world.now_s + seconds
        while self.world.keeper.wake_at_s() <= end_s:
            self.watch(self.world.pass_time(self.world.keeper.wake_at_s() - self.world.now_s))
        self.watch(self.world.pass_time(end_s - self.world.now_s))

    def watch(self, posted: list[ev.Event]) -> None:
        for fact in posted:
            match fact:
                case ev.CardRead() | ev.CardUnreadable():
                    called_s, limit_s = self.reads.pop(0), LIMITS.read_s
                case ev.CardProved():
                    called_s, limit_s = self.proofs.pop(fact.order_no), LIMITS.prove_s
                case ev.CardWriteEnded():
                    called_s = self.writes.pop(fact.order_no)
                    limit_s = 1e9
                case _:
                    continue
            assert self.world.now_s <= called_s + limit_s + 1e-6

    def stays(self) -> list[type[ev.Event]]:
        kinds = (ev.CardInserted, ev.CardRemoved)
        return [type(fact) for fact in self.world.facts if isinstance(fact, kinds)]


DOINGS = (
    *("read", "write", "prove", "release", "seals", "abort", "time", "time", "reset"),
    *("die", "ready", "answer", "answer", "ask seals", "card in", "card out"),
)
SECONDS = (0.0, 0.3, 4.0, 11.0, 40.0)


@settings(max_examples=400)
@given(st.lists(st.tuples(st.sampled_from(DOINGS), st.sampled_from(SECONDS)), max_size=60))
def test_every_call_ends_in_one_fact_in_time_and_every_stay_is_told_once(
    steps: list[tuple[str, float]],
) -> None:
    chaos = Chaos()
    chaos.world.start()
    for what, seconds in steps:
        chaos.step(what, seconds)
    chaos.wait(LIMITS.write_s + LIMITS.seals_s + LIMITS.release_s)
    assert (chaos.reads, chaos.proofs, chaos.writes) == ([], {}, {})
    turns = [ev.CardInserted, ev.CardRemoved] * len(steps)
    assert chaos.stays() == turns[: len(chaos.stays())]
