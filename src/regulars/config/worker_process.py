"""The worker child of ``regulars serve``, and all of ``regulars worker``."""

from __future__ import annotations

import os
import signal

from regulars.config.installing import configure
from regulars.config.options import options
from regulars.config.processes import end_with_parent


def main() -> None:
    configure()
    from regulars.crm.jobs.worker import Worker

    worker = Worker(options().job_threads)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_arguments: worker.end())
    end_with_parent(worker.end)
    worker.run()
    os._exit(0)  # what is still running in a thread was given back to the queue; nothing of it may go on


if __name__ == "__main__":
    main()
