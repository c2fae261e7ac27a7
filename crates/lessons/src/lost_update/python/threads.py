import contextlib
import threading
import time

UPDATES = 2
PAUSE = 2
CHANGE = 0.02
LOCK = False
AWAIT = False

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    # Since Python 3.10 a thread's name says what it runs: "Thread-1 (update)".
    lane = threading.current_thread().name.split(" ")[0]
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{lane}:{message}\n", end="", flush=True)


def work_out(value):
    end = time.thread_time() + CHANGE
    while time.thread_time() < end:
        pass
    return value + 1


counter = 0
lock = threading.Lock()


def update(number):
    log(f"Update {number} started")
    log(f"Update {number} pausing")
    time.sleep(PAUSE)
    with lock if LOCK else contextlib.nullcontext():
        change_counter(number)


def change_counter(number):
    global counter
    value = counter
    log(f"Update {number} read {value}")
    value = work_out(value)
    if AWAIT:
        time.sleep(0.1)
    counter = value
    log(f"Update {number} wrote {value}")


def main():
    log("Main started")
    threads = [threading.Thread(target=update, args=(number,)) for number in range(1, UPDATES + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log(f"The counter is {counter}")
    log("Main ended")


if __name__ == "__main__":
    main()
