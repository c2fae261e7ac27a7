"""The clients of `cargo bench -p interleave --bench network` that are Python's.

python network.py requests|aiohttp URL PAGES LIMIT: asks for every page once, decodes it, and prints the seconds that
this took and the seconds of CPU time.
"""

import asyncio
import resource
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor


def with_requests(url, pages, limit):
    import requests

    local = threading.local()

    def fetch(number):
        if not hasattr(local, "session"):
            local.session = requests.Session()
        response = local.session.get(url, params={"page": number})
        assert response.status_code == 200, response.status_code
        assert response.json()["page"] == number

    def fetch_all():
        with ThreadPoolExecutor(limit) as pool:
            for _ in pool.map(fetch, range(1, pages + 1)):
                pass

    return fetch_all


def with_aiohttp(url, pages, limit):
    import aiohttp

    async def fetch(session, permits, number):
        async with permits:
            async with session.get(url, params={"page": number}) as response:
                assert response.status == 200, response.status
                assert (await response.json())["page"] == number

    async def fetch_all():
        permits = asyncio.Semaphore(limit)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as session:
            await asyncio.gather(*(fetch(session, permits, number) for number in range(1, pages + 1)))

    return lambda: asyncio.run(fetch_all())


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main():
    which, url, pages, limit = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    fetch_all = {"requests": with_requests, "aiohttp": with_aiohttp}[which](url, pages, limit)
    start, before = time.perf_counter(), cpu()
    fetch_all()
    print(time.perf_counter() - start, cpu() - before)


main()
