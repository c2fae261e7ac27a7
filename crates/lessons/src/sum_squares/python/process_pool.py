import multiprocessing
import time

NUMBERS = 20
FROM = 5_000_000
PROCESSES = 4
CHUNK = 1

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


def sum_of_squares(below):
    return sum(i * i for i in range(below))


def report(sums):
    log(f"{len(sums)} sums, checksum {sum(sums) % 2**32}")


def main():
    with multiprocessing.Pool(PROCESSES, share_clock, (START,)) as pool:
        log("Main started")
        # CHUNK numbers a message: whoever is free takes the next.
        report(pool.map(sum_of_squares, range(FROM, FROM + NUMBERS), chunksize=CHUNK))
        log("Main ended")


if __name__ == "__main__":
    main()
