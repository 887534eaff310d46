#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2016,SC2030,SC2031,SC2317 # for other shells; run by wait_until
#
# Ordinary programs: each exec whole, under its own name, in order, or counted.

# shellcheck source=execsnoop.bash
. "$(dirname "$0")/execsnoop.bash"
need root jq setpriv

program snoopexec
program snoopother

# -- One exec, all that is told of it -----------------------------------------------------

traced -j -- some
is "$rc" 0 'ends well'
is "$(events '.comm == "snoopexec"' .event)" exec 'one program, one event'
is "$(events '.comm == "snoopexec"' '.argv | @json')" \
	"$(jq -cn '$ARGS.positional' --args -- "$scratch/snoopexec" -c : "it's" '' $'a\nb\e' 'x y' '')" \
	'all its arguments, also the empty ones'
is "$(events '.comm == "snoopexec"' '"\(.argv_state) \(.argv_missing_bytes)"')" 'whole 0' \
	'nothing is missing, which it says'
is "$(events '.comm == "snoopexec"' .filename)" "$scratch/snoopexec" 'its file'
is "$(events '.comm == "snoopexec"' '"\(.ppid) \(.uid) \(.euid)"')" "$$ 0 0" 'whose it is'
is "$(events '.comm == "snoopexec"' '.tid == .pid and .ns_pid == .pid')" true \
	'the only thread, in the first pid namespace'
is "$(events '.comm == "snoopexec"' '.cgroup | type')" string 'its cgroup'
ok 'each line is JSON' json_check "$out_file"
ok 'seen = shown + filtered + lost' conserved "$out_file"
is "$(result .shown)" "$(events true | wc -l)" 'shown is what was shown'

# -- Arguments of all sizes ---------------------------------------------------------------

sizes=(0 255 256 12287 12288 12289 28671 28672 28673 57344 69632 100000 131000)
! in_guest || sizes=(0 12288 12289 28673 131000)
long() {
	local n
	for n in "${sizes[@]}"; do
		"$scratch/snoopexec" -c : "$n" "$(head -c "$n" /dev/zero | tr '\0' x)"
	done
}
background_tool execsnoop -j --max-args-bytes 256K --buffer 4M
tool=$REPLY
long
stop_tool "$tool"
for n in "${sizes[@]}"; do
	is "$(events ".comm == \"snoopexec\" and .argv[3] == \"$n\"" \
		'"\(.argv_state) \(.argv[4] | length) \(.argv[4] | test("^x*$"))"')" \
		"whole $n true" "an argument of $n bytes"
done
is "$(result .lost.ring_full)" 0 'none is lost'

export count
count=$(scaled 10000 1000)
mapfile -t numbers < <(seq "$count")
many() {
	"$scratch/snoopexec" -c : "${numbers[@]}"
}
traced -j -- many
is "$(events '.comm == "snoopexec"' '.argv[3:] == [range(1; $ENV.count | tonumber + 1) | tostring]')" true "$count arguments"
traced -j --max-args-bytes 1K -- many
total=$(printf '%s\0' "$scratch/snoopexec" -c : "${numbers[@]}" | wc -c)
is "$(events '.comm == "snoopexec"' '"\(.argv_state) \(.argv_missing_bytes)"')" \
	"limited $((total - 1024))" '--max-args-bytes: just that many are missing'
traced --max-args-bytes 1K -- many
is "$(rows " # $((total - 1024)) bytes missing$")" 1 '--max-args-bytes: a row says so'
traced --max-args-bytes 1K -l 'no argument is this' -- many
is "$(rows " # $((total - 1024)) bytes missing$")" 1 '-l: what is missing might have matched'
traced -j --max-args 5 -- many
is "$(events '.comm == "snoopexec"' '.argv[3:] | join(" ")')" '1 2' '--max-args'
exact() {
	"$scratch/snoopexec" -c : 4 5
}
traced --max-args 5 -- exact
is "$(rows ' -c : 4 5$')" 1 '--max-args: just as many are all'

# -- Order --------------------------------------------------------------------------------

# Families of parents and children, several at once.
chains() {
	local i families=()
	for ((i = 0; i < 5; i++)); do
		"$scratch/snoopexec" -c 'for i in 1 2 3 4 5 6 7 8 9 10; do "$0" -c ":"; done' \
			"$scratch/snoopexec" &
		families+=($!)
		"$scratch/snoopexec" -c '"$0" -c "\"\$0\" -c : \"\$0\"; :" "$0"; :' "$scratch/snoopexec" &
		families+=($!)
	done
	wait "${families[@]}"
}
background_tool execsnoop -j
tool=$REPLY
chains
stop_tool "$tool"
# Kernels whose tracepoints can be preempted may skip one, which is counted.
is "$(($(events '.comm == "snoopexec"' 1 | wc -l) + $(result .lost.recursion)))" 70 \
	'two kinds of families, all of them'
is "$(jq -s '[.[] | select(.type == "event") | .mono_ns] | . == sort' "$out_file")" true \
	'in the order of their time'
is "$(jq -s 'map(select(.comm? == "snoopexec")) | [.[].pid] as $pids |
	[to_entries[] | .value.ppid as $p | .key as $at | $pids | index($p) // -1 | . < $at] | all' \
	"$out_file")" true 'parents before their children'

# -- What failed --------------------------------------------------------------------------

# How many programs are attached; those of system calls are perf events on older kernels.
attached() {
	find "/proc/$tool/fd" \( -lname '*bpf_link*' -o -lname '*perf_event*' \) | wc -l
}
fails() {
	"$scratch/snoopexec" -c 'exec /nonexistent/snoopfail a "b c"'
	"$scratch/snoopexec" -c 'exec "$0" x' "$scratch/plain"
	"$scratch/snoopexec" -c 'exec /dev x'
} 2>/dev/null
printf 'no program' >"$scratch/plain"
background_tool execsnoop -j -v
tool=$REPLY
fails
without_x=$(attached)
stop_tool "$tool"
is "$(events '.event == "failed"' | wc -l)" 0 'without -x none that failed'
is "$without_x" "$(grep -c 'again_exec.: -- BEGIN PROG LOAD LOG' "$err_file" | awk '{ print $1 + 1 }')" \
	'without -x nothing but execs is listened to: system calls pay nothing'
background_tool execsnoop -j -x
tool=$REPLY
fails
cmp_ok "$(attached)" '>' "$without_x" 'with -x more is'
stop_tool "$tool"
is "$(events '.event == "failed" and .filename == "/nonexistent/snoopfail"' \
	'"\(.errno) \(.argv | @json) \(.argv_state) \(.comm) \(.ppid)"')" \
	"ENOENT [\"/nonexistent/snoopfail\",\"a\",\"b c\"] whole snoopexec $$" '-x: no such file'
is "$(events ".event == \"failed\" and .filename == \"$scratch/plain\"" .errno)" EACCES '-x: not allowed'
is "$(events '.event == "failed" and .filename == "/dev"' .errno)" EACCES '-x: a directory'
is "$(events '.comm == "snoopexec" and .event == "exec"' | wc -l)" 3 '-x: those that did not fail'
ok '-x: seen = shown + filtered + lost' conserved "$out_file"
traced -x -- fails
is "$(rows "^snoopexec .* ENOENT +/nonexistent/snoopfail a 'b c'\$")" 1 '-x: a row'

# -- The end ------------------------------------------------------------------------------

ends() {
	"$scratch/snoopexec" -c 'sleep 0.2; exit 3'
	"$scratch/snoopexec" -c 'kill -TERM $$'
} 2>/dev/null
traced -j --exit -- ends
is "$(events '.event == "exit" and .comm == "snoopexec" and .exit_code == 3' \
	'.duration_ns > 200000000 and .duration_ns < 5000000000')" true '--exit: exit code and duration'
is "$(events '.event == "exit" and .comm == "snoopexec" and .signal' '"\(.signal) \(.core_dumped)"')" \
	'SIGTERM false' '--exit: a signal'
is "$(jq -s 'map(select(.type == "event")) | group_by(.pid) |
	all(map(.event) | . == ["exec", "exit"] or (. - ["exec"] | length) <= 1)' "$out_file")" true \
	'--exit: an end for each beginning'
ok '--exit: seen = shown + filtered + lost' conserved "$out_file"

# -- Where ---------------------------------------------------------------------------------

mkdir "$scratch/dir"
there() {
	(cd "$scratch/dir" && ../snoopexec -c '"$0" -c ":"; :' ../snoopexec)
}
traced -j --exe --cwd --ancestors 2 -- there
is "$(events '.comm == "snoopexec" and (.argv | length == 3)' '"\(.filename) \(.cwd) \(.exe)"')" \
	"../snoopexec $(realpath "$scratch")/dir $(realpath "$scratch")/snoopexec" '--cwd, --exe'
is "$(events '.comm == "snoopexec" and (.argv | length == 3)' '.ancestors[0].pid')" \
	"$(events '.comm == "snoopexec" and (.argv | length == 4)' .ppid)" "--ancestors: the parent's parent first"

# A script: its own name, what runs it, and the arguments that it becomes.
printf '#!%s -e\n:\n' "$scratch/snoopexec" >"$scratch/script"
chmod +x "$scratch/script"
script() {
	"$scratch/script" 'an arg'
}
traced -j -- script
is "$(events '.filename | endswith("/script")' '"\(.interpreter) \(.argv | @json)"')" \
	"$scratch/snoopexec [\"$scratch/snoopexec\",\"-e\",\"$scratch/script\",\"an arg\"]" 'a script'

# -- Which --------------------------------------------------------------------------------

filtered '--comm' "snoopother two,snoopother $scratch/snoopexec" --comm snoopother
filtered '-P' "snoopexec one,snoopother two,snoopother $scratch/snoopexec" -P $$
filtered '--tree' "snoopexec one,snoopother two,snoopother $scratch/snoopexec,snoopexec three" --tree $$
filtered '-u' "snoopexec one,snoopother two,snoopother $scratch/snoopexec,snoopexec three" -u root
filtered '-u of another' '' -u 12345
filtered '--euid of another' '' --euid 12345

# -- More than there is room for ----------------------------------------------------------

burst() {
	kill -STOP "$tool"
	"$scratch/snoopexec" -c 'for ((i = 0; i < 300; i++)); do "$0" -c : "$1"; done' \
		"$scratch/snoopexec" "$(head -c 8000 /dev/zero | tr '\0' y)"
	kill -CONT "$tool"
	[ ! "${1:-}" ] || wait_until 20 all_told "$1"
	"$scratch/snoopexec" -c ': last'
}
all_told() { [ "$(told_or_lost)" -ge "$1" ]; }
background_tool execsnoop -j --comm snoopexec --buffer 64K
tool=$REPLY
burst 301
stop_tool "$tool"
shown=$(events true | wc -l)
is "$((shown + $(result .lost.ring_full)))" 302 'a burst that a small ring has no room for: shown or lost'
cmp_ok "$(events '.argv_state == "shortened"' | wc -l)" '>' 50 'arguments are shortened before execs are lost'
is "$(events '.argv_state == "shortened"' | wc -l)" "$(result .notes.shortened)" 'of which there is a note'
is "$(events '.argv_state == "shortened"' \
	'(.argv | map(utf8bytelength + 1) | add) - 1 + .argv_missing_bytes' | sort -u | wc -l)" 1 \
	'each of which says how much is missing'
is "$(jq -r 'select(.type == "event") | .argv[-1]' "$out_file" | tail -n 1)" ': last' 'what comes after it is whole'
ok 'each line is JSON, still' json_check "$out_file"

background_tool execsnoop -j --comm snoopexec --buffer 64K -l 'y{5000}'
tool=$REPLY
burst
stop_tool "$tool"
is "$(events '.argv_state == "whole" and .argv[-1] == ": last"' | wc -l)" 0 '-l: what does not match is not shown'
is "$(events '.argv_state == "shortened"' | wc -l)" "$(result .notes.shortened)" \
	'-l: what is shortened might have matched'

# -- With as little as may be -------------------------------------------------------------

cp "$bin/execsnoop" "$scratch/execsnoop" || bail_out 'no copy of the tool'
chmod 755 "$scratch"
caps=-all,+bpf,+perfmon
# Before 5.11 maps are charged to a limit that only CAP_SYS_RESOURCE can raise.
ulimit -l unlimited 2>/dev/null
background setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=$caps --inh-caps=$caps \
	--ambient-caps=$caps -- "$scratch/execsnoop" -j -x --exit --exe --cwd --ancestors 3
tool=$REPLY
ok 'with CAP_BPF and CAP_PERFMON: traces' wait_until "$(scaled 20 60)" tracing "$tool"
fails
stop_tool "$tool"
is "$(events '.event == "exec" and .comm == "snoopexec"' | wc -l)" 3 'with CAP_BPF and CAP_PERFMON: execs'
is "$(events '.event == "failed" and .filename == "/nonexistent/snoopfail"' .errno)" ENOENT \
	'with CAP_BPF and CAP_PERFMON: failed ones'
is "$(events '.event == "exit" and .comm == "snoopexec"' | wc -l)" 3 'with CAP_BPF and CAP_PERFMON: exits'
ok 'with CAP_BPF and CAP_PERFMON: nothing is unaccounted for' conserved "$out_file"

done_testing
