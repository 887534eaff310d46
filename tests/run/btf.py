#!/usr/bin/env python3
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
"""The running kernel's types as another kernel would give them: btf.py [OPTION...] OUTPUT

--head N            the header is N bytes long
--told              with a section that tells the size of each kind (from a header of 32 bytes on)
--kind N            a type of kind N at the end
--without NAME      no type, function or enumerator of that name
--without TYPE.FIELD  no such member

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


at, types_at = 0, [None]
while at < len(types):
    info = struct.unpack_from("<I", types, at + 4)[0]
    kind, vlen = info >> 24 & 0x7f, info & 0xffffff
    once, each = SIZES.get(kind, (0, 0))
    types_at.append(at)
    at += 12 + once + vlen * each


def members_of(at):
    """Where each member or enumerator is."""
    info = struct.unpack_from("<I", types, at + 4)[0]
    once, each = SIZES[info >> 24 & 0x7f]
    begin = at + 12 + once
    return range(begin, begin + (info & 0xffffff) * each, each)


gone = len(strings)
strings += b"not_in_this_kernel\0"
left_out = 0


def leave_out(at, names):
    global left_out
    if struct.unpack_from("<I", types, at)[0] in names:
        struct.pack_into("<I", types, at, gone)
        left_out += 1


def leave_out_member(at, names):
    """Of those in members without a name, too."""
    for member in members_of(at):
        name, of = struct.unpack_from("<2I", types, member)
        if name:
            leave_out(member, names)
        elif struct.unpack_from("<I", types, types_at[of] + 4)[0] >> 24 & 0x7f in (STRUCT, UNION):
            leave_out_member(types_at[of], names)


whole = {at for name in args.without if "." not in name for at in offsets_of(name)}
fields = {}
for name in args.without:
    if "." in name:
        of, field = name.split(".")
        for at in offsets_of(of):
            fields.setdefault(at, set()).update(offsets_of(field))
for at in types_at[1:] if args.without else []:
    name, info = struct.unpack_from("<2I", types, at)
    kind = info >> 24 & 0x7f
    of = at
    if kind == TYPEDEF:
        of = types_at[struct.unpack_from("<I", types, at + 8)[0]]
    if name in fields and of and struct.unpack_from("<I", types, of + 4)[0] >> 24 & 0x7f in (STRUCT, UNION):
        leave_out_member(of, fields[name])
    if kind in (ENUM, ENUM64):
        for member in members_of(at):
            leave_out(member, whole)
    leave_out(at, whole)

if args.kind is not None:
    # Once 4 bytes, 8 for each of 2.
    gone = len(strings)
    strings += b"of_a_new_kind\0"
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
if args.without:
    print(left_out, "left out")
