"""
What is in a frame, with nothing lost: JSON, MessagePack and CBOR as trees. A node has its text in CBOR's diagnostic notation (RFC 8949,
section 8: `2.0` is a float, `2` an integer, `h'00'` bytes, `37(h'…')` a tag; keys in their order, duplicates too), and where it is.
"""

import base64  # noqa: F401  (values are written with it)
import json
import math
import re
import struct


class Node:
    def __init__(self, text, start, end, items=None, pairs=None):
        self.text, self.start, self.end, self.items, self.pairs = text, start, end, items, pairs

    def member(self, key):
        return next((value for name, value in self.pairs or [] if name.text == f'"{key}"'), None)


def text_of(value):
    return json.dumps(value)


def float_of(value):
    if math.isnan(value):
        return "NaN"
    return repr(value) if math.isfinite(value) else ("Infinity" if value > 0 else "-Infinity")


def list_node(start, end, items):
    return Node("[" + ", ".join(item.text for item in items) + "]", start, end, items=items)


def dict_node(start, end, pairs):
    return Node("{" + ", ".join(f"{key.text}: {value.text}" for key, value in pairs) + "}", start, end, pairs=pairs)


class Json:
    SPACE = re.compile(r"[ \t\n\r]*")
    NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
    WORD = re.compile(r"true|false|null|NaN|Infinity|-Infinity")
    STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)

    def __init__(self, data):
        self.data, self.at = bytes(data).decode("utf-8", "surrogateescape"), 0

    def skip(self):
        self.at = self.SPACE.match(self.data, self.at).end()

    def node(self):
        self.skip()
        start, first = self.at, self.data[self.at]
        if first in "[{":
            self.at += 1
            found, closing = [], "]" if first == "[" else "}"
            self.skip()
            while self.data[self.at] != closing:
                if first == "[":
                    found.append(self.node())
                else:
                    key = self.node()
                    self.skip()
                    self.at += 1
                    found.append((key, self.node()))
                self.skip()
                if self.data[self.at] == ",":
                    self.at += 1
            self.at += 1
            return (list_node if first == "[" else dict_node)(start, self.at, found)
        for pattern in (self.STRING, self.WORD, self.NUMBER):
            if found := pattern.match(self.data, self.at):
                self.at = found.end()
                return Node(self.scalar(found.group()), start, self.at)
        raise ValueError(f"no JSON at {start}: {self.data[start : start + 20]}")

    @staticmethod
    def scalar(token):
        if token[0] == '"':
            return text_of(json.loads(token, strict=False))
        if re.fullmatch(r"-?\d+", token):
            return "-0" if token == "-0" else str(int(token))
        if re.fullmatch(Json.NUMBER, token):
            value = float(token)
            return float_of(value) if math.isfinite(value) else token
        return token

    def slice(self, node):
        return self.data[node.start : node.end].encode("utf-8", "surrogateescape")


class Binary:
    def __init__(self, data):
        self.data, self.at = bytes(data), 0

    def take(self, size):
        self.at += size
        return self.data[self.at - size : self.at]

    def uint(self, size):
        return int.from_bytes(self.take(size), "big")

    def text(self, size):
        data = self.take(size)
        try:
            return text_of(data.decode())
        except UnicodeDecodeError:
            return f"invalid text h'{data.hex()}'"

    def bytes(self, size):
        return f"h'{self.take(size).hex()}'"

    def many(self, start, size, pairs):
        if pairs:
            return dict_node(start, self.at, [(self.node(), self.node()) for _ in range(size)])
        return list_node(start, self.at, [self.node() for _ in range(size)])

    def slice(self, node):
        return self.data[node.start : node.end]


class MessagePack(Binary):
    def node(self):
        start = self.at
        found = self.value(start, self.uint(1))
        node = found if isinstance(found, Node) else Node(found, start, self.at)
        node.end = self.at
        return node

    def value(self, start, head):
        if head < 0x80:
            return str(head)
        if head < 0xA0:
            return self.many(start, head & 0x0F, head < 0x90)
        if head < 0xC0:
            return self.text(head & 0x1F)
        if head >= 0xE0:
            return str(head - 0x100)
        if head in (0xC0, 0xC2, 0xC3):
            return {0xC0: "null", 0xC2: "false", 0xC3: "true"}[head]
        if head <= 0xC6:
            return self.bytes(self.uint(1 << (head - 0xC4)))
        if head <= 0xC9:
            size = self.uint(1 << (head - 0xC7))
            return self.extension(size)
        if head <= 0xCB:
            return float_of(struct.unpack(">f", self.take(4))[0] if head == 0xCA else struct.unpack(">d", self.take(8))[0])
        if head <= 0xCF:
            return str(self.uint(1 << (head - 0xCC)))
        if head <= 0xD3:
            return str(int.from_bytes(self.take(1 << (head - 0xD0)), "big", signed=True))
        if head <= 0xD8:
            return self.extension(1 << (head - 0xD4))
        if head <= 0xDB:
            return self.text(self.uint(1 << (head - 0xD9)))
        return self.many(start, self.uint(2 if head in (0xDC, 0xDE) else 4), head >= 0xDE)

    def extension(self, size):
        code = int.from_bytes(self.take(1), "big", signed=True)
        return f"ext({code}, {self.bytes(size)})"


class Cbor(Binary):
    def node(self):
        start, head = self.at, self.uint(1)
        major, info = head >> 5, head & 0x1F
        found = self.value(start, major, info, self.uint(1 << (info - 24)) if 24 <= info <= 27 else info)
        node = found if isinstance(found, Node) else Node(found, start, self.at)
        node.end = self.at
        return node

    def value(self, start, major, info, number):
        if info == 31:
            return self.indefinite(start, major)
        if major == 0:
            return str(number)
        if major == 1:
            return str(-1 - number)
        if major == 2:
            return self.bytes(number)
        if major == 3:
            return self.text(number)
        if major in (4, 5):
            return self.many(start, number, major == 5)
        if major == 6:
            content = self.node().text
            if number in (2, 3):  # an integer as every other one
                value = int(content[2:-1] or "0", 16)
                return str(value if number == 2 else -1 - value)
            return f"{number}({content})"
        if info < 25:
            return {20: "false", 21: "true", 22: "null", 23: "undefined"}.get(number, f"simple({number})")
        return float_of(struct.unpack(">" + "efd"[info - 25], number.to_bytes(1 << (info - 24), "big"))[0])

    def indefinite(self, start, major):
        parts = []
        while self.data[self.at] != 0xFF:
            parts.append((self.node(), self.node()) if major == 5 else self.node())
        self.at += 1
        if major in (2, 3):
            return "(_ " + ", ".join(part.text for part in parts) + ")"
        return (dict_node if major == 5 else list_node)(start, self.at, parts)


READERS = {"json": Json, "msgpack": MessagePack, "cbor": Cbor}


def read(serializer, data):
    """The tree of a frame, and what gives the bytes of a node."""
    reader = READERS[serializer](data)
    return reader.node(), reader.slice
