"""gensim programs that look for phrases, run with either library: the same phrases, scores, texts and words."""

from __future__ import annotations

import copy
import inspect
import logging

import phrase_texts
import pytest
from hypothesis import given, settings

import fastw2v
from fastw2v import gensim_api
from fastw2v.phrased import write_phrased

gensim = pytest.importorskip("gensim")
from gensim.models import phrases as theirs  # noqa: E402
from gensim.models import word2vec  # noqa: E402

TEXT = [
    ["the", "new", "york", "times"],
    ["new", "york", "is", "new"],
    ["the", "bank", "of", "america", "and", "the", "bank", "of", "the", "west"],
    ["bank", "of", "america", "in", "new", "york"],
] * 3
OPTIONS = {"min_count": 1, "threshold": 0.2}
BOTH = pytest.mark.parametrize("library", [gensim_api, theirs])


def both(program):
    """What a program gives with either library."""
    return program(gensim_api), program(theirs)


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "text.txt"
    found.write_text("".join(" ".join(line) + "\n" for line in TEXT))
    return str(found)


def test_names_and_arguments_are_gensims():
    for name in ("Phrases", "FrozenPhrases", "Phraser", "original_scorer", "npmi_scorer"):
        ours, gensims = getattr(gensim_api, name), getattr(theirs, name)
        wanted = list(inspect.signature(gensims).parameters.values())
        found = list(inspect.signature(ours).parameters.values())[: len(wanted)]
        assert [one.name for one in found] == [one.name for one in wanted]
        assert [one.default for one in found] == [one.default for one in wanted]
    assert gensim_api.ENGLISH_CONNECTOR_WORDS == theirs.ENGLISH_CONNECTOR_WORDS
    assert gensim_api.Phraser is gensim_api.FrozenPhrases


@settings(deadline=None, max_examples=30)
@given(phrase_texts.texts, phrase_texts.options)
def test_phrases_are_gensims(texts, options):
    text, other = texts

    def program(library):
        phrases = library.Phrases(text, **options)
        before = dict(phrases.vocab), [list(phrases.analyze_sentence(sentence)) for sentence in other]
        phrases.add_vocab(other)
        return before, phrases.vocab, phrases.corpus_word_count, str(phrases), list(phrases[text])

    ours, gensims = both(program)
    assert ours == gensims


def test_what_is_a_sentence():
    def program(library):
        phrases = library.Phrases(TEXT, **OPTIONS)
        found = []
        for one in (phrases, phrases.freeze()):
            sentences = one[TEXT]
            found += [list(sentences), list(sentences), list(one[iter(TEXT)]), list(one[iter([])]), one[[]], one[()]]
            found += [one[TEXT[0]], one[tuple(TEXT[0])], one[iter(TEXT[0])], one[{"new": 1, "york": 2}], one[{}]]
            found += [list(one[dict.fromkeys(map(tuple, TEXT))]), one.find_phrases(TEXT)]
        return found

    ours, gensims = both(program)
    assert ours == gensims


def test_frozen_phrases():
    def program(library):
        phrases = library.Phrases(TEXT, connector_words=library.ENGLISH_CONNECTOR_WORDS, scoring="npmi", threshold=0.1)
        frozen = library.Phraser(phrases)
        attributes = {name: getattr(frozen, name) for name in ("min_count", "threshold", "delimiter")}
        scored = [frozen.score_candidate("bank", "america", ["of"]), frozen.score_candidate("bank", "america", [])]
        live = [phrases.score_candidate("bank", "america", ["of"]), phrases.score_candidate("no", "word", [])]
        assert frozen.scoring is phrases.scoring is library.npmi_scorer
        return frozen.phrasegrams, phrases.export_phrases(), attributes, scored, live, str(frozen), frozen[TEXT[2]]

    ours, gensims = both(program)
    assert ours == gensims
    assert type(gensim_api.Phrases(TEXT).freeze()) is gensim_api.FrozenPhrases


def test_phrases_of_phrases():
    def program(library):
        bigram = library.Phrases(TEXT, **OPTIONS)
        trigram = library.Phrases(bigram[TEXT], **OPTIONS)
        return trigram.vocab, [trigram[bigram[sentence]] for sentence in TEXT], list(trigram[bigram[TEXT]])

    ours, gensims = both(program)
    assert ours == gensims


def test_options_that_are_set_later():
    def program(library):
        phrases = library.Phrases(TEXT, **OPTIONS)
        found = [phrases[TEXT[0]]]
        for name, value in (
            ("threshold", 3.0),
            ("min_count", 4),
            ("threshold", 0.5),
            ("scoring", library.npmi_scorer),
            ("threshold", -0.5),
        ):
            setattr(phrases, name, value)
            found += [phrases[sentence] for sentence in TEXT]
        frozen = library.Phrases(TEXT, **OPTIONS).freeze()
        frozen.threshold = 3.0
        return found, list(frozen[TEXT])

    ours, gensims = both(program)
    assert ours == gensims
    with pytest.raises(ValueError, match="threshold is -1, but must be above 0"):
        gensim_api.Phrases(TEXT).threshold = -1


@pytest.mark.parametrize(
    "counts", [(3, 4, 2, 50, 1, 60), (0, 4, 2, 50, 1, 60), (3, 4, 1, 50, 2, 60), (3, 4, 2, 50, 2, 60)]
)
def test_scorers(counts):
    for name in ("original_scorer", "npmi_scorer"):
        if counts[0] or name == "original_scorer":  # gensim divides by zero
            assert getattr(gensim_api, name)(*counts) == getattr(theirs, name)(*counts)
    assert gensim_api.npmi_scorer(0, 1, 1, 5, 1, 9) == gensim_api.npmi_scorer(2, 2, 2, 5, 1, 2) == -float("inf")


@pytest.mark.parametrize("function", [gensim_api.npmi_scorer, theirs.npmi_scorer, "npmi"])
def test_scorers_may_be_given(function):
    ours = gensim_api.Phrases(TEXT, min_count=2, threshold=0.3, scoring=function)
    assert ours.export_phrases() == theirs.Phrases(TEXT, min_count=2, threshold=0.3, scoring="npmi").export_phrases()


@BOTH
def test_saved_loaded_and_copied(library, tmp_path):
    phrases = library.Phrases(TEXT, **OPTIONS, connector_words=frozenset(["of"]))
    for one in (phrases, library.FrozenPhrases(phrases)):
        one.save(str(tmp_path / "phrases.pkl"), separately=None)
        for again in (type(one).load(str(tmp_path / "phrases.pkl")), copy.deepcopy(one)):
            assert type(again) is type(one)
            assert again[TEXT[2]] == one[TEXT[2]]
            assert again.threshold == one.threshold
            if one is phrases:
                again.add_vocab(TEXT)
                assert again.corpus_word_count == 2 * phrases.corpus_word_count


@pytest.mark.parametrize("reader", [gensim_api.LineSentence, word2vec.LineSentence])
def test_files_are_joined_as_lists_are(path, reader, tmp_path):
    bigram = gensim_api.Phrases(reader(path), **OPTIONS)
    trigram = gensim_api.Phrases(bigram[reader(path)], **OPTIONS)
    assert trigram.vocab == gensim_api.Phrases(bigram[TEXT], **OPTIONS).vocab
    options = {"vector_size": 8, "min_count": 2, "workers": 1, "epochs": 1, "sample": 0}
    for text in (bigram[reader(path)], trigram[bigram[reader(path)]]):
        fast, slow = (gensim_api.Word2Vec(sentences, **options) for sentences in (text, list(text)))
        assert fast.wv.index_to_key == slow.wv.index_to_key
        assert fast.corpus_count == slow.corpus_count
        assert fast.corpus_total_words == slow.corpus_total_words
        assert (fast.wv.vectors == slow.wv.vectors).all()
        assert fast.train(text, total_examples=fast.corpus_count, epochs=1) == slow.train(
            list(text), total_examples=fast.corpus_count, epochs=1
        )


def test_fastw2v_takes_them(path, tmp_path):
    bigram = gensim_api.Phrases(TEXT, **OPTIONS)
    own = fastw2v.Phrases(TEXT, **OPTIONS)
    assert gensim_api.Phraser(own).phrasegrams == own.freeze().phrasegrams
    corpus = fastw2v.Corpus(path, min_count=1)
    for phrases in (bigram, bigram.freeze(), own):
        write_phrased(corpus, phrases, tmp_path / "joined.txt")
        assert [line.split() for line in (tmp_path / "joined.txt").read_text().splitlines()] == list(own[TEXT])


def test_what_is_ignored_or_refused(caplog):
    with caplog.at_level(logging.WARNING, "fastw2v.gensim_api"):
        phrases = gensim_api.Phrases([["a", "", "b"]], max_vocab_size=10, progress_per=1, min_count=1, threshold=0.1)
        gensim_api.Phrases([])
    assert phrases.vocab == {"a": 1, "b": 1, "a_b": 1}
    assert [record.message.split(",")[0] for record in caplog.records] == [
        "max_vocab_size has no meaning in fastw2v",
        "1 empty words were left out; line.split() makes none",
        "nothing was counted: the source holds no word at all; give a text with words separated by white space",
    ]
    for wrong, error, sentence in (
        ({"common_terms": ["of"]}, TypeError, "no argument 'common_terms'; it is connector_words now"),
        ({"delimiter": b"_"}, TypeError, "delimiter must be a str"),
        ({"min_count": 0}, ValueError, "min_count is 0"),
        ({"min_count": 1.5}, TypeError, "whole number"),
        ({"scoring": "pmi"}, ValueError, "scoring is 'pmi'"),
        ({"scoring": lambda a: a}, ValueError, "must take worda_count"),
        ({"sentences": "text.txt"}, TypeError, "a path is a corpus_file|iterable of lists"),
        ({"sentences": [[b"a"]]}, TypeError, "must be a str"),
    ):
        with pytest.raises(error, match=sentence):
            gensim_api.Phrases(**{"sentences": TEXT, **wrong})
    with pytest.raises(TypeError, match="must be a Phrases of fastw2v"):
        gensim_api.Phraser(theirs.Phrases(TEXT))
    with pytest.raises(TypeError, match="split it"):
        phrases["new york"]
    with pytest.raises(TypeError, match="fname_or_handle must be a path"):
        phrases.save(5)
