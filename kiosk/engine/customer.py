"""The customer's session as the engine runs it, and the policy that the configuration gives it."""

from kiosk.engine.config import Config
from kiosk.engine.machine import Machine
from kiosk.engine.office import SiteLimits
from kiosk.flow.machine import MAKE_SAFE, is_resting, standing, step
from kiosk.flow.screen import timeout_s
from kiosk.flow.session import Policy, Session, fresh


def policy_of(config: Config) -> Policy:
    """Return what the site decided about purchases."""
    return Policy(
        terminal_no=config.terminal.number,
        language=config.terminal.language,
        note_values_fen=tuple(sorted(set(config.acceptor.denominations_fen))),
        max_notes=config.cash.max_notes,
    )


def site_limits_of(config: Config) -> SiteLimits:
    """Return the limits that this site sets on a purchase."""
    return SiteLimits(config.cash.min_fen, config.cash.max_fen)


def customer_machine(policy: Policy) -> Machine[Session]:
    """Return the machine that serves customers under ``policy``."""
    return Machine(
        fresh=fresh(policy),
        step=step,
        timeout_s=timeout_s,
        is_resting=is_resting,
        standing=standing,
        make_safe=MAKE_SAFE,
    )
