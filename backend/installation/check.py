"""Everything that is wrong with an installation, the worst first."""

from collections.abc import Iterator, Sequence

from backend.foundation.clock import Clock
from backend.foundation.settings import Settings
from backend.installation.files import fcm_account, wrong_files
from backend.installation.finding import Finding, Severity, gone_bad
from backend.installation.given import wrong_settings
from backend.installation.kept import wrong_database


async def check(settings: Settings, clock: Clock) -> list[Finding]:
    """Never raises."""
    looks = (wrong_settings(settings), wrong_files(settings, clock.now()), fcm_account(settings))
    found = [finding for look in looks for finding in as_far_as_it_goes(look)]
    found += await wrong_database(settings.database_url, clock)
    return sorted(found, key=lambda finding: finding.severity is not Severity.ERROR)


def as_far_as_it_goes(look: Iterator[Finding]) -> Iterator[Finding]:
    """What a look finds until it breaks: that is told as well, and is no reason to be without alarms."""
    try:
        yield from look
    except Exception as broken:  # noqa: BLE001 – whatever it is
        yield gone_bad(
            "check-broken",
            f"A part of this check broke off ({type(broken).__name__}), so not everything was looked at",
            "Look at the settings and files by hand, and report it: that is a bug.",
        )


def keep_from_starting(settings: Settings, found: Sequence[Finding]) -> list[Finding]:
    """For which of these a production process must not start."""
    return [finding for finding in found if finding.keeps_from_starting] if settings.in_production else []
