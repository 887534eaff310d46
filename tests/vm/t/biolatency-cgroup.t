#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# -c on pure cgroup v2: whose an I/O is, with no controller, with memory, and with memory and io.

# shellcheck disable=SC2317 # run by traced
# shellcheck source=disks.bash
. "$(dirname "$0")/disks.bash"
need root fio jq

cgroups=/sys/fs/cgroup
null_disk nullb0 completion_nsec=200000 hw_queue_depth=64 submit_queues=1

in_group() { # NAME COMMAND...
	(
		echo "$BASHPID" >"$cgroups/$1/cgroup.procs" || exit
		shift
		"$@"
	)
}
direct() { # NAME COUNT
	fio_file=$scratch/$1.json in_group "$1" io /dev/nullb0 --rw=randread --norandommap --ba=8k --number_ios="$2"
}
both() {
	direct mine 200 &
	direct theirs 300
	wait $!
}
# Written by one, written back for him by another.
written_back() {
	in_group mine dd if=/dev/zero of=/dev/nullb0 bs=64k count=64 conv=notrunc status=none
	in_group theirs sync /dev/nullb0
}
# 7.x may skip both programs that note the owner, once in a blue moon, which is counted.
all_but_one() { # SHOWN FILTERED
	local shown filtered unowned
	read -r shown filtered unowned < <(result '"\(.shown) \(.filtered) \(.lost.unowned)"')
	echo "shown $shown filtered $filtered unowned $unowned"
	((shown <= $1 && filtered <= $2 && unowned <= 1 && shown + filtered + unowned == $1 + $2))
}
controllers() { # NAME...
	local name
	for name; do echo "+$name" >$cgroups/cgroup.subtree_control || return; done
}

# Before 5.14 (commit c22d70a162d3) an inode stays with the cgroup that it was written by first, though
# that has gone: so what the first mode writes must belong to the root.
echo '-io -memory' >$cgroups/cgroup.subtree_control 2>/dev/null
for mode in none memory 'memory io'; do
	# shellcheck disable=SC2086 # a list
	[ "$mode" = none ] || controllers $mode || bail_out "no controllers $mode"
	mkdir $cgroups/mine $cgroups/theirs || bail_out 'no cgroups'
	traced -j -d nullb0 -c /mine -- both
	ok "controllers: $mode: direct I/O" all_but_one 200 300
	# Closed by its last user the disk would be written at once, by him.
	exec {open}<>/dev/nullb0
	traced -j -d nullb0 -c /mine -- written_back
	exec {open}>&-
	if [ "$mode" = none ]; then
		ok 'controllers: none: what another writes back: seen = shown + filtered + lost' conserved "$out_file"
	else
		is "$(result '[.series[] | select(.class == "io") | .bytes] | add')" 4194304 \
			"controllers: $mode: what another writes back belongs to who wrote it"
	fi
	rmdir $cgroups/mine $cgroups/theirs
done

done_testing
