#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# Many disks, many requests in flight, and a disk that comes later.

# shellcheck disable=SC2317 # run by traced
# shellcheck source=disks.bash
. "$(dirname "$0")/disks.bash"
need root fio jq

# -- 12,288 in flight ---------------------------------------------------------------------

null_disks 12 completion_nsec=500000000 hw_queue_depth=1024 submit_queues=1
names=$(printf '/dev/nullb%d ' {0..11})
jobs=()
for name in $names; do jobs+=(--name="$name" --filename="$name"); done
deep() { # FIO-OPTION...
	fio --direct=1 --bs=512 --rw=randread --norandommap --ba=1k --ioengine=libaio --iodepth=1024 \
		--iodepth_batch_submit=1024 --iodepth_batch_complete_min=1024 --number_ios=1024 \
		--thread "${jobs[@]}" >"$scratch/fio.log" 2>&1 || bail_out "fio: $(head -n 1 "$scratch/fio.log")"
}
for name in $names; do echo none >"/sys/block/${name##*/}/queue/scheduler"; done
for options in '' --phases; do
	# shellcheck disable=SC2086 # options
	traced -j -D --max-series 32 $options -- deep
	total=$([ -z "$options" ] || echo 'and .phase == "total"')
	is "$(counted io ".disk[:5] == \"nullb\" $total")" 12288 "${options:-default view}: 12,288 at the same time"
	is "$(result '.lost | add')" 0 "${options:-default view}: none is lost"
	# Sets of 8: by chance 0.26 are expected to (common/bpf/inflight.bpf.h); 4 once in 6,000 runs.
	cmp_ok "$(result '.notes.evicted')" '<' 4 "${options:-default view}: hardly any had to give way"
done

# What the disks themselves have counted: reads, and sectors read.
kernel_counts() { # DISK...
	local disk
	for disk; do cat "/sys/block/$disk/stat"; done | awk '{ n += $1; sectors += $3 } END { print n, sectors }'
}

# -- A disk that comes later --------------------------------------------------------------

plugged() {
	null_disk nullb12 size=1 completion_nsec=100000
	io /dev/nullb12 --rw=randread --size=1m --number_ios=100
}
traced -j -D -- plugged
# 5.10 keeps no time of issue before a disk is registered: the reads of its partition table.
is "$(($(counted io '.disk == "nullb12"') + $(result .lost.untimed)))" \
	"$(kernel_counts nullb12 | cut -d ' ' -f 1)" 'a disk that comes while the tool is there has its name'
cmp_ok "$(counted io '.disk == "nullb12"')" '>=' 100 'from the first I/O of others on'

# -- 128 disks ----------------------------------------------------------------------------

for ((i = 13; i < 128; i++)); do null_disk "nullb$i" size=1 completion_nsec=100000; done
disks=(nullb{12..127})
read_all() {
	before=$(kernel_counts "${disks[@]}")
	(cd /dev && cat "${disks[@]}" >/dev/null)
	after=$(kernel_counts "${disks[@]}")
}
traced -j -D -- read_all
of_disks='select(.disk // "" | startswith("nullb"))'
is "$(result "[.series[] | $of_disks | .disk] | unique | length")" ${#disks[@]} "${#disks[@]} disks are told apart"
is "$(result "[.series[] | $of_disks | .count] | add")" $((${after% *} - ${before% *})) \
	'each with as many I/Os as the kernel counted'
is "$(result "[.series[] | $of_disks | .bytes] | add")" $(((${after#* } - ${before#* }) * 512)) 'and as many bytes'

done_testing
