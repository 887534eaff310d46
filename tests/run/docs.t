#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (the tables are the same everywhere)
# sanitized: no (tables and lines are those of any build)
#
# What pages and schemas say is what the tools' tables say. The JSON Schemas are right: a validator that
# knows nothing of snoopkit takes every line of every tool, and takes no line that was made wrong; and so
# does tests/linked/json_lines.c, which checks the lines of all tests.

# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"
# shellcheck source=tcp.bash
. "$(dirname "$0")/tcp.bash"
need root make gcc python3 jq ip nft

made_with=()
! grep -q -e -Werror "$bin/obj/cc.flags" 2>/dev/null || made_with=(WERROR=1)

# -- Nothing is out of date ---------------------------------------------------------------

run_limit=300 run make --no-print-directory -C "$root" OUTPUT="$bin" "${made_with[@]}" "$bin/tests/linked/docs"
is "$rc" 0 'the generator is linked from the tables'
mkdir -p "$scratch/made/docs"
cp -r "$root"/docs/*.md "$root/docs/schema" "$scratch/made/docs"
for tool in "${tools[@]}"; do
	mkdir -p "$scratch/made/tools/$tool"
	cp "$root/tools/$tool/$tool.md" "$scratch/made/tools/$tool"
done
run "$bin/tests/linked/docs" "$scratch/made"
is "$rc" 0 'each field, option and member has a help text, and each long name one meaning'
is "$err" '' 'nothing is missing'
run diff -r "$root/docs/schema" "$scratch/made/docs/schema"
is "$out" '' "docs/schema is what \`make docs\` makes"
for file in docs/schema.md docs/options.md; do
	run diff "$root/$file" "$scratch/made/$file"
	is "$out" '' "$file is what \`make docs\` makes"
done
for tool in "${tools[@]}"; do
	run diff "$root/tools/$tool/$tool.md" "$scratch/made/tools/$tool/$tool.md"
	is "$out" '' "$tool.md is what \`make docs\` makes"
done

# Pages that have no markers, or cannot be written, are no success.
sed -i '/<!-- end columns/d' "$scratch/made/tools/${tools[0]}/${tools[0]}.md"
run "$bin/tests/linked/docs" "$scratch/made"
is "$rc" 1 'without a marker: fails'
like "$err" "${tools[0]}.md: columns: markers are missing" 'without a marker: says so'
run "$bin/tests/linked/docs" "$scratch/nothing"
is "$rc" 1 'nothing to write to: fails'

# -- What a test does with a line that is wrong -------------------------------------------

stalled='"schema":"snoopkit.biolatency/1","type":"stalled","ts":"","mono_ns":1,"disk":"a","in_flight":1'
a_test() { # LINE
	printf '. %q\nrun echo %q\npass "a test"\ndone_testing\n' "$root/tests/run/lib.bash" "$1" >"$scratch/a.t"
	SNOOPKIT_BIN=$bin run bash "$scratch/a.t"
}
a_test "{$stalled,\"stalled_ns\":1}"
is "$rc" 0 'a test whose tool says what is in its schema passes'
like "$out" 'ok 2 - every line of JSON is in the schema' 'and has looked'
a_test "{$stalled,\"stalled_ns\":1,\"nosuch\":1}"
is "$rc" 1 'a test whose tool says more fails'
like "$err" "has 'nosuch', which is not in the schema" 'and says what that is'
a_test "{$stalled}"
is "$rc" 1 'a test whose tool says less fails'
like "$err" "has no 'stalled_ns'" 'and says what is missing'
a_test "{$stalled,\"stalled_ns\":\"1\"}"
is "$rc" 1 'a test whose tool says it in another type fails'

# -- --columns help -----------------------------------------------------------------------

# Its first line with such columns, without the unit of times.
header_of() { # OPTION...
	timeout 20 "$bin/$tool" "$@" --duration 0.05 2>/dev/null </dev/null | grep -m 1 -E '[A-Z]{3}'
}

on_terminal() { # COLUMNS COMMAND...
	python3 -c 'import fcntl, os, pty, struct, sys, termios
pid, fd = pty.fork()
if not pid:
	fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
	os.execv(sys.argv[2], sys.argv[2:])
text = b""
try:
	while more := os.read(fd, 65536):
		text += more
except OSError:
	pass
os.waitpid(pid, 0)
sys.stdout.write(text.decode().replace("\r\n", "\n"))' "$@"
}

for tool in "${tools[@]}"; do
	about_tool "$tool"
	for options in "${tables[@]:-}"; do
		# shellcheck disable=SC2086 # words
		run_tool "$tool" $options --columns help
		is "$rc" 0 "$tool $options --columns help"
		is "$(head -n 1 <<<"$out")" "$(printf '  %-18s %-12s %s' COLUMN HEADER \
			'MEANING (*: shown without --columns)')" "$tool $options --columns help: its header"
		is "$(tail -n +2 <<<"$out" | awk 'substr($0, 35) !~ /[a-z]/')" '' \
			"$tool $options --columns help: each column has a meaning"
		# On a terminal as many lines as it needs, with the same words.
		# shellcheck disable=SC2086
		on_terminal 80 "$bin/$tool" $options --columns help >"$scratch/terminal"
		cmp_ok "$(wc -L <"$scratch/terminal")" '<=' 80 "$tool $options --columns help: on a terminal"
		is "$(tr -s ' \n' ' ' <"$scratch/terminal")" "$(tr -s ' \n' ' ' <<<"$out")" \
			"$tool $options --columns help: the same there"
		mapfile -t columns < <(tail -n +2 <<<"$out" | awk '{ sub(/^[* ] /, ""); print $1 }')
		# shellcheck disable=SC2086
		run_tool "$tool" $options --columns "$(IFS=, && echo "${columns[*]:0:30}")" --duration 0.05
		is "$rc" 0 "$tool $options: there are these columns"
		# What it says is shown without --columns, is.
		# shellcheck disable=SC2086
		mapfile -t columns < <("$bin/$tool" $options --no-header --columns help |
			awk '/^\*/ { print $2 }')
		# shellcheck disable=SC2086
		is "$(header_of --columns "$(IFS=, && echo "${columns[*]}")" $options)" "$(header_of $options)" \
			"$tool $options: those are the default columns"
	done
done

# -- The schemas --------------------------------------------------------------------------

lines=$scratch/lines
mkdir "$lines"

record() { # TOOL OPTION...: lines of half a second
	local tool=$1
	shift
	timeout 20 "$bin/$tool" -j --duration 0.5 "$@" >>"$lines/$tool" 2>/dev/null </dev/null
}

for tool in "${tools[@]}"; do
	about_tool "$tool"
	if tool_has load; then
		load >/dev/null 2>&1 &
		background_command[$!]=load
	fi
	while read -r options; do
		# shellcheck disable=SC2086
		record "$tool" $options
	done < <({ modes_here && printf '%s\n' "${tables[@]}" "${plots[@]}" "${fault_modes[@]}"; } | sort -u)
	! tool_has load || { kill %% && wait %%; } 2>/dev/null
done

# A connection that sends again, for each of its modes.
pair docs
netns_drop_each "$b" loss 10 'tcp dport 5001 tcp flags & (syn|rst) == 0'
ip -n "$a" link set veth gso_max_segs 4
background_tcp "$b" listen :: 5001 touch "$scratch/listening" serve
wait_until 10 test -e "$scratch/listening"
for options in '' --conn '--check -c' '--top destination' '--top process' '--top container' '--top cause'; do
	# shellcheck disable=SC2086
	background_tool tcpretrans -j $options || bail_out 'tcpretrans does not trace'
	pid=$REPLY
	tcp "$a" connect 10.99.0.2 5001 send 100000 shut
	stop_tool "$pid"
	cat "$out_file" >>"$lines/tcpretrans"
done

json_lines=$bin/tests/subjects/json-lines
run "$json_lines" "$lines"
is "$rc" 0 'json-lines takes every line of every tool'
cmp_ok "$out" '>=' $((10 * ${#tools[@]})) "json-lines has seen $out lines"

# The same lines, and each of them made wrong in several ways: both validators say the same of each.
run_limit=300 run python3 "$root/tests/run/docs.py" "$root/docs/schema" "$lines" "$scratch/wrong"
is "$rc" 0 'an independent validator takes every line of every tool, and none that was made wrong'
[ "$rc" = 0 ] || diag "$out" "$err"
while read -r made; do
	! "$json_lines" "$made" >/dev/null 2>&1 || echo "$made"
done < <(find "$scratch/wrong" -type f) >"$scratch/taken"
is "$(head -n 3 "$scratch/taken")" '' 'json-lines takes none that was made wrong'
rm -r "$scratch/wrong"

done_testing
