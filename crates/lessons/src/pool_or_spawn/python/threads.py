"""Small jobs, a new thread for each."""

import threading
import time

JOBS = 200
WORK = 0.001
PAYLOAD = 1000
CHUNK = 1
ONE_BY_ONE = False

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    name = threading.current_thread().name.split(" ")[0]
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{name}:{message}\n", end="", flush=True)


def job(payload):
    end = time.thread_time() + WORK
    while time.thread_time() < end:
        pass
    return len(payload)


def jobs(payloads):
    for payload in payloads:
        job(payload)


def chunks(payload):
    """The payloads of each message: CHUNK jobs share one."""
    for first in range(0, JOBS, CHUNK):
        yield [payload] * min(CHUNK, JOBS - first)


def main():
    payload = bytes(PAYLOAD)
    log("Main started")
    threads = [threading.Thread(target=jobs, args=(payloads,)) for payloads in chunks(payload)]
    for thread in threads:
        thread.start()
        if ONE_BY_ONE:
            thread.join()
    for thread in threads:
        thread.join()
    log(f"{JOBS} jobs done")


main()
