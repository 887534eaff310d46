#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# What the disks' own statistics have more than the programs have seen is told: as many I/Os as fio
# did are counted or unseen, whatever the kernel hides (6.18 hides some), and otherwise none are unseen.

# shellcheck disable=SC2317 # run by traced
# shellcheck source=bio.bash
. "$(dirname "$0")/bio.bash"
need root fio jq kernel:loop kernel:zram

scratch_loop 64M
disk=$REPLY name=${REPLY##*/}

unseen_of() { # DISK
	result "[.unseen_by[] | select(.disk == \"$1\") | .count] | add // 0"
}
# The disk was idle when it was first looked at, so all of its I/O is in one of the two.
all_accounted() { # WHAT
	is "$(($(counted io) + $(unseen_of "$name")))" "$(fio_ios)" "$1: each I/O is counted or unseen"
	ok "$1: seen = shown + filtered + lost" conserved "$out_file"
	ok "$1: kernel = seen + unseen" reconciled "$out_file"
}
reconciled() { # FILE
	tail -n 1 "$1" | jq -e '.kernel == .seen + .unseen and .unchecked >= 0 and
		.unseen <= ([.unseen_by[].count] | add // 0)' >/dev/null
}
deep=(--ioengine=libaio --iodepth=32)

many=$(scaled 20000 1500)
for rw in randread randwrite; do
	traced -j -d "$disk" -- io "$disk" --rw=$rw "${deep[@]}" --number_ios="$many"
	all_accounted "$rw"
done
is "$(result '[.unseen_by[] | .disk] - ["'"$name"'"] | length')" 0 '-d: other disks are not looked at'
traced -j -D 1 -- io "$disk" --rw=randrw "${deep[@]}" --number_ios="$many"
is "$(($(result "[.series[] | select(.disk == \"$name\" and .class == \"io\") | .count] | add") + \
	$(unseen_of "$name")))" "$(fio_ios)" '-D with intervals: each I/O is counted or unseen'
is "$(jq -s '[.[] | select(.type == "unseen") | .count] | add // 0' "$out_file")" "$(result .unseen)" \
	'unseen objects add up'
traced -j -d "$disk" --op write -p $$ -- io "$disk" --rw=randread "${deep[@]}" --number_ios="$many"
is "$(result .shown)" 0 'filters: nothing is shown'
cmp_ok "$(($(result .filtered) + $(result '.lost | add') + $(unseen_of "$name")))" '>=' "$(fio_ios)" \
	'what filters take is seen'

# -- Flushes, discards, zeroes and neighbours that are joined ------------------------------

mixed() {
	io "$disk" --rw=write --bs=512 "${deep[@]}" --iodepth_batch_submit=32 --number_ios=600 --fsync=16
	io "$disk" --rw=randwrite --number_ios=200 --sync=dsync
	blkdiscard -o 0 -l 16M "$disk"
	blkdiscard -z -o 16M -l 8M "$disk"
	sync -d "$disk"
}
booked() {
	awk '{ print $1 + $5 + $12 + $16 }' "/sys/block/$name/stat"
}
before=$(booked)
traced -j -d "$disk" -- mixed
after=$(booked)
is "$(($(result .shown) + $(unseen_of "$name")))" "$((after - before))" \
	'flushes, discards, zeroes, merges: as many as the statistics have'

# -- Under way when it begins and ends ----------------------------------------------------

fio --name=io --filename="$disk" --direct=1 --bs=4k --rw=randread "${deep[@]}" --time_based --runtime=60 \
	>/dev/null 2>&1 &
load=$!
at_exit "kill $load 2>/dev/null || :"
traced -j -d "$disk" 1 3 -- sleep "$(scaled 2 3)"
cmp_ok "$(result .seen)" '>' 0 'a busy disk'
ok 'a busy disk: kernel = seen + unseen' reconciled "$out_file"
# On the host I/O is hidden now and then.
in_guest && is "$(result .unseen)" 0 'a busy disk: nothing is unseen'
kill "$load"
wait "$load" 2>/dev/null

# -- Without requests ---------------------------------------------------------------------

scratch_zram 64M
zram=$REPLY
traced -j -d "$zram" -- io "$zram" --rw=randrw --bsrange=4k-64k --number_ios="$(scaled 5000 400)"
is "$(result .unchecked)" 0 'zram is compared'
cmp_ok "$(result .unseen)" '<=' "$(scaled 5 0)" 'zram: nothing is unseen'

# -- No book ------------------------------------------------------------------------------

echo 0 >"/sys/block/$name/queue/iostats"
traced -v -j -d "$disk" -- io "$disk" --rw=randread --number_ios=100
echo 1 >"/sys/block/$name/queue/iostats"
is "$(result '"\(.unchecked) \(.unseen)"')" '1 0' 'a disk without statistics is unchecked'
like "$err" "$name: not compared with the kernel's count: its statistics are off" '-v tells it'
is "$(grep -c "$name: not compared" "$err_file")" 1 'once'

run unshare -m sh -c 'mount -t tmpfs none /sys/block && mount -t tmpfs none /sys/dev && exec "$@"' sh \
	"$bin/biolatency" -v -j --duration 1
is "$rc" 0 'no disks in sysfs: no error'
is "$(result '"\(.unseen) \(.kernel)"')" 'null null' '... and nothing is said of a book'
like "$err" 'no disk .* compared' '-v tells it'
done_testing
