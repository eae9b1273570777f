"""The cash report as one HTML page to read and to print; it needs no other file."""

from html import escape

from center.cash.picture import bars
from center.cash.report import CashReport, Cell, Table, moment, value_label
from center.cash.words import word

_CSS = """
@page { size: A4 landscape; margin: 12mm; }
body { font: 10pt/1.45 "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif;
  color: #1b2430; margin: 2em auto; max-width: 1100px; }
h1 { font-size: 18pt; margin: 0; }
h2 { font-size: 12pt; margin: 1.6em 0 .4em; break-after: avoid; }
table { border-collapse: collapse; width: 100%; font-size: 9pt; }
th, td { border: 1px solid #c3cbd6; padding: 3px 6px; text-align: left; }
th { background: #eef2f7; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tr { break-inside: avoid; }
thead { display: table-header-group; }
.verdict { font-size: 14pt; font-weight: bold; padding: .2em .6em; display: inline-block;
  border: 2px solid; margin: .6em 0; }
.verdict.good { color: #14663c; } .verdict.bad { color: #a3201d; }
.facts { color: #4b5768; margin: .3em 0; }
svg { max-width: 100%; height: auto; font-size: 12px; break-inside: avoid; }
footer { margin-top: 3em; }
@media print { body { margin: 0; max-width: none; } th { background: none; } }
"""


def render(report: CashReport) -> str:
    """Return the page."""
    language = report.language
    title = word(language, "title")
    parts = [
        f"<h1>{escape(title)}</h1>",
        _facts(report),
        _verdict(report),
        _picture(report, "per-day", list(report.per_day)),
        _picture(
            report,
            "per-denomination",
            [(value_label(value), fen) for value, _, fen in report.per_value],
        ),
        *(_table(report, table) for table in report.tables),
        f"<footer>{escape(word(language, 'signatures'))}</footer>",
    ]
    lang = "zh-CN" if language == "zh" else "en"
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{_CSS}</style></head>\n<body>"
        + "\n".join(parts)
        + "</body></html>\n"
    )


def _facts(report: CashReport) -> str:
    say = report.language
    site = report.site if report.site is not None else word(say, "all-sites")
    facts = (
        (word(say, "range"), f"{report.first.isoformat()} – {report.last.isoformat()}"),
        (word(say, "site"), site or word(say, "no-site")),
        (word(say, "made"), moment(report.made_at_ms)),
    )
    return "".join(f'<p class="facts">{escape(name)}: {escape(value)}</p>' for name, value in facts)


def _verdict(report: CashReport) -> str:
    say = report.language
    kind, key = ("good", "all-agrees") if report.holds else ("bad", "not-agrees")
    said = f'<p class="verdict {kind}">{escape(word(say, key))}</p>'
    if report.missing:
        listed = escape(", ".join(report.missing))
        said += f'<p class="facts">{escape(word(say, "missing"))}: {listed}</p>'
    return said


def _picture(report: CashReport, key: str, rows: list[tuple[str, int]]) -> str:
    title = word(report.language, key)
    return f"<h2>{escape(title)}</h2>{bars(title, rows)}"


def _table(report: CashReport, table: Table) -> str:
    say = report.language
    heads = "".join(f"<th>{escape(word(say, column))}</th>" for column in table.columns)
    rows = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in table.rows)
    if not rows:
        rows = f'<tr><td colspan="{len(table.columns)}">{escape(word(say, "nothing"))}</td></tr>'
    return (
        f"<h2>{escape(word(say, table.name))}</h2><table><thead><tr>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _cell(cell: Cell) -> str:
    text = str(cell)
    is_number = isinstance(cell, int) or text.lstrip("-").replace(".", "", 1).isdigit()
    return f'<td class="number">{text}</td>' if is_number else f"<td>{escape(text)}</td>"
