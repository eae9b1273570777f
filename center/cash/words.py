"""The words of the cash report, in both languages."""

from enum import StrEnum


class Language(StrEnum):
    """Languages of the report."""

    CHINESE = "zh"
    ENGLISH = "en"


def word(language: Language, key: str) -> str:
    """Return the words for ``key``; a key without words is one already."""
    found = WORDS.get(key)
    return key if found is None else found[0 if language is Language.CHINESE else 1]


WORDS: dict[str, tuple[str, str]] = {
    "title": ("现金对账报表", "Cash reconciliation"),
    "range": ("日期", "Days"),
    "made": ("制表时间", "Made at"),
    "all-sites": ("全部站点", "all stations"),
    "no-site": ("未分站点", "no station"),
    "summary": ("一句话", "In one word"),
    "all-agrees": ("全部相符", "everything agrees"),
    "not-agrees": ("有不符之处", "something does not agree"),
    "equality": (
        "三方相等：小票 = 终端 = 中心",
        "Three-way equality: slips = terminals = head office",
    ),
    "periods": ("清机周期", "Periods"),
    "differences": ("不符明细", "Differences"),
    "counts": ("点钞记录", "Counts"),
    "deposits": ("缴存银行", "Deposits"),
    "per-day": ("每日现金", "Cash per day"),
    "per-denomination": ("各面额现金", "Cash per denomination"),
    "notes": ("各面额张数", "Notes"),
    "day": ("日期", "day"),
    "site": ("站点", "station"),
    "terminal": ("终端", "terminal"),
    "period": ("周期", "period"),
    "closed": ("结束时间", "closed"),
    "operator": ("操作员", "operator"),
    "bag": ("钱袋号", "bag"),
    "agrees": ("相符", "agrees"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "no-report": ("无报告", "no report"),
    "business": ("业务", "business"),
    "energy": ("现金购电", "energy by cash"),
    "bill": ("现金缴费", "bills by cash"),
    "total": ("合计", "total"),
    "slips": ("小票张数", "slips"),
    "slips-yuan": ("小票金额（元）", "slips, yuan"),
    "orders": ("笔数", "orders"),
    "terminal-yuan": ("终端金额（元）", "terminal, yuan"),
    "center-yuan": ("中心金额（元）", "head office, yuan"),
    "completed-yuan": ("已完成（元）", "completed, yuan"),
    "loose": ("无订单钞票", "notes of no order"),
    "found": ("点钞找到的疑钞", "uncertain notes found by counting"),
    "note-of": ("{} 元钞票", "notes of {} yuan"),
    "gap": ("缺号周期", "periods never reported"),
    "box": ("钞箱应有", "must be in the box"),
    "denomination": ("面额（元）", "denomination, yuan"),
    "count": ("张数", "notes"),
    "amount-yuan": ("金额（元）", "amount, yuan"),
    "counted-yuan": ("实点（元）", "counted, yuan"),
    "long-yuan": ("长款（元）", "long, yuan"),
    "short-yuan": ("短款（元）", "short, yuan"),
    "deposit": ("银行凭证", "bank reference"),
    "what": ("项目", "what"),
    "terminal-notes": ("终端张数", "terminal, notes"),
    "center-notes": ("中心张数", "head office, notes"),
    "entry": ("序号", "entry"),
    "counted-by": ("点钞人", "counted by"),
    "at": ("时间", "at"),
    "comment": ("备注", "comment"),
    "reason": ("更正原因", "reason of correction"),
    "by": ("经手人", "by"),
    "of-periods": ("所含周期", "periods"),
    "nothing": ("没有", "none"),
    "missing": ("缺少报告的周期", "Periods without a report"),
    "signatures": (
        "制表：＿＿＿＿＿＿　复核：＿＿＿＿＿＿",
        "Made by: ____________  Checked by: ____________",
    ),
}
