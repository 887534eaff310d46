# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# Behaviour tests on the running kernel. tests/run/<name>.t is a bash script of this shape:
#
#	# shellcheck source=lib.bash
#	. "$(dirname "$0")/lib.bash"
#	need root fio
#	run_tool biolatency abc
#	is "$rc" 2 'a usage error'
#	like "$err" 'abc' 'names the argument'
#	done_testing
#
# What a scratch_ function made, and each background process, goes away at the script's end.
# Functions that make something leave its name in $REPLY.
#
# SNOOPKIT_BIN: directory of the binaries, build/ if unset.

set -u
export LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=${SNOOPKIT_BIN:-$root/build}
scratch=$(mktemp -d) || exit 1
readonly scratch_made=$scratch
# Nothing ever comes out of it: to wait without starting a process.
exec {silence}<> <(:)

# -- Results ------------------------------------------------------------------------------

tests_run=0
tests_failed=0
tests_planned=

plan() { # COUNT
	tests_planned=$1
	echo "1..$1"
}

done_testing() {
	check_lines
	[ -n "$tests_planned" ] || plan "$tests_run"
	exit $((tests_failed > 0))
}

skip_all() { # REASON: what this kind of host cannot have
	[ "$tests_run" = 0 ] || bail_out "skip_all after a test: $*"
	echo "1..0 # SKIP $*"
	tests_planned=0
	exit 0
}

bail_out() { # REASON
	echo "Bail out! $*" >&"${told_fd:-1}"
	exit 255
}

diag() {
	printf '%s\n' "$*" | sed 's/^/# /' >&2
}

pass() { # DESCRIPTION
	tests_run=$((tests_run + 1))
	echo "ok $tests_run - ${1//#/\\#}"
}

fail() { # DESCRIPTION [DIAGNOSTICS...]
	tests_run=$((tests_run + 1))
	tests_failed=$((tests_failed + 1))
	echo "not ok $tests_run - ${1//#/\\#}"
	diag "Failed: $1 (${0##*/} line $(caller_line))"
	shift
	[ -z "$*" ] || diag "$(printf '  %s\n' "$@" | sed '/^ *$/d' | head -c 4000)"
	return 1
}

# The line of the test script itself that is being run.
caller_line() {
	local i=0 frame
	while frame=$(caller $i); do
		case $frame in *.bash) ;; *) echo "${frame%% *}" && return 0 ;; esac
		i=$((i + 1))
	done
}

skip() { # COUNT REASON
	local i
	for ((i = 0; i < $1; i++)); do
		tests_run=$((tests_run + 1))
		echo "ok $tests_run # SKIP $2"
	done
}

ok() { # DESCRIPTION COMMAND...
	local description=$1 output status=0
	shift
	output=$("$@" 2>&1) || status=$?
	if [ "$status" = 0 ]; then
		pass "$description"
	else
		fail "$description" "command: $*" "exit code: $status" "$output"
	fi
}

is() { # GOT EXPECTED DESCRIPTION
	if [ "$1" = "$2" ]; then
		pass "$3"
	else
		fail "$3" "got:      $1" "expected: $2" "$(last_run)"
	fi
}

isnt() { # GOT UNEXPECTED DESCRIPTION
	if [ "$1" != "$2" ]; then
		pass "$3"
	else
		fail "$3" "got what it must not be: $1" "$(last_run)"
	fi
}

like() { # GOT REGEX DESCRIPTION
	if [[ $1 =~ $2 ]]; then
		pass "$3"
	else
		fail "$3" "got:           $1" "does not match: $2" "$(last_run)"
	fi
}

unlike() { # GOT REGEX DESCRIPTION
	if [[ ! $1 =~ $2 ]]; then
		pass "$3"
	else
		fail "$3" "got:     $1" "matches: $2" "$(last_run)"
	fi
}

number='^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$'

cmp_ok() { # GOT OPERATOR EXPECTED DESCRIPTION: numbers; == != < <= > >=
	if [[ $1 =~ $number && $3 =~ $number ]] && compare "$1" "$2" "$3"; then
		pass "$4"
	else
		fail "$4" "got:      $1" "expected: $2 $3" "$(last_run)"
	fi
}

within() { # GOT EXPECTED PERCENT DESCRIPTION
	if [[ $1 =~ $number && $2 =~ $number ]] &&
		awk -v got="$1" -v want="$2" -v percent="$3" 'BEGIN {
			off = got - want; if (off < 0) off = -off; if (want < 0) want = -want
			exit !(off <= want * percent / 100) }'; then
		pass "$4"
	else
		fail "$4" "got:      $1" "expected: $2 within $3 %" "$(last_run)"
	fi
}

compare() {
	local expression="$1 $2 $3"
	# Whole numbers in bash: awk has 53 bits only.
	if [[ $1$3 =~ ^[0-9-]+$ ]]; then
		((expression))
	else
		awk "BEGIN { exit !($expression) }"
	fi
}

# -- What the host must have --------------------------------------------------------------

# A command that is missing is a failure, since scripts/deps installs it. What the kernel or the
# kind of host cannot have skips the file: kernel:loop kernel:zram kernel:cgroup2.
need() { # root|COMMAND|kernel:FEATURE...
	local what
	for what; do
		case $what in
		root) [ "$(id -u)" = 0 ] || bail_out "only root can run ${0##*/}" ;;
		kernel:loop)
			[ -e /dev/loop-control ] || modprobe -q loop || skip_all 'no loop devices'
			;;
		kernel:zram)
			[ -e /sys/class/zram-control ] || modprobe -q zram num_devices=1 ||
				skip_all 'no zram devices'
			;;
		kernel:cgroup2) cgroup2_mount >/dev/null || skip_all 'no cgroup v2' ;;
		kernel:*) bail_out "need $what: not known to lib.bash" ;;
		*)
			command -v "$what" >/dev/null ||
				bail_out "${0##*/} needs $what (run: scripts/deps test)"
			;;
		esac
	done
}

# On emulated processors each I/O and each start of a program takes a hundred times as long, and
# what a kernel can get wrong shows with less of them.
in_guest() {
	[ "${SNOOPKIT_VM:-}" ]
}

scaled() { # ON-THE-HOST IN-A-GUEST
	if in_guest; then echo "$2"; else echo "$1"; fi
}

# -- Running a tool -----------------------------------------------------------------------

out='' err='' rc='' out_file=/dev/null err_file=/dev/null
run_id=0
last_command=

# How long a run may take, seconds. A run that is ended for it has exit code 124 or 137.
run_limit=60

new_run() {
	run_id=$((run_id + 1))
	out_file=$scratch/$run_id.out
	err_file=$scratch/$run_id.err
	last_command="$*"
}

# $out and $err are for comparing; NUL bytes and closing newlines are in the files only.
# shellcheck disable=SC2034 # out is for the tests
read_run() {
	{
		out=$(<"$out_file")
		err=$(<"$err_file")
	} 2>/dev/null
}

last_run() {
	[ -z "$last_command" ] || printf 'after:    %s (exit code %s)\n' "$last_command" "$rc"
	[ -z "$err" ] || printf 'stderr:   %s\n' "$err"
}

run() { # COMMAND...: leaves $out $err $rc, and the raw bytes in $out_file $err_file
	new_run "$@"
	rc=0
	timeout -k 5 "$run_limit" "$@" >"$out_file" 2>"$err_file" </dev/null || rc=$?
	read_run
}

run_tool() { # NAME ARGUMENT...
	local name=$1
	shift
	run "$bin/$name" "$@"
}

declare -A background_out=() background_err=() background_command=()

# Returns once the tool is in its event loop. $REPLY is its pid.
background_tool() { # NAME ARGUMENT...
	local name=$1
	shift
	background "$bin/$name" "$@"
	wait_until "$(scaled 20 60)" tracing "$REPLY" && return 0
	read_run
	diag "$name is not tracing: $err"
	return 1
}

background() { # COMMAND...
	new_run "$@"
	# What a script starts in the background ignores SIGINT, unless told otherwise; and a signal
	# that comes before that must not run the script's own traps in the child.
	(
		trap - INT QUIT TERM HUP EXIT
		: >"$scratch/$run_id.up"
		exec "$@"
	) >"$out_file" 2>"$err_file" </dev/null &
	REPLY=$!
	background_out[$REPLY]=$out_file
	background_err[$REPLY]=$err_file
	background_command[$REPLY]="$*"
	wait_until 10 test -e "$scratch/$run_id.up"
}

# Programs are attached and the process sleeps in epoll: nothing of the output is needed for
# this, so it holds for tables, JSON and tools that say nothing at all. Attaching waits too,
# but not in a sleep that signals can end.
tracing() { # PID
	local fds state
	read_state "$1"
	case $state in
	S) ;;
	Z | '') return 2 ;;
	*) return 1 ;;
	esac
	fds=$(ls -l "/proc/$1/fd" 2>/dev/null)
	case $fds in *eventpoll*) ;; *) return 1 ;; esac
	case $fds in *bpf_link* | *bpf-raw-tracepoint* | *perf_event*) ;; *) return 1 ;; esac
	read_state "$1"
	[ "$state" = S ]
}

# Ends it and leaves $out $err $rc of its whole run.
stop_tool() { # PID [SIGNAL]
	kill -s "${2:-INT}" "$1" 2>/dev/null
	wait_tool "$1"
}

# Waits for it to end by itself.
wait_tool() { # PID
	wait_until "$run_limit" ended "$1" || kill -KILL "$1"
	rc=0
	wait "$1" 2>/dev/null || rc=$?
	out_file=${background_out[$1]}
	err_file=${background_err[$1]}
	last_command=${background_command[$1]}
	unset "background_command[$1]"
	read_run
}

# An emulated processor spends half of its time looking if it looks as often as the host's.
between_looks=$(scaled 0.02 0.06)

# Waits until the command succeeds. Exit code 2 of the command ends the wait.
wait_until() { # SECONDS COMMAND...
	local end=$((SECONDS + $1)) status
	shift
	while ((SECONDS <= end)); do
		status=0
		"$@" || status=$?
		case $status in 0) return 0 ;; 2) return 1 ;; esac
		read -r -t "$between_looks" -u "$silence" _
	done
	return 1
}

ended() { # PID: a child, which stays as a zombie until it is waited for
	local state
	read_state "$1"
	case $state in Z | '') ;; *) return 1 ;; esac
}

# Into $state, '' if there is no such process. Without a process of its own, since it is asked often.
# Read whole: of a file that it has read in part bash seeks back in it, which fails once the process
# has gone, and the next `read` of another file would get the rest of this one.
read_state() { # PID
	local status=
	state=
	read -r -d '' status <"/proc/$1/status"
	status=${status#*State:}
	read -r state _ <<<"$status"
} 2>/dev/null

process_state() { # PID
	local state
	read_state "$1"
	echo "$state"
}

# -- JSON ---------------------------------------------------------------------------------

# Strict JSON Lines: UTF-8, an object on each line, no key twice, no NaN, no Infinity.
json_check() { # FILE
	# A strict parser takes half a second there, and what is JSON does not depend on the kernel.
	! in_guest || { jq . "$1" >/dev/null && return; }
	python3 -S -E - "$1" <<-'EOF'
	import json, sys

	def unique(pairs):
	    keys = [key for key, _ in pairs]
	    twice = {key for key in keys if keys.count(key) > 1}
	    if twice:
	        raise ValueError(f"key twice: {sorted(twice)}")
	    return dict(pairs)

	def constant(name):
	    raise ValueError(f"not JSON: {name}")

	data = open(sys.argv[1], "rb").read()
	if not data.endswith(b"\n"):
	    sys.exit(f"{sys.argv[1]}: empty, or its last line does not end")
	for number, line in enumerate(data[:-1].split(b"\n"), 1):
	    try:
	        record = json.loads(line.decode("utf-8"), object_pairs_hook=unique,
	                            parse_constant=constant)
	        if not isinstance(record, dict):
	            raise ValueError("not an object")
	        json.dumps(record, ensure_ascii=False).encode("utf-8")
	    except ValueError as e:
	        sys.exit(f"{sys.argv[1]}: line {number}: {e}: {line[:200]!r}")
	EOF
}

# Every line of JSON that the script has had from a tool has the members that the tool's schema says, and
# no other. One process looks at all of them.
check_lines() {
	local lines file begin checker=$bin/tests/subjects/json-lines
	if [ ! -x "$checker" ]; then
		for file in "$scratch"/*.out; do
			! read -r -n 9 begin <"$file" || [ "$begin" != '{"schema"' ] ||
				bail_out "no $checker (run: make subjects)"
		done 2>/dev/null
		return
	fi
	if lines=$("$checker" "$scratch" 2>"$scratch/wrong.lines"); then
		[ "$lines" = 0 ] || pass 'every line of JSON is in the schema'
	else
		fail 'every line of JSON is in the schema' "of $lines lines:" "$(<"$scratch/wrong.lines")"
	fi
}

# Of the summary in $out_file, which is its last object.
result() { # JQ-EXPRESSION
	tail -n 1 "$out_file" | jq -r "$1"
}

# What a tool has told so far of all that came by: events, and those that its ring had no room for.
told_or_lost() {
	jq -s '[.[] | if .type == "event" then 1 elif .cause == "ring_full" then .count else 0 end] | add // 0' \
		"$out_file" 2>/dev/null || echo 0
}

# Each event seen was shown, filtered or lost, and the one who reads it can tell.
conserved() { # FILE
	tail -n 1 "$1" | jq -se 'length == 1 and (.[0] | .type == "summary" and
		.seen == .shown + .filtered + ([.lost[]] | add))' >/dev/null
}

# -- Things to trace ----------------------------------------------------------------------

cleanups=()

at_exit() { # COMMAND: evaluated at the end, the last one first
	cleanups+=("$1")
}

clean_up() {
	local status=$? pid i
	# A subshell that is signalled comes here too.
	[ "$BASHPID" = $$ ] || exit "$status"
	trap '' INT TERM HUP
	for pid in "${!background_command[@]}"; do kill -KILL "$pid" && wait "$pid"; done 2>/dev/null
	for ((i = ${#cleanups[@]} - 1; i >= 0; i--)); do
		eval "${cleanups[i]}" || diag "not cleaned up: ${cleanups[i]}"
	done
	rm -rf "$scratch_made"
	# A script that ends before done_testing has not passed.
	[ -n "$tests_planned" ] || [ "$status" != 0 ] || status=255
	exit "$status"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# A loop device on a file in memory, so that the device is as fast as can be. $REPLY is the
# device. More arguments go to losetup.
scratch_loop() { # SIZE [LOSETUP-OPTION...]
	local size=$1 dir=$scratch/loop.$RANDOM
	shift
	mkdir "$dir"
	mount -t tmpfs -o mode=700 snoopkit "$dir" || bail_out 'no tmpfs for a loop device'
	at_exit "umount '$dir'"
	truncate -s "$size" "$dir/disk"
	# Allocated beforehand: holes would make the first write differ from the next.
	fallocate -l "$size" "$dir/disk"
	REPLY=$(losetup --find --show "$@" "$dir/disk") || bail_out 'no loop device'
	at_exit "loop_remove '$REPLY'"
}

# Detaching goes on in the kernel while somebody (udev) still has the device open.
loop_remove() {
	losetup -d "$1" && wait_until 10 loop_is_free "$1"
}

loop_is_free() {
	[ ! -e "/sys/block/${1##*/}/loop/backing_file" ]
}

# A zram device of its own; those that were there stay untouched.
scratch_zram() { # SIZE
	local id
	id=$(cat /sys/class/zram-control/hot_add) || bail_out 'no further zram device'
	at_exit "zram_remove $id"
	echo "$1" >"/sys/block/zram$id/disksize" || bail_out "zram$id cannot have $1"
	REPLY=/dev/zram$id
	wait_until 5 test -b "$REPLY" || bail_out "no $REPLY"
}

zram_remove() {
	wait_until 10 zram_reset "$1" && echo "$1" >/sys/class/zram-control/hot_remove
}

# Busy while somebody has it open.
zram_reset() {
	echo 1 >"/sys/block/zram$1/reset"
} 2>/dev/null

# Unified or hybrid: the one place where cgroup v2 is mounted.
cgroup2_mount() {
	awk '$3 == "cgroup2" { print $2; found = 1; exit } END { exit !found }' /proc/self/mounts
}

cgroup1_mount() { # CONTROLLER
	awk -v controller="$1" '$3 == "cgroup" && ("," $4 ",") ~ ("," controller ",") {
		print $2; found = 1; exit } END { exit !found }' /proc/self/mounts
}

# A cgroup v2 of its own, or one of the v1 hierarchy of CONTROLLER. $REPLY is its directory.
scratch_cgroup() { # NAME [CONTROLLER]
	local mount
	if [ $# = 1 ]; then
		mount=$(cgroup2_mount) || bail_out 'no cgroup v2'
	else
		mount=$(cgroup1_mount "$2") || bail_out "no cgroup v1 with $2"
	fi
	REPLY=$mount/snoopkit-test-$$-$1
	mkdir "$REPLY" || bail_out "no cgroup $REPLY"
	at_exit "cgroup_remove '$REPLY'"
}

# Processes that are still in it are ended: they can only be the test's own.
cgroup_remove() {
	local pid
	while read -r pid; do kill -KILL "$pid" 2>/dev/null; done <"$1/cgroup.procs"
	wait_until 10 rmdir "$1"
}

in_cgroup() { # DIRECTORY COMMAND...
	(
		echo "$BASHPID" >"$1/cgroup.procs" || exit
		shift
		exec "$@"
	)
}
