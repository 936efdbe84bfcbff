"""Fail when branch coverage falls below the floor: 95 % on the rule book, 85 % overall."""

from __future__ import annotations

import subprocess
import sys

FLOORS = (("the rule book", "portal/rules/*", 95), ("the portal", "portal/*", 85))


def main() -> int:
    failed = False
    for name, pattern, floor in FLOORS:
        command = [sys.executable, "-m", "coverage", "report", f"--include={pattern}", "--format=total"]
        total = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        print(f"branch coverage of {name}: {total} % (floor {floor} %)")
        failed |= total < floor
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
