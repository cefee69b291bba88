"""Everything that is wrong with an installation, the worst first."""

from collections.abc import Sequence

from backend.foundation.clock import Clock
from backend.foundation.settings import Settings
from backend.installation.files import fcm_account, wrong_files
from backend.installation.finding import Finding, Severity
from backend.installation.given import wrong_settings
from backend.installation.kept import wrong_database


async def check(settings: Settings, clock: Clock) -> list[Finding]:
    found = [*wrong_settings(settings), *wrong_files(settings, clock.now()), *fcm_account(settings)]
    found += await wrong_database(settings.database_url, clock)
    return sorted(found, key=lambda finding: finding.severity is not Severity.ERROR)


def keep_from_starting(settings: Settings, found: Sequence[Finding]) -> list[Finding]:
    """For which of these a production process must not start."""
    return [finding for finding in found if finding.keeps_from_starting] if settings.in_production else []
