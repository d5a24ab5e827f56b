"""A server on one core: started, waited for, watched, ended."""
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request

TICKS = os.sysconf("SC_CLK_TCK")
SERVER, LOAD = "0", "1"
# Where we may, before whatever else the machine does.
FIRST = ["nice", "-n", "-10"] if os.geteuid() == 0 else []


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`command` with {port} in it; ready when `path` is answered with 200. On one core unless `core` is none."""

    def __init__(self, command, path, log=os.devnull, core=SERVER):
        self.port = free_port()
        words = [word.format(port=self.port) for word in command]
        self.url = f"http://127.0.0.1:{self.port}"
        begun = time.perf_counter()
        pinned = [] if core is None else [*FIRST, "taskset", "-c", core]
        with open(log, "w") as errors:
            self.process = subprocess.Popen([*pinned, *words], stdout=subprocess.DEVNULL, stderr=errors)
        self.first_s = self._until(self.url + path, begun)

    def _until(self, url, begun):
        while time.perf_counter() - begun < 120:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.process.args} ended with {self.process.returncode}")
            try:
                with urllib.request.urlopen(url) as answer:
                    answer.read()
                    return time.perf_counter() - begun
            except urllib.error.HTTPError:
                raise
            except OSError:
                time.sleep(0.001)
        raise RuntimeError(f"{self.process.args} did not answer")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def cpu_s(self):
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mib(self):
        """Resident memory, of it what is no file."""
        with open(f"/proc/{self.process.pid}/status") as status:
            values = dict(line.split(":", 1) for line in status if line.startswith(("VmRSS", "RssAnon")))
        return [int(values[key].split()[0]) / 1024 for key in ("VmRSS", "RssAnon")]

    def count(self, what):
        """Open descriptors (`fd`) or threads (`task`)."""
        return len(os.listdir(f"/proc/{self.process.pid}/{what}"))
