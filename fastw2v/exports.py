"""Words and vectors handed to other tools: PyTorch, sentence-transformers, TensorBoard, pandas and Arrow.

Vectors are shared with the other tool where it can be done without surprise, and copied elsewhere; each function says
which. Files for other word2vec readers stand in formats.py.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
from typing import TYPE_CHECKING, Any

import numpy as np

from fastw2v.atomic import atomic_output
from fastw2v.container import save_container
from fastw2v.optional import optional
from fastw2v.packed_words import PackedWords
from fastw2v.word2vec_writers import format_rows
from fastw2v.word_table import WordTable

if TYPE_CHECKING:
    import pandas
    import pyarrow
    import torch

from fastw2v.short import short

__all__ = ["to_arrow", "to_pandas", "to_projector", "to_sentence_transformers", "to_torch_embedding"]

PathLike = str | os.PathLike[str]

MODULE_FOLDER = "0_StaticEmbedding"
UNKNOWN = "[UNK]"
ASCII_SPACE = "[ \\t\\n\\v\\f\\r]+"  # what separates words here; other tokenizers also split on no-break spaces
LINE_SEPARATORS = ("\t", "\n", "\r")
BLOCK_NUMBERS = 1 << 16  # turned into text at a time


# Arrays of other libraries


def to_torch_embedding(wv: WordTable, freeze: bool = True) -> torch.nn.Embedding:
    """A torch.nn.Embedding with the rows of `wv`, in their order: `wv.get_index(word)` is a word's number in it.

    freeze: the rows are not trained, and share the memory of `wv.vectors` (vectors mapped from a file are copied, as
    PyTorch knows no read-only ones). False: a copy that training may change.

    Raises ImportError without PyTorch.
    """
    library = optional("torch", "to_torch_embedding", "torch")
    vectors = wv.vectors
    if not freeze or not vectors.flags.writeable:
        vectors = vectors.copy()
    made: torch.nn.Embedding = library.nn.Embedding.from_pretrained(library.from_numpy(vectors), freeze=freeze)
    return made


def to_pandas(wv: WordTable) -> pandas.DataFrame:
    """A DataFrame with a row for each word, which is its index, and a column for each dimension; shares the vectors.

    Raises ImportError without pandas.
    """
    library = optional("pandas", "to_pandas", "pandas")
    index = library.Index(list(wv.index_to_key), name="word")
    frame: pandas.DataFrame = library.DataFrame(wv.vectors, index=index, copy=False)
    return frame


def to_arrow(wv: WordTable) -> pyarrow.Table:
    """An Arrow table of the columns "word" (large_string), "vector" (fixed_size_list of floats) and, if known, "count".

    All columns share the memory of `wv`; words that were already decoded are packed first.

    Raises
    ------
    ImportError: no pyarrow.
    ValueError: a word that is not UTF-8, in a damaged file.
    """
    library = optional("pyarrow", "to_arrow", "pyarrow")
    packed = PackedWords.pack(wv.words)
    words = library.LargeStringArray.from_buffers(
        len(packed), library.py_buffer(packed.offsets), library.py_buffer(packed.blob)
    )
    try:
        words.validate(full=True)
    except library.ArrowInvalid:
        packed.to_list()  # names the word that is not UTF-8
        raise
    numbers = library.array(wv.vectors.reshape(-1))
    columns = {"word": words, "vector": library.FixedSizeListArray.from_arrays(numbers, wv.vector_size)}
    if wv.counts is not None:
        columns["count"] = library.array(wv.counts)
    table: pyarrow.Table = library.table(columns)
    return table


# Folders of files for other programs


def to_sentence_transformers(wv: WordTable, folder: PathLike, *, lowercase: bool = False) -> None:
    """Write a folder that `sentence_transformers.SentenceTransformer(folder)` opens: a text is the mean of its words.

    A text is split at ASCII white space, and nothing else is done to it: write it as the training text was written.
    Unknown words count as zeros, which shortens the mean and leaves cosines as they are. Words that hold white space
    cannot be met in a text. Counts are lost. Neither PyTorch nor sentence-transformers is needed to write the folder.

    Parameters
    ----------
    folder: made if it does not exist. Files of an earlier export are replaced.
    lowercase: texts are put into lower case first.

    Raises
    ------
    ValueError: a word that UTF-8 cannot hold.
    OSError: the folder cannot be written.
    """
    rows = {word: row for row, word in enumerate(PackedWords.pack(wv.words).to_list())}
    unknown = UNKNOWN
    while unknown in rows:
        unknown += "_"
    rows[unknown] = len(rows)
    weights = np.concatenate([np.asarray(wv.vectors, np.float32), np.zeros((1, wv.vector_size), np.float32)])
    tokenizer: dict[str, Any] = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {"type": "Lowercase"} if lowercase else None,
        "pre_tokenizer": {
            "type": "Split",
            "pattern": {"Regex": ASCII_SPACE},
            "behavior": "Removed",
            "invert": False,
        },
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": rows, "unk_token": unknown},
    }
    modules = [{"idx": 0, "name": "0", "path": MODULE_FOLDER, "type": "sentence_transformers.models.StaticEmbedding"}]
    settings: dict[str, Any] = {"prompts": {}, "default_prompt_name": None, "similarity_fn_name": "cosine"}
    inner = os.path.join(_made(folder), MODULE_FOLDER)
    _made(inner)
    with contextlib.ExitStack() as stack:
        # All is written before anything takes its name, and the list of modules, which makes it a model, is last.
        for path, content in [
            (os.path.join(folder, "modules.json"), modules),
            (os.path.join(folder, "config_sentence_transformers.json"), settings),
            (os.path.join(inner, "tokenizer.json"), tokenizer),
        ]:
            file = stack.enter_context(atomic_output(path))
            file.write(json.dumps(content, ensure_ascii=False, indent=None).encode())
        save_container(
            os.path.join(inner, "model.safetensors"), {"embedding.weight": weights}, metadata={"format": "pt"}
        )


def to_projector(wv: WordTable, folder: PathLike) -> None:
    """Write vectors.tsv and metadata.tsv, which TensorBoard's embedding projector loads, into `folder`.

    metadata.tsv holds the words, a line each; with known counts a second column, and then a line of headings, as the
    projector wants it. Nine significant digits bring every float32 back to the bit.

    Raises
    ------
    ValueError: a word that is empty or holds a tab or a line end.
    OSError: the folder cannot be written.
    """
    words = PackedWords.pack(wv.words).to_list()
    bad = next((word for word in words if not word or any(mark in word for mark in LINE_SEPARATORS)), None)
    if bad is not None:
        raise ValueError(
            f"the word {short(bad)} is empty or holds a tab or a line end, which .tsv cannot store; rename it"
        )
    if wv.counts is None:
        lines = (f"{word}\n" for word in words)
    else:
        pairs = zip(words, wv.counts.tolist(), strict=True)
        lines = (f"{word}\t{count}\n" for word, count in (("word", "count"), *pairs))
    path = _made(folder)
    nameless = PackedWords(np.zeros(0, np.uint8), np.zeros(len(words) + 1, np.int64))
    step = max(1, BLOCK_NUMBERS // max(1, wv.vector_size))
    with (
        atomic_output(os.path.join(path, "metadata.tsv")) as metadata,
        atomic_output(os.path.join(path, "vectors.tsv")) as vectors,
    ):
        metadata.write("".join(lines).encode())
        matrix = np.asarray(wv.vectors, np.float32)
        for start in range(0, len(words), step):
            stop = min(start + step, len(words))
            text = format_rows(nameless.blob, nameless.offsets, matrix, start, stop)
            vectors.write(text.replace(b"\n ", b"\n").removeprefix(b" ").replace(b" ", b"\t"))


def _made(folder: PathLike) -> str:
    """The name of a folder, which is made if it is not there."""
    name = os.fspath(folder)
    try:
        os.makedirs(name, exist_ok=True)
    except FileExistsError:
        raise NotADirectoryError(
            errno.ENOTDIR, "there is a file of this name already; give another for the folder", name
        ) from None
    return name
