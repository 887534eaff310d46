#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# -p where a kernel thread submits or issues what a process wants: whose it is is known, or nobody
# knows. It is never somebody else's.

# shellcheck disable=SC2154,SC2317 # set by lib.bash; run by traced
# shellcheck source=disks.bash
. "$(dirname "$0")/disks.bash"
need root fio jq dmsetup

null_disk nullb0 completion_nsec=100000 hw_queue_depth=64 submit_queues=1
null_disk nullb1 completion_nsec=100000 hw_queue_depth=64 submit_queues=1

mkfifo "$scratch/go"
exec {go}<>"$scratch/go"

# Is there before the tool is, and becomes fio when it is told to.
start_worker() { # DISK FIO-OPTION...
	local device=$1
	shift
	bash -c 'read -r <"$0"; exec "$@" >/dev/null 2>&1' "$scratch/go" fio --name=io \
		--filename="$device" --direct=1 --bs=4k --io_size=1t --size=32m --thread \
		--ioengine=psync --norandommap --ba=8k --output-format=json \
		--output="$fio_file" "$@" &
	worker=$!
	at_exit "kill $worker 2>/dev/null; true"
}
go() {
	echo >&"$go"
	wait "$worker"
}
by() { # how many of the unowned something submitted, by its name
	result "[.unowned_by[] | select(.comm | startswith(\"$1\")) | .count] | add // 0"
}
dm_name() { # NAME: $REPLY is the kernel's
	REPLY=$(basename "$(readlink -f "/dev/mapper/$1")")
	[ -b "/dev/$REPLY" ] || REPLY=dm-$(dmsetup info -c --noheadings -o minor "$1" | tr -d ' ')
}

# -- dm-crypt: a kernel thread writes pages of its own ------------------------------------

modprobe -q dm-mod
modprobe -q dm-crypt
key=$(printf '%064d' 7)
if echo "0 65536 crypt aes-xts-plain64 $key 0 /dev/nullb0 0" | dmsetup create secret; then
	at_exit 'dmsetup remove secret'
	dm_name secret
	secret=$REPLY
	start_worker "/dev/$secret" --rw=randwrite --number_ios=100
	traced -j -D -p "$worker" -- go
	is "$(counted io ".disk == \"$secret\"")" 100 'dm-crypt, writes: all are the process'"'"'s own above'
	is "$(counted io '.disk == "nullb0"')" 0 'dm-crypt, writes: and nobody'"'"'s below'
	cmp_ok "$(result .lost.unowned)" '>=' 100 'dm-crypt, writes: they are counted as unowned'
	cmp_ok "$(by dmcrypt_write)" '>=' 100 'dm-crypt, writes: by its thread'
	cmp_ok "$(result .filtered)" '<=' 2 'dm-crypt, writes: none is somebody else'"'"'s'
	ok 'dm-crypt, writes: seen = shown + filtered + lost' conserved "$out_file"

	start_worker "/dev/$secret" --rw=randwrite --number_ios=50
	traced -p "$worker" -d nullb0 -- go
	like "$out" 'unowned, submitted by: dmcrypt_write[^ ]* 50' 'and the table says so'
else
	skip 7 'no dm-crypt'
fi

# -- Held back by io.max: issued by a worker ----------------------------------------------

cgroups=/sys/fs/cgroup
throttle() { # DISK RULE
	echo +io >$cgroups/cgroup.subtree_control || return
	at_exit "echo -io >$cgroups/cgroup.subtree_control"
	mkdir -p $cgroups/slow && at_exit "rmdir $cgroups/slow"
	echo "$(cat "/sys/block/$1/dev") $2" >$cgroups/slow/io.max || return
}
if throttle nullb1 riops=100; then
	start_worker /dev/nullb1 --rw=randread --number_ios=100 --ioengine=libaio --iodepth=16
	echo "$worker" >$cgroups/slow/cgroup.procs
	traced -j -d nullb1 -p "$worker" -- go
	is "$(result '.shown + .lost.unowned')" 100 'throttled: shown, or counted as unowned'
	is "$(result .filtered)" 0 'throttled: none is somebody else'"'"'s'
	if [ "$(result .shown)" = 100 ]; then
		pass 'throttled: all are the process'"'"'s own'
	else
		# Without programs at the end of functions nobody sees who submitted it.
		# A guest that is slower than the limit has some that nothing held back.
		cmp_ok "$(by kthrotld)" '>=' 30 'throttled: issued by the throttle'"'"'s worker'
	fi
	# Larger than what the disk takes at once: parts of what was held back.
	echo "$(cat /sys/block/nullb1/dev) riops=max rbps=16777216" >$cgroups/slow/io.max
	start_worker /dev/nullb1 --rw=read --bs=2m --ba=2m --number_ios=8
	echo "$worker" >$cgroups/slow/cgroup.procs
	many=$(result .shown)
	traced -j -d nullb1 -p "$worker" -- go
	is "$(result '[.series[] | .bytes] | add') $(result .filtered)" \
		"$([ "$many" = 100 ] && echo 16777216 || echo 0) 0" 'throttled, in parts: the same'
	ok 'throttled: seen = shown + filtered + lost' conserved "$out_file"
	traced -j -d nullb1 -p $$ -- io /dev/nullb1 --rw=randread --number_ios=20
	is "$(result .shown) $(result .filtered)" '0 20' 'of another process: filtered'
else
	skip 6 'no io.max'
fi

# -- io_uring: workers and pollers that are threads of the process, or before 5.12 of the kernel

for way in --force_async=1 --sqthread_poll=1; do
	start_worker /dev/nullb0 --rw=randread --number_ios=60 --ioengine=io_uring --iodepth=4 $way
	traced -j -d nullb0 -p "$worker" -- go
	if [ "$(fio_ios 2>/dev/null)" = 60 ]; then
		is "$(result '"\(.shown) \(.filtered) \(.lost.unowned)"')" '60 0 0' "io_uring, $way: its own"
	else
		skip 1 "no io_uring with $way"
	fi
done

done_testing
