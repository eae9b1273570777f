"""The configuration file of a stand's kiosk."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Tables = dict[str, dict[str, Any]]

TERMINAL_NO = "330106"
OPERATOR_NAME = "城东供电公司"
SERVICE_PHONE = "400 820 5598"


def tables(
    *,
    office_url: str,
    one_time_code: str,
    reader_url: str,
    acceptor_url: str,
    printer_url: str,
    scanner_url: str = "",
) -> Tables:
    """Return the tables for these lines, with short deadlines: nobody wants to watch a wait."""
    return {
        "terminal": {
            "number": TERMINAL_NO,
            "language": "zh",
            "operator_name": OPERATOR_NAME,
            "service_phone": SERVICE_PHONE,
        },
        "head_office": {
            "url": office_url,
            "one_time_code": one_time_code,
            "connect_deadline_s": 2,
            "answer_deadline_s": 5,
            "report_deadline_s": 5,
            "probe_s": 5,
        },
        "storage": {"directory": "var"},
        "card_reader": {"url": reader_url},
        "acceptor": {"model": "ccnet", "url": acceptor_url},
        "printer": {"model": "escpos", "url": printer_url},
        **({"scanner": {"model": "lines", "url": scanner_url}} if scanner_url else {}),
        "screen": {"width": 1280, "height": 1024, "fullscreen": False},
    }


def write(file: Path, wanted: Tables, changes: Mapping[str, Any]) -> None:
    """Write a configuration; ``changes`` by dotted key, such as ``{"cash.max_notes": 3}``."""
    for key, value in changes.items():
        section, _, name = key.partition(".")
        wanted.setdefault(section, {})[name] = value
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(_table(name, keys) for name, keys in wanted.items()), "utf-8")


def _table(name: str, keys: Mapping[str, Any]) -> str:
    # Texts, whole numbers, truth values and lists of them look the same in JSON and TOML.
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in keys.items())
    return f"[{name}]\n{''.join(lines)}"
