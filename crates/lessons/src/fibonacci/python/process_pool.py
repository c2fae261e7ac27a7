import multiprocessing
import time

N = [28, 30, 32]
PROCESSES = 4

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    process = multiprocessing.current_process().name
    lane = "MainThread" if process == "MainProcess" else process
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{lane}:{message}\n", end="", flush=True)


def share_clock(start):
    """Gives a worker the clock of the main process; one that was not forked has begun its own."""
    global START
    START = start


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def job(n):
    log(f"fib({n}) started")
    log(f"fib({n}) = {fib(n)}")


def main():
    with multiprocessing.Pool(PROCESSES, share_clock, (START,)) as pool:
        log("Main started")
        pool.map(job, N, chunksize=1)
        log("Main ended")


if __name__ == "__main__":
    main()
