"""FrozenPhrases: joining in sentences, streams of them, files."""

from __future__ import annotations

import pytest

from fastw2v.container import load_container, save_container
from fastw2v.frozen_phrases import FrozenPhrases
from fastw2v.phrase_options import PhraseOptions
from fastw2v.phrases import Phrases

OPTIONS = PhraseOptions(connector_words=frozenset(["of", "the"]))
SCORES = {("a", "b"): 3.0, ("b", "c"): 9.0, ("a", "of", "the", "b"): 4.0}


@pytest.fixture
def frozen():
    return FrozenPhrases(SCORES, OPTIONS)


@pytest.mark.parametrize(
    ("sentence", "joined"),
    [
        ("", ""),
        ("a b c", "a_b c"),
        ("b c a b", "b_c a_b"),
        ("of a of the b of", "of a_of_the_b of"),
        ("a of b", "a of b"),
        ("a of the", "a of the"),
        ("a a of the b c", "a a_of_the_b c"),
    ],
)
def test_sentences(frozen, sentence, joined):
    assert frozen[sentence.split()] == joined.split()


def test_streams_can_be_looped_over_again(frozen):
    stream = frozen[[["a", "b"], [], ["b", "c"]]]
    assert list(stream) == list(stream) == [["a_b"], [], ["b_c"]]
    assert list(frozen[iter([["a", "b"]])]) == [["a_b"]]
    assert frozen[("a", "b")] == ["a_b"]
    assert frozen[[]] == []


def test_scores(frozen):
    assert list(frozen.analyze_sentence(["a", "b", "of"])) == [("a_b", 3.0), ("of", None)]
    assert frozen.find_phrases([["a", "b"], ["c"]]) == {"a_b": 3.0}
    assert list(frozen.phrasegrams.items()) == [("b_c", 9.0), ("a_of_the_b", 4.0), ("a_b", 3.0)]
    assert len(frozen) == 3
    assert "3 phrases" in repr(frozen)
    alike = FrozenPhrases({("a_b", "c"): 1.0, ("a", "b_c"): 2.0}, PhraseOptions())
    assert alike.phrasegrams == {"a_b_c": 2.0}


@pytest.mark.parametrize(("sentence", "kind"), [("a b", "str"), (5, "int"), (["a", "b"], None)])
def test_what_is_no_sentence(frozen, sentence, kind):
    if kind is not None:
        with pytest.raises(TypeError, match="must be a list of words"):
            frozen[sentence]
    else:
        with pytest.raises(TypeError, match="split it"):
            list(frozen[iter(sentence)])
        with pytest.raises(TypeError, match="split it"):
            frozen.find_phrases(sentence)


def test_saved_and_loaded(frozen, tmp_path):
    path = tmp_path / "frozen.safetensors"
    frozen.save(path)
    loaded = FrozenPhrases.load(path)
    assert loaded.scores == frozen.scores
    assert loaded.options == frozen.options
    with pytest.raises(ValueError, match=r"frozen\.safetensors: this is a file for FrozenPhrases\.load"):
        Phrases.load(path)
    FrozenPhrases({}, PhraseOptions(scoring="npmi", threshold=0.5)).save(path)
    assert not FrozenPhrases.load(path).scores


def test_damaged_files(frozen, tmp_path):
    path, bad = tmp_path / "frozen.safetensors", tmp_path / "bad.safetensors"
    frozen.save(path)
    tensors, metadata = load_container(path)
    for name in ("phrases.words", "phrases.ends", "phrases.scores"):
        for harm in (tensors[name][:1], tensors[name] + 1000):
            if name == "phrases.scores" and len(harm) > 1:
                continue  # another score is not damage
            save_container(bad, {**tensors, name: harm}, metadata)
            with pytest.raises(ValueError, match=r"bad\.safetensors: a damaged file of phrases"):
                FrozenPhrases.load(bad)
    for options in ("{", "[]", '{"min_count": 0}'):
        save_container(bad, tensors, {**metadata, "options": options})
        with pytest.raises(ValueError, match=r"bad\.safetensors: a damaged file of phrases"):
            FrozenPhrases.load(bad)
    save_container(bad, tensors, {})
    with pytest.raises(ValueError, match="this is no file of phrases"):
        FrozenPhrases.load(bad)
