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
            self.stop()
            sys.exit(f"{name} does not answer")

    def stop(self):
        self.process.terminate()
        self.process.wait()

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


def measure(servers, connections, headers, crowded):
    """The rows of each server, taken in turns."""
    rows = {server.name: [] for server in servers}
    for turn in range(ROUNDS + 1):
        for server in servers:
            crowd = Crowd(server.port) if crowded else None
            try:
                row = server.load(connections, headers)
            finally:
                if crowd:
                    crowd.leave()
            if turn:  # the first round warms up
                rows[server.name].append(row)
    return rows


def main():
    columns = ["p50", "p90", "p99", "rate", "cpu", "memory", "threads"]
    print("| scenario | endpoint | p50 ms | p90 ms | p99 ms | max ms | requests/s | CPU µs a scrape | peak MiB | threads |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    ratios, errors = [], 0
    for title, connections, headers, crowded in SCENARIOS:
        servers = []
        try:
            servers += [Server("ours"), Server("peer")]
            rows = measure(servers, connections, headers, crowded)
            sizes = {server.name: len(server.ask(**{"Accept-Encoding": "gzip"} if headers else {})) for server in servers}
        finally:
            for server in servers:
                server.stop()
        found = {}
        for server in servers:
            mine = rows[server.name]
            row = found[server.name] = {column: statistics.median(row[column] for row in mine) for column in columns}
            row["max"] = max(row["max"] for row in mine)
            failed = sum(row["errors"] for row in mine)
            errors += failed
            name = f"{server.name}, {sizes[server.name]:,} bytes"
            if headers and not server.encoding:
                name += ", not compressed"
            times = " | ".join(f"{row[column] / 1000:.2f}" for column in ["p50", "p90", "p99", "max"])
            rest = f"{row['rate']:.0f} | {row['cpu']:.0f} | {row['memory']:.0f} | {row['threads']:.0f}"
            print(f"| {title} | {name} | {times} | {rest}{f' ({failed} failed)' if failed else ''} |", flush=True)
        ours, peer = found["ours"], found["peer"]
        times = [peer[column] / ours[column] for column in ["p50", "p90", "p99", "max"]]
        ratios.append((title, [*times, ours["rate"] / peer["rate"], peer["cpu"] / ours["cpu"]]))
    print("\nHow many times better ours is: latency and CPU time of the peer by ours, requests/s of ours by the peer's.\n")
    print("| scenario | p50 | p90 | p99 | max | requests/s | CPU a scrape |")
    print("|---|---|---|---|---|---|---|")
    for title, row in ratios:
        print(f"| {title} | {' | '.join(f'{ratio:.1f}' for ratio in row)} |")
    if errors:
        sys.exit(f"{errors} requests failed")


main()
