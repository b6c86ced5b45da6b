# SPDX-License-Identifier: Apache-2.0
"""Entry point: parses, calls, and turns every outcome into an exit code and at most one sentence.

Only Typer is imported here; everything else when a command runs, so that it starts at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer

from lilong.cli import commands
from lilong.errors import Error, InternalError, TrapError

EXIT_OK, EXIT_DIFFERENCE, EXIT_USER, EXIT_DEVICE = 0, 1, 2, 3
EXIT_INTERNAL, EXIT_INTERRUPTED = 70, 130

app = typer.Typer(
    name="lilong",
    help="Compile quantised networks and run them, bit for bit, on Lilong chips and simulators.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    commands.compile_command,
    commands.run_command,
    commands.profile_command,
    commands.bench_command,
    commands.inspect_command,
    commands.doctor_command,
):
    app.command(command.__name__.removesuffix("_command"))(command)


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the version and stop."),
) -> None:
    if version:
        from lilong._lilong import __version__

        print(f"lilong {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise typer.TyperException("no command given")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    try:
        result = app(args=arguments, prog_name="lilong", standalone_mode=False)
        return result if isinstance(result, int) else EXIT_OK
    except typer.Exit as stop:
        return stop.exit_code
    except typer.TyperException as error:
        return _fail(EXIT_USER, _usage(error))
    except TrapError as error:
        return _fail(EXIT_DEVICE, str(error))
    except InternalError as error:
        return _fail(EXIT_INTERNAL, str(error))
    except Error as error:
        return _fail(EXIT_USER, "\n        ".join(_all(error)))
    except (KeyboardInterrupt, typer.Abort):
        return _fail(EXIT_INTERRUPTED, "interrupted")
    except BrokenPipeError:
        # Whoever read our output has left; keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_OK
    except MemoryError:
        return _fail(EXIT_USER, "out of memory; close other programs or use fewer samples")
    except Exception as error:  # the last resort: still one sentence
        if os.environ.get("LILONG_TRACEBACK"):
            raise
        return _fail(
            EXIT_INTERNAL,
            f"internal error: {type(error).__name__}: {error}. Please report this with the command "
            "and the file; LILONG_TRACEBACK=1 shows where it happened.",
        )


def _all(error: Error) -> list[str]:
    """The sentence of the error, and those of its further diagnostics."""
    from lilong.errors import from_diagnostics

    return [str(error), *(str(from_diagnostics([d])) for d in error.diagnostics[1:])]


def _usage(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    where = context.command_path if context is not None else "lilong"
    message = " ".join(error.format_message().split()).rstrip(".").replace("Value error, ", "")
    return f"{message[:1].lower()}{message[1:]}. See '{where} --help'."


def _fail(code: int, message: str) -> int:
    print(f"lilong: {message}", file=sys.stderr, flush=True)
    return code


def entry() -> None:
    """The console script."""
    code = main()
    sys.stdout.flush()
    if code == EXIT_INTERRUPTED:
        os._exit(code)  # a simulation may still be running in a thread
    sys.exit(code)
