"""`python -m fastw2v`: the command line, and nothing else."""

from fastw2v.cli import main

if __name__ == "__main__":
    main(prog_name="fastw2v")
