"""The strongly connected components of a graph, by Kosaraju's two walks."""

from __future__ import annotations

from collections.abc import Sequence


def components(follow: Sequence[Sequence[int]]) -> list[int]:
    """For each node the number of its component: two nodes share it when each leads to the other.

    Args:
        follow: for each node the next ones.
    """
    behind: list[list[int]] = [[] for _ in follow]
    for node, further in enumerate(follow):
        for one in further:
            behind[one].append(node)
    found = [-1] * len(follow)
    number = 0
    for node in reversed(_finished(follow)):
        if found[node] == -1:
            stack = [node]
            found[node] = number
            while stack:
                for one in behind[stack.pop()]:
                    if found[one] == -1:
                        found[one] = number
                        stack.append(one)
            number += 1
    return found


def _finished(follow: Sequence[Sequence[int]]) -> list[int]:
    """All nodes in the order in which a depth-first walk leaves them."""
    seen, order = set[int](), list[int]()
    for root in range(len(follow)):
        if root in seen:
            continue
        seen.add(root)
        stack = [(root, iter(follow[root]))]
        while stack:
            node, further = stack[-1]
            new = next((one for one in further if one not in seen), None)
            if new is None:
                order.append(node)
                stack.pop()
            else:
                seen.add(new)
                stack.append((new, iter(follow[new])))
    return order
