#!/usr/bin/env python3
"""Puts load on two endpoints in turns, and prints their latencies side by side.

usage: load.py PROGRAMS [ROUNDS [SECONDS]]        needs: wrk

PROGRAMS is the folder with `ours` and `peer`. Every scenario is run ROUNDS times (default 5) for SECONDS (default 3)
on each, one after the other; the figures are medians of the rounds. wrk and the servers share the machine's cores.
"""
import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request

HERE = pathlib.Path(__file__).parent
PROGRAMS = pathlib.Path(sys.argv[1])
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
SECONDS = int(sys.argv[3]) if len(sys.argv) > 3 else 3
TICKS = os.sysconf("SC_CLK_TCK")
CROWD = 1000

# What is asked for, by how many at once, and whether among slow clients.
SCENARIOS = [
    ("1 connection", 1, [], False),
    ("1 connection, gzip", 1, ["-H", "Accept-Encoding: gzip"], False),
    ("8 connections", 8, [], False),
    ("8 connections, gzip", 8, ["-H", "Accept-Encoding: gzip"], False),
    ("64 connections", 64, [], False),
    ("1 connection among 1,000 slow clients", 1, [], True),
]


class Server:
    def __init__(self, name):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.name = name
        self.process = subprocess.Popen([PROGRAMS / name, f"127.0.0.1:{self.port}"])
        self.url = f"http://127.0.0.1:{self.port}/metrics"
        for _ in range(500):
            try:
                self.page = self.ask()
                break
            except OSError:
                time.sleep(0.02)
        else:
            sys.exit(f"{name} does not answer")

    def ask(self, **headers):
        with urllib.request.urlopen(urllib.request.Request(self.url, headers=headers)) as answer:
            self.encoding = answer.headers.get("Content-Encoding")
            return answer.read()

    def cpu(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def status(self, key):
        lines = pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(key)).split()[1])

    def load(self, connections, headers):
        command = ["wrk", "-t1", "--timeout", "60s", f"-c{connections}", f"-d{SECONDS}s", "-s", HERE / "report.lua", *headers, self.url]
        before = self.cpu()
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        row = json.loads(out.splitlines()[-1])
        if row["requests"] == 0:
            sys.exit(f"{self.name}: no request was answered\n{out}")
        row["cpu"] = (self.cpu() - before) / row["requests"] * 1e6
        row["rate"] = row["requests"] / row["seconds"]
        row["memory"] = self.status("VmHWM:") / 1024
        row["threads"] = self.status("Threads:")
        return row


class Crowd:
    """Clients that send a byte a second of a request that never ends, and connect again when they are cut off."""

    def __init__(self, port):
        self.port, self.wanted = port, True
        self.clients = [self.connect() for _ in range(CROWD)]
        self.thread = threading.Thread(target=self.drip)
        self.thread.start()

    def connect(self):
        client = socket.create_connection(("127.0.0.1", self.port))
        client.setblocking(False)
        try:
            client.send(b"GET /metrics HTTP/1.1\r\nX: ")
        except OSError:
            pass
        return client

    def drip(self):
        while self.wanted:
            for at, client in enumerate(self.clients):
                try:
                    client.send(b"x")
                except OSError:
                    client.close()
                    self.clients[at] = self.connect()
                time.sleep(1 / CROWD)

    def leave(self):
        self.wanted = False
        self.thread.join()
        for client in self.clients:
            client.close()


def main():
    columns = ["p50", "p90", "p99", "max", "rate", "cpu", "memory", "threads"]
    print("| scenario | endpoint | p50 ms | p90 ms | p99 ms | max ms | requests/s | CPU µs a scrape | peak MiB | threads |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    ratios, errors = [], 0
    for title, connections, headers, crowded in SCENARIOS:
        servers = [Server("ours"), Server("peer")]
        rows = {server.name: [] for server in servers}
        for turn in range(ROUNDS + 1):
            for server in servers:
                crowd = Crowd(server.port) if crowded else None
                row = server.load(connections, headers)
                if crowd:
                    crowd.leave()
                if turn:  # the first round warms up
                    rows[server.name].append(row)
        median = {}
        for server in servers:
            found = {column: statistics.median(row[column] for row in rows[server.name]) for column in columns}
            found["max"] = max(row["max"] for row in rows[server.name])
            failed = sum(row["errors"] for row in rows[server.name])
            errors += failed
            median[server.name] = found
            encoded = len(server.ask(**{"Accept-Encoding": "gzip"})) if headers else len(server.page)
            name = f"{server.name}, {encoded:,} bytes{', not compressed' if headers and not server.encoding else ''}"
            times = " | ".join(f"{found[column] / 1000:.2f}" for column in ["p50", "p90", "p99", "max"])
            rest = f"{found['rate']:.0f} | {found['cpu']:.0f} | {found['memory']:.0f} | {found['threads']:.0f}"
            failures = f" ({failed} failed)" if failed else ""
            print(f"| {title} | {name} | {times} | {rest}{failures} |", flush=True)
            server.process.terminate()
            server.process.wait()
        ours, peer = median["ours"], median["peer"]
        ratio = lambda column: f"{peer[column] / ours[column]:.1f}"
        ratios.append([title, *(ratio(column) for column in ["p50", "p90", "p99", "max"]), f"{ours['rate'] / peer['rate']:.1f}", ratio("cpu")])
    print("\nHow many times better ours is: latency and CPU of the peer by ours, requests/s of ours by the peer's.\n")
    print("| scenario | p50 | p90 | p99 | max | requests/s | CPU a scrape |")
    print("|---|---|---|---|---|---|---|")
    for row in ratios:
        print(f"| {' | '.join(row)} |")
    if errors:
        sys.exit(f"{errors} requests failed")


main()
