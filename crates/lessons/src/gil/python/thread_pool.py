"""Tasks that compute and wait, on a pool with a thread for each."""

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

THREADS = 4
WORK = 1.0
WAITING = 0.0
SLICES = 4
INTERVAL = 0.005

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    name = threading.current_thread().name.split(" ")[0]
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{name}:{message}\n", end="", flush=True)


def compute(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def task():
    for _ in range(SLICES):
        if WAITING < 1:
            compute(WORK * (1 - WAITING) / SLICES)
        if WAITING > 0:
            time.sleep(WORK * WAITING / SLICES)


def main():
    sys.setswitchinterval(INTERVAL)
    log("Main started")
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        futures = [pool.submit(task) for _ in range(THREADS)]
        for number, future in enumerate(futures, 1):
            future.result()
            log(f"T{number} done")


main()
