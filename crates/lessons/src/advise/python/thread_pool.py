"""Tasks that wait and compute, on a pool of LIMIT threads; LIMIT = 0 stands for as many as Python takes."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

WAIT = 1.0
CPU = 0.0002
TASKS = 100
LIMIT = 0
CORES = 4

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    name = threading.current_thread().name.split(" ")[0]
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{name}:{message}\n", end="", flush=True)


def compute():
    end = time.thread_time() + CPU
    while time.thread_time() < end:
        pass


def task(_number):
    time.sleep(WAIT)  # the request
    compute()


def main():
    log("Main started")
    with ThreadPoolExecutor(max_workers=LIMIT or min(32, CORES + 4)) as pool:
        list(pool.map(task, range(TASKS)))
    log(f"{TASKS} tasks done")


main()
