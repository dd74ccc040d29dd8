"""Reads pages with the parsers of Prometheus' Python client, for tests.

On standard input: the name of a format and the number of bytes of a page on one line, the page after it; again and again.
On standard output: for each page one line of JSON, either {"families": [...]} or {"error": "..."}. Numbers come as text:
whole ones as digits, others as 0x and the 16 hexadecimal digits of their bits.
"""

import json
import struct
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as text

PARSERS = {"text": text, "openmetrics": openmetrics}


def number(value):
    if value is None or isinstance(value, int):
        return None if value is None else str(value)
    return "0x" + struct.pack(">d", float(value)).hex()


def exemplar(value):
    if value is None:
        return None
    return {"labels": value.labels, "value": number(value.value), "timestamp": number(value.timestamp)}


def sample(value):
    return {
        "name": value.name,
        "labels": value.labels,
        "value": number(value.value),
        "timestamp": number(value.timestamp),
        "exemplar": exemplar(value.exemplar),
    }


def family(value):
    return {
        "name": value.name,
        "kind": value.type,
        "help": value.documentation,
        "unit": value.unit,
        "samples": [sample(one) for one in value.samples],
    }


def answer(parser, page):
    try:
        return {"families": [family(one) for one in parser(page.decode("utf-8"))]}
    except Exception as error:  # A page that cannot be read is an answer, whatever the parser throws.
        return {"error": f"{type(error).__name__}: {error}"}


for line in sys.stdin.buffer:
    name, length = line.split()
    page = sys.stdin.buffer.read(int(length))
    print(json.dumps(answer(PARSERS[name.decode()], page)), flush=True)
