"""Printing an answer, and a secret that is shown once."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from countersign.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def show(answer: object) -> None:
    """Print as JSON, so that it can be piped on."""
    print(json.dumps(answer, indent=2, ensure_ascii=False))


@contextmanager
def new_file(file: Path | None) -> Iterator[IO[str] | None]:
    """Open a new file that only its owner can read, before there is a secret to lose.

    It is removed again when nothing came to be written. SettingsError when it is there already.
    """
    if file is None:
        yield None
        return
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror}; nothing was done") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        try:
            yield out
        finally:
            if out.tell() == 0:
                file.unlink()


def show_once(made: Mapping[str, Any], file: IO[str] | None) -> None:
    """Print a new key with its text; or without it, once the text is in the file."""
    if file is None:
        print("The key is shown this one time. Keep it where secrets are kept.", file=sys.stderr)
        show(dict(made))
        return
    file.write(f"{made['key']}\n")
    show({name: value for name, value in made.items() if name != "key"})
