"""The ``covenant`` command: finds the commands that the packages register, runs one, ends honestly.

Commands are entry points of the group ``covenant.commands``; their modules import nothing heavy until
they run, so that ``covenant --help`` answers at once. Exit codes: 0 done, 1 a part of the work failed
or we did, 2 the request cannot be carried out (one line on stderr: what, why, what to do), 130
interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points, version
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

import click

from rag.errors import CovenantError, WorkspaceBusyError

if TYPE_CHECKING:
    from rag.settings import Settings
    from rag.workspace import Workspace

GROUP = "covenant.commands"
_REFUSED = 2
_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Context:
    """What every command gets: where the workspace is and which settings were given on the way."""

    workspace_path: Path
    overrides: tuple[str, ...]

    def workspace(self) -> Workspace:
        """The workspace that ``--workspace`` names.

        Raises:
            WorkspaceError: there is none.
        """
        from rag.workspace import Workspace

        return Workspace.open(self.workspace_path)

    def settings(self) -> Settings:
        """The workspace's settings with the environment's and ``--set`` on top.

        Raises:
            WorkspaceError: there is no workspace.
            SettingsError: a setting is unknown or does not fit.
        """
        from rag.settings import Settings

        return Settings.load(self.workspace().settings_file, environ=os.environ, overrides=self.overrides)


release_option = click.option(
    "--release",
    metavar="ID",
    help="Answer with this release, or with none: the settings as they are. By default the one in use.",
)
"""For every command that answers questions."""


class _Commands(click.Group):
    """A group whose members are entry points, imported when they are asked for."""

    def _found(self) -> dict[str, EntryPoint]:
        return {point.name: point for point in entry_points(group=GROUP)}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all registered commands, sorted."""
        return sorted(self._found())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        point = self._found().get(cmd_name)
        if point is None:
            return None
        command = point.load()
        if not isinstance(command, click.Command):
            raise TypeError(f"{point.value} is not a click command")
        return command


@click.group(
    cls=_Commands,
    name="covenant",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.option(
    "-w",
    "--workspace",
    type=click.Path(path_type=Path),
    default=Path(),
    envvar="COVENANT_WORKSPACE",
    help="The folder that holds everything; the current folder by default.",
)
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="SECTION.KEY=VALUE",
    help="Override one setting; may be given more than once.",
)
@click.version_option(version("covenant-qa"), prog_name="covenant")
@click.pass_context
def covenant(context: click.Context, workspace: Path, overrides: tuple[str, ...]) -> None:
    """Cited answers about long legal and financial documents, or an honest "not in these documents"."""
    context.obj = Context(workspace_path=workspace, overrides=overrides)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with a code that tells the truth."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None, *, retry_s: float | None = None) -> int:
    """Run the command line; errors become one line on stderr. Returns the exit code.

    With ``retry_s`` a command that finds another process writing to the workspace is begun again after so
    many seconds, until that one has ended: commands go on with what they have finished.
    """
    # Weights come from the installed package or from paths in the settings; a hub is asked only where
    # the user opened the network by setting this variable to 0.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # Catalog, vectors and runs hold the documents' words: they are for the one who runs this only.
    os.umask(0o077)
    told = False
    while True:
        try:
            return _run_once(arguments)
        except WorkspaceBusyError as error:
            if retry_s is None:
                click.echo(f"covenant: {error}", err=True)
                return _REFUSED
            if not told:
                click.echo(f"{error.message}: waits for it to end", err=True)
            told = True
        try:
            sleep(retry_s)
        except KeyboardInterrupt:
            return _interrupted()


def _run_once(arguments: Sequence[str] | None) -> int:
    """The exit code of the command line.

    Raises:
        WorkspaceBusyError: another process is writing to the workspace.
    """
    try:
        code = covenant.main(args=None if arguments is None else list(arguments), standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return _REFUSED
    except click.ClickException as error:
        click.echo(f"covenant: {error.format_message()} (see covenant --help)", err=True)
        return _REFUSED
    except click.Abort:
        return _interrupted()
    except WorkspaceBusyError:
        raise
    except CovenantError as error:
        click.echo(f"covenant: {error}", err=True)
        return _REFUSED
    except BrokenPipeError:
        # The reader of our output has gone; point stdout elsewhere so that closing it stays silent.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code if isinstance(code, int) else 0


def _interrupted() -> int:
    click.echo("covenant: interrupted; the same command goes on where it stopped", err=True)
    return _INTERRUPTED
