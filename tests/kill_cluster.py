"""Runs on a Ray cluster whose nodes, machines and drivers are killed at random moments, and which must all end well.

    python tests/kill_cluster.py TEXT FOLDER [--runs 50] [--nodes 3] [--epochs 3] [--seed 1] [--score FILE]...

The machines are Ray's of one computer, a core each. Each run must count exactly the words of an undisturbed one; with
files of similarities or analogies its scores are shown beside that one's. Run it by hand, on some MB of text.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

from fastw2v import Word2Vec
from fastw2v.evaluation import Asking, scores

KINDS = ("node", "node", "machine", "driver")  # nodes are killed most often


@dataclass
class Outcome:
    """What was killed in a run, how often its driver was resumed, and what it ended with."""

    killed: list[str] = field(default_factory=list)
    resumed: int = 0
    words: int = 0
    loss: float = 0.0
    scores: dict[str, float] = field(default_factory=dict)


def node_processes() -> list[int]:
    """The processes of nodes that this one has started, through others; Ray names them after their class."""
    parents, nodes = {}, []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(entry.name)] = int(Path(entry, "stat").read_text().rpartition(")")[2].split()[1])
                if Path(entry, "cmdline").read_bytes().startswith(b"ray::NodeActor"):
                    nodes.append(int(entry.name))

    def is_ours(process: int) -> bool:
        while process in parents and process != os.getpid():
            process = parents[process]
        return process == os.getpid()

    return [process for process in nodes if is_ours(process)]


class Machines:
    """A Ray cluster of so many machines with one core each, and a head that has none."""

    def __init__(self, count: int) -> None:
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        from ray.cluster_utils import Cluster

        self._cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
        self._machines = [self._cluster.add_node(num_cpus=1) for _ in range(count)]
        self.address: str = self._cluster.address

    def lose(self, chance: random.Random) -> None:
        """Kills a machine and all that runs there; another one is added."""
        machine = self._machines.pop(chance.randrange(len(self._machines)))
        self._cluster.remove_node(machine, allow_graceful=False)
        self._machines.append(self._cluster.add_node(num_cpus=1))

    def close(self) -> None:
        """Ends all."""
        self._cluster.shutdown()


def command(text: Path, out: Path, checkpoint: Path, options: Sequence[str], address: str, resume: bool) -> list[str]:
    """What begins a run, or goes on with it."""
    begin = [sys.executable, "-m", "fastw2v", "train", "-q", "-o", str(out)]
    if resume:
        return [*begin, "--resume", str(checkpoint), "--checkpoint-every", "1s"]
    begin += [str(text), "--checkpoint", str(checkpoint), "--checkpoint-every", "1s", "--workers", "1"]
    return [*begin, "--address", address, *options]


def killed_run(
    text: Path, folder: Path, options: Sequence[str], machines: Machines, seconds: float, chance: random.Random | None
) -> Outcome:
    """One run to its end; chance: what is killed and when, at a random part of `seconds` (None: nothing)."""
    out, checkpoint, outcome = folder / "out.safetensors", folder / "checkpoint.safetensors", Outcome()
    for path in (out, checkpoint):
        path.unlink(missing_ok=True)
    while True:
        resume = checkpoint.exists()
        outcome.resumed += resume
        process = subprocess.Popen(
            command(text, out, checkpoint, options, machines.address, resume), stderr=subprocess.PIPE
        )
        while chance is not None and len(outcome.killed) < 3:
            try:
                process.wait(chance.uniform(0.1, 1) * seconds)
                break
            except subprocess.TimeoutExpired:
                kind = chance.choice(KINDS)
                outcome.killed.append(kind)
                if kind == "driver":
                    process.send_signal(signal.SIGKILL)
                    break
                if kind == "machine":
                    machines.lose(chance)
                elif found := node_processes():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(chance.choice(found), signal.SIGKILL)
        errors = process.communicate()[1].decode()
        if process.returncode == 0:
            break
        if process.returncode != -signal.SIGKILL:
            raise RuntimeError(f"a run ended with {process.returncode}:\n{errors}")
    model = Word2Vec.load(out)
    outcome.words, outcome.loss = model.words_trained, float(model.history[-1]["loss"])
    return outcome


def scored(folder: Path, files: Sequence[str]) -> dict[str, float]:
    """The scores of the last run's vectors."""
    if not files:
        return {}
    return scores(Word2Vec.load(folder / "out.safetensors").wv, Asking().read(files), Asking())


def run(
    text: Path, folder: Path, runs: int, nodes: int, seed: int, options: Sequence[str], files: Sequence[str] = ()
) -> list[Outcome]:
    """The runs; AssertionError if one of them counts other words than the undisturbed one."""
    machines = Machines(nodes)
    options = [*options, "--nodes", str(nodes)]
    try:
        begin = time.perf_counter()
        undisturbed = killed_run(text, folder, options, machines, 0.0, None)
        seconds = time.perf_counter() - begin
        undisturbed.scores = scored(folder, files)
        print(f"undisturbed: {seconds:.1f} s, {undisturbed}", flush=True)
        outcomes = []
        for number in range(runs):
            outcome = killed_run(text, folder, options, machines, seconds, random.Random(1000 * seed + number))
            outcome.scores = scored(folder, files)
            print(f"run {number + 1}: {outcome}", flush=True)
            assert outcome.words == undisturbed.words, f"{outcome.words} words are counted, not {undisturbed.words}"
            outcomes.append(outcome)
    finally:
        machines.close()
    for name, value in undisturbed.scores.items():
        values = [outcome.scores[name] for outcome in outcomes]
        print(f"{name}: undisturbed {value:.4f}, killed {mean(values):.4f} ({min(values):.4f} to {max(values):.4f})")
    return outcomes


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--score", action="append", default=[])
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    options = ["--epochs", str(given.epochs)]
    outcomes = run(given.text, given.folder, given.runs, given.nodes, given.seed, options, given.score)
    killed = [kind for outcome in outcomes for kind in outcome.killed]
    told = ", ".join(f"{killed.count(kind)} {kind}s" for kind in sorted(set(KINDS)))
    print(f"{len(outcomes)} runs, killed: {told}; drivers resumed {sum(o.resumed for o in outcomes)} times")


if __name__ == "__main__":
    main()
