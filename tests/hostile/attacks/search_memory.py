"""Tries to find the truth in its own memory, page by page; must find none."""
# ends: exception
# bare: same

import re


def f(secret, port, victim):
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps:
            span, rights = line.split()[:2]
            low, high = (int(x, 16) for x in span.split("-"))
            if rights.startswith("rw") and high - low < 2**26:
                memory.seek(low)
                if re.search(b"PLANTED-TRUTH-[0-9a-f]{16}", memory.read(high - low)):
                    return "GAINED"
    return "nothing"
