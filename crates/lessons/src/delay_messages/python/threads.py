import threading
import time

MESSAGES = [("TWO", 2), ("THREE", 3)]

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    # Since Python 3.10 a thread's name says what it runs: "Thread-1 (deliver)".
    lane = threading.current_thread().name.split(" ")[0]
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{lane}:{message}\n", end="", flush=True)


def deliver(name, delay):
    log(f"{name} received")
    time.sleep(delay)
    log(f"{name} printed")


def main():
    log("Main started")
    threads = [threading.Thread(target=deliver, args=message) for message in MESSAGES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log("Main ended")


if __name__ == "__main__":
    main()
