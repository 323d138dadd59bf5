"""``python -m hw.workbench --manifest FILE``: the cabinet of a manifest as a page in the browser.

Prints one line of JSON, ``{"ready": true, "url": …}``, and runs until SIGTERM or SIGINT.
"""

from __future__ import annotations

import argparse
import json
import logging
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from hw.workbench.cabinet import Bench
from hw.workbench.manifest import ManifestError, load_manifest
from hw.workbench.server import WorkbenchServer


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until stopped. Returns the exit code."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        bench = Bench(load_manifest(options.manifest))
    except ManifestError as error:
        return _refuse(str(error))
    try:
        server = WorkbenchServer(bench, options.host, options.port)
    except OSError as error:
        bench.close()
        return _refuse(f"cannot listen at {options.host}:{options.port} ({error.strerror}).")
    _serve(server)
    bench.close()
    return 0


def _serve(server: WorkbenchServer) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=server.serve_forever, name="http", daemon=True).start()
    print(json.dumps({"ready": True, "url": server.url}), flush=True)
    stop.wait()
    server.shutdown()
    server.server_close()


def _refuse(sentence: str) -> int:
    print(f"anjungan-workbench: {sentence}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="anjungan-workbench", description=__doc__)
    parser.add_argument("--manifest", type=Path, required=True, help="what stands on it (JSON)")
    parser.add_argument("--host", default="127.0.0.1", help="an address; loopback by default")
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    return parser


if __name__ == "__main__":
    sys.exit(main())
