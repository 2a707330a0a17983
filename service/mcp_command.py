"""``covenant mcp``. Imports nothing heavy until it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rag.command import release_option

if TYPE_CHECKING:
    from rag.command import Context


@click.command()
@release_option
@click.pass_obj
def mcp(context: Context, release: str | None) -> None:
    """Offer ask, search and read_page to a language model's client, over standard input and output.

    The client starts this command itself. It sees the whole workspace, as whoever started it does; over HTTP
    (/mcp of covenant serve) a key says what a client sees.
    """
    workspace, settings = context.workspace(), context.settings()

    import asyncio
    import logging

    from service.mcp_server import serve_standard_streams

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    asyncio.run(serve_standard_streams(workspace, settings, release))
