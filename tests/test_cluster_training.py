"""train(cluster=...) and its command with the options of any run, on nodes in this process."""

from __future__ import annotations

import gzip
import os

import numpy as np
import pytest
from click.testing import CliRunner
from local_fleet import LocalFleet

import fastw2v
from fastw2v import (
    Callback,
    Cluster,
    Corpus,
    DivergedError,
    Phrases,
    Word2Vec,
    cluster_rounds,
    cluster_text,
    exchanges,
    text_work,
)
from fastw2v.cli import main
from fastw2v.node import Node

OPTIONS = {"vector_size": 16, "min_count": 2, "epochs": 2, "progress": False}


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """Nodes in this process, with many small blocks and rounds."""

    def make(cluster, parts, errors, folder, limit, phrases):
        made = (parts, errors, cluster.workers_per_node or 1, folder, limit, phrases)
        return LocalFleet(cluster.nodes, lambda: Node(*made))

    monkeypatch.setattr(cluster_text, "RayFleet", make)
    monkeypatch.setattr(text_work, "BLOCK_TOKENS", 500)
    for module in (cluster_rounds, exchanges):
        monkeypatch.setattr(module, "LEAST_WORDS", 2000)


class Stop(Callback):
    """Ends a run behind its first epoch."""

    def on_epoch_end(self, model):
        model.stop()


@pytest.mark.parametrize(
    "options",
    [
        {"architecture": "cbow"},
        {"architecture": "cbow", "cbow_mean": False, "loss": "hierarchical"},
        {"loss": "softmax", "max_vocab": 30},
        {"shrink_windows": False, "negative_sharing": "pair"},
        {"workers": 2, "sample": 0},
    ],
    ids=str,
)
def test_options_of_models_do_what_they_do_on_one_machine(text_file, options):
    model = fastw2v.train(text_file, cluster=2, **{**OPTIONS, **options})
    alone = fastw2v.train(text_file, **{**OPTIONS, **options})
    assert model.vocabulary == alone.vocabulary
    assert model.words_trained == alone.words_trained
    assert model.config == alone.config
    # Other draws, and rounds, of a short text.
    assert model.history[-1]["predictions"] == pytest.approx(alone.history[-1]["predictions"], rel=0.15)
    assert model.history[-1]["loss"] == pytest.approx(alone.history[-1]["loss"], rel=0.25)


def test_workers_are_those_of_each_node(text_file):
    with pytest.raises(ValueError, match="workers is 2, but the cluster's workers_per_node 1; leave one out"):
        fastw2v.train(text_file, cluster=Cluster(nodes=2, workers_per_node=1), workers=2, **OPTIONS)


def test_rounds_of_one_word_are_rounds_of_one_block(text_file):
    model = fastw2v.train(text_file, cluster=Cluster(nodes=2, sync_every=1), **OPTIONS)
    assert model.words_trained == 2 * model.vocabulary.raw_total
    blocks = model.words_trained / 500
    assert blocks / 2 <= model.history[-1]["rounds"] <= 2 * blocks


def test_measurements_and_callbacks(text_file, tmp_path):
    class Noting(Callback):
        interval = 0.01
        moments = ()

        def note(name):
            def call(self, model):
                self.moments += (name,)

            return call

        on_train_begin, on_epoch_begin, on_interval = note("train"), note("epoch"), note("interval")
        on_epoch_end, on_train_end = note("epoch end"), note("train end")

    noting, words = Noting(), Corpus(text_file, min_count=2).vocabulary.index_to_key
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("".join(f"{words[i]}\t{words[i + 1]}\t{i}\n" for i in range(10)))
    model = fastw2v.train(
        text_file, cluster=2, held_out=text_file, evaluate=pairs, early_stopping=5, callbacks=[noting], **OPTIONS
    )
    assert {"held_out_loss", "score", "communication", "rounds", "sent_bytes"} <= set(model.history[-1])
    assert model.history[1]["held_out_loss"] < model.history[0]["held_out_loss"]
    others = [name for name in noting.moments if name != "interval"]
    assert others == ["train", "epoch", "epoch end", "epoch", "epoch end", "train end"]


def test_vectors_that_words_begin_with_and_keep(text_file):
    first = fastw2v.train(text_file, **OPTIONS)
    given = {"init_vectors": first.wv, "cluster": 2, **OPTIONS}
    model = fastw2v.train(text_file, freeze="init_vectors", **given)
    np.testing.assert_array_equal(model.wv.vectors, first.wv.vectors)
    words = first.wv.index_to_key
    model = fastw2v.train(text_file, freeze=words[:1], **given)
    assert np.array_equal(model.wv[words[0]], first.wv[words[0]])
    assert not np.array_equal(model.wv[words[1]], first.wv[words[1]])


def test_a_model_of_a_cluster_is_trained_on_here(text_file):
    model = fastw2v.train(text_file, cluster=2, **OPTIONS)
    model.train(text_file, epochs=1)
    assert [entry["epoch"] for entry in model.history] == [1, 2, 3]
    with pytest.raises(TypeError, match="no option 'cluster'; a model is trained on by one machine"):
        model.train(text_file, cluster=2)


def test_several_files_more_nodes_than_words_and_progress(text_file, tmp_path):
    text = text_file.read_bytes()
    half = text.index(b"\n", len(text) // 2) + 1
    paths = [tmp_path / "a.gz", tmp_path / "b.txt", tmp_path / "c.txt"]
    for path, part in zip(paths, (gzip.compress(text[:half]), text[half:], b"two words\n"), strict=True):
        path.write_bytes(part)
    model = fastw2v.train(paths[:2], cluster=2, **OPTIONS)
    assert model.vocabulary == Corpus(text_file, min_count=2).vocabulary
    model = fastw2v.train(paths[2], cluster=5, **{**OPTIONS, "min_count": 1, "sample": 0})
    assert model.words_trained == 4
    told = []
    given = {"min_count": 1, "max_vocab": None, "errors": "strict", "memory_limit": None, "cache_dir": None}
    with cluster_text.text_on_cluster(
        paths, Cluster(nodes=2), on_progress=lambda *now: told.append(now), **given
    ) as read:
        assert told[-1] == (sum(path.stat().st_size for path in paths),) * 2
        assert told == sorted(told)
        assert read.raw_words == Corpus(paths, min_count=1).raw_words


def test_a_rate_that_is_too_high_ends_the_run_with_the_model(text_file):
    options = {"architecture": "cbow", "cbow_mean": False, "cbow_gradient": "word2vec", "alpha": 10}
    with pytest.raises(DivergedError, match="lower alpha") as caught:
        fastw2v.train(text_file, cluster=2, **OPTIONS, **options)
    assert np.isfinite(caught.value.model.wv.vectors).all()


@pytest.fixture
def sources(text_file, tmp_path):
    """The same text as each kind of source, and phrases."""
    encoded, phrases = tmp_path / "t.fw2c", tmp_path / "phrases.safetensors"
    fastw2v.encode(text_file, encoded)
    Phrases(text_file, min_count=1, threshold=0.1).freeze().save(phrases)
    return {"text": (text_file, {}), "encoded": (encoded, {}), "phrases": (text_file, {"phrases": phrases})}


@pytest.mark.parametrize("kind", ["text", "encoded", "phrases"])
@pytest.mark.parametrize("nodes", [1, 3])
def test_a_run_goes_on_with_other_nodes(sources, kind, nodes, tmp_path):
    source, options = sources[kind]
    path = tmp_path / "run.safetensors"
    model = fastw2v.train(source, cluster=2, checkpoint=path, callbacks=[Stop()], **OPTIONS, **options)
    alone = fastw2v.train(source, **OPTIONS, **options)
    assert model.unfinished is not None
    again = Word2Vec.resume(path, cluster=nodes, progress=False)
    assert again.vocabulary == model.vocabulary == alone.vocabulary
    assert again.words_trained == alone.words_trained
    assert again.unfinished is None


def test_phrases_must_be_there_when_a_run_goes_on(sources, tmp_path):
    text, options = sources["phrases"]
    path = tmp_path / "run.safetensors"
    loaded = Phrases(text, min_count=1, threshold=0.1)
    with pytest.raises(ValueError, match=r"phrases came from no file.*save them .*and give the path"):
        fastw2v.train(text, cluster=2, phrases=loaded, checkpoint=path, **OPTIONS)
    model = fastw2v.train(text, cluster=2, phrases=loaded, callbacks=[Stop()], **OPTIONS)
    model.save(path)
    with pytest.raises(ValueError, match="phrases that came from no file, so that it cannot go on"):
        Word2Vec.resume(path, progress=False)
    model = fastw2v.train(text, cluster=2, callbacks=[Stop()], **OPTIONS, **options)
    model.save(path)
    os.unlink(options["phrases"])
    with pytest.raises(FileNotFoundError, match="give the phrases as they were"):
        Word2Vec.resume(path, progress=False)


def test_sources_that_nodes_do_not_know_are_refused_with_a_remedy(sources, text_file):
    for given, options, error in (
        ([["a", "b"]], {}, TypeError),
        (Corpus(text_file), {}, TypeError),
        (text_file, {"tokenize": str.split}, ValueError),
        (text_file, {"column": 1}, ValueError),
    ):
        with pytest.raises(error, match=r"fastw2v\.encode\(source, 'text.fw2c'\)"):
            fastw2v.train(given, cluster=2, **OPTIONS, **options)
    with pytest.raises(ValueError, match="join no phrases in an encoded text"):
        fastw2v.train(sources["encoded"][0], cluster=2, **OPTIONS, **sources["phrases"][1])
    with pytest.raises(ValueError, match="phrases are not joined under MPI"):
        fastw2v.train(text_file, cluster="mpi", **OPTIONS, **sources["phrases"][1])


def run(*arguments):
    return CliRunner().invoke(main, ["train", *map(str, arguments)])


def test_the_command_joins_phrases_and_goes_on_with_them(sources, tmp_path):
    text, options = sources["phrases"]
    out, checkpoint = tmp_path / "v.safetensors", tmp_path / "run.safetensors"
    phrases = ["--phrases", options["phrases"]]
    size = ["--vector-size", 16, "--min-count", 2, "--epochs", 2]
    done = run(text, "-o", out, "--nodes", 2, "--held-out", text, *size, *phrases)
    assert done.exit_code == 0, done.output
    expected = fastw2v.train(text, **OPTIONS, **options)
    assert Word2Vec.load(out).vocabulary == expected.vocabulary
    fastw2v.train(text, cluster=2, checkpoint=checkpoint, callbacks=[Stop()], **OPTIONS, **options)
    done = run("--resume", checkpoint, "-o", out, "--nodes", 3, *phrases)
    assert done.exit_code == 2
    assert "one on a cluster does, and knows its phrases" in done.stderr
    done = run("--resume", checkpoint, "-o", out, "--nodes", 3)
    assert done.exit_code == 0, done.output
    assert Word2Vec.load(out).words_trained == expected.words_trained
    assert Word2Vec.load(out).unfinished is None
