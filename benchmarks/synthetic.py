"""A text made on the spot where no corpus is given, with structure that good vectors must show, and the files that ask
for it: similarities and analogies.

Words follow Zipf's law exactly. But for the few most frequent ones, each word is the only one of its topic and its
aspect, and sentences are about a topic and an aspect: so words of one topic are near to each other, words of one aspect
less near, and "topic 1, aspect 1 is to topic 1, aspect 2 as topic 2, aspect 1 is to ..." has one right answer. The same
seed makes the same text. It is no language: its scores tell whether a system learns, not how it does on people's texts.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FUNCTION_WORDS = 50  # the most frequent words, which have no topic, as "the" and "of"
ASPECTS = 20
TOPIC_SHARE, ASPECT_SHARE = 0.5, 0.3  # of a sentence's other words; what is left are any words
SHORTEST, LONGEST = 8, 30  # words of a sentence
CHUNK = 1_000_000  # words made at once
TEXT_WORDS, TEXT_VOCABULARY = 5_000_000, 20_000  # unless told otherwise: as many as some seconds train
PAIRS, QUESTIONS = 1500, 2000
TRIES = 20  # for each of them: a small vocabulary has fewer than are wanted
LEAST_EXPECTED = 50  # times that a word stands in the text before it is asked for
ASKED_WORDS = 20_000  # the most frequent words, of which questions are: analogies are asked among 30,000
SAME_TOPIC, SAME_ASPECT, NEITHER = 9.0, 5.0, 1.0  # a pair's similarity, as people would mark it


class Words(NamedTuple):
    """The vocabulary, most frequent first: how probable each word is, and its topic and aspect (-1: it has none)."""

    probability: NDArray[np.float64]
    topic: NDArray[np.int64]
    aspect: NDArray[np.int64]

    def spelled(self) -> list[str]:
        """ "f3" for a function word, "t5a2" for that of topic 5 and aspect 2."""
        pairs = zip(self.topic.tolist(), self.aspect.tolist(), strict=True)
        return [f"f{i}" if topic < 0 else f"t{topic}a{aspect}" for i, (topic, aspect) in enumerate(pairs)]


def words_of(vocabulary: int, seed: int) -> Words:
    """About so many words: as many topics as fill it. Each topic has one word of each range of frequencies."""
    topics = (vocabulary - FUNCTION_WORDS) // ASPECTS
    if topics < 2:
        raise ValueError(f"a vocabulary must have at least {FUNCTION_WORDS + 2 * ASPECTS} words, not {vocabulary}")
    size = FUNCTION_WORDS + topics * ASPECTS
    probability = 1.0 / np.arange(1, size + 1)
    rng = np.random.default_rng([seed, 0])
    topic = np.concatenate([rng.permutation(topics) for _ in range(ASPECTS)])
    # In the next range a topic's word has the next aspect, so that aspects are as evenly frequent as topics are.
    aspect = (topic + np.repeat(np.arange(ASPECTS), topics)) % ASPECTS
    none = np.full(FUNCTION_WORDS, -1)
    return Words(probability / probability.sum(), np.concatenate([none, topic]), np.concatenate([none, aspect]))


class _Drawn:
    """Draws words by their probability within groups; a group is drawn by what its words have together."""

    def __init__(self, words: Words, group: NDArray[np.int64]) -> None:
        self.order = np.lexsort((np.arange(len(group)), group))
        self.ends = np.cumsum(words.probability[self.order])
        first = np.searchsorted(group[self.order], np.arange(group.max() + 2))
        self.bounds = np.concatenate([[0.0], self.ends])[first]

    def groups(self, rng: np.random.Generator, count: int) -> NDArray[np.int64]:
        at = rng.uniform(self.bounds[0], self.bounds[-1], count)
        return np.minimum(np.searchsorted(self.bounds, at, side="right") - 1, len(self.bounds) - 2)

    def words(self, rng: np.random.Generator, group: NDArray[np.int64]) -> NDArray[np.int64]:
        low, high = self.bounds[group], self.bounds[group + 1]
        rank = np.searchsorted(self.ends, low + (high - low) * rng.random(len(group)), side="right")
        return self.order[np.minimum(rank, len(self.order) - 1)]


def sentences(words: Words, count: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """At least `count` word ids, and the place where each sentence ends."""
    rng = np.random.default_rng([seed, 1])
    lengths = rng.integers(SHORTEST, LONGEST + 1, 2 * count // (SHORTEST + LONGEST) + LONGEST)
    ends = np.cumsum(lengths)
    ends = ends[: np.searchsorted(ends, count) + 1]
    sentence = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0))
    by_topic, by_aspect = (_Drawn(words, group) for group in (words.topic, words.aspect))
    content = words.probability[words.topic >= 0].sum()
    topic, aspect = by_topic.groups(rng, len(ends))[sentence], by_aspect.groups(rng, len(ends))[sentence]
    how = rng.random(len(sentence)) / content  # below 1: a word with a topic
    ids = np.empty(len(sentence), np.int64)
    about_topic = how < TOPIC_SHARE
    about_aspect = ~about_topic & (how < TOPIC_SHARE + ASPECT_SHARE)
    ids[about_topic] = by_topic.words(rng, topic[about_topic])
    ids[about_aspect] = by_aspect.words(rng, aspect[about_aspect])
    any_content = (how >= TOPIC_SHARE + ASPECT_SHARE) & (how < 1.0)
    ids[any_content] = _among(rng, words, int(any_content.sum()), content=True)
    ids[how >= 1.0] = _among(rng, words, int((how >= 1.0).sum()), content=False)
    return ids, ends


def _among(rng: np.random.Generator, words: Words, count: int, *, content: bool) -> NDArray[np.int64]:
    """Words drawn by their probability among those that have a topic, or those that have none."""
    ids = np.flatnonzero((words.topic >= 0) == content)
    ends = np.cumsum(words.probability[ids])
    return ids[np.minimum(np.searchsorted(ends, rng.random(count) * ends[-1], side="right"), len(ids) - 1)]


def write_text(path: Path, count: int, vocabulary: int, seed: int = 1) -> Words:
    """A text of about `count` words, one sentence a line."""
    words = words_of(vocabulary, seed)
    spelled = [word.encode() for word in words.spelled()]
    followed = np.array([word + b" " for word in spelled] + [word + b"\n" for word in spelled], object)
    with path.open("wb") as file:
        for part, start in enumerate(range(0, count, CHUNK)):
            ids, ends = sentences(words, min(CHUNK, count - start), seed * 1_000_003 + part)  # a stream for each part
            ids[ends - 1] += len(spelled)
            file.write(b"".join(followed[ids].tolist()))
    return words


def write_questions(folder: Path, words: Words, count: int, seed: int = 1) -> None:
    """planted.tsv and questions-planted.txt, about words that are frequent enough in a text of `count` words."""
    rng = np.random.default_rng([seed, 2])
    spelled = words.spelled()
    of = {(t, a): i for i, (t, a) in enumerate(zip(words.topic.tolist(), words.aspect.tolist(), strict=True)) if t >= 0}
    asked = np.flatnonzero((words.topic >= 0) & (words.probability * count >= LEAST_EXPECTED))
    frequent = set(asked[asked < ASKED_WORDS].tolist())
    if not frequent:
        raise ValueError(f"a text of {count:,} words is too short to ask about: no words are frequent enough")
    tries, topics = TRIES * (PAIRS + QUESTIONS), int(words.topic.max()) + 1
    firsts = rng.choice(sorted(frequent), tries).tolist()
    topic, aspect = rng.integers(topics, size=tries).tolist(), rng.integers(ASPECTS, size=tries).tolist()
    marks: dict[tuple[int, int], float] = {}
    lines: dict[tuple[int, int, int, int], None] = {}
    wanted = {SAME_TOPIC: PAIRS // 3, SAME_ASPECT: PAIRS // 3, NEITHER: PAIRS // 3}
    for first, u, b in zip(firsts, topic, aspect, strict=True):
        t, a = int(words.topic[first]), int(words.aspect[first])
        if t == u or a == b:
            continue
        same_topic, same_aspect, neither = (of[key] for key in ((t, b), (u, a), (u, b)))
        for other, mark in ((same_topic, SAME_TOPIC), (same_aspect, SAME_ASPECT), (neither, NEITHER)):
            pair = (min(first, other), max(first, other))
            if other in frequent and wanted[mark] and pair not in marks:
                marks[pair] = mark
                wanted[mark] -= 1
        if len(lines) < QUESTIONS and {same_topic, same_aspect, neither} <= frequent:
            lines[first, same_topic, same_aspect, neither] = None
        if len(lines) == QUESTIONS and not any(wanted.values()):
            break
    if not marks or not lines:
        raise ValueError(f"a text of {count:,} words is too short to ask about: too few words are frequent enough")
    told = [f"{spelled[i]}\t{spelled[j]}\t{mark:g}\n" for (i, j), mark in marks.items()]
    (folder / "planted.tsv").write_text("".join(told), encoding="utf-8")
    asked_lines = [" ".join(spelled[i] for i in line) + "\n" for line in lines]
    (folder / "questions-planted.txt").write_text(": planted\n" + "".join(asked_lines), encoding="utf-8")


def write(folder: Path, count: int = TEXT_WORDS, vocabulary: int = TEXT_VOCABULARY, seed: int = 1) -> Path:
    """text.txt and its questions in a folder; the text's path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "text.txt"
    write_questions(folder, write_text(path, count, vocabulary, seed), count, seed)
    return path
