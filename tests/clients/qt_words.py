"""The words of a Qt program in another language, read from its compiled translations (.qm): no Qt is needed.

The file is a magic number and sections (tag, length, bytes); that of messages holds fields of the same form, a message
ending with tag 1 (qtbase, src/corelib/kernel/qtranslator.cpp and qttools, src/linguist/shared/qm.cpp).
"""

from pathlib import Path

MAGIC = bytes.fromhex("3cb86418caef9c95cd211cbf60a1bddd")
MESSAGES, END, TRANSLATION, HASH, SOURCE = 0x69, 1, 3, 5, 6


def fields(data: bytes):
    """Tags with their bytes."""
    at = 0
    while at < len(data):
        tag = data[at]
        at += 1
        length = 0
        if tag == HASH:
            length = 4
        elif tag != END:
            length = int.from_bytes(data[at : at + 4], "big")
            at += 4
            # A translation that is missing has the length -1.
            length = 0 if length == 0xFFFFFFFF else length
        yield tag, data[at : at + length]
        at += length


def plain(text: str) -> str:
    """As people read it: without the mark of the key that chooses it, one kind of ellipsis."""
    return text.replace("&", "").replace("...", "…").strip()


def words(path: Path) -> set[tuple[str, str]]:
    """What the program says by itself, each with what it says in the file's language."""
    data = path.read_bytes()
    assert data.startswith(MAGIC), f"{path} holds no compiled translations"
    messages = next(body for tag, body in fields(data[len(MAGIC) :]) if tag == MESSAGES)
    pairs, message = set(), {}
    for tag, body in fields(messages):
        if tag != END:
            message.setdefault(tag, body)
        else:
            source = message.get(SOURCE, b"").decode().rstrip("\0")
            pairs.add((plain(source), plain(message.get(TRANSLATION, b"").decode("utf-16-be"))))
            message = {}
    return pairs
