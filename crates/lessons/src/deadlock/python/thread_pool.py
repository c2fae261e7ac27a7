# As it stands, this program hangs: LEFT and RIGHT wait for each other for ever. Stop it with Ctrl-C.
# Let both take the locks in the same order, or set a timeout, and it ends.
import collections
import threading
import time
from concurrent.futures import ThreadPoolExecutor

ORDER = "opposite"
PAUSE = 0.5
# In seconds; 0 is for ever.
TIMEOUT = 0

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{threading.current_thread().name}:{message}\n", end="", flush=True)


Named = collections.namedtuple("Named", ["name", "lock"])


def take_both(task, first, second, patience):
    while True:
        with first.lock:
            log(f"{task} has {first.name}")
            time.sleep(PAUSE)
            log(f"{task} wants {second.name}")
            if second.lock.acquire(timeout=patience or -1):
                log(f"{task} has both")
                second.lock.release()
                return
            log(f"{task} gives up")
        time.sleep(patience)
        patience *= 2


def jobs():
    a, b = Named("A", threading.Lock()), Named("B", threading.Lock())
    first, second = (a, b) if ORDER == "same" else (b, a)
    # Unequal, or both could give up at once, come back at once, and meet again.
    return [("LEFT", a, b, TIMEOUT), ("RIGHT", first, second, 2 * TIMEOUT)]


def main():
    log("Main started")
    with ThreadPoolExecutor(max_workers=2) as pool:
        futures = [pool.submit(take_both, *job) for job in jobs()]
        for future in futures:
            future.result()
    log("Main ended")


if __name__ == "__main__":
    main()
