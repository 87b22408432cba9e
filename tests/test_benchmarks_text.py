"""The benchmarks' synthetic text and their scores: planted structure, and numbers worked out by hand."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from fastw2v import KeyedVectors

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the benchmarks are not installed

from benchmarks import scores, synthetic  # noqa: E402
from benchmarks.scaling import repeated, worker_counts  # noqa: E402


class TestSynthetic:
    def test_words_follow_zipfs_law(self):
        words = synthetic.words_of(2_000, seed=1)
        ids, _ = synthetic.sentences(words, 300_000, seed=1)
        counts = np.bincount(ids, minlength=len(words.topic))
        expected = words.probability * len(ids)
        np.testing.assert_allclose(counts[:100], expected[:100], rtol=0.2)
        np.testing.assert_allclose(counts[:3], expected[:3], rtol=0.02)
        ranks = np.arange(1, 1001)
        slope = np.polyfit(np.log(ranks), np.log(counts[:1000]), 1)[0]
        assert slope == pytest.approx(-1.0, abs=0.05)

    def test_each_word_is_the_only_one_of_its_topic_and_aspect(self):
        words = synthetic.words_of(2_000, seed=3)
        content = words.topic >= 0
        cells = set(zip(words.topic[content].tolist(), words.aspect[content].tolist(), strict=True))
        assert len(cells) == content.sum() == (words.topic.max() + 1) * synthetic.ASPECTS
        assert (~content).sum() == synthetic.FUNCTION_WORDS
        assert len(set(words.spelled())) == len(words.topic)

    def test_sentences_are_about_a_topic_and_an_aspect(self):
        words = synthetic.words_of(2_000, seed=1)
        ids, ends = synthetic.sentences(words, 50_000, seed=1)
        lengths = np.diff(ends, prepend=0)
        assert lengths.min() >= synthetic.SHORTEST
        assert lengths.max() <= synthetic.LONGEST
        assert ends[-1] == len(ids) >= 50_000
        shares = {"topic": [], "aspect": []}
        for sentence in np.split(ids, ends[:-1]):
            content = sentence[words.topic[sentence] >= 0]
            for name, column in (("topic", words.topic), ("aspect", words.aspect)):
                if len(content) >= 5:
                    shares[name].append(max(Counter(column[content].tolist()).values()) / len(content))
        assert np.mean(shares["topic"]) > 0.45  # half of the words, and chance
        assert np.mean(shares["aspect"]) > 0.3

    def test_the_same_seed_makes_the_same_files(self, tmp_path):
        for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
            synthetic.write(tmp_path / folder, 60_000, 500, seed)
        for name in ("text.txt", "planted.tsv", "questions-planted.txt"):
            a, b, c = ((tmp_path / folder / name).read_bytes() for folder in "abc")
            assert a == b != c

    def test_questions_are_right_and_of_words_of_the_text(self, tmp_path):
        text = synthetic.write(tmp_path, 200_000, 500)
        counts = Counter(text.read_text().split())
        parts = re.compile(r"t(\d+)a(\d+)$")
        asked = scores.Benchmarks(tmp_path)
        assert len(asked.questions) > 200
        for line in asked.questions:
            assert min(counts[word] for word in line) > synthetic.LEAST_EXPECTED / 2
            (ta, aa), (tb, ab), (tc, ac), (td, ad) = (parts.match(word).groups() for word in line)
            assert (ta, tc, aa, ab) == (tb, td, ac, ad)
            assert ta != tc
            assert aa != ab
        for a, b, mark in asked.pairs["planted"]:
            (t, one), (u, other) = parts.match(a).groups(), parts.match(b).groups()
            same = {synthetic.SAME_TOPIC: t == u, synthetic.SAME_ASPECT: one == other, synthetic.NEITHER: True}
            assert same[mark]
        assert {mark for _, _, mark in asked.pairs["planted"]} == {1.0, 5.0, 9.0}

    def test_what_is_too_small_is_an_error(self, tmp_path):
        with pytest.raises(ValueError, match="at least 90 words"):
            synthetic.words_of(60, 1)
        with pytest.raises(ValueError, match="too short to ask"):
            synthetic.write(tmp_path, 1000, 5000)

    def test_workers_that_scaling_tries(self):
        assert worker_counts(1) == [1]
        assert worker_counts(2) == [1, 2]
        assert worker_counts(12) == [1, 2, 4, 8, 12]

    def test_a_corpus_is_repeated_to_a_size(self, tmp_path):
        text = tmp_path / "text.txt"
        text.write_text("a b c\nd e\n")
        assert repeated(str(text), 12, tmp_path / "more.txt").read_text() == "a b c\nd e\n" * 2 + "a b c\n"
        text.write_text("\n")
        with pytest.raises(ValueError, match="no words"):
            repeated(str(text), 12, tmp_path / "more.txt")


@pytest.fixture
def folder(tmp_path):
    """Three pairs and two analogies, and five vectors whose scores are known by hand."""
    (tmp_path / "pairs.tsv").write_text("A\tB\t9\nA\tE\t5\nb\td\t1\nA\tunknown\t3\n")
    (tmp_path / "questions.txt").write_text(": two\nA B C D\nA C B E\nA B C unknown\n")
    vectors = [[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1], [-1, 0, 0]]
    KeyedVectors(list("abcde"), np.array(vectors, np.float32)).save(tmp_path / "vectors.bin")
    return tmp_path


class TestScores:
    def test_scores_worked_out_by_hand(self, folder):
        """Cosines of the pairs: 0.71, -1, 0.82, ranks 2, 1, 3, people's 3, 2, 1: rho = 1 - 6 (1 + 1 + 4) / 24.

        b - a + c points at d; c - a + b does so too, but e was wanted.
        """
        found = scores.Benchmarks(folder).score(folder / "vectors.bin")
        assert found.similarity == pytest.approx(-0.5)
        assert found.analogies == 0.5
        assert found.pairs == {"pairs": 3}
        assert found.questions == 2

    def test_the_text_decides_what_is_frequent(self, folder, monkeypatch):
        monkeypatch.setattr(scores, "TOP", 4)
        asked = scores.Benchmarks(folder)
        assert asked.score(folder / "vectors.bin").questions == 1  # e is the fifth
        other = asked.score(folder / "vectors.bin", list("eabcd"))  # now d is, and e the only word left to answer with
        assert (other.questions, other.analogies) == (1, 1.0)
        assert asked.score(folder / "vectors.bin", ["b", "a", "not there", "c", "d"]).questions == 1

    def test_bad_files_are_named(self, folder):
        (folder / "pairs.tsv").write_text("a\tb\n")
        with pytest.raises(ValueError, match="line 1: 2 fields"):
            scores.Benchmarks(folder)
        (folder / "pairs.tsv").unlink()
        with pytest.raises(ValueError, match="must hold"):
            scores.Benchmarks(folder)
