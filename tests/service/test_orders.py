"""Signals to a process of its own whose loop does not end."""

import signal
import subprocess
import sys

PATIENCE_S = 30
HANGS = """
import threading
from concurrent.futures import ThreadPoolExecutor
from edge_agent.service.orders import Orders
orders = Orders(lambda: print("ending", flush=True), lambda: not print("reload", flush=True))
with ThreadPoolExecutor(1) as thread:
    print("ready", flush=True)
    orders.obey_until(thread.submit(threading.Event().wait))
"""


def test_what_does_not_end_is_left_behind() -> None:
    program = [sys.executable, "-c", HANGS]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGHUP)
        assert process.stdout.readline() == b"reload\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == b"ending\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
        assert process.stdout.read() == b""
        assert b"left behind" in process.stderr.read()
