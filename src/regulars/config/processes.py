"""The process tree of ``regulars serve``: this process holds the socket and looks after two children, web and worker.

A child that dies is started again; when this process ends, however it ends, the children end too: they hold the reading
end of a pipe whose writing end lives here.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any

from regulars.errors import RegularsError

LIFELINE = "REGULARS_LIFELINE"  # number of the pipe's reading end, in a child's environment
SOCKET = "REGULARS_SOCKET"
GRACE = 7.0  # seconds that children have to end
QUICK = 5.0  # a child that lives shorter died at its start
MOST_QUICK_DEATHS = 4
LOOK = 0.2
READY_WITHIN = 120.0


class ServeError(RegularsError):
    """The server cannot be started."""


def listen(host: str, port: int) -> socket.socket:
    """The socket people will reach; taken before anything else, so that a taken port is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
    except OSError as error:
        taken.close()
        raise ServeError(
            "port_taken",
            "Port {port} of {host} cannot be used: {reason}.",
            "Choose another with --port, or end what uses it.",
            port=port,
            host=host,
            reason=error.strerror or str(error),
        ) from error
    taken.listen(256)
    taken.set_inheritable(True)
    return taken


@dataclass
class Child:
    """One process below this one."""

    name: str
    module: str
    process: subprocess.Popen[bytes] | None = None
    begun: float = 0.0
    quick_deaths: int = 0


@dataclass
class Tree:
    """The children and how they are started."""

    listening: socket.socket
    children: list[Child] = field(
        default_factory=lambda: [
            Child("web", "regulars.config.web_process"),
            Child("worker", "regulars.config.worker_process"),
        ]
    )
    ending: threading.Event = field(default_factory=threading.Event)

    def run(self, ready: Callable[[], None]) -> None:
        """Serve until told to end. ``ready`` is called once, when the first page can be had."""
        self._lifeline, self._held = os.pipe()
        os.set_inheritable(self._lifeline, True)
        before = {s: signal.signal(s, lambda *_a: self.ending.set()) for s in (signal.SIGTERM, signal.SIGINT)}
        try:
            for child in self.children:
                self._start(child)
            threading.Thread(target=self._announce, args=(ready,), daemon=True).start()
            while not self.ending.wait(LOOK):
                for child in self.children:
                    self._look_after(child)
        finally:
            self._end()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _start(self, child: Child) -> None:
        environment = {**os.environ, LIFELINE: str(self._lifeline), SOCKET: str(self.listening.fileno())}
        child.begun = time.monotonic()
        child.process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
            [sys.executable, "-m", child.module],
            env=environment,
            pass_fds=(self._lifeline, self.listening.fileno()),
            start_new_session=True,  # Ctrl-C is for this process, which then ends its children in order
        )

    def _look_after(self, child: Child) -> None:
        if child.process is None or child.process.poll() is None:
            return
        lived = time.monotonic() - child.begun
        child.quick_deaths = child.quick_deaths + 1 if lived < QUICK else 0
        if child.quick_deaths >= MOST_QUICK_DEATHS:
            raise ServeError(
                "child_died",
                "The process {name} ended {times} times right after its start.",
                "What it said stands above; mend that and start again.",
                name=child.name,
                times=child.quick_deaths,
            )
        if not self.ending.wait(min(2.0, 0.25 * 2**child.quick_deaths)):
            self._start(child)

    def _end(self) -> None:
        living = [c.process for c in self.children if c.process is not None and c.process.poll() is None]
        for process in living:
            process.terminate()
        until = time.monotonic() + GRACE
        for process in living:
            try:
                process.wait(timeout=max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        os.close(self._held)
        os.close(self._lifeline)
        self.listening.close()

    def _announce(self, ready: Callable[[], None]) -> None:
        until = time.monotonic() + READY_WITHIN
        while time.monotonic() < until and not self.ending.is_set():
            if answers(self.listening):
                ready()
                return
            time.sleep(LOOK)


def answers(listening: socket.socket) -> bool:
    """Whether the server gives an answer."""
    host, port = listening.getsockname()[:2]
    connection = HTTPConnection("127.0.0.1" if host in ("0.0.0.0", "::") else host, port, timeout=5)  # noqa: S104
    try:
        connection.request("GET", "/alive/", headers={"Host": "localhost"})
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def end_with_parent(end: Callable[[], Any]) -> None:
    """In a child: call ``end`` when the parent is gone."""
    number = os.environ.get(LIFELINE)
    if number is None:
        return

    def wait() -> None:
        os.read(int(number), 1)  # returns when nobody holds the other end any more
        end()

    threading.Thread(target=wait, daemon=True, name="lifeline").start()
