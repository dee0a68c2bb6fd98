#!/usr/bin/env python3
"""Checks a receipt (.tlog-proof) off line with nothing but Python's standard library and openssl.

    python3 receipt.py RECEIPT VKEY

Prints the entry when the receipt proves it, otherwise says why not and exits 1. This file shares no line with the
program that made the receipt: it is here so that nobody has to take that program's word.
"""
import base64
import hashlib
import os
import subprocess
import sys
import tempfile


def fail(reason):
    sys.exit("not verified: " + reason)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def inclusion_root(index, size, leaf, path):
    """RFC 9162, section 2.1.3.2."""
    if index >= size:
        fail("the index is past the end of the log")
    position, last, node = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            fail("the path is too long")
        if position & 1 or position == last:
            node = sha256(b"\x01", sibling, node)
            while position & 1 == 0 and position != 0:
                position, last = position >> 1, last >> 1
        else:
            node = sha256(b"\x01", node, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        fail("the path is too short")
    return node


def signed_by(text, signature, public_key):
    """Ed25519 through openssl: the key as DER (RFC 8410), the text and the signature as files."""
    with tempfile.TemporaryDirectory() as folder:
        names = [os.path.join(folder, name) for name in ("key.der", "text", "signature")]
        for name, content in zip(names, (bytes.fromhex("302a300506032b6570032100") + public_key, text, signature)):
            with open(name, "wb") as file:
                file.write(content)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", names[0], "-rawin"]
        return subprocess.run(command + ["-in", names[1], "-sigfile", names[2]], capture_output=True).returncode == 0


def main(receipt, vkey):
    name, key_id, key = vkey.split("+", 2)
    key = base64.b64decode(key, validate=True)
    if sha256(name.encode() + b"\n", key)[:4].hex() != key_id or key[0] != 1:
        fail("the key id does not belong to the key")
    with open(receipt, encoding="utf-8") as file:
        proof, text, signatures = file.read().split("\n\n", 2)
    text += "\n"
    lines = proof.split("\n")
    if lines[0] != "c2sp.org/tlog-proof@v1" or not lines[1].startswith("extra ") or not lines[2].startswith("index "):
        fail("not a receipt with its entry")
    entry = base64.b64decode(lines[1][6:], validate=True)
    index = int(lines[2][6:])
    path = [base64.b64decode(line, validate=True) for line in lines[3:]]
    origin, size, root = text.split("\n")[:3]
    if inclusion_root(index, int(size), sha256(b"\x00", entry), path) != base64.b64decode(root, validate=True):
        fail("the path does not lead to the root")
    for line in signatures.splitlines():
        dash, signer, blob = line.split(" ")
        blob = base64.b64decode(blob, validate=True)
        if signer == name == origin and blob[:4].hex() == key_id and signed_by(text.encode(), blob[4:], key[1:]):
            print("entry %d of %s, under the head of size %s:\n%s" % (index, origin, size, entry.decode()))
            return
    fail("no signature by " + name)


if len(sys.argv) != 3:
    sys.exit("usage: receipt.py RECEIPT VKEY")
main(sys.argv[1], sys.argv[2])
