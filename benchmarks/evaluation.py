"""Seconds that a whole analogy file takes, beside gensim's evaluate_word_analogies, after both gave the same answers.

The vectors are trained on the corpus, if there is one; else they are random, and related pairs of words lie nearly the
same way apart. Every word is scored either way.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from fastw2v import KeyedVectors, train
from fastw2v.analogies import METHODS
from fastw2v.evaluation_files import read_analogies

from . import harness, peers
from .queries import their_vectors
from .settings import OURS, Settings

VOCABULARY = 50_000  # words of the model
RESTRICT_VOCAB = 30_000  # of them that are looked at, as compute-accuracy of word2vec does
SECTIONS, PAIRS = 14, 37  # of the file made on the spot: 14 * 37 * 36 questions, about as many as Google's file has
NOISE = 1.5  # by which related pairs differ, in lengths of a vector: so that some answers are right and some are not
NEAR_TIES = 3  # questions that two ways of rounding may answer differently


def write_questions(path: Path) -> Path:
    """Sections of pairs, each pair asked with each other one, as Google's file has it."""
    lines = []
    for section in range(SECTIONS):
        pairs = [f"s{section}p{pair}a s{section}p{pair}b" for pair in range(PAIRS)]
        lines.append(f": section-{section}")
        lines += [f"{one} {other}" for one in pairs for other in pairs if one != other]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def planted(path: str, width: int) -> KeyedVectors:
    """Random vectors of the file's words and others: the second word of a pair is a way on from the first."""
    rng = np.random.default_rng(1)
    sections = read_analogies(path).sections
    words = dict.fromkeys(word.lower() for _, questions in sections for four in questions for word in four)
    words |= dict.fromkeys(f"other{i}" for i in range(VOCABULARY - len(words)))
    row = {word: number for number, word in enumerate(words)}
    vectors = rng.standard_normal((len(words), width), dtype=np.float32)
    for _, questions in sections:
        way = rng.standard_normal(width, dtype=np.float32)
        for one, other in {tuple(map(str.lower, four[:2])) for four in questions}:
            noise = NOISE * rng.standard_normal(width, dtype=np.float32)
            vectors[row[other]] = vectors[row[one]] + way + noise
    return KeyedVectors(list(words), vectors)


def run(settings: Settings) -> None:
    """3CosAdd beside gensim's, and ours by 3CosMul."""
    with tempfile.TemporaryDirectory() as folder:
        path = settings.analogies or str(write_questions(Path(folder, "questions.txt")))
        if settings.corpus:
            options = {"vector_size": settings.vector_size, "max_vocab": VOCABULARY, "workers": settings.workers}
            ours = train(settings.corpus, **options, epochs=1, progress=False).wv
        else:
            ours = planted(path, settings.vector_size)
        ours.fill_norms()
        systems = {f"{OURS}, {name}": speed(ours, path, method) for method, name in METHODS.items()}
        if "gensim" in peers.present(settings):
            theirs = their_vectors(ours.index_to_key, ours.vectors)
            check(ours, theirs, path)
            systems = {"gensim": speed(theirs, path, "most_similar"), **systems}
        questions = sum(len(asked) for _, asked in read_analogies(path).sections)
        harness.title(f"{questions:,} analogies among {RESTRICT_VOCAB:,} words x {settings.vector_size}")
        harness.in_turn(systems, settings.rounds, "s", ours=f"{OURS}, 3CosAdd", lower_is_better=True)


def check(ours: KeyedVectors, theirs: Any, path: str) -> None:
    """AssertionError unless both answer the same questions, but for a few near ties."""
    answers = [model.evaluate_word_analogies(path, restrict_vocab=RESTRICT_VOCAB)[1][-1] for model in (ours, theirs)]
    own, other = (set(answer["correct"]) for answer in answers)
    assert len(own ^ other) <= NEAR_TIES, f"{len(own ^ other)} questions are answered by one system only"
    print(
        f"both answer {len(own & other):,} of {len(answers[0]['correct']) + len(answers[0]['incorrect']):,} questions"
    )


def speed(model: Any, path: str, method: str) -> harness.Run:
    """Seconds of one evaluation, reading the file included."""

    def once() -> float:
        begin = time.perf_counter()
        model.evaluate_word_analogies(path, restrict_vocab=RESTRICT_VOCAB, similarity_function=method)
        return time.perf_counter() - begin

    return once
