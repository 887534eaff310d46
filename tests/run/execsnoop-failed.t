#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2016,SC2317 # for other shells; run by traced
#
# -x: what could not be executed, why, and with which arguments.

# shellcheck source=execsnoop.bash
. "$(dirname "$0")/execsnoop.bash"
need root jq setpriv

exec=$bin/tests/subjects/exec
deny=$bin/tests/subjects/deny

failed() { # FILENAME [JQ-EXPRESSION]
	events ".event == \"failed\" and .filename == \"$1\"" "${2:-\"\\(.errno) \\(.argv | @json) \\(.argv_state)\"}"
}
words() {
	jq -cn '$ARGS.positional' --args -- "$@"
}

printf 'neither ELF nor script' >"$scratch/noexec"
cp "$scratch/noexec" "$scratch/noaccess"
chmod +x "$scratch/noexec"
ln -s loop2 "$scratch/loop1"
ln -s loop1 "$scratch/loop2"
printf '#!/nonexistent/interpreter\n' >"$scratch/orphan"
chmod +x "$scratch/orphan"
mkdir "$scratch/dir"

# By vfork the path is its own child's to fail with; the subject tells the errno, too.
fails() {
	"$exec" vfork "$scratch/missing" 'a b' ''
	"$exec" vfork "$scratch/noaccess" 1
	"$exec" vfork "$scratch/noexec" 2
	"$exec" vfork "$scratch/loop1" 3
	"$exec" vfork "$scratch/orphan" 4
	"$exec" vfork "$scratch/dir" 5
	"$exec" vfork "$scratch/noexec/below" 6
	"$exec" vfork "$scratch/$(head -c 300 /dev/zero | tr '\0' n)" 7
	"$exec" too-big "$exec"
	"$exec" bad-pointer "$scratch/missing2"
	"$exec" bad-pointer "$exec"
	"$exec" thread "$scratch/thread" t
	"$exec" at "$scratch/at" t
	"$exec" at-bad-fd relative t
	"$exec" untouched "$scratch/untouched"
	"$exec" untouched "$scratch/noexec"
	"$deny" "$scratch/denied" d
	for n in 12287 12288; do
		"$exec" vfork "$(head -c $n /dev/zero | tr '\0' y)"
	done
	for n in 256 257; do
		# shellcheck disable=SC2046 # words
		"$exec" vfork "$scratch/$n" $(seq $((n - 1)))
	done
	:
}
background_tool execsnoop -j -x -v
tool=$REPLY
fails
stop_tool "$tool"

is "$(failed "$scratch/missing")" "ENOENT $(words "$scratch/missing" 'a b' '') whole" 'ENOENT: no such file'
is "$(failed "$scratch/noaccess")" "EACCES $(words "$scratch/noaccess" 1) whole" 'EACCES: not executable'
is "$(failed "$scratch/noexec" '"\(.errno) \(.argv[1])"' | head -n 1)" 'ENOEXEC 2' 'ENOEXEC: no format known'
is "$(failed "$scratch/loop1")" "ELOOP $(words "$scratch/loop1" 3) whole" 'ELOOP'
is "$(failed "$scratch/orphan")" "ENOENT $(words "$scratch/orphan" 4) whole" 'ENOENT: no interpreter'
is "$(failed "$scratch/dir")" "EACCES $(words "$scratch/dir" 5) whole" 'EACCES: a directory'
is "$(failed "$scratch/noexec/below")" "ENOTDIR $(words "$scratch/noexec/below" 6) whole" 'ENOTDIR'
is "$(events '.event == "failed" and .argv[-1] == "7"' '"\(.errno) \(.filename | length)"')" \
	"ENAMETOOLONG $((${#scratch} + 301))" 'ENAMETOOLONG, with all of the name'
is "$(events '.event == "failed" and .errno == "E2BIG"' \
	'"\(.filename) \(.argv[0]) \(.argv_state) \(.argv_missing_bytes)"')" "$exec $exec limited null" \
	'E2BIG: as many arguments as are shown, and that there are more'
# Since 6.8 the file is looked for before the arguments are (commit 978ffcbf00d8).
is "$(events '.event == "failed" and .argv[1] == "fine"' '"\(.argv_state) \(.argv | length)"' | sort -u)" \
	'unreadable 2' 'EFAULT: the arguments up to the bad one, marked'
is "$(failed "$exec" .errno | sort -u | tr '\n' ' ')" 'E2BIG EFAULT ' 'EFAULT'
is "$(failed "$scratch/thread")" "ENOENT $(words "$scratch/thread" t) whole" 'by a thread'
is "$(failed "$scratch/thread" '.pid != .tid')" true 'by a thread: which is not the leader'
is "$(failed /dev/fd/1000/relative)" "EBADF $(words relative t) whole" 'EBADF: execveat(), as the kernel would name it'
is "$(events ".event == \"failed\" and .argv[0] == \"$scratch/at\"" '"\(.errno) \(.filename)"' | sed 's/[0-9]/N/')" \
	'ENOENT /dev/fd/N/at' 'execveat() of a path below a directory'

# Nobody may have touched the pages of the arguments, and the program must not wait for a disk.
state=$(failed "$scratch/untouched" '"\(.argv_state) \(.argv[1:] | @json)"')
case $state in
"whole $(words 'never touched' '')") pass 'arguments never touched: are there' ;;
unreadable*) pass 'arguments never touched: are marked' ;;
*) fail 'arguments never touched: are there or marked' "$state" ;;
esac
is "$(failed "$scratch/noexec" 'select(.argv[1] != "2") | .argv[1]')" 'never touched' \
	'arguments that the kernel has copied before are there'
cmp_ok "$(result .notes.unreadable)" '>=' 2 'there is a note of unreadable ones'

# At most 12 KB or 256 arguments are kept.
is "$(events '.event == "failed" and .argv[0][0:2] == "yy"' '"\(.errno) \(.argv[0] | length) \(.argv_state)"' | paste -sd,)" \
	'ENAMETOOLONG 12287 whole,ENAMETOOLONG 12288 limited' 'all the bytes that are kept, and one more'
is "$(failed "$scratch/256" '"\(.argv | length) \(.argv_state)"'),$(failed "$scratch/257" '"\(.argv | length) \(.argv_state)"')" \
	'256 whole,256 limited' 'all the arguments that are kept, and one more'

# A function that seccomp keeps from being called does not fail.
if grep -q "at the end of the kernel's functions" "$err_file"; then
	is "$(failed "$scratch/denied" .errno)" '' 'EPERM by seccomp: not seen by fexit, as the page says'
else
	is "$(failed "$scratch/denied" .errno)" EPERM 'EPERM by seccomp'
fi
ok 'seen = shown + filtered + lost' conserved "$out_file"

# -- At the same time ---------------------------------------------------------------------

# Where the programs can be preempted the kernel skips them for the others on their CPU. The subjects
# themselves tell how many of their calls have failed.
crowd() {
	local loops=() i
	for i in {1..8}; do
		"$exec" failing "$scratch/crowd" "$each" >"$scratch/failed.$i" &
		loops+=($!)
	done
	wait "${loops[@]}"
}
each=$(scaled 2000 200)
# Both programs are hardly ever preempted at once, but on a busy machine it may be some in a row.
for try in 1 2 3; do
	background_tool execsnoop -j -x --comm exec --buffer 16M
	tool=$REPLY
	crowd
	stop_tool "$tool"
	performed=$(cat "$scratch"/failed.* | awk '{ n += $1 } END { print n + 0 }')
	shown=$(failed "$scratch/crowd" | wc -l) lost=$(result '[.lost[]] | add')
	((shown < performed - performed / 100 && try < 3)) || break
done
is "$performed" "$((8 * each))" 'eight at the same time: all of them fail'
cmp_ok "$((shown + lost))" '>=' "$performed" 'each one is shown, or counted as lost'
cmp_ok "$((performed - shown))" '<=' "$((performed / 100))" "hardly any is missing (try $try)"
is "$(result '.notes | keys | map(select(startswith("skipped"))) | length')" 0 'and none is a mere note'
ok 'seen = shown + filtered + lost' conserved "$out_file"

traced -x -l 'a b' -- fails
is "$(rows "ENOENT +$scratch/missing 'a b' ''\$")" 1 '-l finds it among those that failed'
traced -j -x -n '^exec$' --euid 1 -- fails
is "$(events true)" '' '-x with filters: nothing of others'

done_testing
