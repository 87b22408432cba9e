"""Results in the order of the tasks, on one thread and on many, and errors where they belong."""

import threading
import time

import pytest

from fastw2v._work_queue import WorkQueue, in_order


@pytest.mark.parametrize("workers", [1, 2, 7])
@pytest.mark.parametrize("count", [0, 1, 2, 50])
def test_results_come_in_order(no_thread_left, workers, count):
    def task(number):
        def work():
            time.sleep(0.001 * (number % 3))
            return number

        return work

    assert list(in_order(map(task, range(count)), workers)) == list(range(count))


def test_tasks_are_taken_only_a_little_ahead():
    taken = []

    def tasks():
        for number in range(100):
            taken.append(number)
            yield lambda: None

    results = in_order(tasks(), 2)
    next(results)
    assert len(taken) < 10
    results.close()


def test_one_task_needs_no_thread():
    assert list(in_order([threading.current_thread], 4)) == [threading.main_thread()]


def test_an_error_comes_at_its_place_and_ends_the_rest(no_thread_left):
    done = []

    def fails():
        raise ValueError("here")

    def run():
        with WorkQueue(2) as queue:
            for task in [lambda: 1, fails, *[lambda: done.append(time.sleep(0.01))] * 20]:
                queue.put(task)
            assert queue.pop() == 1
            queue.pop()

    with pytest.raises(ValueError, match="here"):
        run()
    assert len(done) < 20
