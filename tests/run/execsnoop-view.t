#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (what is made of records is the same on every kernel)
# shellcheck disable=SC2016,SC2317 # for other shells; run by traced
#
# execsnoop's rows, filters by text, wrong options.

# shellcheck source=execsnoop.bash
. "$(dirname "$0")/execsnoop.bash"
need root jq

program snoopexec
program snoopother

# -- The table ----------------------------------------------------------------------------

traced -- some
is "$(head -n 1 "$out_file" | tr -s ' ')" 'COMM PID PPID RET ARGS' "the columns of bcc's"
is "$(rows '^snoopexec ')" 1 'one row, whatever the arguments are'
is "$(tr -d '\n' <"$out_file" | grep -c $'[\x01-\x1f\x7f]')" 0 'nothing that a terminal acts upon'
row=$(sed -n "s/^snoopexec .* 0 *$(sed 's/[^^]/[&]/g; s/\^/\\^/g' <<<"$scratch")/&/p" "$out_file")
words=$(sed -E 's/^snoopexec +[0-9]+ +[0-9]+ 0 +//' <<<"$row")
eval "set -- $words"
is "$(printf '<%s>' "$@")" \
	"$(printf '<%s>' "$scratch/snoopexec" -c : "it's" '' $'a\nb\e' 'x y' '')" \
	'a shell reads the row as it was meant'
like "$(tail -n 1 "$out_file")" '^seen [0-9]+ = shown [0-9]+ \+ filtered 0 \+ lost 0$' 'the summary'

# The file, where a program runs under another name.
named() {
	"$scratch/snoopexec" -c 'exec -a "$1" "$0" -c :' "$scratch/snoopexec" '[kworker/0:0]'
	"$scratch/snoopexec" -c 'exec -a other/snoopexec "$0" -c :' "$scratch/snoopexec"
}
traced -- named
is "$(rows "^snoopexec .* 0 +'\\[kworker/0:0\\]' -c : # $scratch/snoopexec\$")" 1 'a name that is not that of the file'
is "$(rows "^snoopexec .* 0 +other/snoopexec -c : # $scratch/snoopexec\$")" 1 'the same name elsewhere'

# bcc's options, in one go.
traced -T -t -U -C -q -- some
is "$(head -n 1 "$out_file" | tr -s ' ')" 'TIME TIME(s) UID COMM PID PPID CPU RET ARGS' '-T -t -U -C'
is "$(rows "^[0-9:]{8} +[0-9.]+ +0 snoopexec .*'$scratch/snoopexec' '-c' ':'")" 1 '-q'

# -- Filters by text ----------------------------------------------------------------------

filtered '-n' 'snoopexec one,snoopexec three' -n 'pex.c$'
filtered '-l' 'snoopexec one' -l ': secret one'

# -- Usage --------------------------------------------------------------------------------

for bad in '-u nobody-of-that-name' '-n [' '-l (' '-P 0' '--tree x' '--comm 1234567890123456' \
	'--ancestors 17' '--max-args-bytes 3M' '--columns nothing' '-c /no/such/cgroup' 'argument'; do
	# shellcheck disable=SC2086
	run_tool execsnoop $bad
	is "$rc" 2 "$bad: a usage error"
	is "$(wc -l <"$err_file")" 1 "$bad: told in a line"
done

done_testing
