#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (files and pipes are the same everywhere)
# shellcheck disable=SC2317 # run by wait_until
#
# Output that fails: nobody reads it, the disk is full, it is closed. The summary is not lost.

# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"
need root jq

# Lines of stderr that tell of a failure, so without the notes of a start.
errors() {
	grep -v ': not seen: ' "$err_file" | grep -c '^[a-z]*: '
}

for tool in "${tools_and_examples[@]}"; do
	name=${tool##*/}
	for json in '' -j; do
		what="$name${json:+ -j}"

		# -- Full -------------------------------------------------------------------------
		# shellcheck disable=SC2016
		run bash -c '"$0" "$@" >/dev/full' "$bin/$tool" --duration 0.5 $json
		is "$rc" 1 "$what >/dev/full: fails"
		like "$err" "(^|"$'\n'")$name: output: No space left on device" "$what >/dev/full: says why"
		is "$(errors)" 1 "$what >/dev/full: in one line"
		if [ "$json" ]; then
			like "$(tail -n 1 "$err_file" | jq -r .type)" '^summary$' \
				"$what >/dev/full: the summary is on stderr"
			ok "$what >/dev/full: and adds up" conserved "$err_file"
		else
			is "$(tail -n 1 "$err_file" | grep -cE '^seen [0-9]+ = shown')" 1 \
				"$what >/dev/full: the summary is on stderr"
		fi

		# -- Closed -----------------------------------------------------------------------
		# shellcheck disable=SC2016
		run timeout 10 bash -c '"$0" "$@" >&-' "$bin/$tool" --duration 5 $json
		is "$rc" 1 "$what >&-: fails"
		is "$err" "$name: output: Bad file descriptor" "$what >&-: one clear line"
	done

	for option in --help --version; do
		# shellcheck disable=SC2016
		run bash -c '"$0" "$1" >/dev/full' "$bin/$tool" $option
		is "$rc" 1 "$name $option >/dev/full: fails"
		is "$err" "$name: output: No space left on device" "$name $option >/dev/full: one clear line"
	done
done

# Room for the first line, not for the result.
mkdir "$scratch/small"
mount -t tmpfs -o size=4k,mode=700 snoopkit "$scratch/small" || bail_out 'no tmpfs'
at_exit "umount '$scratch/small'"
for tool in "${tools_and_examples[@]}"; do
	name=${tool##*/}
	first=$("$bin/$tool" --duration 0.1 2>/dev/null | head -n 1 | wc -c)
	head -c $((4096 - first - 20)) /dev/zero >"$scratch/small/out"
	# shellcheck disable=SC2016
	run bash -c '"$0" --duration 0.5 >>"$1"' "$bin/$tool" "$scratch/small/out"
	is "$rc" 1 "$name, the disk fills up: fails"
	like "$err" "$name: output: No space left on device; the summary follows here" \
		"$name, the disk fills up: says why"
	like "$err" 'seen [0-9]+ = shown [0-9]+' "$name, the disk fills up: the summary is on stderr"
done

# A limit of file sizes, here of one block: no signal ends it.
for tool in "${tools_and_examples[@]}"; do
	name=${tool##*/}
	head -c 1024 /dev/zero >"$scratch/limited"
	# shellcheck disable=SC2016
	run bash -c 'ulimit -f 1; "$0" --duration 0.5 >>"$1"' "$bin/$tool" "$scratch/limited"
	is "$rc" 1 "$name, ulimit -f: fails"
	like "$err" "$name: output: File too large" "$name, ulimit -f: says why"
	# shellcheck disable=SC2016
	run bash -c '(ulimit -f 1; exec "$0" --duration 0.3) | cat; exit "${PIPESTATUS[0]}"' "$bin/$tool"
	is "$rc" 0 "$name, ulimit -f: but not where no file is written"
	like "$out" 'seen [0-9]+ = shown [0-9]+' "$name, ulimit -f: all of it"
done

# Closed stdin and stderr are no reason to fail.
for tool in "${tools_and_examples[@]}"; do
	# shellcheck disable=SC2016
	run bash -c '"$0" -j --duration 0.3 <&- 2>&-' "$bin/$tool"
	is "$rc" 0 "${tool##*/} <&- 2>&-"
	ok "${tool##*/} <&- 2>&-: the output is all there" conserved "$out_file"
done

# -- A file that is moved away -------------------------------------------------------------

for tool in "${tools_and_examples[@]}"; do
	name=${tool##*/} log=$scratch/${tool##*/}.log
	background_tool "$tool" --output "$log"
	pid=$REPLY
	is "$(stat -c '%a %U' "$log")" '600 root' "$name --output: a new file is for its owner only"
	mv "$log" "$log.1"
	kill -USR1 "$pid"
	ok "$name --output: SIGUSR1 makes a new file" wait_until 10 test -e "$log"
	stop_tool "$pid" TERM
	is "$rc" 0 "$name --output: ends well"
	is "$out" '' "$name --output: nothing is on stdout"
	is "$(grep -cE '^seen [0-9]+ = shown' "$log") $(grep -cE '^seen [0-9]+ = shown' "$log.1")" '1 0' \
		"$name --output: the summary is in the new file"

	background_tool "$tool" -j
	stop_tool "$REPLY" USR1
	is "$rc" 138 "$name: without --output SIGUSR1 is not ours"
done

# -- The reader goes ----------------------------------------------------------------------

for tool in "${tools_and_examples[@]}"; do
	about_tool "$tool"
	# shellcheck disable=SC2016
	run timeout 20 bash -c '"$0" | head -n 1; exit "${PIPESTATUS[0]}"' "$bin/$tool"
	is "$rc" 0 "$name | head -n 1: ends, without waiting for more to show"
	is "$(errors)" 0 "$name | head -n 1: silently"
	isnt "$out" '' "$name | head -n 1: with what was wanted"
	[ "$periodic" ] || continue
	for json in '' -j; do
		# shellcheck disable=SC2016,SC2086 # options
		run timeout 20 bash -c '"$0" "$@" | head -n 1; exit "${PIPESTATUS[0]}"' "$bin/$tool" $json $periodic
		is "$rc" 0 "$name${json:+ -j} $periodic | head -n 1: ends"
		is "$(errors)" 0 "$name${json:+ -j} $periodic | head -n 1: silently"
		isnt "$out" '' "$name${json:+ -j} $periodic | head -n 1: with what was wanted"
	done
	is "$(jq -r .type <<<"$out")" interval "$name -j $periodic | head -n 1: with an object"
done

# -- The reader stops ---------------------------------------------------------------------

mkfifo "$scratch/pipe"

# Until the pipe, which somebody holds open but nobody reads, takes no more.
stuck() { # PID
	[ "$(process_state "$1")" = S ] && ! dd if=/dev/zero of="$scratch/pipe" bs=4096 count=1 \
		oflag=nonblock conv=notrunc status=none 2>/dev/null
}

for tool in "${tools_and_examples[@]}"; do
	about_tool "$tool"
	[ "$periodic" ] || continue
	exec {reader}<>"$scratch/pipe"
	# Full but for a page, into which the first lines go.
	dd if=/dev/zero of="$scratch/pipe" bs=1024 count=63 oflag=nonblock status=none 2>/dev/null
	# shellcheck disable=SC2016,SC2086 # options
	background bash -c 'exec "$0" -j "${@:2}" >"$1"' "$bin/$tool" "$scratch/pipe" $periodic
	pid=$REPLY
	wait_until 20 tracing "$pid"
	wait_until 20 stuck "$pid"
	sleep 1.2
	kill -TERM "$pid"
	ok "$name: a reader that stands still does not hold up SIGTERM" wait_until 20 ended "$pid"
	wait_tool "$pid"
	is "$rc" 1 "$name: and the run has failed"
	like "$err" "$name: output: nobody reads it" "$name: which it says"
	ok "$name: the summary is on stderr" conserved "$err_file"
	exec {reader}>&-
done

done_testing
