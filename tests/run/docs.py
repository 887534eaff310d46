# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
"""docs.py SCHEMAS LINES WRONG: see docs.t. Files of wrong lines, one each, are left in WRONG."""
import copy
import json
import os
import sys

import jsonschema

schemas, lines, wrong = sys.argv[1:]
failed = False


def fail(text):
    global failed
    failed = True
    print(text)


def kinds(record):
    """What tells lines apart that are worth a look each: members and their types."""
    if isinstance(record, dict):
        return tuple(sorted((key, kinds(value)) for key, value in record.items()))
    if isinstance(record, list):
        return ("list", tuple(sorted({kinds(value) for value in record}, key=repr)))
    return type(record).__name__


def objects(record, path=()):
    """The path of each object in it."""
    if isinstance(record, dict):
        yield path
        for key, value in record.items():
            yield from objects(value, path + (key,))
    elif isinstance(record, list) and record:
        yield from objects(record[0], path + (0,))


def at(record, path):
    for key in path:
        record = record[key]
    return record


def closed(schema, path, record):
    """The subschema of an object, None where its names are free."""
    for kind in schema["anyOf"]:
        if kind["properties"]["type"]["const"] != record["type"]:
            continue
        for key in path:
            kind = kind.get("items", kind) if isinstance(key, int) else kind.get("properties", {}).get(key)
            if kind is None:
                break
        else:
            if kind.get("type") == "object" and kind["additionalProperties"] is False:
                return kind
    return None


def mistakes(schema, record):
    for path in list(objects(record)):
        kind = closed(schema, path, record)
        if kind is None:
            continue
        made = copy.deepcopy(record)
        at(made, path)["nosuch"] = 1
        yield made
        for name, value in at(record, path).items():
            made = copy.deepcopy(record)
            # No member is an array of arrays.
            at(made, path)[name] = [[value]]
            yield made
            if isinstance(value, int) and not isinstance(value, bool):
                made = copy.deepcopy(record)
                at(made, path)[name] = str(value)
                yield made
        # Another kind of object may do without it, if it has the same type.
        if sum(k["properties"]["type"]["const"] == record["type"] for k in schema["anyOf"]) == 1:
            for name in kind["required"]:
                made = copy.deepcopy(record)
                del at(made, path)[name]
                yield made


os.makedirs(wrong)
nlines = nwrong = 0
for name in sorted(n for n in os.listdir(schemas) if n.endswith(".json")):
    tool = name.removesuffix(".json")
    with open(os.path.join(schemas, name)) as f:
        schema = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    if not os.path.exists(os.path.join(lines, tool)):
        fail(f"{tool}: no lines")
        continue
    seen = set()
    with open(os.path.join(lines, tool), encoding="utf-8") as f:
        for line in f:
            record = json.loads(line)
            kind = kinds(record)
            if kind in seen:
                continue
            seen.add(kind)
            nlines += 1
            if not validator.is_valid(record):
                fail(f"{tool}: is refused: {line}")
                continue
            if len(seen) > 12:
                continue
            for made in mistakes(schema, record):
                nwrong += 1
                text = json.dumps(made, separators=(",", ":"), ensure_ascii=False)
                if validator.is_valid(made):
                    fail(f"{tool}: is taken: {text}")
                if text.startswith('{"schema":"snoopkit.') and nwrong % 4 == 0:
                    with open(os.path.join(wrong, str(nwrong)), "w", encoding="utf-8") as f2:
                        f2.write(text + "\n")
if not nwrong:
    fail("nothing was made wrong")
print(f"{nlines} kinds of lines, {nwrong} made wrong")
sys.exit(failed)
