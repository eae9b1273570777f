"""Tells what happens, and remembers what did not end well."""

import time


class Teller:
    """Prints one line for each thing that happens."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        """What did not end well."""

    def title(self, text: str) -> None:
        """Begin a chapter."""
        print(f"\n{text}\n", flush=True)

    def tell(self, text: str) -> None:
        """Tell something."""
        print(f"  {time.strftime('%H:%M:%S')}  {text}", flush=True)

    def check(self, is_right: bool, text: str) -> None:
        """Tell whether something that must be so is so."""
        print(f"  {'  right ' if is_right else '  WRONG '}  {text}", flush=True)
        if not is_right:
            self.wrong.append(text)
