"""`python -m llmagentos` is `agentos`."""

from llmagentos.interfaces.cli import main

if __name__ == "__main__":
    main()
