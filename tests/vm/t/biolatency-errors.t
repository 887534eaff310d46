#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# What fails, fails fast as often as not: it is told apart by status, and is no part of the times of
# what succeeded.

# shellcheck disable=SC2154,SC2317 # set by lib.bash; run by traced
# shellcheck source=disks.bash
. "$(dirname "$0")/disks.bash"
need root fio jq dmsetup

null_disk nullb0 completion_nsec=2000000 hw_queue_depth=64 submit_queues=1 memory_backed=1
# Reads of the second half of its first MB fail.
echo '+1024-2047' >"$configfs/nullb/nullb0/badblocks" || bail_out 'no bad blocks'
modprobe -q dm-mod
modprobe -q dm-error
echo '0 65536 error' | dmsetup create broken || bail_out 'no dm-error'
at_exit 'dmsetup remove broken'
broken=$(basename "$(readlink -f /dev/mapper/broken)")
[ -b "/dev/$broken" ] || broken=dm-0

# Leaves in $bad how many failed.
reads() { # DISK COUNT
	local i
	bad=0
	for ((i = 0; i < $2; i++)); do
		dd if="/dev/$1" of=/dev/null bs=4k count=1 skip=$((i * 2)) iflag=direct 2>/dev/null ||
			bad=$((bad + 1))
	done
}
status() { # NAME: how many, in series of their own
	counted io ".status == \"$1\""
}
well() {
	counted io '.status == null'
}

# -- With requests ------------------------------------------------------------------------

traced -j -d nullb0 -- reads nullb0 128
cmp_ok "$bad" '>=' 30 'some of the reads fail'
is "$(well) $(status IOERR)" "$((128 - bad)) $bad" 'each is what it was'
is "$(result '.series[] | select(.status == null and .class == "io") | .errors.IOERR')" "$bad" 'beside those that do not'
cmp_ok "$(result '.series[] | select(.status == null and .class == "io") | .p50_ns')" '>=' 2000000 \
	'whose times are theirs alone'
is "$(result '.series[] | select(.status == null and .class == "io") | .bytes')" $(((128 - bad) * 4096)) 'and whose bytes'
is "$(result .shown)" 128 'all are shown'
ok 'seen = shown + filtered + lost' conserved "$out_file"

traced -d nullb0 -- reads nullb0 128
like "$out" $'\nerrors: '"$bad of 128 \(IOERR $bad\), [0-9.]+ a second"$'\n' 'the default view says so'
traced -d nullb0 --phases -F -- reads nullb0 128
like "$out" $'\nerrors: '"$bad of 128 \(IOERR $bad\)" 'and so does --phases -F'
traced -d nullb0 -- reads nullb0 10
unlike "$out" errors 'without errors it says nothing'

traced -j --errors -d nullb0 -- reads nullb0 128
is "$(well) $(status IOERR) $(result .filtered)" "0 $bad $((128 - bad))" '--errors: only those'
traced --errors -d nullb0 -- reads nullb0 128
like "$out" $'\n'"IOERR +$bad " '--errors: a row for the status'
like "$out" $'\n'"errors: $bad \(IOERR $bad\)" '--errors: and how many'

# -- Without requests ---------------------------------------------------------------------

traced -j -- reads "$broken" 30
is "$(well) $(status IOERR)" '0 30' 'dm-error, default view: all fail'
ok 'dm-error: seen = shown + filtered + lost' conserved "$out_file"
traced -D -- reads "$broken" 30
like "$out" "disk = $broken"$'\n' 'dm-error, -D: the disk is there'
like "$out" $'\nerrors: 30 of 30 \\(IOERR 30\\)' 'dm-error, -D: with its errors'
traced -j --errors -d "$broken" -- reads "$broken" 30
is "$(status IOERR) $(result .filtered)" '30 0' 'dm-error, --errors'

# -- Other statuses, where SCSI has them --------------------------------------------------

if modprobe -q scsi_debug dev_size_mb=64 delay=0 opts=2 medium_error_start=0 medium_error_count=512; then
	at_exit 'modprobe -r scsi_debug'
	modprobe -q sd_mod
	scsi_disk_is_there() {
		disk=$(basename "$(echo /sys/block/sd*)")
		[ -b "/dev/$disk" ]
	}
	wait_until 10 scsi_disk_is_there || bail_out 'no disk'
	reads_of_scsi() {
		reads "$disk" 64
	}
	traced -j -d "$disk" -- reads_of_scsi
	cmp_ok "$(status MEDIUM)" '>' 0 'a medium error is called by its name'
	is "$(counted io)" 64 'with what succeeded that makes all'
else
	skip 2 'no scsi_debug'
fi

done_testing
