"""The log: one JSON object a line, masked by default, bounded in size. Not the journal.

Anything may be logged with the standard library's loggers; fields go into ``extra``. Structs in
arguments and fields are shown masked, never by their own repr.
"""

import faulthandler
import json
import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import TextIO

from kiosk.engine.config import Log
from kiosk.engine.mask import Masked, mask, masked, masked_fields

_OWN_FIELDS = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
_crashes: TextIO | None = None
"""Where a crash of the interpreter itself is written; open as long as the program runs."""

_crash_logger = logging.getLogger("crash")


class JsonLines(logging.Formatter):
    """One record as one line of JSON: time, weight, logger, thread, text, fields, traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, masked."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "thread": record.threadName,
            "text": mask(_text(record)),
            **_fields(record),
        }
        if record.exc_info:
            line["trace"] = mask("".join(traceback.format_exception(*record.exc_info)))
        return json.dumps(line, ensure_ascii=False)


def _text(record: logging.LogRecord) -> str:
    """Return the message with its arguments, Structs among them shown masked."""
    arguments = record.args
    if not arguments:
        return str(record.msg)
    if isinstance(arguments, tuple):
        return str(record.msg) % tuple(_shown(item) for item in arguments)
    return str(record.msg) % {name: _shown(item) for name, item in arguments.items()}


def _shown(argument: object) -> object:
    is_plain = argument is None or isinstance(argument, str | int | float | Masked)
    return argument if is_plain else masked(argument)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    extra = {name: item for name, item in vars(record).items() if name not in _OWN_FIELDS}
    return masked_fields(extra)


def start_logging(directory: Path, settings: Log) -> None:
    """Write the log to ``directory``/kiosk.log from now on, and every crash beside it.

    Uncaught exceptions of any thread are logged as critical; a crash of the interpreter leaves the
    stacks of all threads in crash.log.
    """
    directory.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        directory / "kiosk.log",
        maxBytes=settings.file_mb * 1024 * 1024,
        backupCount=settings.files,
        encoding="utf-8",
    )
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(settings.level.upper())
    logging.raiseExceptions = False  # a full disk must not end in a flood on standard error
    _catch_crashes(directory / "crash.log")


def stop_logging() -> None:
    """Close the files; for tests and for programs that go on without a log."""
    global _crashes  # noqa: PLW0603  one interpreter, one crash file
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler, RotatingFileHandler):
            root.removeHandler(handler)
            handler.close()
    logging.raiseExceptions = True
    sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__
    if _crashes:
        faulthandler.disable()
        _crashes.close()
        _crashes = None


def _catch_crashes(file: Path) -> None:
    global _crashes  # noqa: PLW0603  one interpreter, one crash file
    _crashes = file.open("a", encoding="utf-8")
    faulthandler.enable(_crashes)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_thread


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    _crash_logger.critical("uncaught", exc_info=(kind, error, trace))


def _log_thread(crash: threading.ExceptHookArgs) -> None:
    name = crash.thread.name if crash.thread else "?"
    error = crash.exc_value or crash.exc_type()
    _crash_logger.critical("thread %s ended", name, exc_info=error)
