"""
Writes down what is said in a WAV file: drafts of recordings, by `viet-asr` (Apache-2.0; its model is in its wheel).

Run in an environment of its own (`requirements/transcripts.txt`, `make transcripts`), never by the product itself:

    .tools/transcripts/bin/python scripts/transcribe.py recording.wav

Prints the words. Exit 3: no viet-asr here.
"""

from __future__ import annotations

import os
import sys


def main(path: str) -> int:
    """Exit code."""
    try:
        import vietasr
    except ImportError as error:
        print(error, file=sys.stderr)
        return 3
    quiet = os.dup(1)
    os.dup2(2, 1)  # the library tells on standard output what it loads
    words = vietasr.Pipeline.preset("transcribe").transcribe(path).text
    os.write(quiet, f"{words}\n".encode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
