# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# Disks whose times are known, and the kernel's own record of each request. For guests only.

# shellcheck source=../../run/bio.bash
. "$(dirname "${BASH_SOURCE[0]}")/../../run/bio.bash"

configfs=/sys/kernel/config

# By its name, with these of null_blk's attributes; it is removed at the script's end.
null_disk() { # NAME ATTRIBUTE=VALUE...
	local dir=$configfs/nullb/$1 setting
	if [ ! -d $configfs/nullb ]; then
		modprobe null_blk nr_devices=0 || bail_out 'no null_blk'
		mountpoint -q $configfs || mount -t configfs configfs $configfs || bail_out 'no configfs'
	fi
	mkdir "$dir" || bail_out "no $1"
	at_exit "rmdir '$dir'"
	shift
	for setting in size=64 blocksize=512 irqmode=2 "$@" power=1; do
		echo "${setting#*=}" >"$dir/${setting%%=*}" || bail_out "$dir: no $setting"
	done
	wait_until 10 test -b "/dev/${dir##*/}" || bail_out "no /dev/${dir##*/}"
}

# Until 5.17 (commit b3a0a73e8a79) such a disk has a number, whatever its directory is called: so
# the names are nullb0, nullb1, ... in this order.
null_disks() { # COUNT ATTRIBUTE=VALUE...
	local count=$1 i
	shift
	for ((i = 0; i < count; i++)); do null_disk "nullb$i" "$@"; done
}

# -- What the kernel's event trace has of each request ------------------------------------

tracing=/sys/kernel/tracing

trace_start() {
	mountpoint -q $tracing || mount -t tracefs tracefs $tracing || return
	echo 8192 >$tracing/buffer_size_kb
	echo mono >$tracing/trace_clock
	echo 1 | tee $tracing/events/block/block_rq_{issue,complete}/enable >/dev/null
}

trace_stop() {
	echo 0 | tee $tracing/events/block/block_rq_{issue,complete}/enable >/dev/null
	cat $tracing/trace
	echo >$tracing/trace
}

# From issue to completion in us, of each request: DISK COUNT, and what p50, p99 and p99.9 are
# between: the times beside that rank, since percentiles can be taken in more ways than one.
trace_times() { # <TRACE
	local disk
	for disk in /sys/block/nullb*; do
		[ ! -e "$disk/dev" ] || echo "name $(tr : , <"$disk/dev") ${disk##*/}"
	done >"$scratch/names"
	awk '
		$1 == "name" { name[$2] = $3; next }
		{
			for (i = 3; i <= NF && $i !~ /^block_rq_/; i++);
			disk = $(i + 1)
			if (!(disk in name)) next
			for (j = i; j <= NF && $j != "+"; j++);
			key = disk " " $(j - 1)
			time = $(i - 1) * 1000000
			# The same place may be read by two at a time: first come, first served.
			if ($i == "block_rq_issue:") issued[key, ++last[key]] = time
			else if (first[key] < last[key]) print name[disk], time - issued[key, ++first[key]]
		}' "$scratch/names" - | sort -k 1,1 -k 2,2g | awk '
		function at(i) { return v[i < 1 ? 1 : i > n ? n : i] }
		function around(p,    i) { i = int(n * p + 0.999999); return at(i - 1) " " at(i + 1) }
		function show() { if (n) print disk, n, around(0.5), around(0.99), around(0.999) }
		$1 != disk { show(); n = 0; disk = $1 }
		{ v[++n] = $2 }
		END { show() }'
}
