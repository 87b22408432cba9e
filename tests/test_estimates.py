"""Estimates: counts against real vocabularies, kinds of sources, how they are told, and what is refused."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

import fastw2v
from fastw2v import Corpus, Estimate, Vocabulary, estimate
from fastw2v.cli import main
from fastw2v.estimates import MIN_COUNTS
from fastw2v.exchanges import exchanges_of

QUICK = {"vector_size": 16, "seconds": 0.02, "workers": 1, "progress": False}


@pytest.fixture(scope="module")
def zipf():
    """Sentences of 10 words, the r-th of 3,000 of them about as often as 1 / r."""
    rng = np.random.default_rng(0)
    ids = np.minimum(3000, np.exp(rng.random(40_000) * np.log(3001))).astype(int)
    return [[f"w{i}" for i in line] for line in ids.reshape(-1, 10).tolist()]


def test_sizes_are_those_of_real_vocabularies(zipf):
    found = estimate(zipf, min_count=7, **QUICK)
    assert [size.min_count for size in found.sizes] == sorted({7, *MIN_COUNTS})
    for size in found.sizes:
        real = Corpus(zipf, min_count=size.min_count).vocabulary
        assert (size.words, size.tokens) == (len(real), real.total)
        assert size.matrices == 2 * 16 * 4 * len(real)
    real = Corpus(zipf, min_count=7)
    assert (found.words, found.tokens, found.tokens_kept) == (len(real.vocabulary), 40_000, len(real))
    assert found.memory.text == 4 * 40_000 + 8 * 4001


def test_words_after_subsampling_are_those_that_training_keeps(zipf):
    """With window 1, where every kept word but the first and last of a sentence makes two predictions."""
    options = {"min_count": 1, "sample": 1e-2, "window": 1, "workers": 1, "progress": False, "vector_size": 8}
    whole = [[word for line in zipf for word in line]]
    model = fastw2v.train(whole, epochs=1, **options)
    found = estimate(whole, seconds=0, **options)
    assert found.tokens_trained == pytest.approx(model.history[0]["predictions"] / 2, rel=0.01)
    assert estimate(whole, seconds=0, **{**options, "sample": 0}).tokens_trained == 40_000


def test_max_vocab_limits_every_size(zipf):
    found = estimate(zipf, max_vocab=50, **QUICK)
    assert found.words == 50
    assert max(size.words for size in found.sizes) == 50
    assert found.tokens_kept == Corpus(zipf, max_vocab=50).vocabulary.total


def test_a_corpus_and_a_vocabulary_are_taken_as_they_are(zipf):
    corpus = Corpus(zipf, min_count=10)
    of_text = estimate(zipf, min_count=10, **QUICK)
    for source in (corpus, corpus.vocabulary):
        found = estimate(source, **QUICK)
        assert (found.words, found.tokens, found.tokens_kept) == (of_text.words, of_text.tokens, of_text.tokens_kept)
        assert found.tokens_trained == of_text.tokens_trained
        # What the pruned words were is not known, but for how many there were in all.
        known = {size.min_count: size for size in found.sizes}
        real = {size.min_count: size for size in of_text.sizes}
        assert 5 not in known
        assert known == {least: real[least] for least in (1, 10, 20, 50, 100)}
        assert found.reading_seconds is None
        assert found.words_per_second > 0
    assert of_text.reading_seconds > 0


def test_a_vocabulary_is_tried_out_on_words_drawn_by_its_counts(monkeypatch):
    from fastw2v import estimates

    texts = []
    monkeypatch.setattr(estimates, "try_out", lambda config, text, seconds: texts.append(text))
    estimate(Vocabulary(["a", "b", "c"], [6000, 3000, 500], raw_unique=9, raw_total=10_000), **QUICK)
    (text,) = texts
    shares = np.bincount(np.minimum(text.ids, 3), minlength=4) / len(text.ids)
    np.testing.assert_allclose(shares, [0.6, 0.3, 0.05, 0.05], atol=0.02)
    assert text.tokens == 10_000
    assert set(np.diff(text.offsets)) == {20}


def test_files_encoded_texts_and_walks(text_file, tmp_path):
    found = estimate(text_file, min_count=1, **QUICK)
    assert (found.words, found.memory.text) == (45, 4 * found.tokens + 8 * 3001)
    fastw2v.encode(text_file, tmp_path / "text.fw2c")
    encoded = estimate(str(tmp_path / "text.fw2c"), min_count=1, **QUICK)
    assert (encoded.words, encoded.tokens, encoded.sizes) == (found.words, found.tokens, found.sizes)
    assert encoded.memory.text == 0
    walks = np.random.default_rng(0).integers(0, 30, (200, 8)).astype(np.int32)
    found = estimate(Corpus.from_ids(walks), **QUICK)
    assert (found.words, found.tokens, found.memory.text) == (30, 1600, walks.nbytes)


def test_time_is_words_over_speed(zipf):
    found = estimate(zipf, epochs=7, **QUICK)
    assert found.measured_seconds > 0
    assert found.epoch_seconds == 40_000 / found.words_per_second
    assert found.seconds == 7 * found.epoch_seconds
    unmeasured = estimate(zipf, **{**QUICK, "seconds": 0})
    assert (unmeasured.words_per_second, unmeasured.seconds, unmeasured.measured_seconds) == (None, None, 0.0)


def test_it_reads_as_a_table_and_as_a_dict(zipf):
    found = estimate(zipf, min_count=7, **QUICK)
    text = str(found)
    assert re.search(rf"^ +7 +{found.words:,} .*\*$", text, re.MULTILINE)
    assert text.count("*") == 1
    for line in ("vocabulary", "an epoch", "memory", "output", "time", "reading"):
        assert re.search(f"^{line} ", text, re.MULTILINE)
    assert "1 worker in" in text
    assert all(len(line) <= 140 for line in text.splitlines())
    plain = json.loads(json.dumps(found.as_dict()))
    assert plain["memory"]["peak"] == found.memory.peak
    assert plain["sizes"][0]["min_count"] == 1
    assert plain["options"]["vector_size"] == 16
    assert plain["seconds"] == found.seconds
    assert isinstance(found, Estimate)


@pytest.mark.parametrize(
    ("options", "kind", "match"),
    [
        ({"vectors": 5}, TypeError, "there is no option 'vectors'"),
        ({"alpha": -1}, ValueError, "alpha is -1"),
        ({"seconds": -1}, ValueError, "seconds is -1, but must be from 0"),
        ({"min_count": 10**6}, ValueError, "no word is left: min_count is 1000000"),
        ({"kernel": "sse"}, ValueError, "kernel is 'sse'"),
        ({"errors": "ignore"}, ValueError, "errors is 'ignore'"),
    ],
    ids=str,
)
def test_options_are_checked(zipf, options, kind, match):
    with pytest.raises(kind, match=match):
        estimate(zipf, **{**QUICK, **options})


@pytest.mark.parametrize("option", ["min_count", "max_vocab"])
def test_a_vocabulary_is_not_pruned_again(option):
    with pytest.raises(ValueError, match=f"{option} is 3, but a Vocabulary has its words already; leave it out"):
        estimate(Vocabulary(["a"], [5]), **{option: 3}, **QUICK)


def test_the_command_line_tells_it_and_writes_nothing(text_file, tmp_path):
    output = tmp_path / "out.bin"
    done = CliRunner().invoke(
        main, ["train", str(text_file), "-o", str(output), "--dry-run", "--vector-size", "8", "-q"]
    )
    assert done.exit_code == 0, done.output
    assert "vocabulary   45 words" in done.output
    assert not output.exists()
    assert CliRunner().invoke(main, ["train", str(text_file), "--dry-run", "--epochs", "0"]).exit_code == 2
    missing = CliRunner().invoke(main, ["train", str(text_file)])
    assert missing.exit_code == 2
    assert "say where the vectors go, with -o FILE, or ask for a --dry-run" in missing.output


@pytest.mark.parametrize("loss", ["negative", "hierarchical"])
def test_nodes_hold_exchanges_of_the_size_that_they_have(loss):
    """Which grow with large matrices."""
    found = estimate(
        Vocabulary([f"w{i}" for i in range(1000)], [5] * 1000), cluster=2, loss=loss, **{**QUICK, "seconds": 0}
    )
    large = replace(found, words=10_000_000, options={**found.options, "vector_size": 300})
    rows = [10_000_000, 10_000_000 - (loss == "hierarchical")]
    sizes = [4 * 300 * sum(s.stop - s.start for s in exchange) for exchange in exchanges_of(rows, 300)]
    others = found.memory.peak - found.memory.text + found.common_bytes
    assert large.node_memory - others == pytest.approx(3 * max(sizes), rel=1e-4)


def test_a_cluster_is_told_what_each_node_takes(text_file):
    alone = estimate(text_file, **QUICK)
    assert alone.node_memory is None
    found = estimate(text_file, cluster=4, **QUICK)
    assert found.memory == alone.memory
    # 16 numbers of a row are a cache line: matrices are what is combined.
    shares = found.memory.matrices // 4 + 3 * found.memory.matrices
    assert found.node_memory == found.memory.peak - found.memory.text + shares
    assert found.as_dict()["node_memory"] == found.node_memory
    elsewhere = estimate(text_file, cluster=fastw2v.Cluster(nodes=4, address="auto"), **QUICK)
    assert "All of that is what one machine takes alone." in str(found)
    assert "4 nodes" in str(found)
    assert "no faster than one process" in str(found)
    assert "at best, on machines like this one" in str(elsewhere)
    with pytest.raises(ValueError, match="s3://bucket/text: an estimate reads files of this machine"):
        estimate("s3://bucket/text", cluster=4, **QUICK)
    done = CliRunner().invoke(main, ["train", str(text_file), "--dry-run", "--nodes", "2", "-q"])
    assert "a node" in done.output
    assert "a node" not in CliRunner().invoke(main, ["train", str(text_file), "--dry-run", "-q"]).output
