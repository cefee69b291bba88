"""What a run came to: one JSON line, the same members for every scenario."""

import msgspec

Figure = float | int | str | bool | None


class Verdict(msgspec.Struct, kw_only=True):
    """`violations` are sentences, each a broken promise; `worst` times are in milliseconds unless named otherwise."""

    chaos: str
    seed: int
    runs: int = 0
    kills: int = 0
    incidents: int = 0
    violations: list[str] = []
    worst: dict[str, float] = {}
    figures: dict[str, Figure] = {}
    reached: bool = True  # every figure the scenario aims at

    @property
    def good(self) -> bool:
        return self.reached and not self.violations

    def line(self) -> str:
        """The last line a run prints; of many violations the first twenty, and how many there were."""
        shown = msgspec.to_builtins(self) | {"violations": len(self.violations), "first": self.violations[:20]}
        return msgspec.json.encode(shown).decode()
