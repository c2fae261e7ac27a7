# As it stands, this program hangs: LEFT and RIGHT wait for each other for ever. Stop it with Ctrl-C.
# Let both take the locks in the same order, or set a timeout, and it ends.
import collections
import threading
import time

ORDER = "opposite"
PAUSE = 0.5
# In seconds; 0 is for ever.
TIMEOUT = 0

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    # Since Python 3.10 a thread's name says what it runs: "Thread-1 (take_both)".
    lane = threading.current_thread().name.split(" ")[0]
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{lane}:{message}\n", end="", flush=True)


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
    threads = [threading.Thread(target=take_both, args=job) for job in jobs()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log("Main ended")


if __name__ == "__main__":
    main()
