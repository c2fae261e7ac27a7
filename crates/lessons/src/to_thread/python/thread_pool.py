"""A heartbeat and a call that blocks, on two threads of a pool."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

BLOCKING = 2.0
HEARTBEAT = 0.1

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    name = threading.current_thread().name.split(" ")[0]
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{name}:{message}\n", end="", flush=True)


def heartbeat(stop):
    log("heartbeat begins")
    beats = 0
    while not stop.is_set():
        beats += 1
        time.sleep(HEARTBEAT)
    log("heartbeat ends")
    return beats


def query():
    log("query sent")
    time.sleep(BLOCKING)
    log("query answered")


def main():
    stop = threading.Event()
    with ThreadPoolExecutor(max_workers=2) as pool:
        heart = pool.submit(heartbeat, stop)
        report = pool.submit(query)
        report.result()
        stop.set()
        heart.result()
    log("Main ended")


main()
