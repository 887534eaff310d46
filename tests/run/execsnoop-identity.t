#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2016,SC2317 # for other shells; run by traced
#
# Who executes: namespaces, set-user-ID programs, parents that are gone, numbers used twice.

# shellcheck source=execsnoop.bash
. "$(dirname "$0")/execsnoop.bash"
need root jq setpriv unshare chroot

program snoopexec
target=$scratch/snoopexec
chmod 755 "$scratch"
subject=$bin/tests/subjects/exec

marked() { # MARK [JQ-EXPRESSION]
	events ".event == \"exec\" and .comm == \"snoopexec\" and .argv[-1] == \"$1\"" "${2:-1}"
}

# -- Namespaces ---------------------------------------------------------------------------

inner() {
	unshare -pf "$target" -c '"$0" -c ": \$\$ >&2; echo \$\$ >\"\$0\"" "$1" inner; :' "$target" "$scratch/inner" init
}
traced -j -- inner
is "$(marked init .ns_pid)" 1 'a new pid namespace: its first process'
is "$(marked inner .ns_pid)" "$(<"$scratch/inner")" 'the pid that a process has of itself there'
isnt "$(marked inner .pid)" "$(<"$scratch/inner")" 'and here it has another'
is "$(marked inner .ppid)" "$(marked init .pid)" 'whose parent has its number of here, too'

# -- Users --------------------------------------------------------------------------------

cp "$subject" "$scratch/snoopsuid"
chmod 4755 "$scratch/snoopsuid"
# bash would give up what it has not been asked for by -p.
suid() {
	setpriv --reuid=1234 --regid=1234 --clear-groups "$scratch/snoopsuid" vfork "$target" -p -c : after
}
traced -j -- suid
is "$(events '.comm == "snoopsuid"' '"\(.uid) \(.euid)"')" '1234 0' 'a set-user-ID program: real and effective user'
is "$(marked after '"\(.uid) \(.euid)"')" '1234 0' 'what it executes'
traced -j -u 1234 --euid 0 -- suid
is "$(events true .comm | sort | paste -sd' ')" 'snoopexec snoopsuid' '-u and --euid together'
traced -j --euid 1234 -- suid
is "$(events '.comm == "snoopsuid"')" '' '--euid: not by the real one'

# -- Paths --------------------------------------------------------------------------------

mkdir -p "$scratch/root/bin" "$scratch/root/dir"
cp "$subject" "$scratch/root/bin/snoopin"
ln -s snoopin "$scratch/root/bin/snooplink"
paths() {
	chroot "$scratch/root" /bin/snoopin vfork /bin/snooplink null /nonexistent 2>/dev/null
	(cd "$scratch/root/dir" && ../bin/snooplink null /nonexistent2 2>/dev/null)
}
traced -j --exe --cwd -- paths
is "$(events '.argv[-1] == "/nonexistent" and .comm == "snooplink"' '"\(.filename) \(.exe | endswith("/root/bin/snoopin"))"')" \
	'/bin/snooplink true' 'chroot: the path as given, and the file it is'
is "$(events '.argv[-1] == "/nonexistent2"' '"\(.filename) \(.cwd) \(.exe)"')" \
	"../bin/snooplink $(realpath "$scratch")/root/dir $(realpath "$scratch")/root/bin/snoopin" \
	'a symbolic link, from another directory'

# As long as a path can be, of bytes that take four characters each.
name=$(head -c 250 /dev/zero | tr '\0' '\1')
deep=$name/$name/$name/$name/$name/$name
mkdir -p "$scratch/$deep"
cp "$subject" "$scratch/$deep/snoopdeep"
deep() {
	"$scratch/$deep/snoopdeep" null /nonexistent 2>/dev/null
}
traced --comm snoopdeep --exe --columns exe,filename,pid -- deep
is "$(awk '/snoopdeep/ { print $1 == $2, gsub(/\\x01/, "") }' "$out_file")" "1 $((2 * 6 * 250))" \
	'a long path of control characters: all of it'

# -- Parents ------------------------------------------------------------------------------

mkdir "$scratch/gone"
mkfifo "$scratch/gone/parent"
gone() {
	kill -STOP "$tool"
	# The parent ends when its child is there, the child goes on when the parent has ended.
	"$target" -c '"$0" -c ": >\"\$1\"/child; read -r _ <\"\$1\"/parent; \"\$0\" -c : adopted; : >\"\$1\"/over" \
		"$0" "$1" orphan & until [ -e "$1/child" ]; do sleep 0.02; done' "$target" "$scratch/gone" parent
	echo >"$scratch/gone/parent"
	wait_until 20 test -e "$scratch/gone/over"
	kill -CONT "$tool"
}
background_tool execsnoop -j --ancestors 3
tool=$REPLY
gone
stop_tool "$tool"
is "$(events '.argv[-1] == "orphan"' .pcomm)" snoopexec 'a parent that is gone when the row is made has its name'
is "$(marked adopted .ppid)" "$(marked orphan .pid)" 'and its number'

# -- A number used twice ------------------------------------------------------------------

# The highest that is free, below those that are given out one after the other.
free_pid() {
	REPLY=$(($(</proc/sys/kernel/pid_max) - 5))
	while [ -e "/proc/$REPLY" ]; do REPLY=$((REPLY - 1)); done
}
free_pid
pid=$REPLY
twice() {
	local begin
	kill -STOP "$tool"
	begin=${EPOCHREALTIME/./}
	"$subject" pid "$pid" "$target" -c 'exit 3' first
	first_us=$((${EPOCHREALTIME/./} - begin))
	"$subject" pid "$pid" "$target" -c 'sleep 0.2; exit 4' second
	kill -CONT "$tool"
}
background_tool execsnoop -j --exit --tree $$ --buffer 8M
tool=$REPLY
twice
stop_tool "$tool"
is "$(events ".pid == $pid" '"\(.event) \(.argv[-1]? // .exit_code)"' | paste -sd,)" \
	'exec first,exit 3,exec second,exit 4' 'a pid used twice: each end belongs to its beginning'
is "$(events ".pid == $pid and .exit_code == 3" ".duration_ns <= $((first_us * 1000))")" true 'and each has its own duration'

# An end that is lost: what has its number next was not asked for.
mkfifo "$scratch/end"
lost_end() {
	"$subject" pid "$pid" "$target" -c 'read -r _ <"$1"; exit 3' first "$scratch/end" &
	wait_until 10 grep -q first "$out_file"
	kill -STOP "$tool"
	"$target" -c 'for ((i = 0; i < 100; i++)); do "$0" spawn "$0"; done' "$subject" 2>/dev/null
	# The ring is full by now.
	echo >"$scratch/end"
	wait $!
	kill -CONT "$tool"
	sleep 0.3
	"$subject" pid "$pid" "$subject" 2>/dev/null
}
free_pid
pid=$REPLY
background_tool execsnoop -j --exit --comm snoopexec --buffer 4K
tool=$REPLY
lost_end
stop_tool "$tool"
cmp_ok "$(result .lost.ring_full)" '>' 0 'an end that is lost'
is "$(events ".pid == $pid" .event)" exec 'is not that of the next process with this number'
ok 'seen = shown + filtered + lost, with --exit' conserved "$out_file"

# -- Threads ------------------------------------------------------------------------------

# What the shell waited for is how it ended, whichever thread was the last.
threads=$bin/tests/subjects/threads
with_threads() {
	local way
	ulimit -c 0
	for way in exit leader-first by-thread killed; do
		"$threads" "$way"
		echo "$way $?"
	done >"$scratch/statuses" 2>/dev/null
}
traced -j --exit -- with_threads
is "$(jq -r 'select(.type == "event" and .comm == "threads") | if .event == "exec" then .argv[1]
	else .exit_code // "128 + \(.signal)" end' "$out_file" | paste -d' ' - -)" \
	"$(sed 's/ 134$/ 128 + SIGABRT/' "$scratch/statuses")" 'processes with threads: each has its end, and its status'
is "$(wc -l <"$scratch/statuses")" 4 'of four of them'
is "$(events '.event == "exit" and .comm == "threads"' '.pid == .tid' | sort -u)" true \
	'whose thread was the last is not told'
is "$(events '.event == "exit" and .comm == "athread"')" '' 'and it has not its name'

# -- A program that becomes another -------------------------------------------------------

become() {
	"$target" -c 'exec "$0" -c "exec \"\$0\" -c \"exit 5\" c" "$0" b' "$target" a
}
traced -j --exit -- become
is "$(events '.comm == "snoopexec"' '"\(.event) \(.exit_code)"' | paste -sd,)" 'exec null,exec null,exec null,exit 5' \
	'three programs, one process, one end'
is "$(events '.comm == "snoopexec"' .pid | sort -u | wc -l)" 1 'of one pid'

done_testing
