"""How long the CCNET driver waits for what. Seconds on the monotonic clock."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Every wait of the protocol machine. The defaults suit a validator with a stacker."""

    poll_s: float = 0.1
    """Time between polls: 0.1 to 0.2 (CCNET)."""
    poll_closed_s: float = 0.2
    """The same while no notes are wanted."""
    reply_s: float = 0.5
    """A device begins to answer within 10 ms; the longest answer takes 130 ms at 9600 baud."""
    gap_s: float = 0.02
    """Silence between our acknowledgement and our next command (verify on hardware)."""
    quiet_s: float = 1.5
    """Silence after an answer that did not come. A late one must not be taken for the answer to the
    next poll: acknowledging an old status would make the device forget a report not yet heard."""
    offline_s: float = 5.0
    """Without an understandable answer for so long the acceptor counts as offline."""
    claim_s: float = 5.0
    """How long a note found at first contact waits to be asked about by the host."""
    decide_s: float = 20.0
    """A note in escrow that nobody decides about for so long goes back."""
    decide_closing_s: float = 5.0
    """The same while the acceptor is being closed."""
    hold_s: float = 4.0
    """HOLD is repeated so often: without it a device gives a note back by itself after about 10 s
    (verify on hardware)."""
    settle_s: float = 30.0
    """After a decision without evidence of the note's end for so long the end is unknown."""
    ask_s: float = 60.0
    """The same for a note of an earlier run: the acceptor may still be starting."""
    close_s: float = 20.0
    """Closing is reported after so long at the latest, once no note is open."""
    initialise_s: float = 60.0
    """An acceptor that initialises longer than this is broken."""
    repeat_s: float = 0.5
    """A command that has not had its effect is sent again after so long."""
    reset_s: float = 3.0
    """Time between resets at start-up."""
    fault_reset_s: float = 15.0
    """A jam or failure that lasts for so long is met with a reset."""
    fault_resets: int = 3
    """How many of those are tried while a fault lasts."""
    setup_tries: int = 3
    """How often a set-up command may fail before it is left out (identity, security) or the
    acceptor counts as not speaking our protocol (bill table, enable)."""
    idle_proofs: int = 3
    """So many polls in a row that show an empty path prove it."""
