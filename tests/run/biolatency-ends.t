#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (files are the same everywhere)
# shellcheck disable=SC2016 # for other shells
#
# A histogram is made once: where its file takes no more, it goes to stderr. And what is told first.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
need root

# Behind its first kilobyte the file takes no more; stderr is a pipe, which has no such limit.
dd if=/dev/zero of="$scratch/disk" bs=1M count=1 status=none
head -c 600 /dev/zero >"$scratch/limited"
(while sleep 0.1; do
	dd if=/dev/zero of="$scratch/disk" bs=4k count=50 oflag=direct conv=notrunc status=none
done) &
writes=$!
run bash -c '(ulimit -f 1; exec "$0" -T --duration 1.5 2>&1 >>"$1") | cat; exit "${PIPESTATUS[0]}"' \
	"$bin/biolatency" "$scratch/limited"
kill "$writes"
is "$rc" 1 'ulimit -f 1; biolatency -T: fails'
like "$out" '[*]{40}' 'ulimit -f 1; biolatency -T: the histogram is on stderr'
like "$out" $'\nio +[1-9]' 'ulimit -f 1; biolatency -T: so is the row'
unlike "$out" 'all [0-9]+ intervals' 'ulimit -f 1; biolatency -T: there was one interval'
like "$out" 'seen [1-9][0-9]* = shown [1-9]' 'ulimit -f 1; biolatency -T: it is shown'

background_tool biolatency
wait_until 20 test -s "$out_file"
is "$(head -n 1 "$out_file")" 'Tracing block device I/O... Hit Ctrl-C to end.' 'what it says when it is ready'
stop_tool "$REPLY"

done_testing
