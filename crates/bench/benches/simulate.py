"""The pages of the simulation's bench in SimPy: argv is the number of tasks and of permits. Prints the seconds that it took."""

import random
import sys
import time

import simpy


def page(env, permits, latency):
    with permits.request() as permit:
        yield permit
        yield env.timeout(latency)


def main(env, tasks, permits):
    permits = simpy.Resource(env, permits)
    pages = [env.process(page(env, permits, random.expovariate(10))) for _ in range(tasks)]
    for one in pages:
        yield one


random.seed(0)
start = time.perf_counter()
env = simpy.Environment()
env.run(env.process(main(env, int(sys.argv[1]), int(sys.argv[2]))))
print(time.perf_counter() - start)
