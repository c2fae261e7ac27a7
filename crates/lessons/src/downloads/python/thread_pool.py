import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

SITES = 2
REPEATS = 80
POOL = 5
LATENCY = (0.06, 0.11)
HANDLING = 0.0157
CONNECT = 0.05

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    lane = threading.current_thread().name.split(" ")[0]
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{lane}:{message}\n", end="", flush=True)


def handle():
    """Stands in for parsing a response: CPU time of this thread."""
    end = time.thread_time() + HANDLING
    while time.thread_time() < end:
        pass


class Session:
    """Keeps its connections open: only the first request to a site has to connect."""

    def __init__(self):
        self.connected = set()

    def download(self, site):
        if site not in self.connected:
            time.sleep(CONNECT)
            self.connected.add(site)
        time.sleep(random.uniform(*LATENCY))
        handle()


# A session is not safe to share between threads: each thread of the pool gets its own, and keeps it.
local = threading.local()


def download(site):
    if not hasattr(local, "session"):
        local.session = Session()
    local.session.download(site)


log("Main started")
with ThreadPoolExecutor(POOL) as pool:
    list(pool.map(download, (number % SITES for number in range(SITES * REPEATS))))
log(f"{SITES * REPEATS} downloaded")
log("Main ended")
