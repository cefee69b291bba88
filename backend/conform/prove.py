"""What a dispatch system signs, for a shell and curl: `python -m backend.conform.prove form …` and `… proof …`.

form CLIENT_ID KEY_FILE TOKEN_URL: the log-in's form. proof PROOF_KEY_FILE METHOD URL [TOKEN]: the DPoP header of one
request; the key is made where the file is not there. A shell keeps it in a file: in earnest it is in memory only.
"""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from backend.conform.signing import ClientKey, ProofKey, new_private_pem


def form(client_id: str, key_file: str, token_url: str) -> str:
    return urlencode(ClientKey(Path(key_file).read_bytes()).form(client_id, token_url, datetime.now(UTC)))


def proof(key_file: str, method: str, url: str, token: str | None = None) -> str:
    path = Path(key_file)
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(new_private_pem())
    return ProofKey(path.read_text()).proof(method, url, datetime.now(UTC), token or None)


def main() -> None:
    match sys.argv[1:]:
        case ["form", client_id, key_file, token_url]:
            said = form(client_id, key_file, token_url)
        case ["proof", key_file, method, url, *token] if len(token) <= 1:
            said = proof(key_file, method, url, *token)
        case _:
            sys.exit(str(__doc__))
    sys.stdout.write(said + "\n")


if __name__ == "__main__":
    main()
