#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: heart cgroup=v2,hybrid,v1
#
# The guest is what the other tests take it for.

# shellcheck source=../../run/lib.bash
. "$(dirname "$0")/../../run/lib.bash"
need root fio jq

is "$(uname -r)" "$SNOOPKIT_KERNEL_VERSION" 'the kernel that was asked for'
cmp_ok "$(stat -c %s /sys/kernel/btf/vmlinux)" '>' 1000000 'the kernel has its BTF'

case $SNOOPKIT_CGROUP in
v2) is "$(stat -f -c %T /sys/fs/cgroup)" cgroup2fs 'pure cgroup v2' ;;
hybrid)
	is "$(stat -f -c %T /sys/fs/cgroup/unified)" cgroup2fs 'cgroup v2 beside v1'
	is "$(stat -f -c %T /sys/fs/cgroup/pids)" cgroupfs 'cgroup v1 beside v2'
	;;
v1)
	is "$(stat -f -c %T /sys/fs/cgroup/pids)" cgroupfs 'cgroup v1'
	unlike "$(cat /proc/self/mounts)" cgroup2 'no cgroup v2'
	;;
esac

# The hardware clock is the host's, the other one is counted by the guest.
rtc_second() {
	local before now
	before=$(</sys/class/rtc/rtc0/since_epoch)
	while now=$(</sys/class/rtc/rtc0/since_epoch) && [ "$now" = "$before" ]; do sleep 0.01; done
	cut -d ' ' -f 1 /proc/uptime
}
if [ -r /sys/class/rtc/rtc0/since_epoch ]; then
	# On a busy host a second may begin late.
	for try in 1 2 3; do
		begin=$(rtc_second)
		rtc_second >/dev/null
		took=$(rtc_second | awk -v begin="$begin" '{ print $1 - begin }')
		! awk -v took="$took" 'BEGIN { exit !(took < 1.9 || took > 2.1) }' || continue
		break
	done
	within "$took" 2 10 "two seconds take two seconds (try $try)"
else
	skip 1 'no hardware clock'
fi

modprobe null_blk irqmode=2 completion_nsec=2000000 hw_queue_depth=32 || bail_out 'no null_blk'
run fio --name=read --filename=/dev/nullb0 --rw=randread --bs=4k --direct=1 --ioengine=psync \
	--time_based --runtime=1 --output-format=json
# fio may say something before.
latency=$(sed -n '/^{/,$p' "$out_file" | jq -r '.jobs[0].read.clat_ns |
	"\(.min) \(.percentile."1.000000")"')
cmp_ok "${latency% *}" '>=' 2000000 'null_blk completes after 2 ms, by fio'
cmp_ok "${latency#* }" '<' 2600000 'and not much later (the quickest 1 %, the host may be busy)'
modprobe -r null_blk
done_testing
