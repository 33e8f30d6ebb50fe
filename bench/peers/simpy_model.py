"""The model as a user of SimPy would write it: a process that generates tasks, and one process per task in service.
A server's rate is followed lazily, from one of its events to the next. Unit buffers, the paper's cost.

    python3 simpy_model.py n=100 lambda=0.8 m=500 low=0 high=2 until=100 seed=1 [from=0] [samples=1]

For SimPy 3 and 4 (pip install simpy, or Debian's python3-simpy3).
"""

import json
import math
import random
import sys
import time

import simpy

STEP = 0.03
"""Largest relative change of a rate per Runge-Kutta step: leaves an error of about 1e-9."""


class Server:
    def __init__(self, rate):
        # (2.2) is singular at 0; from 1e-6 on it gets anywhere at once
        self.rate = max(rate, 1e-6)
        self.signal = 0.0
        self.since = 0.0
        self.idle = True


class System:
    def __init__(self, env, n, arrival_rate, m, low, high, seed):
        self.env = env
        self.m = m
        self.random = random.Random(seed)
        self.servers = [Server(self.random.uniform(low, high)) for _ in range(n)]
        self.idle = list(self.servers)
        self.events = 0
        self.busy_area = 0.0
        self.last_change = 0.0
        env.process(self.arrivals(arrival_rate * n))

    def arrivals(self, rate):
        while True:
            yield self.env.timeout(self.random.expovariate(rate))
            if self.idle:
                k = self.random.randrange(len(self.idle))
                self.idle[k], self.idle[-1] = self.idle[-1], self.idle[k]
                self.count_busy()
                self.env.process(self.service(self.idle.pop()))

    def service(self, server):
        self.events += 1
        self.update(server)
        server.idle = False
        duration, rate = self.completion(server.rate, server.signal, self.random.expovariate(1))
        yield self.env.timeout(duration)
        self.events += 1
        self.count_busy()
        server.rate, server.signal, server.since, server.idle = rate, 0.0, self.env.now, True
        self.idle.append(server)

    def count_busy(self):
        """To be called before the number of busy servers changes."""
        self.busy_area += (len(self.servers) - len(self.idle)) * (self.env.now - self.last_change)
        self.last_change = self.env.now

    def update(self, server):
        """Brings a server up to the present."""
        server.rate = self.rate_now(server)
        if server.idle:
            server.signal += self.env.now - server.since
        server.since = self.env.now

    def rate_now(self, server):
        slope = 1.0 if server.idle else 0.0
        rate, signal, left = server.rate, server.signal, self.env.now - server.since
        while left > 0:
            dt = min(left, STEP / self.speed(rate, signal + slope * left))
            middle, end = signal + 0.5 * slope * dt, signal + slope * dt
            k1 = self.drift(rate, signal)
            k2 = self.drift(rate + 0.5 * dt * k1, middle)
            k3 = self.drift(rate + 0.5 * dt * k2, middle)
            k4 = self.drift(rate + dt * k3, end)
            rate += dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
            signal = end
            left -= dt
        return rate

    def completion(self, rate, signal, work):
        """When, and at which rate, a busy server will have done the work: both as functions of the work done."""
        elapsed = 0.0
        while work > 0:
            dw = min(work, STEP * rate / self.speed(rate, signal))
            r2 = rate + 0.5 * dw * self.drift(rate, signal) / rate
            r3 = rate + 0.5 * dw * self.drift(r2, signal) / r2
            r4 = rate + dw * self.drift(r3, signal) / r3
            elapsed += dw / 6 * (1 / rate + 2 / r2 + 2 / r3 + 1 / r4)
            k1 = self.drift(rate, signal) / rate
            k2 = self.drift(r2, signal) / r2
            k3 = self.drift(r3, signal) / r3
            k4 = self.drift(r4, signal) / r4
            rate += dw / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
            work -= dw
        return elapsed, rate

    def drift(self, rate, signal):
        """Equation (2.2) for g = 1/x, h = 0.1 x^2."""
        return (1 / (rate * rate) - 0.2 * rate * (signal + 1 / rate)) / self.m

    def speed(self, rate, signal):
        """A bound on the relative change of a rate per unit of time."""
        return (1 / rate**3 + 0.2 * (signal + 1 / rate)) / self.m

    def mean_rate(self):
        return math.fsum(map(self.rate_now, self.servers)) / len(self.servers)


def main(arguments):
    given = dict(argument.split("=", 1) for argument in arguments)
    n = int(given["n"])
    start = float(given.get("from", 0))
    until = float(given["until"])
    samples = int(given.get("samples", 1))
    env = simpy.Environment()
    system = System(
        env,
        n,
        float(given["lambda"]),
        float(given["m"]),
        float(given["low"]),
        float(given["high"]),
        given["seed"],
    )

    if start > 0:
        env.run(until=start)
    system.count_busy()
    events, busy_area = system.events, system.busy_area
    seconds = 0.0
    mean_rate = 0.0
    for i in range(1, samples + 1):
        started = time.perf_counter()
        env.run(until=until if i == samples else start + (until - start) * i / samples)
        seconds += time.perf_counter() - started
        mean_rate += system.mean_rate() / samples
    system.count_busy()
    result = {
        "events": system.events - events,
        "seconds": seconds,
        "busyFraction": (system.busy_area - busy_area) / (n * (until - start)),
        "meanRate": mean_rate,
    }
    print(json.dumps(result))


main(sys.argv[1:])
