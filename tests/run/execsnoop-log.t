#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (files and signals are the same everywhere)
# shellcheck disable=SC2016,SC2317 # for other shells; run by wait_until
#
# A long run: --output FILE, which is opened anew on SIGUSR1, and losses told when they happen.

# shellcheck source=execsnoop.bash
. "$(dirname "$0")/execsnoop.bash"
need root jq kernel:cgroup2

program snooplog
log=$scratch/log
lines() { # FILE REGEX
	grep -cE "$2" "$1"
}
has() { # FILE REGEX
	grep -qE "$2" "$1"
} 2>/dev/null
exec_of() { # WORD
	"$scratch/snooplog" -c ':' "$1"
}

# -- A file that is moved away ------------------------------------------------------------------

background_tool execsnoop --comm snooplog --output "$log"
pid=$REPLY
is "$(stat -c '%a %U' "$log")" '600 root' '--output: a new file is for its owner only'
exec_of first
ok '--output: rows are written at once' wait_until 20 has "$log" 'snooplog .* first$'
mv "$log" "$log.1"
exec_of second
ok '--output: until SIGUSR1 they go on in the old file' wait_until 20 has "$log.1" 'second$'
kill -USR1 "$pid"
ok '--output: SIGUSR1 makes a new file' wait_until 20 test -s "$log"
exec_of third
ok '--output: rows go there' wait_until 20 has "$log" 'third$'
kill -USR1 "$pid"
exec_of fourth
stop_tool "$pid"
is "$rc" 0 '--output: SIGINT ends it'
is "$out$err" '' '--output: nothing is on stdout'
is "$(lines "$log.1" 'first$|second$') $(lines "$log" 'third$|fourth$')" '2 2' '--output: each row once'
is "$(head -n 1 "$log" | grep -c '^COMM ')" 1 '--output: the new file has the header'
is "$(tail -n 1 "$log" | grep -c '= shown 4 [+]')" 1 '--output: and the summary'

# Many times while rows flow: each is in one of the files, and whole.
background_tool execsnoop -j --comm snooplog --output "$log.json"
pid=$REPLY
for i in {1..20}; do
	mv "$log.json" "$log.json.$i"
	exec_of "$i" &
	kill -USR1 "$pid"
	wait_until 20 test -e "$log.json" || break
	wait "$!"
done
stop_tool "$pid"
ok '--output -j: lines of all files are JSON' jq -e . "$log".json*
is "$(cat "$log".json* | jq -r 'select(.type == "event") | .argv[-1]' | sort -n | paste -sd' ')" \
	"$(seq -s' ' 20)" '--output -j: each event once'

# Another user's directory, in which root may make a file by CAP_DAC_OVERRIDE only.
mkdir -m 700 "$scratch/theirs"
chown 65534:65534 "$scratch/theirs"
background_tool execsnoop --comm snooplog --output "$scratch/theirs/log"
pid=$REPLY
mv "$scratch/theirs/log" "$scratch/theirs/log.1"
kill -USR1 "$pid"
ok "--output: SIGUSR1 makes a new file in another user's directory" \
	wait_until 20 test -s "$scratch/theirs/log"
is "$(awk '/^CapEff/ { print $2 }' "/proc/$pid/status")" \
	"$(awk '/^CapEff/ { print $2 }' "/proc/$pid/status" | tr -c '8\n' 0)" \
	'--output: CAP_BPF alone is in force'
stop_tool "$pid"

# What is there is written on.
run_tool execsnoop --comm snooplog --duration 0.1 --output "$log"
has "$log" 'third$' && [ "$(lines "$log" '^seen ')" = 2 ]
is "$?" 0 '--output: a file that is there is written on'

# A pipe whose reader goes, after it was opened anew.
mkfifo "$scratch/fifo"
background cat "$scratch/fifo"
reader=$REPLY
background_tool execsnoop --comm snooplog --output "$scratch/fifo"
pid=$REPLY
kill -USR1 "$pid"
sleep 0.3
ok '--output, a pipe: it is still there after SIGUSR1' wait_until 10 tracing "$pid"
kill "$reader"
ok '--output, a pipe: the tool ends with its reader' wait_until 20 ended "$pid"
stop_tool "$pid"
wait_tool "$reader"

# -- Links, and what cannot be opened ----------------------------------------------------------

echo victim >"$scratch/victim"
ln -s victim "$scratch/link"
run_tool execsnoop --duration 0.1 --output "$scratch/link"
is "$rc" 1 '--output: a link is refused'
like "$err" 'link: cannot be written: is a symbolic link' '--output: which is said'
is "$(<"$scratch/victim")" victim '--output: what it leads to is untouched'
run_tool execsnoop --duration 0.1 --output /dev/full
is "$rc" 1 '--output /dev/full: fails'
like "$err" 'seen [0-9]+ = shown' '--output /dev/full: the summary is on stderr'
run bash -c '"$0" --duration 0.1 --output "$1" >&-' "$bin/execsnoop" "$log"
is "$rc" 0 '--output: stdout may be closed'

background_tool execsnoop --comm snooplog --output "$log.2"
pid=$REPLY
mv "$log.2" "$log.3"
ln -s victim "$log.2"
kill -USR1 "$pid"
sleep 0.3
exec_of later
stop_tool "$pid"
like "$err" 'log.2: cannot be written: is a symbolic link' '--output: a link that came later is refused'
ok '--output: then the old file is written on' has "$log.3" 'later$'
is "$(<"$scratch/victim")" victim '--output: what it leads to is untouched'

# -- SIGUSR1 of a run without --output ends it, as it does any program ------------------------------

background_tool execsnoop
stop_tool "$REPLY" USR1
is "$rc" 138 'without --output SIGUSR1 is not ours'

# -- Losses are told when they happen --------------------------------------------------------------

lost() { # FILE
	jq -se 'any(.type == "lost" and .cause == "ring_full" and .count > 0)' "$1" >/dev/null 2>&1
}
background_tool execsnoop -j --comm snooplog --buffer 4K
pid=$REPLY
sum() { # CAUSE: of the objects so far
	jq -s "[.[] | select(.type == \"lost\" and .cause == \"$1\") | .count] | add" "$out_file"
}
kill -STOP "$pid"
for i in {1..40}; do exec_of "$(printf 'x%.0s' {1..800})"; done
kill -CONT "$pid"
ok 'execsnoop -j: a lost object comes while it runs' wait_until 20 lost "$out_file"
# With nothing new nothing is told again.
sleep 2.5
told=$(sum ring_full)
stop_tool "$pid"
is "$(result .lost.ring_full)" "$told" 'execsnoop -j: all was told, once'
is "$(jq -s 'map(.mono_ns) | . == sort' "$out_file")" true 'execsnoop -j: in its place by time'

background_tool execsnoop -j --comm snooplog --buffer 4K
pid=$REPLY
kill -STOP "$pid"
for i in {1..40}; do exec_of "$(printf 'x%.0s' {1..800})"; done
kill -CONT "$pid"
wait_until 20 lost "$out_file"
stop_tool "$pid" KILL
ok 'execsnoop -j, killed: losses were told before' lost "$out_file"

# Nothing flows, nothing is lost: it sleeps.
scratch_cgroup log
background_tool execsnoop -c "$REPLY"
pid=$REPLY
switches() {
	awk '/^voluntary/ { print $2 }' "/proc/$pid/status"
}
before=$(switches) begin=$SECONDS
sleep 4
cmp_ok $(($(switches) - before)) '<=' $(((SECONDS - begin) / 2 + 2)) 'an idle tool wakes up every other second'
stop_tool "$pid"

done_testing
