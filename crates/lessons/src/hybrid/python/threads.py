"""Fetch, then crunch, a thread a job."""

import threading
import time

JOBS = 40
LATENCY = 2.0
CPU = 0.2
BLOCKING = 0.0

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    name = threading.current_thread().name.split(" ")[0]
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{name}:{message}\n", end="", flush=True)


def crunch():
    if BLOCKING:
        time.sleep(BLOCKING)
    end = time.thread_time() + CPU
    while time.thread_time() < end:
        pass


def job(_number):
    time.sleep(LATENCY)  # the request
    crunch()


def main():
    log("Main started")
    threads = [threading.Thread(target=job, args=(number,)) for number in range(JOBS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log(f"{JOBS} jobs done")


main()
