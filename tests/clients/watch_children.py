"""Watches the loading children of a server: the highest memory and the longest life of any, and what they left on the disk.

Read from /proc as often as it can be without weighing on them; what a child has had is its `VmHWM`, which the kernel keeps.
"""

import threading
import time
from pathlib import Path

from terril_server import children_of

# How often is looked.
LOOK_S = 0.02


class Watch:
    """Watches from entering to leaving."""

    def __init__(self, server_pid: int):
        self.server_pid = server_pid
        self.peak_mb = 0.0
        self.longest_s = 0.0
        self.children: set[int] = set()
        self._born: dict[int, float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        while not self._over.wait(LOOK_S):
            now = time.monotonic()
            for pid in children_of(self.server_pid):
                self.children.add(pid)
                self.longest_s = max(self.longest_s, now - self._born.setdefault(pid, now))
                try:
                    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                        if line.startswith("VmHWM"):
                            self.peak_mb = max(self.peak_mb, int(line.split()[1]) / 1024)
                except OSError:
                    pass  # it ended while it was looked at

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        self._thread.join()


def size_mb(folder: Path) -> float:
    """What lies in a folder, in MB."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_size if path.is_file() else 0
        except OSError:
            pass  # it went while it was looked at
    return total / 2**20
