#!/usr/bin/env python3
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
"""The running kernel's types as another kernel would give them: btf.py [OPTION...] OUTPUT

--head N            the header is N bytes long
--told              with a section that tells the size of each kind (from a header of 32 bytes on)
--kind N            a type of kind N at the end
--without NAME      no type, function or enumerator of that name
--without TYPE.FIELD  no such member
--fields TYPE       only prints the members

What is left out keeps its place under another name, so the numbers of types stay the kernel's.
"""
import argparse
import struct

INT, PTR, ARRAY, STRUCT, UNION, ENUM, FWD, TYPEDEF = range(1, 9)
FUNC, FUNC_PROTO, VAR, DATASEC, FLOAT, DECL_TAG, TYPE_TAG, ENUM64 = range(12, 20)
# What follows a type: once, and for each of its members.
SIZES = {INT: (4, 0), ARRAY: (12, 0), STRUCT: (0, 12), UNION: (0, 12), ENUM: (0, 8),
         FUNC_PROTO: (0, 8), VAR: (4, 0), DATASEC: (0, 12), DECL_TAG: (4, 0), ENUM64: (0, 12)}

parser = argparse.ArgumentParser()
parser.add_argument("--head", type=int, default=24)
parser.add_argument("--told", action="store_true")
parser.add_argument("--kind", type=int)
parser.add_argument("--without", action="append", default=[])
parser.add_argument("output")
args = parser.parse_args()

with open("/sys/kernel/btf/vmlinux", "rb") as f:
    data = f.read()
head, type_off, type_len, str_off, str_len = struct.unpack_from("<5I", data, 4)
types = bytearray(data[head + type_off:head + type_off + type_len])
strings = data[head + str_off:head + str_off + str_len]


def offsets_of(name):
    """Where the string is, alone or as the end of another."""
    wanted, at = name.encode() + b"\0", 0
    while (at := strings.find(wanted, at)) >= 0:
        yield at
        at += 1


whole = {at for name in args.without if "." not in name for at in offsets_of(name)}
fields = {}
for name in args.without:
    if "." in name:
        of, field = name.split(".")
        for at in offsets_of(of):
            fields.setdefault(at, set()).update(offsets_of(field))
gone = len(strings)
strings += b"not_in_this_kernel\0"


def leave_out(at):
    struct.pack_into("<I", types, at, gone)


at, left_out = 0, 0
while at < len(types):
    name, info, _ = struct.unpack_from("<3I", types, at)
    kind, vlen = info >> 24 & 0x7f, info & 0xffffff
    once, each = SIZES.get(kind, (0, 0))
    members = at + 12 + once
    if name in whole and name:
        leave_out(at)
        left_out += 1
    if kind in (ENUM, ENUM64) and whole or name in fields:
        wanted = whole if kind in (ENUM, ENUM64) else fields[name]
        for member in range(members, members + vlen * each, each):
            if struct.unpack_from("<I", types, member)[0] in wanted:
                leave_out(member)
                left_out += 1
    at = members + vlen * each

if args.kind is not None:
    # Once 4 bytes, 8 for each of 2.
    types += struct.pack("<3I", gone, args.kind << 24 | 2, 0) + bytes(20)
    SIZES[args.kind] = (4, 8)

pad, told = -args.head & 3, b""
if args.told:
    for kind in range(max(SIZES) + 1):
        told += struct.pack("<BBH", *SIZES.get(kind, (0, 0)), 0)
sections = struct.pack("<8I", args.head, pad + len(told), len(types), pad + len(told) + len(types),
                       len(strings), pad, len(told), 0)[:-4]
header = (data[:4] + sections)[:args.head]
with open(args.output, "wb") as f:
    f.write(header.ljust(args.head + pad, b"\0") + told + types + strings)
print(left_out)
