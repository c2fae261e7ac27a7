"""The pools of `cargo bench -p interleave --bench process_pool` that are Python's.

python process_pool.py pool|executor JOBS WORKERS TIMES: has empty jobs done, all at once and then one by one, and prints the
seconds of each map, on a line, and the seconds of each job alone, on another.
"""

import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor


def job(number):
    pass


def timed(act, times):
    took = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        took.append(time.perf_counter() - start)
    return took


def with_pool(jobs, workers, times):
    with multiprocessing.Pool(workers) as pool:
        return told(lambda: pool.map(job, range(jobs), chunksize=1), lambda: pool.apply(job, (0,)), jobs, times)


def with_executor(jobs, workers, times):
    with ProcessPoolExecutor(workers) as pool:
        return told(lambda: list(pool.map(job, range(jobs))), lambda: pool.submit(job, 0).result(), jobs, times)


def told(all_at_once, one, jobs, times):
    # The first of each starts what has to be started.
    return timed(all_at_once, times + 1)[1:], timed(one, jobs + 1)[1:]


def main():
    which, jobs, workers, times = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    for seconds in {"pool": with_pool, "executor": with_executor}[which](jobs, workers, times):
        print(*seconds)


if __name__ == "__main__":
    main()
