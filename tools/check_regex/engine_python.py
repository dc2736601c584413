"""One side of a measurement: Python's own engine, in a process that may be killed. It imports nothing of the tool.

It reads `pattern how` and says `ready` or `refused why`; then each line `prefix pump suffix n` is answered by
`seconds total`: processor time of one match (the quickest of some), and of the process so far. Texts are hexadecimal,
`-` is the empty one. The clock is the thread's: the kernel keeps that of a process with a limit (`ulimit -t`) by ticks.
"""

import re
import sys
import time

SHORT_S = 0.02
TIMES = 5


def text(word: str) -> str:
    """What was meant by a word of a line."""
    return "" if word == "-" else bytes.fromhex(word).decode("utf-8", "surrogatepass")


def say(line: str) -> None:
    """Answer at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serve until the input ends."""
    pattern, how = sys.stdin.readline().split()
    try:
        find = getattr(re.compile(text(pattern)), how)
    except (re.error, OverflowError, RecursionError) as error:
        say(f"refused {error}")
        return
    say("ready")
    for line in sys.stdin:
        prefix, pump, suffix, n = line.split()
        given = text(prefix) + text(pump) * int(n) + text(suffix)
        quickest = float("inf")
        for _ in range(TIMES):
            began = time.thread_time()
            find(given)
            quickest = min(quickest, time.thread_time() - began)
            if quickest > SHORT_S:
                break
        say(f"{quickest:.9f} {time.thread_time():.9f}")


if __name__ == "__main__":
    main()
