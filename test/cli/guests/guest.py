"""A guest in Python, with its standard library alone: RawSocket and JSON, and a login by cryptosign. It registers a procedure, and answers calls."""
import hashlib
import json
import os
import socket
import struct
from urllib.parse import urlsplit

# Ed25519 as RFC 8032 computes it; a real guest takes a library.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
BASE_Y = 4 * pow(5, P - 2, P) % P


def recover_x(y):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P)
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return P - x if x % 2 else x


BASE = (recover_x(BASE_Y), BASE_Y, 1, recover_x(BASE_Y) * BASE_Y % P)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point, scalar = add(point, point), scalar >> 1
    return result


def compress(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | ((x & 1) << 255)).to_bytes(32, "little")


def number(data):
    return int.from_bytes(hashlib.sha512(data).digest(), "little") % L


def sign(seed, message):
    digest = hashlib.sha512(seed).digest()
    secret = (int.from_bytes(digest[:32], "little") & ((1 << 254) - 8)) | (1 << 254)
    public = compress(multiply(secret, BASE))
    nonce = number(digest[32:] + message)
    point = compress(multiply(nonce, BASE))
    return public, point + ((nonce + number(point + public + message) * secret) % L).to_bytes(32, "little")


def main():
    url = urlsplit(os.environ["WAMP_RAW_URL"])
    seed = bytes.fromhex(os.environ["WAMP_PRIVATE_KEY"])
    line = socket.create_connection((url.hostname, url.port))
    line.sendall(b"\x7f\xf1\x00\x00")
    received = line.makefile("rb")
    received.read(4)

    def send(*message):
        data = json.dumps(message).encode()
        line.sendall(struct.pack(">I", len(data)) + data)

    def receive():
        (length,) = struct.unpack(">I", received.read(4))
        return json.loads(received.read(length))

    public, _ = sign(seed, b"")
    who = {"authid": os.environ["WAMP_AUTHID"], "authmethods": ["cryptosign"], "authextra": {"pubkey": public.hex()}}
    send(1, os.environ["WAMP_REALM"], {"roles": {"callee": {}}, **who})
    challenge = bytes.fromhex(receive()[2]["challenge"])
    send(5, (sign(seed, challenge)[1] + challenge).hex(), {})
    welcome = receive()
    print("welcome", welcome[2]["authid"], flush=True)
    send(64, 1, {}, "com.example.python")
    while True:
        message = receive()
        if message[0] == 68:
            send(70, message[1], {}, ["python says " + message[4][0]])


main()
