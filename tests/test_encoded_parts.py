"""An encoded text cut for several machines: every token in one part, at the ends of sentences."""

from __future__ import annotations

import numpy as np
import pytest

from fastw2v import Corpus, encode, encoded_parts
from fastw2v.encoded_parts import Stretch, cut_encoded, open_part


@pytest.fixture
def encoded(text_file, tmp_path):
    path = tmp_path / "t.fw2c"
    encode(text_file, path)
    return path


@pytest.mark.parametrize("longest", [1 << 20, 0])
def test_parts_are_all_of_the_text(encoded, longest, monkeypatch):
    monkeypatch.setattr(encoded_parts, "LONGEST_SENTENCE", longest)
    whole = Corpus(encoded, min_count=1)
    parts, facts = cut_encoded(str(encoded), 7)
    assert len(parts) == 7
    assert [fact["path"] for fact in facts] == [str(encoded)]
    assert all(part.is_encoded and part.nbytes == 4 * (part.stop - part.start) for part in parts)
    texts = [Stretch(open_part(part).text, part.start, part.stop) for part in parts]
    np.testing.assert_array_equal(np.concatenate([text.read(0, text.tokens) for text in texts]), whole.ids)
    borders = [text.sentences(0, text.tokens) for text in texts]
    assert all(found[0] == 0 and found[-1] == text.tokens for found, text in zip(borders, texts, strict=True))
    places = np.unique(np.concatenate([found + part.start for found, part in zip(borders, parts, strict=True)]))
    if longest:
        np.testing.assert_array_equal(places, whole.offsets)
    else:
        assert set(whole.offsets) <= set(places)
    middle = texts[3]
    np.testing.assert_array_equal(middle.read(5, 20), whole.ids[parts[3].start + 5 : parts[3].start + 20])
    some = middle.sentences(5, 20)
    assert some[0] <= 5
    assert some[-1] >= 20


def test_another_text_of_the_same_name_is_noticed(encoded):
    parts, _ = cut_encoded(str(encoded), 2)
    encode([["a", "b"]], encoded)
    with pytest.raises(ValueError, match="this is another text than where the run was begun"):
        open_part(parts[0])
