"""Serves the model over HTTP. The token comes from the environment, so that no list of processes shows it.

MGRAMSEVA_NLU_TOKEN · MGRAMSEVA_NLU_HOST (default 127.0.0.1) · MGRAMSEVA_NLU_PORT (default 5005). `POST /model/parse?token=…` reads a text; `GET /` says that it
is up. With `--with-parent` it ends when its standard input does, so that nobody has to end it who was killed.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent


def end_with_parent() -> None:
    """Wait for the end of standard input, then for nothing."""
    sys.stdin.buffer.read()
    os._exit(0)


def serve() -> None:
    """Run Rasa's own server; ends with a sentence when there is no model or no token."""
    if "--with-parent" in sys.argv:
        threading.Thread(target=end_with_parent, daemon=True).start()
    token = os.environ.pop("MGRAMSEVA_NLU_TOKEN", "")
    models = sorted((HERE / "models").glob("nlu-*.tar.gz"), key=lambda m: m.stat().st_mtime)
    if not token or not models:
        sys.exit("There is no model yet: make nlu" if token else "MGRAMSEVA_NLU_TOKEN is not set")
    host, port = os.environ.get("MGRAMSEVA_NLU_HOST", "127.0.0.1"), os.environ.get("MGRAMSEVA_NLU_PORT", "5005")

    from rasa.__main__ import main

    sys.argv = ["rasa", "run", "--enable-api", "--model", str(models[-1]), "--interface", host, "--port", port, "--auth-token", token]
    main()


serve()
