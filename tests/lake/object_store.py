"""An object store for the tests: moto's server, with the one property added that a lake stands on.

moto looks whether an object is there and then puts it, in as many threads as there are requests: two writers at once
could both be told that they were first. Here conditional puts go one after another, as in a real store. A *careless*
store, to be refused, does not look at the condition at all.

Run as ``python -m tests.lake.object_store``, it prints its port and serves until it is killed.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any


def serve() -> None:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = _one_by_one(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=MotoRequestHandler)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


def _one_by_one(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    turn = threading.Lock()

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if "HTTP_IF_NONE_MATCH" not in environ or environ["REQUEST_METHOD"] != "PUT":
            return app(environ, start_response)
        if environ["PATH_INFO"].startswith("/careless"):
            del environ["HTTP_IF_NONE_MATCH"]
        with turn:
            return list(app(environ, start_response))

    return answer


if __name__ == "__main__":
    serve()
