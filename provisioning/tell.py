"""Say one line of JSON to a control socket and print the answer.

``python -m provisioning.tell SOCKET '{"remove": true}'``: sockets of the screen, the virtual
reader and the virtual ticket printer all take such lines.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from hw.virtual.control_socket import ask

_LONGEST_SECONDS = 100.0  # a power cut and its end take a while


def tell(path: Path, question: dict[str, Any], seconds: float = 20.0) -> dict[str, Any]:
    """Ask ``question`` at the Unix socket ``path``; its answer, one object. Raises OSError."""
    return ask(path, question, seconds)


def main() -> int:
    """The command line."""
    if len(sys.argv) != 3:
        print((__doc__ or "").split("\n")[2], file=sys.stderr)
        return 2
    try:
        answer = tell(Path(sys.argv[1]), json.loads(sys.argv[2]), _LONGEST_SECONDS)
    except (OSError, ValueError) as error:
        print(f"tell: {error}", file=sys.stderr)
        return 1
    print(json.dumps(answer))
    if answer.get("ok") is False:
        print(answer.get("error", "it said no"), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
