"""How to pay, and on which terms, before anything is paid."""

from kiosk.flow.screen import AccountView, Screen
from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, column, row
from kiosk.ui.pages.page import Page, PicturePanel
from kiosk.ui.widgets.note_fan import NoteFan
from kiosk.ui.widgets.text import TOP, Panel, Text
from vending.money import FEN_PER_YUAN


class Terms(Panel):
    """Short sentences, each after a dot."""

    def __init__(self, kit: Kit, rows: int) -> None:
        super().__init__(kit.theme, "panel")
        theme = kit.theme
        layout = column(self, spacing=theme.px(12))
        layout.setContentsMargins(theme.px(28), theme.px(20), theme.px(28), theme.px(20))
        self._rows = []
        for _ in range(rows):
            dot, text = (
                Text(theme, "strong", shade="strong", wrap=False, sink=TOP),
                Text(theme, "body"),
            )
            dot.setText("●")
            line = row(spacing=theme.px(18))
            line.addWidget(dot)
            line.addWidget(text, 1)
            layout.addLayout(line)
            self._rows.append((dot, text))

    def say(self, sentences: list[str]) -> None:
        """Show ``sentences``; unused rows take no room."""
        spare = [""] * (len(self._rows) - len(sentences))
        for (dot, text), sentence in zip(self._rows, [*sentences, *spare], strict=True):
            text.say(sentence)
            dot.setVisible(bool(sentence))


class ChoosePage(Page):
    """Cash, and what the machine takes of it."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self._title = Text(kit.theme, "title")
        self._fan = NoteFan()
        self._picture = PicturePanel(kit, self._fan)
        self._terms = Terms(kit, 4)
        words = column()
        words.addStretch(1)
        words.addWidget(self._terms)
        words.addStretch(1)
        self.content.addWidget(self._title)
        self.beside(self._picture, words, shares=(10, 14))

    def fill_content(self, screen: Screen, words: Words) -> None:
        self._title.say(words.text("choose.title"))
        self.say_printer(screen, words)
        if screen.account is not None:
            self._fill_terms(screen.account, words)

    def _fill_terms(self, account: AccountView, words: Words) -> None:
        self._fan.show_notes(account.note_values_fen)
        smallest, largest = words.round_money(account.min_fen), words.round_money(account.max_fen)
        sentences = [
            words.text("choose.notes", notes=words.notes(account.note_values_fen)),
            words.text("choose.change"),
            words.text("choose.limits", min=smallest, max=largest),
        ]
        if account.multiple_fen > min(account.note_values_fen, default=FEN_PER_YUAN):
            multiple = words.round_money(account.multiple_fen)
            sentences.append(words.text("choose.multiple", multiple=multiple))
        self._terms.say(sentences)
