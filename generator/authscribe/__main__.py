"""Run the console script, or `python -m authscribe`."""

import sys

from authscribe.runtime import process


def main() -> None:
    """Run a command in this process, and leave it with the exit code of the command."""
    process.prepare_process()
    # Imported here: the process is to be prepared before click is imported.
    from authscribe.cli import run

    code = run(sys.argv[1:])
    process.leave_process()
    sys.exit(code)


if __name__ == "__main__":
    main()
