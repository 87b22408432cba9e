"""A text on nodes: which sources they can read, and that it is the same one when a run goes on."""

from __future__ import annotations

import os

import pytest
from local_fleet import LocalFleet

from fastw2v import Cluster, Corpus
from fastw2v._staying_words import EmptyTextError
from fastw2v.cluster_text import paths_of, text_again, text_on_cluster
from fastw2v.line_sentences import LineSentence
from fastw2v.node import Node


def make(cluster, parts, errors, folder, limit, phrases):
    return LocalFleet(cluster.nodes, lambda: Node(parts, errors, 1, folder, limit, phrases))


OPTIONS = {"memory_limit": None, "cache_dir": None, "make_fleet": make}


@pytest.mark.parametrize("nodes", [1, 2, 5])
def test_the_vocabulary_is_that_of_one_machine(text_file, nodes):
    whole = Corpus(text_file, min_count=3, max_vocab=30)
    given = {"min_count": 3, "max_vocab": 30, "errors": "strict", **OPTIONS}
    with text_on_cluster(text_file, Cluster(nodes=nodes), **given) as text:
        assert text.vocabulary == whole.vocabulary
        assert text.vocabulary.counts.tolist() == whole.vocabulary.counts.tolist()
        assert len(text) == len(whole)
        assert text.raw_words == whole.raw_words
        assert len(text.parts) >= nodes


@pytest.mark.parametrize(("content", "message"), [("a b\n" * 2, "min_count is 3"), ("\n \n", "no word at all")])
def test_a_text_without_words_that_stay_is_refused(tmp_path, content, message):
    path = tmp_path / "t.txt"
    path.write_text(content)
    given = {"min_count": 3, "max_vocab": None, "errors": "strict", **OPTIONS}
    with pytest.raises(EmptyTextError, match=message), text_on_cluster(path, Cluster(nodes=2), **given):
        pass


def test_a_text_that_has_changed_is_refused(text_file, tmp_path):
    path = tmp_path / "t.txt"
    path.write_bytes(text_file.read_bytes())
    given = {"min_count": 1, "max_vocab": None, "errors": "strict", **OPTIONS}
    with text_on_cluster([path], Cluster(nodes=2), **given) as text:
        note, origin, vocabulary, fingerprint = text.note, text.origin, text.vocabulary, text.fingerprint
    with text_again(note, origin, Cluster(nodes=3), vocabulary, **OPTIONS) as text:
        assert text.fingerprint == fingerprint
    os.utime(path, ns=(0, 0))
    with (
        pytest.raises(ValueError, match="this file of the text is another one"),
        text_again(note, origin, Cluster(nodes=3), vocabulary, **OPTIONS),
    ):
        pass


@pytest.mark.parametrize("source", [[["a"]], iter(()), 5, [], [5]])
def test_sources_that_machines_cannot_share_are_refused(source):
    with pytest.raises(TypeError, match="the machines of a cluster read files"):
        paths_of(source)


def test_files_by_any_name(text_file):
    assert paths_of(text_file) == paths_of([str(text_file)]) == paths_of(LineSentence(text_file)) == [str(text_file)]
