"""The arrows of the architecture: imports point only down, and the light parts import nothing heavy."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import fastw2v

PACKAGE = Path(fastw2v.__file__).parent
# From the top down; a module imports only from layers below its own. Imports inside functions, which put off loading,
# count like any other, but for those of UPWARD.
LAYERS = [
    {"__main__"},
    {"cli"},
    {"cli_train", "cli_encode", "cli_eval", "cli_phrases"},
    {"cli_vectors", "cli_run", "cli_options"},
    {"cli_errors"},
    {"__init__"},
    {"gensim_api"},
    {"gensim_word2vec"},
    {"gensim_built", "gensim_phrases"},
    {"gensim_trained", "gensim_sources"},
    {"gensim_models"},
    {"gensim_options"},
    {"one_call"},
    {"estimates"},
    {"model", "demo", "pair_model"},
    {"cluster_training", "cluster_mpi"},
    {"training", "model_measures", "vocabulary_growth", "trial", "cluster_rounds", "cluster_text"},
    {"cluster_nodes"},
    {"cluster_ray"},
    {"ray_start"},
    {"node"},
    {"node_text"},
    {"cluster", "fleet", "encoded_parts"},
    {"combining"},
    {"_combining"},
    {"touches", "word_counts", "piece_text", "spans", "curvature", "exchanges"},
    {"model_run", "initial_vectors"},
    {"run_options"},
    {"checkpoints"},
    {"model_files", "pair_files"},
    {"phrased"},
    {"phrases"},
    {"formats", "progress", "text_losses", "prediction", "run_memory"},
    {"trainer"},
    {"text_work"},
    {"vector_container"},
    {"workers", "tree_transfer"},
    {"_train", "_softmax", "_pair_worker"},
    {"_worker"},
    {"_objectives", "corpus", "pairs", "keyed_vectors", "kernels", "evaluation", "evaluation_reports"},
    {"analogies", "word_pairs", "categories", "outliers"},
    {"evaluation_words", "evaluation_results"},
    {"gensim_vectors"},
    {"queries", "changing_table", "phrase_spellings"},
    {"similarities", "frozen_phrases", "pair_counts", "phrase_scores"},
    {"transport", "ann", "exports", "sentence_blocks"},
    {"word_table", "search", "phrase_options"},
    {"encoding", "source_texts"},
    {"_counting", "encoded_files", "encoded_writer"},
    {
        "_kernels",
        "_columns",
        "_joining",
        "_sentences",
        "_staying_words",
        "encoded_layout",
        "id_arrays",
        "_strings",
        "bootstrap",
        "history",
        "container",
        "cosine",
        "gensim_vocabulary",
        "unknown_word",
    },
    {"_reading", "npy_vectors", "fingerprint"},
    {"file_kinds", "word2vec_format"},
    {"word2vec_readers", "word2vec_writers"},
    {"_text_rows", "_binary_rows"},
    {
        "_kernel_blas",
        "_row_collector",
        "_segments",
        "_streams",
        "texts",
        "line_sentences",
        "_own_rows",
        "huffman",
        "noise",
        "own_rows",
        "vocabulary",
        "matrices",
        "watching",
        "equations",
        "correlation",
        "evaluation_files",
        "gensim_files",
    },
    {"text_parts"},
    {"_sources"},
    {"encoded_kind", "inert_pickle", "npy_files", "stored_tables"},
    {"pickle_machine"},
    {"_blocks", "_growing_rows", "_work_queue", "vector_rows"},
    {
        "_text",
        "_best_rows",
        "_phrases",
        "_analogies",
        "_interrupts",
        "_random",
        "_memory",
        "_threads",
        "_tokenizer",
        "atomic",
        "callbacks",
        "early_stopping",
        "compressed",
        "pickle_names",
        "subwords",
        "optional",
        "_placed_files",
        "encoded",
        "origin",
        "packed_words",
        "memory_limits",
        "config",
        "_fw2v",
    },
    {"softmax_plan", "_pairs", "_vector_rows", "gensim_names", "precision", "short"},
]
# The convenience of wv.save and wv.load: methods that name the layer above them when they are called.
UPWARD = {("keyed_vectors", "formats")}
LAYER_OF = {module: number for number, layer in enumerate(LAYERS) for module in layer}
SOURCES = sorted(p for p in PACKAGE.iterdir() if p.suffix in (".py", ".pyx", ".pxd"))


def imports_of(path):
    """Modules of the package that a file imports or cimports, at any depth."""
    if path.suffix != ".py":
        for line in path.read_text().splitlines():
            words = line.split()
            if len(words) > 2 and words[0] == "from" and words[1].startswith("fastw2v."):
                yield words[1].split(".")[1]
            elif line.strip().startswith("from fastw2v import"):
                yield from (word.strip(",") for word in words[3:])
        return
    tree = ast.parse(path.read_text())
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "fastw2v":
            inside = node.module.split(".")[1:]
            yield from inside[:1] or [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("fastw2v."))


def test_every_module_has_its_layer():
    assert {path.stem for path in SOURCES} == set(LAYER_OF)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_imports_point_down(path):
    for imported in imports_of(path):
        if (path.stem, imported) in UPWARD:
            continue
        assert LAYER_OF[imported] > LAYER_OF[path.stem], f"{path.name} imports {imported}, which is not below it"


def loaded_by(code, *arguments):
    """Names of the modules that a fresh Python has loaded after running `code`."""
    code += "; import sys; print(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_is_light():
    loaded = loaded_by("import fastw2v")
    heavy = {"scipy", "safetensors", "tqdm", "click", "threadpoolctl", "fastw2v._train", "fastw2v._kernels"}
    assert not heavy & loaded


def test_modules_are_attributes_that_are_loaded_when_they_are_asked_for():
    loaded = loaded_by("import fastw2v")
    listed = loaded_by("import fastw2v; assert {'ann', 'evaluation', 'exports'} <= set(dir(fastw2v))")
    for name in ("ann", "evaluation", "exports", "formats", "gensim_api", "history"):
        assert f"fastw2v.{name}" not in loaded | listed
        assert f"fastw2v.{name}" in loaded_by(f"import fastw2v; fastw2v.{name}.__doc__")
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = fastw2v.nothing


def test_the_help_of_the_command_line_is_light():
    code = "import contextlib, fastw2v.cli\nwith contextlib.suppress(SystemExit): fastw2v.cli.main(['-h'])\nNone"
    loaded = loaded_by(code)
    assert "fastw2v.cli_eval" in loaded
    assert not {"scipy", "safetensors", "tqdm", "threadpoolctl"} & loaded


def test_vectors_need_no_compiled_part():
    code = (
        "import sys; [sys.modules.__setitem__('fastw2v.' + m, None) for m in "
        "('_text', '_vector_rows', '_tokenizer', '_best_rows', '_analogies', '_kernels', '_train', '_objectives')]; "
        "import types; p = types.ModuleType('fastw2v'); p.__path__ = sys.argv[1:]; sys.modules['fastw2v'] = p; "
        "import fastw2v.keyed_vectors, fastw2v.formats, fastw2v.vocabulary, fastw2v.evaluation"
    )
    assert "fastw2v.formats" in loaded_by(code, str(PACKAGE))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_files_open_with_what_they_hold(path):
    text = path.read_text()
    if path.suffix == ".pxd":
        assert text.startswith("# ")
        return
    assert text.startswith('"""'), f"{path.name} must open with a paragraph on what it holds and what it does not"
