"""`python -m firedrill`, for programs that start the command without knowing where it was installed."""

from firedrill.cli import main

if __name__ == "__main__":
    main()
