"""Measurements of fastw2v, beside gensim where that is installed. Run `python -m benchmarks --help`."""
