#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (needs git and a compiler)
# shellcheck disable=SC2016,SC2317 # for another shell; run by traced
#
# Ordinary programs, whose execs strace records at the same time: the same ones, to the byte.

# shellcheck source=execsnoop.bash
. "$(dirname "$0")/execsnoop.bash"
need root jq strace git gcc make python3

mkdir "$scratch/project"
cat >"$scratch/project/hello.c" <<'EOF'
#include <stdio.h>
int main(void) { return puts("hello") == EOF; }
EOF
printf 'all: a b c\na b c: hello.c\n\t$(CC) -pipe -DNAME="\\"$@ $@\\"" -o $@ $<\n\t./$@ >/dev/null\n' \
	>"$scratch/project/Makefile"
cat >"$scratch/project/all" <<'EOF'
set -e
make -j 4 -s
git init -q .
git -c user.name=snoop -c user.email=snoop@localhost commit -q --allow-empty -m 'a  "message"
of two lines'
git -c user.name=snoop -c user.email=snoop@localhost repack -q -a -d
git log --oneline | cat | grep -c message || :
find . -name '*.c' -print0 | xargs -0 -n 1 wc -l | sort | awk '{ system("test " $1) }'
perl -e 'exec { "/bin/sh" } "other name", "-c", ": \xff \$0"' || :
python3 -c 'import subprocess; subprocess.run(["/bin/true", "", "a\nb", "é"]); subprocess.run("exit 0", shell=True)'
env -i /nonexistent/program a || :
PATH=/nonexistent:/usr/bin:/bin sh -c 'for d in /nonexistent /bin; do "$d/true" "$d"; done; env true' || :
EOF

# What strace has, and what the tool has, as a line for each: the error, the path, the arguments.
cat >"$scratch/same.py" <<'EOF'
import collections, json, re, sys

def text(quoted):
    return bytes(int(h, 16) for h in re.findall(r"\\x([0-9a-f]{2})", quoted))

def by_strace(name):
    calls = {}
    for line in open(name):
        pid, rest = line.rstrip("\n").split(None, 1)
        if rest.endswith("<unfinished ...>"):
            calls[pid] = rest[:-len("<unfinished ...>")]
            continue
        resumed = re.match(r"<\.\.\. \w+ resumed>(.*)", rest)
        if resumed:
            rest = calls.pop(pid) + resumed.group(1)
        call = re.match(r'execve\("([^"]*)", \[(.*?)\], 0x\w+ /\* \d+ vars? \*/\s*\)\s+= (\S+)(?: (\w+))?', rest)
        if call:
            argv = [text(a) for a in re.findall(r'"([^"]*)"', call.group(2))]
            yield (call.group(4) or "", text(call.group(1)), tuple(argv))

def by_tool(name):
    for line in open(name, "rb"):
        e = json.loads(line)
        if e["type"] != "event" or e["event"] not in ("exec", "failed"):
            continue
        argv = [bytes.fromhex(a) for a in e["argv_hex"]] if "argv_hex" in e else \
            [a.encode() for a in e["argv"]]
        yield (e.get("errno", ""), e["filename"].encode(), tuple(argv), e.get("interpreter"), e["argv_state"])

def script(e):
    # The kernel gives an interpreter the script's path for its first argument.
    at = e[2].index(e[1]) if e[1] in e[2] else 0
    return (e[0], e[1], e[2][at + 1:])

strace = list(by_strace(sys.argv[1]))
tool = list(by_tool(sys.argv[2]))
want, got = collections.Counter(), collections.Counter()
scripts = {e[1] for e in tool if e[3]}
unreadable = {(e[0], e[1]) for e in tool if e[4] == "unreadable"}
for e in strace:
    if (e[0], e[1]) in unreadable:
        want[e[:2]] += 1
    else:
        want[(e[0], e[1], e[2][1:]) if e[1] in scripts and not e[0] else e] += 1
for e in tool:
    if (e[0], e[1]) in unreadable:
        got[e[:2]] += 1
    else:
        got[script(e) if e[3] else e[:3]] += 1
for e in (want - got).elements():
    print("strace only:", e)
for e in (got - want).elements():
    print("execsnoop only:", e)
print(len(strace), "by strace,", len(tool), "by execsnoop,", len(unreadable), "unreadable")
sys.exit(want != got)
EOF

both() {
	(
		cd "$scratch/project" || exit
		HOME=$scratch exec strace -f -qq -xx -s 1000000 -e trace=execve -e signal=none -o "$scratch/strace" \
			"$scratch/snoopexec" ./all
	) >"$scratch/all.log" 2>&1
}
program snoopexec
background_tool execsnoop -j -x --tree $$ --buffer 4M
tool=$REPLY
both
status=$?
stop_tool "$tool"
is "$status" 0 "it runs: $(tail -n 3 "$scratch/all.log" | tr '\n' ' ')"
# Of the tree are strace itself and what the test calls, too: from the shell on they are the same.
jq -c "select(.type == \"event\")" "$out_file" | awk '/"filename":"[^"]*snoopexec"/ { on = 1 } on' >"$scratch/tool"
cmp_ok "$(wc -l <"$scratch/tool")" '>' 60 'it executes many programs'
ok 'each exec as strace has it' python3 "$scratch/same.py" "$scratch/strace" "$scratch/tool"
is "$(result '.lost | add')" 0 'none is lost'

done_testing
