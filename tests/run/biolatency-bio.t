#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# Devices without requests, by the example of zram: seen by their bios, and not counted twice.

# shellcheck disable=SC2317 # run by traced
# shellcheck source=bio.bash
. "$(dirname "$0")/bio.bash"
need root fio jq kernel:zram kernel:loop

scratch_zram 128M
disk=$REPLY name=${REPLY##*/}
mixed=(--rw=randrw --number_ios="$(scaled 10000 600)")

on_disk() { # what -D says of the device
	counted io ".disk == \"$name\""
}

traced -j -D -- io "$disk" "${mixed[@]}"
about "$(on_disk)" "$(fio_ios)" 1 '-D: I/Os'
about "$(result "[.series[] | select(.disk == \"$name\") | .bytes] | add")" "$(fio_bytes)" 4096 \
	'-D: bytes'
ok '-D: seen = shown + filtered + lost' conserved "$out_file"

traced -j -d "$disk" -- io "$disk" "${mixed[@]}"
about "$(counted io)" "$(fio_ios)" 1 '-d: I/Os'
is "$(result .shown)" "$(counted io)" '-d: nothing else'
ok '-d: seen = shown + filtered + lost' conserved "$out_file"

traced -j -D -F -- io "$disk" "${mixed[@]}"
about "$(counted io ".disk == \"$name\" and .op == \"read\"")" \
	"$(fio_result '.jobs[0].read.total_ios')" 1 '-F: reads'
about "$(counted io ".disk == \"$name\" and .op == \"write\"")" \
	"$(fio_result '.jobs[0].write.total_ios')" 1 '-F: writes'

traced -j --op write -d "$disk" -- io "$disk" "${mixed[@]}"
about "$(counted io)" "$(fio_result '.jobs[0].write.total_ios')" 1 '--op write: those only'
about "$(result .filtered)" "$(fio_result '.jobs[0].read.total_ios')" 1 '--op write: reads are filtered'

# Others use their disks meanwhile, so the default view may have more.
traced -j -- io "$disk" "${mixed[@]}"
cmp_ok "$(counted io)" '>=' "$(($(fio_ios) - 1))" 'the default view has them'
ok 'default view: seen = shown + filtered + lost' conserved "$out_file"

traced -j --phases -D -- io "$disk" "${mixed[@]}"
is "$(result "[.series[] | select(.disk == \"$name\") | .phase] | join(\" \")")" total \
	'--phases: without requests there is a total only'
about "$(on_disk)" "$(fio_ios)" 1 '--phases: I/Os'

traced -j -d "$disk" -p $$ -- io "$disk" "${mixed[@]}"
is "$(result .shown)" 0 '-p: nothing of a process that did nothing'
about "$(result .filtered)" "$(fio_ios)" 1 '-p: the others are filtered'

# -- A device that comes while the tool is there ------------------------------------------

grow() {
	scratch_zram 32M
	late=$REPLY
	wait_until 6 watched "$late"
	io "$late" --rw=randwrite --number_ios="$(scaled 3000 300)"
}
watched() { # DEVICE
	grep -q "watching the bios of ${1##*/}$" "$err_file"
}
traced -v -j -D -- grow
about "$(counted io ".disk == \"${late##*/}\"")" "$(fio_ios)" 1 'a device that came later'

# -- One on top of the other --------------------------------------------------------------

loop=$(losetup --find --show --direct-io=on "$disk") || bail_out 'no loop device on zram'
at_exit "loop_remove '$loop'"
traced -j -D -- io "$loop" --rw=randread --number_ios="$(scaled 3000 300)"
about "$(counted io ".disk == \"${loop##*/}\"")" "$(fio_ios)" 1 'a loop device on it: its requests'
about "$(on_disk)" "$(fio_ios)" 1 'and the bios they become below'

done_testing
