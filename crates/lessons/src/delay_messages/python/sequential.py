import threading
import time

MESSAGES = [("TWO", 2), ("THREE", 3)]

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{threading.current_thread().name}:{message}\n", end="", flush=True)


def deliver(name, delay):
    log(f"{name} received")
    time.sleep(delay)
    log(f"{name} printed")


def main():
    log("Main started")
    for name, delay in MESSAGES:
        deliver(name, delay)
    log("Main ended")


if __name__ == "__main__":
    main()
