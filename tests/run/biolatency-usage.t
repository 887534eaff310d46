#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (arguments are read before the kernel is asked)
# shellcheck disable=SC2317 # run by ok
#
# Wrong arguments: exit code 2, and one line that names what is wrong and says why.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
# shellcheck source=usage.bash
. "$(dirname "$0")/usage.bash"
need root

# shellcheck disable=SC2034 # of usage.bash
tool=biolatency name=biolatency

# -- Numbers ------------------------------------------------------------------------------

wrong "interval: 'abc' is not a whole number from 1" abc
wrong "interval: '0' is not a whole number" 0
wrong "interval: '1x' is not a whole number" 1x
wrong "interval: '1.5' is not a whole number" 1.5
wrong "interval: '' is not" ''
wrong "interval: '18446744073709551617' is not" 18446744073709551617
wrong "count: '0' is not a whole number from 1" 1 0
wrong "count: '-1' is not|-1: no such option" 1 -- -1
wrong '3: one argument too many' 1 2 3
wrong "-p: '0' is not a whole number from 1" -p 0
wrong "-p: '1x' is not a whole number" -p 1x
wrong "-p: '-1' is not a whole number" -p -1
wrong "--pid: '4194305' is not" --pid=4194305
wrong "--duration: '5x' is not a time" --duration 5x
wrong "--duration: '0' is not a time" --duration 0
wrong "--max-series: '0' is not a whole number" --max-series 0
wrong "--max-series: '5000' is not a whole number" --max-series 5000

# -- Options ------------------------------------------------------------------------------

wrong '--nosuch: no such option' --nosuch
wrong '--output: needs a file' --output -
wrong '-y: no such option' -y
wrong '-y: no such option' -Ty 1
wrong '--disk: needs a value|-d: needs a value' -d
wrong '--disk: needs a value' --disk
wrong '--json: takes no value' --json=yes
wrong '--d: fits several options' --d 1
wrong "--columns: no column 'foo' \(there are:.* count .* p50_ns" --columns foo
wrong "--columns: no column ''" --columns count,,p50_ns
run_tool biolatency --op x
command=$(grep -oE '(drv|scsi)_in' <<<"$err")
for owner in '-p 1' '-c /' '--container x' '--unit x'; do
	# shellcheck disable=SC2086 # an option and its value
	wrong "--op: '(drv|scsi)_in' has no owner" --op "$command" $owner
	# shellcheck disable=SC2086
	wrong "--op: 'flush' has no owner, so it cannot be used together with ${owner% *}" --op flush $owner
done
wrong "--op: 'foo' is no operation \(there are: .*read.*write" --op foo

# -- Disks --------------------------------------------------------------------------------

wrong '/dev/null: not a block device' -d /dev/null
wrong '/proc: .*not on a disk' -d /proc
wrong '\.\./loop0: |../loop0: ' -d ../loop0
wrong '-d: .*not empty' -d ''
wrong '/dev/null: not a block device' -d loop0 -d /dev/null
wrong 'x{128}.*: ' -d "$(printf 'x%.0s' {1..128})"
wrong '\./nosuch: no disk can have that name, and there is no such file' -d ./nosuch
cd /proc || exit
wrong '\.: .*not on a disk' -d .
wrong 'self/status: .*not on a disk' -d self/status
cd "$OLDPWD" || exit
wrong '/(dev/)?x{20,}.*: ' -d "/$(printf 'x%.0s' {1..5000})"

# -- Cgroups and containers ---------------------------------------------------------------

wrong '/etc/nope: no cgroup: No such file' -c /etc/nope
wrong '\./nope: no cgroup: ' -c ./nope
wrong '/etc: no cgroup|/etc: ' -c /etc
wrong 'a b: no container can have that name' --container 'a b'
wrong '.*(--container|--cgroup)' -c /sys/fs/cgroup --container nope

# -- Names that would act upon a terminal -------------------------------------------------

hostile=$'x\n\e[31mbiolatency: forged\r\x07\xff\xc2\x9b'
for option in -d -c --container --op --columns -p --duration --max-series; do
	run_tool biolatency "$option" "$hostile"
	is "$rc" 2 "hostile $option"
	ok "hostile $option: one line" one_line
	ok "hostile $option: no control bytes" eval '! raw'
	unlike "$err" $'\xc2\x9b|\xff' "hostile $option: nor those above 127"
done
for argument in "$hostile" "--$hostile" "-$hostile"; do
	run_tool biolatency "$argument"
	is "$rc" 2 'a hostile argument'
	ok 'a hostile argument: one line' one_line
	ok 'a hostile argument: no control bytes' eval '! raw'
done

# A path to nowhere whose name is hostile, and one that is a directory.
mkdir "$scratch/$hostile"
run_tool biolatency -c "$scratch/$hostile"
is "$rc" 2 'a directory that is no cgroup'
ok 'a directory that is no cgroup: no control bytes' eval '! raw'

done_testing
