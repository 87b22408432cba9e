"""A fleet of nodes in this process, a thread each: what a cluster does, without one, and losing nodes when asked to."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait

from fastw2v.fleet import NodeLostError


class LocalFleet:
    """make(): a new node. on_send(place, method), called before each call, may kill places."""

    def __init__(self, places, make, on_send=None):
        self.places, self.make, self.on_send = places, make, on_send
        self.nodes = [make() for _ in range(places)]
        self.pools = [ThreadPoolExecutor(1) for _ in range(places)]
        self.waiting = [[] for _ in range(places)]
        self.lock = threading.Lock()
        self.dead = set()
        self.replaced = []
        self.calls = []

    def send(self, place, method, *arguments, returns=1):
        self.calls.append((place, method))
        if self.on_send is not None:
            self.on_send(self, place, method)
        node = self.nodes[place]
        refs = [Future() for _ in range(returns)]
        self.waiting[place] = [ref for ref in self.waiting[place] if not ref.done()] + refs

        def call():
            try:
                found = getattr(node, method)(*[one.result() if isinstance(one, Future) else one for one in arguments])
            except Exception as error:  # noqa: BLE001  it is raised again where the result is asked for
                self.settle(place, node, refs, [error] * returns)
            else:
                self.settle(place, node, refs, [found] if returns == 1 else found)

        self.pools[place].submit(call)
        return refs[0] if returns == 1 else refs

    def settle(self, place, node, refs, values):
        """Results of a call, unless the node was lost meanwhile."""
        with self.lock:
            gone = place in self.dead or self.nodes[place] is not node
            for ref, value in zip(refs, values, strict=True):
                if ref.done():
                    continue
                if gone or isinstance(value, Exception):
                    ref.set_exception(NodeLostError(f"node {place} is gone") if gone else value)
                else:
                    ref.set_result(value)

    def give_up(self, place):
        """Whoever waits for the node's results is told that it is lost."""
        with self.lock:
            for ref in self.waiting[place]:
                if not ref.done():
                    ref.set_exception(NodeLostError(f"node {place} is gone"))
            self.waiting[place].clear()

    def share(self, value):
        ref = Future()
        ref.set_result(value)
        return ref

    def wait(self, refs, seconds):
        return wait(list(refs), seconds).done

    def get(self, ref):
        return ref.result()

    def stop(self, place):
        self.nodes[place].stop()

    def lost(self):
        return set(self.dead)

    def kill(self, place):
        self.nodes[place].stop()
        self.dead.add(place)
        self.give_up(place)

    def replace(self, place):
        self.kill(place)
        self.nodes[place] = self.make()
        self.pools[place].shutdown(wait=False)
        self.pools[place] = ThreadPoolExecutor(1)
        self.dead.discard(place)
        self.replaced.append(place)

    def close(self):
        for node, pool in zip(self.nodes, self.pools, strict=True):
            node.stop()
            pool.shutdown()
