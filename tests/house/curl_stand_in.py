"""As much of curl as the documents use, for a machine that has none."""

import argparse
import base64
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

TOO_SLOW = 28


def main() -> int:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("-s", "--silent", action="store_true")
    parser.add_argument("-S", "--show-error", action="store_true")
    parser.add_argument("-N", "--no-buffer", action="store_true")
    parser.add_argument("-X", "--request")
    parser.add_argument("-H", "--header", action="append", default=[])
    parser.add_argument("-d", "--data")
    parser.add_argument("-u", "--user")
    parser.add_argument("--max-time", type=float, default=60.0)
    parser.add_argument("url")
    chosen = parser.parse_args()
    headers = dict(header.split(": ", 1) for header in chosen.header)
    if chosen.user:
        headers["Authorization"] = "Basic " + base64.b64encode(chosen.user.encode()).decode()
    data = None
    if chosen.data is not None:
        data = Path(chosen.data[1:]).read_bytes() if chosen.data.startswith("@") else chosen.data.encode()
    request = urllib.request.Request(chosen.url, data, headers, method=chosen.request)  # noqa: S310
    return answered(request, time.monotonic() + chosen.max_time)


def answered(request: urllib.request.Request, until: float) -> int:
    try:
        answer = urllib.request.urlopen(request, timeout=max(0.1, until - time.monotonic()))  # noqa: S310
    except urllib.error.HTTPError as refused:
        answer = refused
    try:
        while line := answer.readline():
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
            if time.monotonic() > until:
                return TOO_SLOW
    except TimeoutError:
        return TOO_SLOW
    return 0


if __name__ == "__main__":
    sys.exit(main())
