#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (arguments are read before the kernel is asked)
#
# An option has the name in a message that it has on the command line.

# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"
# shellcheck source=usage.bash
. "$(dirname "$0")/usage.bash"
need root

tool=execsnoop name=execsnoop
for option in -u --uid --euid; do
	wrong "$option: no user 'nobody-here'" "$option" nobody-here
done
for option in -n --name -l --line; do
	wrong "$option: '\[' is not a valid" "$option" '['
done
wrong "-u: given twice" --uid 1 -u 2
wrong '--container: cannot be used together with -c' -c / --container x
wrong '--unit: cannot be used together with --cgroup' --cgroup / --unit x
wrong '--unit: cannot be used together with --container' --container x --unit x
tool=tcpretrans name=tcpretrans
wrong '--conn: cannot be used together with -c' --conn -c
wrong '--conn: cannot be used together with --count' --conn --count
wrong '--conn: cannot be used together with --top' --conn --top flow
wrong '--count: means --top flow' --count --top cause
wrong '-c: means --top flow' -c --top cause
wrong '--raddr: .* the interface of --laddr' --laddr fe80::1%7 --raddr fe80::2%8
tool=dnssnoop name=dnssnoop
wrong "--qname: '\.\.' is not a domain name" --qname ..
run_tool dnssnoop --name ..
is "$rc" 2 'a former name'
like "$err" "dnssnoop: --name: '\.\.' is not a domain name" '... is named as it was typed'

cd "$(dirname "$0")/../.." || exit
is "$(grep -rPzo --include='*.[ch]' 'msg__(error|warn)\(\s*"--?[a-z].*' common tools | tr -d '\0')" '' \
	'no message has an option as a literal (option__typed)'

done_testing
