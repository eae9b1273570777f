"""Every configuration key, declared once: type, default, range, text. Reading: `config_file`.

A field's annotation is the whole declaration: the file is checked against it, the complaint about a
bad value is made from it and docs/configuration.md is written from it (`config_doc`).
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct


class Section(Struct, frozen=True, kw_only=True):
    """Base of the sections of the file."""


def _text(text: str, shape: str, *, pattern: str = r"\S", **extra: Any) -> Meta:
    """Declare a string; ``shape`` completes the sentence "write ...".

    extra: ``secret`` (never shown), ``path`` (relative to the configuration file).
    """
    return Meta(pattern=pattern, title=shape, description=text, extra=extra)


def _number(text: str, low: int, high: int, **extra: Any) -> Meta:
    """Declare a whole number from ``low`` to ``high``."""
    return Meta(
        ge=low,
        le=high,
        title=f"a whole number from {low} to {high}",
        description=text,
        extra=extra,
    )


def _choice(text: str) -> Meta:
    return Meta(description=text)


class Terminal(Section, frozen=True, kw_only=True):
    """The machine and who runs it."""

    number: Annotated[
        str,
        _text(
            "Number of this terminal, given by the head office.",
            'six digits in quotes, such as "310001"',
            pattern=r"^[0-9]{6}$",
        ),
    ]
    language: Annotated[
        Literal["zh", "en"],
        _choice("Language of the screen until a customer chooses another."),
    ] = "zh"
    operator_name: Annotated[
        str, _text("Name of the operating company, shown on screen and slip.", "a name in quotes")
    ]
    service_phone: Annotated[
        str,
        _text(
            "Telephone number that customers are told to call.",
            'a telephone number in quotes, such as "95598"',
            pattern=r"^[0-9+() -]{3,20}$",
        ),
    ]


class HeadOffice(Section, frozen=True, kw_only=True):
    """The line to the head office."""

    url: Annotated[
        str,
        _text(
            "Address of the head office's service.",
            'an address in quotes, such as "https://office.example:8443"',
            pattern=r"^https?://[^\s/]+",
        ),
    ]
    ca_file: Annotated[
        str,
        _text(
            "Certificate (PEM) that signs the head office's; empty: those the system trusts.",
            "the path of a file in quotes, or an empty text",
            pattern=r"^",
            path=True,
        ),
    ] = ""
    one_time_code: Annotated[
        str,
        _text(
            "Code from the head office for this terminal's first sign-in; not used afterwards.",
            "the code in quotes, or an empty text",
            pattern=r"^\S*$",
            secret=True,
        ),
    ] = ""
    connect_deadline_s: Annotated[
        int, _number("How long a connection may take to come about, in seconds.", 1, 60)
    ] = 5
    answer_deadline_s: Annotated[
        int, _number("How long an answer may take that a customer waits for, in seconds.", 1, 60)
    ] = 15
    report_deadline_s: Annotated[
        int, _number("How long the receipt of a report may take, in seconds.", 1, 120)
    ] = 30
    probe_s: Annotated[
        int,
        _number("Silence after which the unused line is tried, in seconds.", 5, 3600),
    ] = 60
    report_alarm_h: Annotated[
        int, _number("Age at which an undelivered report raises an alarm, in hours.", 1, 720)
    ] = 24


class Storage(Section, frozen=True, kw_only=True):
    """What the terminal keeps."""

    directory: Annotated[
        str,
        _text(
            "Directory of journal, keys and logs, relative to this file. Local disk only.",
            "the path of a directory in quotes",
            path=True,
        ),
    ] = "var"
    checkpoint_entries: Annotated[
        int, _number("Journal entries between two checkpoints of the state.", 10, 1_000_000)
    ] = 1000
    clock_tolerance_s: Annotated[
        int,
        _number(
            "How far the clock may be behind the journal, in seconds, before service stops. "
            "Raise it once after a clock that ran ahead was put right.",
            1,
            1_000_000_000,
        ),
    ] = 600
    archive_entries: Annotated[
        int,
        _number(
            "Number of entries from which on they leave the journal for archive files.",
            1_000,
            10_000_000,
        ),
    ] = 200_000
    archive_after_days: Annotated[
        int, _number("Age at which entries leave the journal for archive files, in days.", 1, 3650)
    ] = 90
    copy_directory: Annotated[
        str,
        _text(
            "Directory of the nightly copies, on another disk than the journal; empty: no copies.",
            "the path of a directory in quotes, or an empty text",
            pattern=r"^",
            path=True,
        ),
    ] = ""
    copy_hour: Annotated[
        int, _number("Hour of the day in China from which the nightly copy is made.", 0, 23)
    ] = 3
    copies_kept: Annotated[int, _number("Nightly copies that are kept.", 1, 365)] = 7
    export_directory: Annotated[
        str,
        _text(
            "Directory that log and journal are exported to, there only while a stick is in; "
            "empty: the first removable drive that is found.",
            "the path of a directory in quotes, or an empty text",
            pattern=r"^",
            path=True,
        ),
    ] = ""
    export_days: Annotated[
        int, _number("Days of the journal that an export holds, counted back.", 1, 3650)
    ] = 31


class CardReader(Section, frozen=True, kw_only=True):
    """The reader of meter cards."""

    url: Annotated[
        str,
        _text(
            "Where the reader is: a PC/SC reader by its name, or a line.",
            'an address in quotes, such as "pcsc:"',
        ),
    ] = "pcsc:"


class Acceptor(Section, frozen=True, kw_only=True):
    """The banknote acceptor."""

    model: Annotated[
        str, _text("Model, as the list of drivers names it.", 'a model in quotes, such as "ccnet"')
    ] = "ccnet"
    url: Annotated[
        str,
        _text(
            "Serial port or line of the acceptor.",
            'a port in quotes, such as "/dev/ttyS0" or "socket://localhost:7001"',
        ),
    ] = "/dev/ttyS0"
    baud: Annotated[int, _number("Speed of the serial line, in baud.", 1200, 921_600)] = 9600
    denominations_fen: Annotated[
        tuple[Annotated[int, Meta(ge=10, le=1_000_000)], ...],
        Meta(
            min_length=1,
            max_length=24,
            title="a list of amounts such as [1000, 2000, 5000, 10000]",
            description="Banknotes that are taken, in fen (10 yuan = 1000).",
        ),
    ] = (500, 1000, 2000, 5000, 10000)


class Printer(Section, frozen=True, kw_only=True):
    """The receipt printer."""

    model: Annotated[
        str, _text("Model, as the list of drivers names it.", 'a model in quotes, such as "escpos"')
    ] = "escpos"
    url: Annotated[
        str,
        _text(
            "Serial port or line of the printer.",
            'a port in quotes, such as "/dev/ttyS1" or "socket://localhost:7002"',
        ),
    ] = "/dev/ttyS1"
    baud: Annotated[int, _number("Speed of the serial line, in baud.", 1200, 921_600)] = 9600
    columns: Annotated[
        Literal[32, 42, 48], _choice("Characters of a line: 32 on 58 mm paper, 48 on 80 mm.")
    ] = 48


class Scanner(Section, frozen=True, kw_only=True):
    """The scanner of QR and bar codes; not every machine has one."""

    model: Annotated[
        str, _text("Model, as the list of drivers names it.", 'a model in quotes, such as "lines"')
    ] = "lines"
    url: Annotated[
        str,
        _text(
            "Serial port or line of the scanner; empty: there is none.",
            'a port in quotes, such as "/dev/ttyACM0", or an empty text',
            pattern=r"^\S*$",
        ),
    ] = ""
    baud: Annotated[int, _number("Speed of the serial line, in baud.", 1200, 921_600)] = 9600


class Cash(Section, frozen=True, kw_only=True):
    """What this site decided about cash; limits can only narrow those of the account."""

    min_fen: Annotated[
        int, _number("Least that may be paid, in fen; 0: only the account's limit.", 0, 10_000_000)
    ] = 0
    max_fen: Annotated[
        int, _number("Most that may be paid, in fen; 0: only the account's limit.", 0, 10_000_000)
    ] = 0
    max_notes: Annotated[int, _number("Most banknotes in one purchase.", 1, 200)] = 40
    bills: Annotated[bool, _choice("Bills of post-paid customers can be paid here.")] = True
    clearing_by_two: Annotated[
        bool, _choice("Cash is cleared by two people: a second one signs in before it begins.")
    ] = False


class Screen(Section, frozen=True, kw_only=True):
    """The screen."""

    width: Annotated[
        int, _number("Width in pixels; 0: the whole screen that is found.", 0, 7680)
    ] = 0
    height: Annotated[
        int, _number("Height in pixels; 0: the whole screen that is found.", 0, 7680)
    ] = 0
    fullscreen: Annotated[bool, _choice("No window frame, no mouse pointer.")] = True


class Log(Section, frozen=True, kw_only=True):
    """The log files; the journal is not one of them."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"], _choice("Least weight that is written.")
    ] = "info"
    file_mb: Annotated[int, _number("Size at which a log file is closed, in MB.", 1, 100)] = 5
    files: Annotated[int, _number("Closed log files that are kept.", 1, 100)] = 10


class Config(Struct, frozen=True, kw_only=True):
    """The whole configuration, checked."""

    terminal: Terminal
    head_office: HeadOffice
    storage: Storage = Storage()
    card_reader: CardReader = CardReader()
    acceptor: Acceptor = Acceptor()
    printer: Printer = Printer()
    scanner: Scanner = Scanner()
    cash: Cash = Cash()
    screen: Screen = Screen()
    log: Log = Log()
