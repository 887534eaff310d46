#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2016,SC2317 # for other shells; run by traced and ok
#
# A process by its number (-p, -P, --tree): one that is there, a process, and of a namespace that the
# programs know; and all of its descendants.

# shellcheck source=execsnoop.bash
. "$(dirname "$0")/execsnoop.bash"
# shellcheck source=usage.bash
. "$(dirname "$0")/usage.bash"
need root jq unshare

# Above the highest number that this kernel gives.
none=$(cat /proc/sys/kernel/pid_max)
((none < 1 << 22)) || none=$((none - 1))
program snoopexec
subject=$bin/tests/subjects/exec

for tool in execsnoop dnssnoop tcpretrans biolatency; do
	name=$tool
	wrong "-p: there is no process $none" -p "$none"
	wrong "--pid: there is no process $none" "--pid=$none"
done
tool=execsnoop name=execsnoop
for option in -P --ppid --tree; do
	wrong "$option: there is no process $none" "$option" "$none"
done

# -- Threads ------------------------------------------------------------------------------

background "$bin/tests/subjects/threads" waiting
threads=$REPLY
thread_of() {
	thread=$(find "/proc/$threads/task" -mindepth 1 -maxdepth 1 ! -name "$threads" -printf '%f\n' 2>/dev/null |
		head -n 1)
	[ "$thread" ]
}
if wait_until 5 thread_of; then
	wrong "-p: $thread is a thread of process $threads" -p "$thread"
	wrong "--tree: $thread is a thread of process $threads" --tree "$thread"
	tool=biolatency name=biolatency
	wrong "-p: $thread is a thread of process $threads" -p "$thread"
	tool=execsnoop name=execsnoop
else
	fail 'there is a thread'
fi
kill "$threads" 2>/dev/null

# -- Namespaces ---------------------------------------------------------------------------

within() { # UNSHARE-OPTION... -- SHELL-COMMAND
	local options=()
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	run_limit=20 run unshare --pid --fork "${options[@]}" bash -c "$2; exit" "$bin/execsnoop" "$scratch/snoopexec"
}
if unshare --pid --fork --mount-proc true 2>/dev/null; then
	within --mount-proc -- '"$0" -p $$'
	is "$rc" 2 'a PID namespace with a /proc of its own: is refused'
	like "$err" "^execsnoop: -p: the numbers of this PID namespace .*--pid=host" '... and why'
	within -- '"$0" -p $$'
	is "$rc" 2 'one with the /proc of the host: a number with two meanings is refused'
	like "$err" '^execsnoop: -p: 1 is process [0-9]+ in this PID namespace, and another' '... and why'
	within -- 'ps=$(sed -n "s/^NSpid:\t\([0-9]*\).*/\1/p" /proc/self/status); "$0" --duration 0.1 -p "$ps"; true'
	is "$rc" 0 'the number that /proc has is taken'
else
	skip 5 'no PID namespace'
fi

# -- The same number again ----------------------------------------------------------------

# A process ends while it is traced, and another one gets its number.
twice() {
	"$scratch/snoopexec" -c 'while [ ! -e "$0/go" ]; do sleep 0.05; done; exec "$0/snoopexec" -c : first' "$scratch" &
	first=$!
	background_tool execsnoop -j -p "$first"
	tool=$REPLY
	touch "$scratch/go"
	wait "$first"
	# Another hundredth of a second, which is what starts are told by.
	sleep 0.1
	"$subject" pid "$first" "$scratch/snoopexec" -c : second 2>/dev/null
	again=$?
	wait_until 10 grep -q 'has ended' "$err_file"
	stop_tool "$tool"
}
twice
is "$(events true '.argv[-1]' | paste -sd,)" first '-p: not another process that has its number later'
((again == 0)) || diag "the number cannot be given again ($again)"
like "$err" "-p: process $first has ended" 'its end is told'
ok 'seen = shown + filtered + lost' conserved "$out_file"

# -- Descendants --------------------------------------------------------------------------

# The 50th generation executes something, when it is told to: all of them are older than the tool.
cat >"$scratch/deep" <<-'END'
	#!/usr/bin/env bash
	if (($1)); then
		"$0" $(($1 - 1)) "$2"
	else
		touch "$2/ready"
		while [ ! -e "$2/now" ]; do sleep 0.05; done
		"$2/snoopexec" -c : deepest
	fi
	:
END
chmod +x "$scratch/deep"
"$scratch/deep" 50 "$scratch" &
top=$!
ok 'there are fifty generations' wait_until "$(scaled 20 60)" test -e "$scratch/ready"
traced -j --tree "$top" -- eval 'touch "$scratch/now"; wait "$top"'
is "$(events '.argv[-1] == "deepest"' '.argv[-1]')" deepest '--tree: the youngest of fifty generations'

traced -j --tree "$$" -- "$scratch/snoopexec" -c : child
is "$(events '.argv[-1] == "child"' '.argv[-1]')" child '--tree: a child that is younger'

done_testing
