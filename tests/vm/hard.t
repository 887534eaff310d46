#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2016,SC2317 # for guests; run by ok
#
# Hard times for the matrix itself: no network, no space, kernels that panic, guests that hang, ^C.
# On the host; `make test-vm-hard` calls it. The kernel it boots has to be in the cache.

# shellcheck source=../run/lib.bash
. "$(dirname "$0")/../run/lib.bash"
need root unshare
vm=$root/tests/vm
kernel=6.12 arch=amd64
[ "$(uname -m)" != aarch64 ] || arch=arm64
run_limit=500

# A guest's directory, which its emulator names, is beside or in memory.
guests() {
	find /dev/shm "${TMPDIR:-/tmp}" -maxdepth 1 -name 'snoopkit-vm.*' | sort
}
before=$(guests)
nothing_left() {
	! pgrep -f -- "$scratch/tree" >/dev/null && ! grep -F "$scratch/" /proc/self/mounts | grep -qv "$scratch/full" &&
		[ "$(guests)" = "$before" ]
}

# -- The cache ----------------------------------------------------------------------------

cache=${SNOOPKIT_VM_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/snoopkit/vm}
[ -e "$cache/kernel/$arch/$kernel/version" ] || bail_out "no kernel $kernel (run: tests/vm/fetch $kernel)"

mkdir "$scratch/empty"
run env SNOOPKIT_VM_CACHE="$scratch/empty" unshare -n "$vm/fetch" "$kernel"
is "$rc" 1 'no network, nothing cached: fails'
like "$(tail -n 1 "$err_file")" "missing: kernel $kernel $arch: .*(no network|resolv)" 'and says why'
is "$(find "$scratch/empty" -name 'part.*' | wc -l)" 0 'and leaves nothing half-done'
run unshare -n "$vm/fetch" "$kernel"
is "$rc" 0 'no network, but it is cached: goes on'
run unshare -n "$vm/fetch" --update "$kernel"
is "$rc" 0 'and with --update, too'

mkdir "$scratch/full"
mount -t tmpfs -o size=40M snoopkit "$scratch/full" || bail_out 'no tmpfs'
at_exit "umount '$scratch/full'"
run env SNOOPKIT_VM_CACHE="$scratch/full" "$vm/fetch" "$kernel"
is "$rc" 1 'no space: fails'
like "$(tail -n 1 "$err_file")" "missing: kernel $kernel $arch: .*no space" 'and says why'
is "$(find "$scratch/full" -name 'part.*' | wc -l)" 0 'and leaves nothing half-done'

# -- One guest ----------------------------------------------------------------------------

run "$vm/run" --attempts 1 "$kernel" 'echo c >/proc/sysrq-trigger'
is "$rc" 125 'a kernel that panics: exit code'
like "$(head -n 1 "$err_file")" ': the guest died' 'and a line that says so, before what its kernel said'
ok 'and nothing is left' nothing_left
run "$vm/run" --timeout 15 "$kernel" 'sleep 1000'
is "$rc" 124 'a guest that hangs: exit code'
like "$(head -n 1 "$err_file")" ': time limit of 15 s' 'and a line that says so'
ok 'and nothing is left' nothing_left

# -- The matrix ---------------------------------------------------------------------------

# A tree of its own, whose tests are bad for one kernel and good for another.
tree=$scratch/tree
mkdir "$tree"
(cd "$root" && git ls-files -z | xargs -0 cp --parents -t "$tree") || bail_out 'no copy of the tree'
rm "$tree"/tests/run/*.t "$tree"/tests/vm/t/*.t
test_file() { # NAME COMMAND
	printf '#!/usr/bin/env bash\n. "$(dirname "$0")/../../run/lib.bash"\n%s\ndone_testing\n' "$2" \
		>"$tree/tests/vm/t/$1.t"
}
test_file a-good 'pass fine'
test_file b-panic "[ \$SNOOPKIT_VM != $kernel ] || echo c >/proc/sysrq-trigger; pass fine"
test_file c-hang "[ \$SNOOPKIT_VM != $kernel ] || kill -STOP \$PPID \$\$; pass fine"
test_file d-good 'pass fine'
matrix=(env -u MAKEFLAGS SNOOPKIT_BIN="$tree/build" ARCH="$arch" "$tree/tests/vm/matrix")
KERNEL="$kernel 6.1 4.4" VM_TEST_LIMIT=1 run "${matrix[@]}"
is "$rc" 1 'the matrix with a panic, a hang, and a kernel that is not to be had: fails'
cells() { # TEST
	awk -v name="$1" '$1 == "common" && $2 == name { print $3, $4, $5 }' "$out_file"
}
is "$(grep -oE '(amd64|arm64)/?' "$out_file" | sort -u | head -n 1)" "$arch" 'there is a table'
like "$(cells a-good)" '^(ok|missing) (ok|missing) (ok|missing)$' 'what came before has its result'
like "$(cells d-good)" '^(ok|missing) (ok|missing) (ok|missing)$' 'and what came after'
like "$(cells b-panic)" 'FAIL' 'the panic is a failure'
like "$(cells c-hang)" 'FAIL' 'so is the hang'
is "$(grep -cE '^FAIL: common (b-panic|c-hang): .*the guest (died|hung)' "$out_file")" 2 'each with its reason'
like "$out" 'missing: (amd64|arm64) 4.4: ' 'the kernel that is not there is told of'
like "$(tail -n 1 "$out_file")" '^[0-9]+ passed, 3 failed$' 'the last line adds up'

# Interrupted as soon as the first guest runs.
tap=$tree/build/vm/$kernel-$arch-v2.1.tap
guest_runs() {
	[ -e "$tap" ] && grep -q '^#vm begin' "$tap"
}
interrupted() {
	rm "$tap"
	KERNEL=$kernel TEST=c-hang "${matrix[@]}" >"$scratch/out" 2>"$scratch/err" </dev/null &
	local pid=$!
	wait_until 120 guest_runs || return
	kill -INT -- "-$pid"
	wait "$pid"
}
# A background process of a script ignores SIGINT unless somebody undoes that.
set -m
interrupted
is "$?" 130 '^C: exit code'
set +m
is "$(wc -l <"$scratch/err")" 1 '^C: one line'
ok '^C: no process is left' wait_until 5 nothing_left

done_testing
