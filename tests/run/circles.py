# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
"""Files that include each other: circles.py DIRECTORY...

A source and the header of its name are one node. Not so of a tool: tools/NAME/NAME.h is what passes
between the kernel and user space, and NAME.c is the top of all. Prints a line for each circle.
"""
import pathlib
import re
import sys


def node_of(path):
    base = path.with_suffix("")
    if base.name == base.parent.name:
        return str(path)
    return str(base)


def includes(path):
    for line in path.read_text(errors="replace").splitlines():
        found = re.match(r'#include "([^"]+)"', line)
        if not found:
            continue
        name = pathlib.Path(found.group(1))
        yield name if name.parent != pathlib.Path(".") else pathlib.Path("common/bpf") / name


def graph_of(directories):
    graph = {}
    for directory in directories:
        for path in pathlib.Path(directory).rglob("*.[ch]"):
            node = graph.setdefault(node_of(path), set())
            node.update(node_of(name) for name in includes(path))
            node.discard(node_of(path))
    return graph


def reachable(graph, start):
    seen, left = set(), list(graph.get(start, ()))
    while left:
        node = left.pop()
        if node not in seen:
            seen.add(node)
            left.extend(graph.get(node, ()))
    return seen


def main():
    graph = graph_of(sys.argv[1:])
    to = {node: reachable(graph, node) for node in graph}
    told = set()
    for node in sorted(graph):
        if node in to[node] and node not in told:
            circle = sorted(other for other in to[node] if node in to.get(other, ()))
            told.update(circle)
            print(" ".join(circle))


main()
