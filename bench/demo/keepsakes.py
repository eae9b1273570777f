"""What a demo leaves in its folder."""

from collections.abc import Iterator
from pathlib import Path

from bench.demo.hands import Visit
from bench.stand import Stand
from bench.stand.child import Child, ChildEnded

GALLERY_SAMPLES = (
    "idle", "account-more-time", "choose-debtor", "tender-moving", "tender-note-over-limit",
    "wait-selling", "write-proving", "done-money", "done-no-slip", "card-back-pulled",
    "doubtful-card-gone", "refused-mute", "out-of-service-office-down", "resell", "code-wrong",
    "owed-elsewhere", "bill-ask-typing", "bill-year", "bill-tender-moving", "bill-done-part",
    "bill-doubtful-posting", "staff-pin-wrong", "staff-home-supervisor", "staff-order-unsold",
    "staff-confirm-refund", "staff-cash-take-out-by-two", "staff-cash-labels-typed",
    "staff-cash-figures-items", "staff-cash-period-differs", "staff-cash-differences-later",
)  # fmt: skip
"""One or two states of every page; all of them take minutes to draw."""
GALLERY_TIMEOUT_S = 240.0
STORY_TIMEOUT_S = 30.0


def keep_papers(stand: Stand, visit: Visit, folder: Path) -> None:
    """Keep slip and ledger entries of a visit."""
    name = visit.chapter
    if visit.slip_number < len(stand.slips):
        slip = stand.slips[visit.slip_number]
        slip.image.save(folder / f"{name}-slip.png")
        (folder / f"{name}-slip.txt").write_text(slip.text, "utf-8")
    if not visit.order_no:
        return
    entries = "\n".join(stand.ledger(visit.order_no))
    (folder / f"{name}-ledger.txt").write_text(f"order {visit.order_no}\n{entries}\n", "utf-8")


def keep_story(stand: Stand, visit: Visit, folder: Path) -> bool:
    """Keep what the kiosk's journal tells of a visit; the kiosk has ended. False: it does not."""
    file = folder / f"{visit.chapter}-journal.txt"
    journal = stand.storage / "journal.db"
    return _ends_well(
        Child("kiosk.engine.story", (str(journal), visit.order_no), file), STORY_TIMEOUT_S
    )


def draw_gallery(folder: Path, log: Path) -> Child:
    """Begin to draw the pages in every size and language."""
    environment = {"QT_QPA_PLATFORM": "offscreen"}
    arguments = (str(folder.resolve()), *GALLERY_SAMPLES)
    return Child("kiosk.ui.gallery", arguments, log, environment=environment)


def gallery_is_drawn(drawing: Child) -> bool:
    """Wait for the gallery; False: it could not be drawn."""
    return _ends_well(drawing, GALLERY_TIMEOUT_S)


def contents(folder: Path) -> Iterator[str]:
    """Tell what is in the folder, a line for each kind of thing."""
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            number = sum(1 for _ in path.rglob("*.png"))
            if number:
                yield f"{path.name}/  {number} pictures"
        else:
            yield path.name


def _ends_well(child: Child, timeout_s: float) -> bool:
    try:
        for _ in child.looks(timeout_s):
            pass
    except ChildEnded:
        return child.stop() == 0
    finally:
        child.kill()
    return False
