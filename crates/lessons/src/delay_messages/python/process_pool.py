import multiprocessing
import time

MESSAGES = [("TWO", 2), ("THREE", 3)]
WORKERS = 2

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    process = multiprocessing.current_process().name
    lane = "MainThread" if process == "MainProcess" else process
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{lane}:{message}\n", end="", flush=True)


def take_start(start):
    # A process that was spawned and not forked has imported this file anew, and counts from its parent's start.
    global START
    START = start


def deliver(name, delay):
    log(f"{name} received")
    time.sleep(delay)
    log(f"{name} printed")


def main():
    log("Main started")
    with multiprocessing.Pool(WORKERS, initializer=take_start, initargs=(START,)) as pool:
        results = [(name, pool.apply_async(deliver, (name, delay))) for name, delay in MESSAGES]
        for name, result in results:
            result.get()
            log(f"{name} done")
    log("Main ended")


if __name__ == "__main__":
    main()
