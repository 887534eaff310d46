#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: cgroup=v2,hybrid,v1
# shellcheck disable=SC2317 # run by traced
#
# -p and -c: whose I/O it is, though it completes while somebody else runs.

# shellcheck source=bio.bash
. "$(dirname "$0")/bio.bash"
need root fio jq kernel:loop

scratch_loop 96M
disk=$REPLY
mkdir "$scratch/mine" "$scratch/theirs"
many=$(scaled 6000 600) few=$(scaled 3000 300)

# Two jobs at the same time, `mine` is started by the command given. Both wait for the tool.
both() { # COMMAND...
	fio_file=$scratch/theirs/fio.json io "$disk" --rw=randread --norandommap --ba=8k \
		--ioengine=libaio --iodepth=8 --number_ios="$many" &
	fio_file=$scratch/mine/fio.json "$@"
	wait $!
}
mine() { # more of fio's options
	io "$disk" --rw=randread --norandommap --ba=8k --number_ios="$few" "$@"
}
ios_of() { # mine|theirs
	fio_file=$scratch/$1/fio.json fio_ios
}
ours_and_theirs() { # WHAT
	about "$(result .shown)" "$(ios_of mine)" 1 "$1: those of its own"
	cmp_ok "$(result .filtered)" '>=' "$(($(ios_of theirs) * 199 / 200 - 1))" "$1: those of others are filtered"
	# A kernel that announces one in 100,000 to nobody (overhead.md of the tool) does so at the start, too.
	cmp_ok "$(result .lost.unowned)" '<=' 1 "$1: each has an owner"
	ok "$1: seen = shown + filtered + lost" conserved "$out_file"
}

# -- A process ----------------------------------------------------------------------------

mkfifo "$scratch/go"
exec {go}<>"$scratch/go"

# Is there before the tool is, and becomes fio when it is told to.
start_worker() { # FIO-OPTION...
	bash -c 'read -r <"$0"; exec "$@" >/dev/null 2>&1' "$scratch/go" fio --name=io \
		--filename="$disk" --direct=1 --bs=4k --io_size=1t --thread --output-format=json \
		--output="$scratch/mine/fio.json" --rw=randread --norandommap --ba=8k \
		--number_ios="$few" "$@" &
	worker=$!
	at_exit "kill $worker 2>/dev/null; true"
}
go() {
	echo >&"$go"
	wait "$worker"
}

start_worker --ioengine=psync
traced -j -d "$disk" -p "$worker" -- both go
ours_and_theirs '-p, psync'

start_worker --ioengine=libaio --iodepth=16
traced -j -d "$disk" -p "$worker" --phases -- both go
about "$(counted io '.phase == "total"')" "$(ios_of mine)" 1 '-p, libaio, --phases: those of its own'
cmp_ok "$(result '.series | map(.count) | max - min')" '<=' 1 '-p, libaio: all phases of each' ||
	diag "$(result '.series | map("\(.phase) \(.count)")')"

traced -j -d "$disk" -p $$ -- both mine
is "$(result .shown)" 0 '-p of a process that does no I/O itself'
cmp_ok "$(result .filtered)" '>=' $(((many + few) * 98 / 100)) 'and all of the others is filtered'

# -- A cgroup -----------------------------------------------------------------------------

# The name of the hierarchy, and as what -c may be told of the cgroup.
cgroup() { # WHAT [CONTROLLER]
	scratch_cgroup "$@"
	mkdir "$REPLY/below" "$REPLY-not" || bail_out 'no cgroup below'
	at_exit "cgroup_remove '$REPLY/below'; cgroup_remove '$REPLY-not'"
}
in_one_of_two() { # DIRECTORY
	local dir=$1
	fio_file=$scratch/theirs/fio.json in_group "$dir-not" io "$disk" --rw=randread --norandommap \
		--ba=8k --ioengine=libaio --iodepth=8 --number_ios="$many" &
	fio_file=$scratch/mine/fio.json in_group "$2" mine
	wait $!
}
# As in_cgroup, for a function.
in_group() { # DIRECTORY FUNCTION...
	(
		echo "$BASHPID" >"$1/cgroup.procs" || exit
		shift
		"$@"
	)
}

cgroup_filter() { # WHAT [CONTROLLER]
	cgroup "$@"
	local dir=$REPLY
	traced -j -d "$disk" -c "$dir" -- in_one_of_two "$dir" "$dir"
	ours_and_theirs "-c, $1"
	traced -j -d "$disk" -c "$dir" -- in_one_of_two "$dir" "$dir/below"
	ours_and_theirs "-c, $1, from a cgroup below"
	traced -j -d "$disk" -c "$dir/below" -- in_one_of_two "$dir" "$dir"
	is "$(result .shown)" 0 "-c, $1: nothing from the cgroup above"
}

if cgroup2_mount >/dev/null; then
	cgroup_filter v2
else
	skip 9 'no cgroup v2'
fi
for controller in blkio memory; do
	if cgroup1_mount $controller >/dev/null; then
		cgroup_filter "v1-$controller" $controller
	else
		skip 9 "no cgroup v1 with $controller"
	fi
done

# -- Written by the page cache, for its owner ---------------------------------------------

if cgroup1_mount memory >/dev/null; then
	scratch_cgroup writer memory
	# Closed by its last user the disk would be written at once, by him.
	exec {open}<>"$disk"
	in_cgroup "$REPLY" dd if=/dev/zero of="$disk" bs=64k count=128 status=none
	traced -j -d "$disk" -c "$REPLY" -- sync "$disk"
	about "$(result '[.series[] | select(.class == "io") | .bytes] | add')" 8388608 65536 \
		'what somebody else writes back belongs to who wrote it'
	exec {open}>&-
else
	skip 1 'no cgroup v1 with memory'
fi

done_testing
