#!/usr/bin/env python3
"""The C libraries that write gzip, on the corpus: gzip_bench.py CORPUS ROUNDS

Prints lines as `ddbkit-transfer-bench gzip` does. Python only hands over pieces of 1 MiB.
"""

import sys
import time
from pathlib import Path

from isal import isal_zlib
from zlib_ng import zlib_ng

PIECE = 1 << 20


def size(compressor, lines):
    pieces = (lines[at:at + PIECE] for at in range(0, len(lines), PIECE))
    return sum(len(compressor.compress(piece)) for piece in pieces) + len(compressor.flush())


def main():
    corpus, rounds = sys.argv[1:]
    lines = memoryview(Path(corpus).read_bytes())
    items = bytes(lines).count(b"\n")
    cases = [("isa-l", isal_zlib, level) for level in (0, 1, 2, 3)]
    cases += [("zlib-ng", zlib_ng, level) for level in (1, 2, 3, 6)]
    for name, library, level in cases:
        seconds = []
        for _ in range(int(rounds)):
            before = time.process_time()
            share = size(library.compressobj(level, library.DEFLATED, 31), lines) / len(lines)
            seconds.append(str(time.process_time() - before))
        group = "gzip of export lines, size of what comes out"
        name = f"{name} (by Python), level {level}: {100 * share:.1f} %"
        print("case", group, "peer", name, len(lines), items, "", "", ",".join(seconds), sep="\t")


if __name__ == "__main__":
    main()
