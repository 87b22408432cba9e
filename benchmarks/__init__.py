"""Measurements of fastw2v, beside the peers that are installed or named. Run `python -m benchmarks --help`."""
