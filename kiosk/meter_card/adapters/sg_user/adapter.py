"""State Grid user card: the conversation with the card (CPU card, T=0).

Commands and their order: two card readers' programs that agree, and meter firmware (Q/GDW 365-2009,
Q/GDW 1365-2013). Reading needs no key. Writing needs two answers of the head office: authentication
both ways, then one MAC for each command, all bound to random numbers of this power-up.
"""

from collections.abc import Generator, Sequence

from kiosk.meter_card import apdu
from kiosk.meter_card.adapters.sg_user import codec
from kiosk.meter_card.adapters.sg_user.verdict import classify
from kiosk.meter_card.layouts.codec import Layout, frame_command, is_blank
from kiosk.meter_card.port import (
    AdapterInfo,
    AdapterMisused,
    CardChannel,
    CardForeign,
    CardImage,
    CardNotIssued,
    CardRefused,
    Probe,
    WriteOrder,
    WritePlan,
    WriteTalk,
)
from vending.card import SealAnswer, SealRequest, SealStage, Verdict

MASTER_FILE = bytes.fromhex("3F00")
APPLICATION = bytes.fromhex("DF01")
READ_SERIAL = bytes.fromhex("00B0990108")
SERIAL_BYTES = 8

INTERNAL_KEY_NO = 0x01
EXTERNAL_KEY_NO = 0x02
CHALLENGE_BYTES = 8
SEAL_CHALLENGE_BYTES = 4
CRYPTOGRAM_BYTES = 8

CERTAIN = 100
WRITABLE = (Verdict.NOT_WRITTEN, Verdict.TORN)


class SgUserAdapter:
    """All layouts of the family share files and commands; one field tells them apart."""

    def __init__(self, layouts: Sequence[Layout]) -> None:
        """Raise AdapterMisused when the layouts cannot be read by one and the same conversation."""
        if not layouts or any(layout.files != layouts[0].files for layout in layouts):
            raise AdapterMisused("the layouts of one card family must have the same files")
        self._layouts = {layout.id: layout for layout in layouts}
        self._family = layouts[0]
        self._info = AdapterInfo(
            id="sg-user",
            version="1",
            layouts=tuple(self._layouts),
            wallet_units=frozenset(layout.variant.wallet_unit for layout in layouts),
            atr_patterns=self._family.atr.patterns,
            write_order=self._family.write.order,
            needs_seals=True,
        )

    @property
    def info(self) -> AdapterInfo:
        """What this adapter declares about itself."""
        return self._info

    def probe(self, card: CardChannel, atr: bytes) -> Probe:
        """Certain when the card has our serial number and application."""
        try:
            self._identify(card, atr)
        except CardNotIssued:
            return Probe(adapter=self._info.id, score=CERTAIN // 2)
        except CardForeign:
            return Probe(adapter=self._info.id, score=0)
        return Probe(adapter=self._info.id, score=CERTAIN)

    def read(self, card: CardChannel, atr: bytes) -> CardImage:
        """Six commands: MF, serial number, application, three files."""
        serial = self._identify(card, atr)
        files = {name: self._read_file(card, name) for name in codec.FILES}
        parameters = files[codec.PARAMETERS]
        if is_blank(parameters):
            raise CardNotIssued("parameter file: blank")
        layout = codec.variant_of(self._ordered(), parameters)
        if layout is None and frame_command(parameters) is not None:
            raise CardForeign("parameter file: of another role or variant")
        return self._image(layout or self._family, serial, files)

    def plan(self, image: CardImage, order: WriteOrder) -> WritePlan:
        """Work out which files still differ from the order's."""
        return codec.plan_of(self._layout_of(order), image, order)

    def classify(self, image: CardImage, order: WriteOrder) -> Verdict:
        """Apply the decision table."""
        return classify(self._layout_of(order), image, order)

    def write(self, card: CardChannel, atr: bytes, order: WriteOrder) -> WriteTalk:
        """Write unless the order is on the card already, or the card is not the order's."""
        image = self.read(card, atr)
        found = self.classify(image, order)
        if found not in WRITABLE:
            return f"nothing written: the card is {found.value}"
        plan = self.plan(image, order)
        yield from self._authenticate(card, order)
        answer = yield from self._ask_seals(card, order, plan)
        for step, mac in zip(plan.steps, answer.macs, strict=True):
            update = step.header + step.data + bytes.fromhex(mac)
            apdu.require(card, update, f"update {step.file}")
        return f"written: {', '.join(step.file for step in plan.steps)}"

    def _identify(self, card: CardChannel, atr: bytes) -> str:
        """Return the serial number and leave the application selected."""
        apdu.select(card, MASTER_FILE)
        serial, status = apdu.exchange(card, READ_SERIAL)
        if status == apdu.NOT_ISSUED or (len(serial) == SERIAL_BYTES and is_blank(serial)):
            raise CardNotIssued("no serial number")
        if status != apdu.OK or len(serial) != SERIAL_BYTES:
            raise CardForeign(f"serial number: card answered {status:04X}")
        at = self._family.atr.serial_at
        if atr[at : at + SERIAL_BYTES] != serial:
            raise CardForeign("serial number: not the one in the answer to reset")
        status = apdu.select(card, APPLICATION)
        if status != apdu.OK:
            raise CardForeign(f"application: card answered {status:04X}")
        return serial.hex().upper()

    def _read_file(self, card: CardChannel, name: str) -> bytes:
        file = self._family.files[name]
        command = apdu.read_binary(file.sfi, file.length)
        try:
            return apdu.require(card, command, f"read {name}", file.length)
        except CardRefused as refusal:
            if refusal.status == apdu.NOT_ISSUED:
                raise CardNotIssued(f"read {name}: no such file yet") from refusal
            raise

    def _image(self, layout: Layout, serial: str, files: dict[str, bytes]) -> CardImage:
        damage = codec.damage_of(layout, files)
        snapshot = None if damage else codec.snapshot_of(layout, serial, files)
        return CardImage(serial=serial, files=files, snapshot=snapshot, damage=damage)

    def _authenticate(
        self, card: CardChannel, order: WriteOrder
    ) -> Generator[SealRequest, SealAnswer, None]:
        challenge = _challenge(card, CHALLENGE_BYTES)
        answer = yield _request(order, SealStage.AUTHENTICATE, challenge)
        _check_stage(answer, SealStage.AUTHENTICATE)
        response = apdu.require(
            card,
            apdu.internal_authenticate(INTERNAL_KEY_NO, bytes.fromhex(answer.host_challenge)),
            "internal authentication",
            CRYPTOGRAM_BYTES,
        )
        if response != bytes.fromhex(answer.expected_response):
            raise CardForeign("internal authentication: the card does not know the key")
        cryptogram = bytes.fromhex(answer.host_cryptogram)
        apdu.require(
            card,
            apdu.external_authenticate(EXTERNAL_KEY_NO, cryptogram),
            "external authentication",
        )

    def _ask_seals(
        self, card: CardChannel, order: WriteOrder, plan: WritePlan
    ) -> Generator[SealRequest, SealAnswer, SealAnswer]:
        """One random number serves all MACs of a write (as both known reader programs do it)."""
        challenge = _challenge(card, SEAL_CHALLENGE_BYTES)
        commands = tuple(step.sealed_text for step in plan.steps)
        answer = yield _request(order, SealStage.SEAL, challenge, commands)
        _check_stage(answer, SealStage.SEAL)
        if len(answer.macs) != len(plan.steps):
            raise AdapterMisused(f"{len(answer.macs)} seals for {len(plan.steps)} commands")
        return answer

    def _layout_of(self, order: WriteOrder) -> Layout:
        try:
            return self._layouts[order.before.layout]
        except KeyError as error:
            raise AdapterMisused(f"no layout {order.before.layout}") from error

    def _ordered(self) -> tuple[Layout, ...]:
        return tuple(self._layouts.values())


def _challenge(card: CardChannel, length: int) -> bytes:
    return apdu.require(card, apdu.get_challenge(length), "challenge", length)


def _check_stage(answer: SealAnswer, stage: SealStage) -> None:
    if answer.stage is not stage:
        raise AdapterMisused(f"seals for {answer.stage.value} where {stage.value} was asked")


def _request(
    order: WriteOrder, stage: SealStage, challenge: bytes, commands: tuple[str, ...] = ()
) -> SealRequest:
    return SealRequest(
        order_no=order.order_no,
        serial=order.before.serial,
        meter_no=order.before.meter_no,
        stage=stage,
        challenge=challenge.hex().upper(),
        commands=commands,
    )
