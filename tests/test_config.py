"""Options: what is taken, and the sentence that a wrong one gets."""

from __future__ import annotations

import dataclasses
import json
import re

import numpy as np
import pytest

from fastw2v.config import Config, available_cpus


def test_defaults_are_the_documented_ones():
    config = Config()
    assert (config.vector_size, config.window, config.negative, config.epochs, config.min_count) == (100, 5, 5, 5, 5)
    assert (config.sample, config.alpha, config.min_alpha, config.ns_exponent) == (1e-3, 0.025, 1e-4, 0.75)
    assert config.workers == available_cpus()


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("vector_size", 0, "vector_size is 0, but must be from 1 to 65536"),
        ("window", -1, "window is -1, but must be from 1 to"),
        ("negative", 0, "negative is 0, but must be from 1 to 10000; 5 to 20 is usual; loss='hierarchical'"),
        ("sample", float("nan"), "sample is nan, but must be from 0 to 1; 1e-3 is usual"),
        ("sample", 1.5, "sample is 1.5"),
        ("alpha", 0.0, "alpha is 0, but must be above 0"),
        ("alpha", float("inf"), "alpha is inf"),
        ("min_alpha", -1e-4, "min_alpha is -0.0001"),
        ("min_alpha", 0.5, "min_alpha is 0.5, but must be at most alpha, which is 0.025"),
        ("epochs", 0, "epochs is 0"),
        ("min_count", 0, "min_count is 0"),
        ("max_vocab", 0, "max_vocab is 0, .*leave it out to keep every word"),
        ("workers", 0, "workers is 0, .*leave it out to use all cores"),
        ("seed", -1, "seed is -1"),
        ("seed", 2**63, "seed is 9223372036854775808"),
        ("architecture", "glove", "architecture is 'glove', but must be one of 'skipgram', 'cbow'"),
        ("loss", "hinge", "loss is 'hinge', but must be one of 'negative', 'hierarchical', 'softmax'"),
        ("negative_sharing", "block", "negative_sharing is 'block'"),
        ("cbow_gradient", "mean", "cbow_gradient is 'mean'"),
        ("cbow_batch", 0, "cbow_batch is 0"),
        ("softmax_batch", 0, "softmax_batch is 0"),
        ("softmax_memory", 0, "softmax_memory is 0"),
        ("kernel", "mmx", "kernel is 'mmx', but must be one of 'auto', 'blas'"),
        ("ns_exponent", 99, "ns_exponent is 99"),
        ("alpha", 10**400, "alpha is inf"),
    ],
)
def test_values_out_of_range(option, value, sentence):
    with pytest.raises(ValueError, match=sentence):
        Config(**{option: value})


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("vector_size", 1.5),
        ("vector_size", "100"),
        ("vector_size", None),
        ("epochs", True),
        ("epochs", np.array([3])),
        ("alpha", np.True_),
        ("alpha", np.array([0.1])),
        ("alpha", "0.1"),
        ("alpha", False),
        ("kernel", 7),
        ("workers", 2.0),
        ("cbow_mean", 2),
        ("shrink_windows", "no"),
        ("loss", None),
    ],
)
def test_values_of_the_wrong_type(option, value):
    with pytest.raises(TypeError, match=f"{option} must be .* not {re.escape(repr(value))}"):
        Config(**{option: value})


def test_numpy_numbers_are_numbers():
    config = Config(vector_size=np.int64(50), alpha=np.float32(0.5), seed=np.uint8(3))
    assert json.loads(json.dumps(config.as_dict()))["vector_size"] == 50
    assert config.alpha == 0.5


def test_an_unknown_option_names_the_nearest():
    with pytest.raises(TypeError, match=r"no option 'vector_sise'; did you mean vector_size\?"):
        Config.from_options({"vector_sise": 3})
    with pytest.raises(TypeError, match="the options are vector_size, window"):
        Config.from_options({"qqq": 3})


def test_a_config_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config().alpha = 1


def test_a_config_survives_its_dict():
    config = Config(vector_size=7, max_vocab=9, workers=3)
    assert Config.from_options(config.as_dict()) == config


def test_combinations_that_make_no_sense():
    with pytest.raises(ValueError, match="negative_sharing is 'pair', but loss='softmax' draws no noise"):
        Config(negative_sharing="pair", loss="softmax")
    with pytest.raises(ValueError, match=r"softmax_memory is 1 MB, but a batch of 8192 .*; lower softmax_batch"):
        Config(loss="softmax", softmax_batch=8192, softmax_memory=1)
    assert Config(negative=0, loss="hierarchical").negative == 0


def test_the_rate_that_is_not_given_suits_the_objective():
    assert Config().alpha == 0.025
    assert Config(loss="hierarchical").alpha == 0.02
    assert Config(architecture="cbow").alpha == 0.1
    assert Config(architecture="cbow", cbow_gradient="word2vec").alpha == 0.05
    assert Config(architecture="cbow", cbow_mean=False).alpha == 0.025
    assert Config(architecture="cbow", alpha=0.03).alpha == 0.03
