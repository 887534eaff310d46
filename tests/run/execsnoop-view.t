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

# -- Much to search -----------------------------------------------------------------------

# Neither long arguments nor an expression that has too many ways through them make the tool deaf.
long() { # BYTES-OF-EACH COUNT
	local word
	word=$(head -c "$1" /dev/zero | tr '\0' a)
	local words=()
	while ((${#words[@]} < $2)); do words+=("$word"); done
	"$scratch/snoopexec" -c : "${words[@]}"
}
deaf_ms() { # from a signal to the end
	local begin=${EPOCHREALTIME/./}
	stop_tool "$tool"
	REPLY=$(((${EPOCHREALTIME/./} - begin) / 1000))
}
background_tool execsnoop -j --comm snoopexec --max-args-bytes 2M --buffer 16M -l '[a-z]+=[^ ]+ secret'
tool=$REPLY
long 60000 1
long 60000 25
long 1 60000
"$scratch/snoopexec" -c ": key=value secret"
deaf_ms
is "$(events true '.argv[-1]')" ': key=value secret' '-l: 1.5 MB of arguments that do not match'
is "$(result .notes.unsearched)" 0 '... all of them searched'
cmp_ok "$REPLY" '<' "$(scaled 3000 10000)" '... and the tool is not deaf'

# Each byte has hundreds of ways.
mess() {
	local word
	word=$(head -c 30000 /dev/urandom | od -An -v -tx1 | sed 's|[0-7 ]|a|g; s|[89c-f]|b|g' | tr -d '\n')
	for _ in {1..10}; do "$scratch/snoopexec" -c : "$word"; done
}
background_tool execsnoop -j --comm snoopexec --max-args-bytes 2M --buffer 16M -l '(a|b)*a(a|b){200}c'
tool=$REPLY
mess
deaf_ms
is "$(result .shown)" 10 'what is given up is shown'
cmp_ok "$(result .notes.unsearched)" '>' 0 '... and noted'
cmp_ok "$REPLY" '<' "$(scaled 3000 10000)" '... and the tool is not deaf'
ok 'seen = shown + filtered + lost' conserved "$out_file"

filtered '-n: \\b and (?i)' 'snoopexec one,snoopexec three' -n '(?i)\bSNOOPEXEC\b'
# The file's path, as bcc has it instead of the first argument.
renamed() {
	(exec -a /bin/other "$scratch/snoopexec" -c ': 1')
	("$bin/tests/subjects/exec" memfd "$scratch/snoopother" -c ': 2')
	(exec -a /bin/other "$scratch/script" 3)
}
printf '#!%s\n:\n' "$scratch/snoopother" >"$scratch/script"
chmod +x "$scratch/script"
matches() { # DESCRIPTION EXPECTED OPTION...
	local description=$1 expected=$2
	shift 2
	traced -j "$@" -- renamed
	is "$(events '.event == "exec" and (.argv[0] | endswith("/exec") | not)' '.argv[-1]' | paste -sd,)" "$expected" "$description"
}
matches '-l: its path' ': 1' -l "^$scratch/snoopexec -c : 1\$"
matches '-l: and the arguments as they are' ': 1' -l '^/bin/other -c : \d$'
matches '-l: its own path, where the one given says nothing' ': 2' -l '^/memfd:subject -c : 2$' --exe
matches "-l: a script's path" 3 -l "^$scratch/script"
matches '--exe-path: of the file, whatever its name is' ': 1' --exe-path "$(realpath "$scratch")/snoopexec"
matches '--exe-path: what runs a script' 3 --exe-path '*/snoopother'
matches '--exe-path: a script' 3 --exe-path "${scratch%/*}/*/script"
matches '--exe-path: a name' ': 1' --exe-path 'snoope?ec'
matches '--exe-path: a memfd' ': 2' --exe-path '/memfd:*'
matches '--exe-path: not by argv[0]' '' --exe-path /bin/other
matches '--exe-path and -l' '' --exe-path snoopexec -l ': 2'
here() {
	cd "$scratch" && (exec -a /bin/other ./script 4)
}
relative() { (here); }
traced -j --exe-path "$(realpath "$scratch")/script" -- relative
is "$(events '.event == "exec"' '"\(.argv[-1]) \(.cwd)"')" '4 null' '--exe-path: a script that is called by a relative path'
missing() {
	"$bin/tests/subjects/exec" null "$scratch/none/snoopexec"
}
traced -j -x --exe-path '*/none/*' -- missing
is "$(events true '"\(.event) \(.filename)"')" "failed $scratch/none/snoopexec" '-x --exe-path: what was to be executed'

# Arguments that others take all time and memory for.
hostile() {
	"$scratch/snoopexec" -c ':' "$(head -c 100000 /dev/zero | tr '\0' a)"
}
begin=$SECONDS
traced -j -l '(a*)*(a|aa)+(a|b)*a(a|b){100}c' -- hostile
is "$(events '.comm == "snoopexec"')" '' 'a costly expression: no match'
cmp_ok "$((SECONDS - begin))" '<' 50 'which is found in a bounded time'

# -- Usage --------------------------------------------------------------------------------

for bad in '-u nobody-of-that-name' '-n [' '-l (' '-l (a)\1' '-l (?=a)' '-n a{40000}' '--exe-path' '-P 0' '-p 0' '--tree x' '--comm 1234567890123456' \
	'--ancestors 17' '--max-args-bytes 3M' '--columns nothing' '-c /proc/no-such-cgroup' '--unit a.slice' '--unit /' 'argument'; do
	# shellcheck disable=SC2086
	run_tool execsnoop $bad
	is "$rc" 2 "$bad: a usage error"
	is "$(wc -l <"$err_file")" 1 "$bad: told in a line"
done

done_testing
