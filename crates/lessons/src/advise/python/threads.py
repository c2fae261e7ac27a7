"""Tasks that wait and compute, a thread each and no more than LIMIT at once; LIMIT = 0 stands for no limit."""

import threading
import time

WAIT = 1.0
CPU = 0.0002
TASKS = 100
LIMIT = 0

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


def task(slots):
    time.sleep(WAIT)  # the request
    compute()
    slots.release()


def main():
    slots = threading.Semaphore(LIMIT or TASKS)
    log("Main started")
    threads = []
    for _ in range(TASKS):
        slots.acquire()
        thread = threading.Thread(target=task, args=(slots,))
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()
    log(f"{TASKS} tasks done")


main()
