import multiprocessing
import time

START = "task"
REQUEST = 1
OTHER = 5

BEGIN = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - BEGIN + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    process = multiprocessing.current_process().name
    lane = "MainThread" if process == "MainProcess" else process
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{lane}:{message}\n", end="", flush=True)


def share_clock(start):
    """Gives a worker the clock of the main process; one that was not forked has begun its own."""
    global BEGIN
    BEGIN = start


def request():
    log("request sent")
    time.sleep(REQUEST)
    log("answer received")


def other_work():
    log("other work started")
    time.sleep(OTHER)
    log("other work ended")


def main():
    with multiprocessing.Pool(1, share_clock, (BEGIN,)) as pool:
        log("Main started")
        result = pool.apply_async(request)
        if START == "await":
            result.get()
            other_work()
        else:
            other_work()
            result.get()
        log("Main ended")


if __name__ == "__main__":
    main()
