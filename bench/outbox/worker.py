"""One real gateway process over given settings (JSON); prints when it is ready, stops when its input ends."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.gateway import serve
from gateway.settings import Settings


def main() -> None:
    """As `langnghe serve`, and nothing of its own."""
    serve(Settings.model_validate_json(Path(sys.argv[1]).read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
