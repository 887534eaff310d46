#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2016,SC2317 # for other shells; run by traced
#
# Every way to execute a program, beside what a shell does.

# shellcheck source=execsnoop.bash
. "$(dirname "$0")/execsnoop.bash"
need root jq unshare

program snoopexec
target=$scratch/snoopexec
exec=$bin/tests/subjects/exec
export exec32=$bin/tests/subjects/exec32

marked() { # MARK [JQ-EXPRESSION]: the execs of the target whose last argument is that
	events ".event == \"exec\" and .argv[0] == \"$target\" and .argv[-1] == \"$1\"" "${2:-1}"
}
words() {
	jq -cn '$ARGS.positional' --args -- "$@"
}

# -- System calls -------------------------------------------------------------------------

ways() {
	local way
	for way in thread vfork spawn memfd at at-empty ptraced; do
		"$exec" "$way" "$target" -c : '' "$way" || fail "$way" "exit code $?"
	done
	"$exec" null "$target" </dev/null
	"$exec" untouched "$exec" 2>/dev/null
}
traced -j -x -- ways
for way in thread vfork spawn memfd at at-empty ptraced; do
	is "$(marked $way '.argv | @json')" "$(words "$target" -c : '' $way)" "$way: once, and whole"
done
is "$(marked thread '.pid != .tid')" true 'thread: who called is not the leader'
is "$(marked vfork '.pid == .tid')" true 'vfork: is its own leader'
is "$(marked at .filename)" "$(marked at .filename | grep -x '/dev/fd/[0-9]*/snoopexec')" 'at: the path as the kernel has it'
is "$(marked at-empty .filename)" "$(marked at-empty .filename | grep -x '/dev/fd/[0-9]*')" 'at-empty: so here'
like "$(marked memfd .comm)" '^(memfd:subject|[0-9]+)$' 'memfd: its name'
like "$(marked ptraced .pcomm)" '^exec$' 'ptraced: the parent is the real one'
# Newer kernels give a program without arguments an empty one (commit dcd46d897adb, v5.18).
is "$(events ".event == \"exec\" and .filename == \"$target\" and (.argv | length) < 2" '"\(.argv | join("")) \(.argv_state)"')" \
	' whole' 'no arguments at all'
is "$(events ".event == \"exec\" and .argv[1] == \"never touched\"" '"\(.argv | length) \(.argv_state)"')" \
	'3 whole' 'arguments from pages that nobody has ever touched'
ok 'seen = shown + filtered + lost' conserved "$out_file"

# -- Bytes --------------------------------------------------------------------------------

hostile=$'new\nline\ttab\e[31m\x7f\\ " \x27 \xff\xc3\x28 \xe2\x82 $(x) `y` # \u202e'
bytes() {
	"$target" -c 'exec -a "$1" "$0" -c : "$1"' "$target" "$hostile"
	"$target" -c : 'twice' $'twice\nexec   bash 1 1 0 rm -rf /'
}
traced -j -- bytes
ok 'hostile bytes: each line is JSON' json_check "$out_file"
is "$(events '.argv_hex and (.argv | length) == 4' '.argv_hex[-1]')" \
	"$(printf %s "$hostile" | od -An -v -tx1 | tr -d ' \n')" 'bytes that are not UTF-8 are there in hexadecimal'
traced -- bytes
is "$(grep -c '^snoopexec' "$out_file")" 3 'hostile bytes: no row more than execs'
is "$(LC_ALL=C tr -d '\n' <"$out_file" | LC_ALL=C grep -c $'[\x01-\x1f\x7f]')" 0 'and nothing that a terminal acts upon'
eval "set -- $(grep '^snoopexec' "$out_file" | sed -nE '2s/^snoopexec +[0-9]+ +[0-9]+ 0 +//p')"
is "$(printf '%s\0' "$@" | od -An -v -tx1)" "$(printf '%s\0' "$hostile" -c : "$hostile" | od -An -v -tx1)" \
	'a shell reads them as they were'

mib() {
	local big
	big=$(head -c 130000 /dev/zero | tr '\0' m)
	"$target" -c : "$big"{1..8}
}
traced -j -v --max-args-bytes 2M --buffer 8M -- mib
cmp_ok "$(sed -n 's/^processed \([0-9]*\) insns.*/\1/p' "$err_file" | sort -n | tail -n 1)" '<' 100000 \
	'room for megabytes is no work for the verifier'
is "$(events '.comm == "snoopexec"' '"\(.argv | length) \(.argv[-1] | length) \(.argv[-1][-1:]) \(.argv_state)"')" \
	'11 130001 8 whole' 'a megabyte of arguments'
traced -j -- mib
is "$(events '.comm == "snoopexec"' '"\(.argv | length) \(.argv_state) \(.argv_missing_bytes)"')" \
	"5 limited $((${#target} + 1 + 3 + 2 + 8 * 130002 - 131072))" 'what is missing of it is told to the byte'

# -- 32 bits ------------------------------------------------------------------------------

if [ -x "$exec32" ] && "$exec32"; then
	bits() {
		"$target" -c '"$@"' sh "$exec32" 'to 32'
		"$exec32" "$exec32" "$target" -c : 'to 64'
		"$exec32" /nonexistent/from32 'a b'
	}
	traced -j -x -v -- bits
	is "$(events '.event == "exec" and .argv == [$ENV.exec32, "to 32"]' .filename)" "$exec32" 'from 64 to 32 bits'
	is "$(events '.event == "exec" and .argv[-1] == "to 64" and .comm == "snoopexec"' '.argv | @json')" \
		"$(words "$target" -c : 'to 64')" 'from 32 to 64 bits'
	if grep -q '32-bit programs are not seen' "$err_file"; then
		skip 1 'system call tracepoints are not passed by 32-bit programs'
	else
		is "$(events '.event == "failed" and .filename == "/nonexistent/from32"' '"\(.errno) \(.argv | @json)"')" \
			"ENOENT $(words /nonexistent/from32 'a b')" 'what a 32-bit program could not execute'
	fi
else
	skip 3 'no 32-bit programs here'
fi

# -- What the kernel makes of it ----------------------------------------------------------

printf '#!%s inner\n' "$target" >"$scratch/inner"
printf '#!%s outer arg\n' "$scratch/inner" >"$scratch/outer"
chmod +x "$scratch/inner" "$scratch/outer"
nested() {
	(cd "$scratch" && "$scratch/outer" last 2>/dev/null)
}
traced -j -- nested
is "$(events '.filename | endswith("/outer")' '"\(.interpreter) \(.argv | @json)"')" \
	"$target $(words "$target" inner "$scratch/inner" 'outer arg' "$scratch/outer" last)" 'a script run by a script'

# Registered where nobody else looks, for as long as it takes.
binfmt() { # COMMAND...
	unshare -m sh -c 'mount -t binfmt_misc none /proc/sys/fs/binfmt_misc || exit 97
		echo ":snoop$$:M::SNOOP$$BIN::$0:" >/proc/sys/fs/binfmt_misc/register || exit 97
		printf "SNOOP%sBIN" $$ >"$1"; chmod +x "$1"; "$1" x; code=$?
		echo -1 >"/proc/sys/fs/binfmt_misc/snoop$$"; exit $code' "$target" "$scratch/misc"
} 2>/dev/null
traced -j -- binfmt
if [ "$(events '.filename | endswith("/misc")' | wc -l)" = 0 ] && ! grep -qw binfmt_misc /proc/filesystems; then
	skip 1 'no binfmt_misc'
else
	is "$(events '.filename | endswith("/misc")' '"\(.interpreter) \(.argv | @json)"')" \
		"$target $(words "$target" "$scratch/misc" x)" 'a format that binfmt_misc knows'
fi

# The agent of a hierarchy of our own is executed by the kernel itself.
mkdir "$scratch/hierarchy"
if mount -t cgroup -o "none,name=snoopkit$$" none "$scratch/hierarchy" 2>/dev/null; then
	at_exit "umount '$scratch/hierarchy'"
	cp "$target" "$scratch/snoopagent"
	agent() {
		mkdir "$scratch/hierarchy/short"
		echo "$scratch/snoopagent" >"$scratch/hierarchy/release_agent"
		echo 1 >"$scratch/hierarchy/short/notify_on_release"
		in_cgroup "$scratch/hierarchy/short" true
		rmdir "$scratch/hierarchy/short"
		wait_until 5 grep -q snoopagent "$out_file" || sleep 0.5
	}
	traced -j -- agent
	cmp_ok "$(events '.comm == "snoopagent"' | wc -l)" '>=' 1 'executed by the kernel'
	is "$(events '.comm == "snoopagent"' '.argv | @json' | head -n 1)" \
		"$(words "$scratch/snoopagent" /short)" 'with its arguments'
	like "$(events '.comm == "snoopagent"' .pcomm | head -n 1)" '^k' 'its parent is a kernel thread'
else
	skip 3 'no cgroup v1'
fi

done_testing
