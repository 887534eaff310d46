#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# Disks of several paths: what is asked of them once is counted once, whether they have requests of
# their own (dm-multipath) or hand on the bios (NVMe, md's raid0).

# shellcheck disable=SC2154,SC2317 # set by lib.bash; run by traced
# shellcheck source=disks.bash
. "$(dirname "$0")/disks.bash"
need root fio jq dmsetup

null_disk nullb0 completion_nsec=2000000 hw_queue_depth=64 submit_queues=1

reads() { # DISK COUNT
	io "/dev/$1" --rw=randread --norandommap --ba=8k --size=8m --number_ios="$2"
}
phase() { # NAME MEMBER
	result "[.series[] | select(.class == \"io\" and .phase == \"$1\") | .$2] | add // 0"
}

# -- dm-multipath, with requests ----------------------------------------------------------

modprobe -q dm-mod
modprobe -q dm-multipath
modprobe -q dm-round-robin
if echo '0 131072 multipath 2 queue_mode mq 0 1 1 round-robin 0 1 1 /dev/nullb0 1' | dmsetup create paths; then
	at_exit 'dmsetup remove paths'
	top=$(basename "$(readlink -f /dev/mapper/paths)")
	[ -b "/dev/$top" ] || top=dm-0
	ok 'it has requests' test -d "/sys/block/$top/mq"

	traced -j -- reads "$top" 50
	is "$(counted io)" 50 'default view: once'
	ok 'seen = shown + filtered + lost' conserved "$out_file"
	traced -j -D -- reads "$top" 50
	is "$(counted io ".disk == \"$top\"") $(counted io '.disk == "nullb0"')" '50 50' '-D: both'
	traced -j -d "$top" -- reads "$top" 50
	is "$(result .shown)" 50 '-d: the one asked for'
	traced -j --phases -- reads "$top" 50
	is "$(phase total count)" 50 '--phases: once'
	is "$(phase submit count)" 50 'with its submit wait'
	traced -j -p $$ -- reads "$top" 50
	is "$(result '.shown + .lost.unowned') $(result .filtered)" '0 50' '-p of another: filtered, once'
	both() {
		reads "$top" 50
		reads nullb1 20
	}
	null_disk nullb1 completion_nsec=2000000 hw_queue_depth=64 submit_queues=1
	traced -j -- both
	is "$(counted io)" 70 'a disk beside it is counted as ever'
else
	skip 10 'no dm-multipath'
fi

# -- NVMe multipath: bios that go on, without being announced again -----------------------

nvmet=$configfs/nvmet
subsystem=$nvmet/subsystems/snoopkit
nvme_target() {
	modprobe -q nvmet && modprobe -q nvme-loop || return
	[ "$(cat /sys/module/nvme_core/parameters/multipath 2>/dev/null)" = Y ] || return
	mkdir $subsystem $subsystem/namespaces/1 $nvmet/ports/1 || return
	echo 1 >$subsystem/attr_allow_any_host &&
		echo -n /dev/nullb0 >$subsystem/namespaces/1/device_path &&
		echo 1 >$subsystem/namespaces/1/enable && echo loop >$nvmet/ports/1/addr_trtype &&
		ln -s $subsystem $nvmet/ports/1/subsystems/snoopkit || return
	# A path: twice would be the same namespace by two.
	echo 'transport=loop,nqn=snoopkit' >/dev/nvme-fabrics || return
	wait_until 10 nvme_head
}
nvme_head() {
	local link
	for link in /sys/block/nvme*; do
		[ -e "$link" ] && [[ $(readlink "$link") == */nvme-subsystem/* ]] && head=${link##*/} &&
			[ -b "/dev/$head" ] && return
	done
	return 1
}
nvme_gone() {
	local ctl
	for ctl in /sys/class/nvme/nvme*; do echo 1 >"$ctl/delete_controller"; done
	rm -f $nvmet/ports/1/subsystems/snoopkit
	rmdir $nvmet/ports/1 $subsystem/namespaces/1 $subsystem
}
[ ! -d /sys/block/dm-0 ] || dmsetup remove paths
mountpoint -q $configfs || mount -t configfs configfs $configfs
at_exit 'nvme_gone 2>/dev/null; true'
if nvme_target 2>/dev/null; then
	# The disk that the target stands on is one of the same kernel.
	is "$(cat "/sys/block/$head/size")" "$(cat /sys/block/nullb0/size)" "$head is the target"
	traced -j -D -- reads "$head" 50
	path=$(result "[.series[].disk // empty | select(startswith(\"nvme\") and . != \"$head\")] | unique | join(\" \")")
	is "$(counted io ".disk == \"$head\"") $(counted io ".disk == \"$path\"")" '50 50' "-D: $head and its path $path"
	traced -j --phases -D -- reads "$head" 50
	of_path="select(.disk == \"$path\" and .class == \"io\")"
	is "$(result "[.series[] | $of_path | select(.phase == \"total\") | .count] | add")" 50 '--phases: of the path'
	is "$(result "[.series[] | $of_path | select(.phase == \"submit\") | .count] | add")" 50 'its submit wait is known'
	traced -j -d "$head" -p $$ -- reads "$head" 50
	is "$(result .filtered) $(result .lost.unowned)" '50 0' '-p of another: filtered'
else
	skip 5 'no NVMe multipath'
fi

done_testing
