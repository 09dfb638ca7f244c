"""`keras-tl cache`: what the feature cache holds, and its end."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keras_tl.foundation.progress import console, say
from keras_tl.foundation.tables import count, size, table

if TYPE_CHECKING:
    from keras_tl.caching.store import Entry, FeatureStore

NAME = "cache"
SHOWN_CHARACTERS = 12

app = typer.Typer(
    name=NAME, help="List or clear the features that were computed once.", no_args_is_help=True
)
Directory = Annotated[Path, typer.Argument(help="Directory of a feature cache.")]


@app.command("list")
def show(directory: Directory) -> None:
    """List the entries of a cache, the most recently used first."""
    entries = _store(directory).entries()
    if not entries:
        say(f"{directory} holds no cached features.")
        return
    columns = ("entry", "model", "boundary", "images#", "size#", "last use", "state")
    console.print(table(columns, map(_row, entries)))
    say(_total(entries))


@app.command()
def clear(
    directory: Directory,
    key: Annotated[str | None, typer.Option(help="One entry, or how its name begins.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove one entry of a cache, or all; entries in use and other files stay."""
    store = _store(directory)
    entries = _chosen(store, key)
    if not entries:
        say(f"{directory} holds no cached features.")
        return
    if not yes:
        typer.confirm(f"Remove {_total(entries)}?", abort=True)
    freed = sum(store.remove(entry.key) for entry in entries)
    say(f"{size(freed)} freed.")
    left = {entry.key for entry in entries} & {entry.key for entry in store.entries()}
    if left:
        names = ", ".join(sorted(name[:SHOWN_CHARACTERS] for name in left))
        say(f"Left, because a process is using them: {names}.")


def _store(directory: Path) -> "FeatureStore":
    from keras_tl.caching.store import FeatureStore

    if not directory.is_dir():
        raise ValueError(
            f"`directory` must be that of a feature cache. Received: {str(directory)!r}, "
            "which is no directory"
        )
    return FeatureStore(directory)


def _chosen(store: "FeatureStore", key: str | None) -> "list[Entry]":
    entries = store.entries()
    if key is None:
        return entries
    found = [entry for entry in entries if entry.key.startswith(key)]
    if len(found) != 1:
        names = ", ".join(entry.key[:SHOWN_CHARACTERS] for entry in entries) or "none"
        raise ValueError(
            f"`key` must begin the name of exactly one entry. Received: key={key!r}, which begins "
            f"{len(found)}. Entries: {names}"
        )
    return found


def _row(entry: "Entry") -> tuple[str, ...]:
    facts = (entry.about.get(name, "") for name in ("model", "boundary"))
    images = entry.about.get("images", count(entry.rows))
    used = datetime.fromtimestamp(entry.last_use).strftime("%Y-%m-%d %H:%M")
    state = "complete" if entry.is_complete else "partial"
    return entry.key[:SHOWN_CHARACTERS], *facts, images, size(entry.bytes), used, state


def _total(entries: "list[Entry]") -> str:
    noun = "entry" if len(entries) == 1 else "entries"
    return f"{len(entries)} {noun}, {size(sum(entry.bytes for entry in entries))}"
