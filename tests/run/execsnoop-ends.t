#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2016,SC2317 # for other shells; run by traced
#
# Ends of what was not seen to begin: processes that were there before, execs that failed with the
# old program gone.

# shellcheck source=execsnoop.bash
. "$(dirname "$0")/execsnoop.bash"
need root jq prlimit

program snoopexec
target=$scratch/snoopexec
here=$(realpath "$scratch")

# -- Processes that were there before -----------------------------------------------------

# Each ends when its fifo is written to; the shell between them never executes anything.
mkfifo "$scratch/go1" "$scratch/go2" "$scratch/go3"
older() {
	cp "$target" "$scratch/snoopgone"
	"$scratch/snoopgone" -c 'read -r _ <"$1"; exit 3' sh "$scratch/go1" &
	first=$!
	(
		read -r _ <"$scratch/go2"
		exit 4
	) &
	forked=$!
	"$target" -c 'read -r _ <"$1"; exit 5' sh "$scratch/go3" &
	third=$!
	wait_until 10 grep -qs snoopgone "/proc/$first/comm"
	wait_until 10 grep -qs snoopexec "/proc/$third/comm"
	rm "$scratch/snoopgone"
}
end_them() {
	local fifo
	"$target" -c 'exit 6'
	for fifo in go1 go2 go3; do echo >"$scratch/$fifo"; done
	wait "$first" "$forked" "$third"
}
ends() { # CONDITION [JQ-EXPRESSION]
	events ".event == \"exit\" and ($1)" "${2:-\"\\(.exit_code) \\(.ran_before) \\(.duration_ns | type)\"}"
}
older
background_tool execsnoop -j --exit
all=$REPLY
background_tool execsnoop -j --exit --tree $$
tree=$REPLY
background_tool execsnoop -j --exit -p "$third"
one=$REPLY
background_tool execsnoop -j --exit -P $$ --comm snoopgone
comm=$REPLY
background_tool execsnoop -j --exit -u 12345
user=$REPLY
background_tool execsnoop --exit -n '^snoop'
table=$REPLY
end_them
stop_tool "$all"
is "$(ends ".pid == $first")" '3 true null' 'a process that was there before: its end, no duration'
is "$(ends ".pid == $first" '"\(.comm) \(.exe) \(.exe_deleted)"')" "snoopgone $here/snoopgone (deleted) true" \
	'and its file, which is no more'
is "$(ends ".pid == $forked")" '4 true null' 'one that never executed anything'
is "$(ends ".pid == $third" .exe)" "$here/snoopexec" 'one whose file is there'
is "$(ends '.exit_code == 6')" '6 null number' 'one that began later: as ever'
ok 'seen = shown + filtered + lost' conserved "$out_file"
stop_tool "$tree"
is "$(ends true .exit_code | grep -v '^0$' | sort | paste -sd' ')" '3 4 5 6' '--tree: those of it'
stop_tool "$one"
is "$(ends true '"\(.pid) \(.exit_code)"')" "$third 5" '-p: just this one'
is "$(events '.event == "exec"')" '' '-p: and no exec of others'
stop_tool "$comm"
is "$(ends true .pid)" "$first" '-P and --comm: of those that were there before'
stop_tool "$user"
is "$(ends true)" '' '-u of another: none'
stop_tool "$table"
is "$(rows "^exit +snoopgone .* 3 +- # exit; ran before: $here/snoopgone \\(deleted\\)\$")" 1 'a row says which file it was'
is "$(rows "^exit +snoopexec .* 5 +- # exit; ran before: $here/snoopexec\$")" 1 'and that there is no duration'
is "$(rows " $forked ")" 0 '-n: not those of another name'

# A program that is no longer what was asked for.
becoming() {
	"$target" -c 'read -r _ <"$1"; exec sh -c "exit 7"' sh "$scratch/go1" &
	first=$!
	wait_until 10 grep -qs snoopexec "/proc/$first/comm"
}
becoming
background_tool execsnoop -j --exit -n snoopexec
all=$REPLY
echo >"$scratch/go1"
wait "$first"
stop_tool "$all"
is "$(ends ".pid == $first")" '' '-n: what has become another program is not shown any more'

becoming
background_tool execsnoop -j --exit --comm snoopexec
all=$REPLY
echo >"$scratch/go1"
wait "$first"
stop_tool "$all"
is "$(ends ".pid == $first")" '' '--comm: the same'
ok '--comm: seen = shown + filtered + lost' conserved "$out_file"

# A process that is itself asked for, and executes another program.
becoming
background_tool execsnoop -j --exit -p "$first"
all=$REPLY
echo >"$scratch/go1"
wait "$first"
stop_tool "$all"
is "$(events true '"\(.event) \(.comm) \(.exit_code)"' | paste -sd,)" 'exec sh null,exit sh 7' \
	'-p: what this process executes, and its end'

# -- Execs that fail with the old program gone --------------------------------------------

"$bin/tests/subjects/exec" break "$target" "$scratch/snooptrunc" || bail_out 'no broken program'
printf '#!%s -x\n' "$scratch/snooptrunc" >"$scratch/script"
chmod +x "$scratch/script"
dying() {
	"$scratch/snooptrunc" 'a b' '' truncated
	(exec -a /usr/sbin/sshd "$scratch/snooptrunc" renamed)
	"$scratch/script" script
	(prlimit --as=600000 "$target" -c : limit)
	"$bin/tests/subjects/exec" thread "$scratch/snooptrunc" thread
	"$bin/tests/subjects/exec" at-empty "$scratch/snooptrunc" empty
} 2>/dev/null
died() { # MARK [JQ-EXPRESSION]
	events ".event == \"failed\" and .signal and .argv[-1] == \"$1\"" "${2:-\"\\(.filename) \\(.argv | @json) \\(.signal) \\(.argv_state)\"}"
}
ulimit -c 0
background_tool execsnoop -j -x --exit -v
tool=$REPLY
dying
stop_tool "$tool"
if grep -q 'with their file only' "$err_file"; then
	cmp_ok "$(events ".event == \"failed\" and .signal and .exe == \"$here/snooptrunc\" and .argv_state == \"unreadable\"" | wc -l)" \
		'>=' 5 'their file is known, and it is said that the arguments are not'
	skip 8 'nothing here tells where the arguments are'
else
	is "$(died truncated)" "$scratch/snooptrunc [\"$scratch/snooptrunc\",\"a b\",\"\",\"truncated\"] SIGSEGV whole" \
		'a broken program: file, arguments and end'
	is "$(died truncated '"\(.errno) \(.comm) \(.exe)"' | sed 's/^E[A-Z]* /E /')" "E snooptrunc $here/snooptrunc" \
		'and errno, its name and its path'
	is "$(died renamed)" "$scratch/snooptrunc [\"/usr/sbin/sshd\",\"renamed\"] SIGSEGV whole" 'by another name'
	is "$(died script)" \
		"$scratch/script [\"$scratch/snooptrunc\",\"-x\",\"$scratch/script\",\"script\"] SIGSEGV whole" 'a script'
	is "$(died limit)" "$target [\"$target\",\"-c\",\":\",\"limit\"] SIGSEGV whole" 'too little address space'
	is "$(died limit .errno)" ENOMEM 'of which errno tells'
	is "$(died thread '"\(.argv | length) \(.signal)"')" '2 SIGSEGV' 'by a thread'
	like "$(died empty .filename)" '^/dev/fd/[0-9]+$' 'of a descriptor: the path as the kernel has it'
	is "$(died empty .exe)" "$here/snooptrunc" 'and the one it really has'
fi
is "$(ends '.signal == "SIGSEGV"' | wc -l)" 6 '-x --exit: their ends'
is "$(jq -s '[.[] | select(.event == "failed" and .signal) | .pid] - [.[] | select(.event == "exit") | .pid] | length' \
	"$out_file")" 0 '-x --exit: an end for each'
ok 'failed ones: seen = shown + filtered + lost' conserved "$out_file"
traced -x -- dying
is "$(rows "^snooptrunc .* E[A-Z]+ +/usr/sbin/sshd renamed # $scratch/snooptrunc; killed by SIGSEGV\$")" \
	"$(rows 'renamed')" 'a row says how it ended'
traced --exit --tree $$ -- dying
is "$(rows '^exit .* SIGSEGV +- # exit; its exec had failed$')" 6 '--exit without -x: their ends, too'
traced -j --exit -u 12345 -- dying
is "$(events true)" '' '--exit -u of another: none of them'

done_testing
