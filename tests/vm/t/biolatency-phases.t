#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# Eight threads on a disk that takes two requests: nearly all of their time is spent before there is
# a request, where no other tool looks. The application's own record has it.

# shellcheck disable=SC2317 # run by traced
# shellcheck source=disks.bash
. "$(dirname "$0")/disks.bash"
need root fio jq

null_disk nullb0 completion_nsec=2000000 hw_queue_depth=2 submit_queues=1
echo none >/sys/block/nullb0/queue/scheduler

eight_threads() {
	io /dev/nullb0 --rw=randread --norandommap --ba=8k --numjobs=8 --thread --group_reporting \
		--number_ios=250
}
phase() { # NAME MEMBER
	result ".series[] | select(.class == \"io\" and .phase == \"$1\") | .$2"
}
application_p99() {
	fio_result '.jobs[0].read.clat_ns.percentile."99.000000"'
}

# fio's time goes on until the thread runs again, which on a busy host may take long.
for try in 1 2 3 4; do
	traced -j --phases -d nullb0 -- eight_threads
	compare "$(phase total p99_ns)" '>=' "$(($(application_p99) * 9 / 10))" && break
done
is "$(result '.shown + (.lost | add)')" 2000 'each I/O is shown, or lost is told'
cmp_ok "$(phase total count)" '>=' 1990 'hardly any is lost'
is "$(phase device count)" "$(phase total count)" 'device: of each that is shown'
# Since 7.0 programs can be interrupted by others of their kind, which the kernel then skips.
is "$(($(phase submit count) + $(result .notes.no_phases)))" "$(phase total count)" \
	'submit: of each, or there is a note'
cmp_ok "$(result .notes.no_phases)" '<=' 10 'and hardly any note'
# With no request free fio waits in the system call.
within "$(phase total p99_ns)" "$(application_p99)" 10 "the p99 of the total is that of the application (try $try)"
cmp_ok "$(phase device p50_ns)" '>=' 2000000 'the disk itself takes its 2 ms'
cmp_ok "$(phase device p50_ns)" '<' 4000000 'and not many more'
cmp_ok "$(phase submit sum_ns)" '>' "$(phase device sum_ns)" 'the wait for a request is told apart'
cmp_ok "$(phase queue p50_ns)" '<' 1000000 'and is not taken for time in the queue'
parts=$(($(phase submit sum_ns) + $(phase queue sum_ns) + $(phase device sum_ns)))
within "$parts" "$(phase total sum_ns)" 1 'the phases add up to the total'

done_testing
