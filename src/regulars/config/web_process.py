"""The web child of ``regulars serve``: gunicorn with threads on the socket that the parent holds."""

from __future__ import annotations

import os
import signal
from typing import Any

from gunicorn.app.base import BaseApplication

from regulars.config.options import options
from regulars.config.processes import LIFELINE, SOCKET, end_with_parent

THREADS = 8


class Web(BaseApplication):  # type: ignore[misc]
    """gunicorn, set up from our options."""

    def load_config(self) -> None:
        settings: dict[str, Any] = {
            "bind": f"fd://{os.environ[SOCKET]}",
            "worker_class": "gthread",
            "workers": options().workers,
            "threads": THREADS,
            "timeout": 120,
            "graceful_timeout": 3,
            "keepalive": 15,
            "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108 - a beat in memory
            "loglevel": "warning",
            "proc_name": "regulars-web",
            "post_fork": _forked,
            "control_socket_disable": True,
        }
        for name, value in settings.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        from regulars.config.wsgi import application

        return application


def _forked(arbiter: Any, worker: Any) -> None:
    """A worker whose gunicorn was killed ends too."""
    end_with_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))


def main() -> None:
    if LIFELINE in os.environ:
        end_with_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))
    Web().run()


if __name__ == "__main__":
    main()
