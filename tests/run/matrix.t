#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (it chooses what runs there)
# sanitized: no (no tool runs)
# shellcheck disable=SC2317 # run by ok
#
# What the kernel matrix runs at which depth (tests/vm/select), and what its table says of what it
# left out (tests/vm/report). With a small tree of its own.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
need git

tree=$scratch/tree
mkdir -p "$tree"/tools/{fasttool,slow,slow-er} "$tree"/tests/{run,subjects} "$tree"/tests/vm/t "$tree"/{common/base,docs}
for tool in fasttool slow slow-er; do : >"$tree/tools/$tool/$tool.c"; done
cp "$root/tests/vm/kernels" "$tree/tests/vm/"
cp "$root"/tests/vm/{select,lib.bash,tests.bash,report,report.awk} "$tree/tests/vm/"
test_file() { # PATH [LINE...]
	printf '%s\n' '#!/bin/bash' "${@:2}" >"$tree/$1"
}
test_file tests/run/fasttool.t
test_file tests/run/fasttool-one.t '# vm: cgroup=v2,v1' '. net.bash' "\$bin/tests/subjects/sub"
test_file tests/run/fasttool-host.t '# vm: no (reason)'
test_file tests/run/slow.t
test_file tests/run/slow-two.t '. net.bash' "\$bin/tests/subjects/other"
test_file tests/run/slow-er.t
test_file tests/run/slow-er-three.t '. own.bash'
test_file tests/run/own.bash "\$bin/tests/subjects/deep"
test_file tests/run/net.bash
test_file tests/run/general.t
test_file tests/vm/t/boot.t '# vm: heart cgroup=v2,v1'
test_file tests/vm/t/loads.t '# vm: reads=tools/*/*.bpf.c (all programs)'
test_file tests/vm/t/slow-disk.t
cells=$((8 * 12))

choose() { # OPTION...: leaves the lines without the comments in $chosen
	run env -u ALL -u KERNEL -u ARCH -u TOOL -u TEST SNOOPKIT_VM_CACHE="$scratch/cache" \
		"${settings[@]}" "$tree/tests/vm/select" "$@"
	chosen=$(grep -v '^#' "$out_file")
}
settings=()
number() { # REGEX
	grep -cE "$1" <<<"$chosen"
}
with_changes() { # FILE...
	printf '%s\n' "$@" >"$scratch/changed"
	choose --changed "$scratch/changed" --count 7
}
files_everywhere() { # the files that each kernel runs
	awk '{ n[$4 " " $3]++ } END { for (f in n) if (n[f] == 8) { sub(/.*\//, "", f); print f } }' <<<"$chosen" |
		sort | paste -sd,
}
hearts_are='boot.t v2,fasttool.t v2,slow-er.t v2,slow.t v2'

# -- By change ----------------------------------------------------------------------------

: >"$scratch/nothing"
choose --changed "$scratch/nothing" --count 7
is "$rc" 0 'nothing has changed'
is "$(files_everywhere)" "$hearts_are" 'nothing has changed: each kernel runs the hearts, in one layout'
like "$out" '# depth: by change' '... and the depth is said'
per_tool() { # TOOL-REGEX: kernels that run more than hearts
	grep -E "$1" <<<"$chosen" | grep -v ' heart$' | cut -d ' ' -f 1,2 | sort -u | wc -l
}
for tests in '/(fasttool)(-one)?\.t' '/slow(-two|-disk)\.t' '/slow-er(-three)?\.t' '/(general|loads)\.t'; do
	is "$(per_tool "$tests")" 2 "nothing has changed: two kernels run $tests"
done
is "$(number 'fasttool-one.t turn')" 4 '... in both of its layouts'
is "$(number 'host')" 0 'what is for the host only runs nowhere'

all=''
for count in 41 42 43 44; do
	choose --changed "$scratch/nothing" --count $count
	all+=$chosen$'\n'
done
is "$(awk 'NF { print $1, $2, $3, $4 }' <<<"$all" | sort -u | wc -l)" "$cells" \
	'four commits in a row reach every cell'
is "$(awk '$5 == "turn" { print $1, $2, $3, $4 }' <<<"$all" | sort | uniq -d)" '' '... and none of the turn twice'

while read -r path files; do
	with_changes "$path"
	others=$(files_everywhere | tr , '\n' | grep -vxFf <(tr , '\n' <<<"$hearts_are") | paste -sd,)
	is "${others:-none}" "${files//_/ }" "$path changed: on all kernels these too"
done <<-'EOF2'
	tools/fasttool/more.c fasttool-one.t_v1,fasttool-one.t_v2
	tools/slow/dns/parse.c slow-disk.t_v2,slow-two.t_v2
	tools/slow-er/slow-er.h slow-er-three.t_v2
	tools/slow/slow.md none
	tests/run/fasttool-one.t fasttool-one.t_v1,fasttool-one.t_v2
	tests/run/fasttool-host.t fasttool-one.t_v1,fasttool-one.t_v2
	tests/run/fasttool-gone.t fasttool-one.t_v1,fasttool-one.t_v2
	tests/vm/t/slow-disk.t slow-disk.t_v2,slow-two.t_v2
	tests/subjects/sub.c fasttool-one.t_v1,fasttool-one.t_v2
	tests/subjects/sub/part.h fasttool-one.t_v1,fasttool-one.t_v2
	tests/subjects/other.c slow-disk.t_v2,slow-two.t_v2
	tests/subjects/deep.c slow-er-three.t_v2
	tests/run/slow.tool.bash boot.t_v1,general.t_v2,loads.t_v2,slow-disk.t_v2,slow-two.t_v2
	tests/run/own.bash slow-er-three.t_v2
	tests/run/net.bash boot.t_v1,general.t_v2,loads.t_v2
	tests/run/lib.bash boot.t_v1,general.t_v2,loads.t_v2
	tests/run/general.t boot.t_v1,general.t_v2,loads.t_v2
	common/base/buf.c boot.t_v1,general.t_v2,loads.t_v2
	common/bpf/ring.bpf.h boot.t_v1,general.t_v2,loads.t_v2
	tests/vm/run boot.t_v1,general.t_v2,loads.t_v2
	tools/slow-er/slow-er.bpf.c loads.t_v2,slow-er-three.t_v2
	README.md none
	docs/kernels.md none
EOF2

# -- Everything, or what is asked for -----------------------------------------------------

settings=(ALL=1)
choose
is "$(wc -l <<<"$chosen")" "$cells" 'ALL=1: each cell'
like "$out" '# depth: everything' '... and the depth is said'
settings=(TOOL=slow)
choose
is "$(wc -l <<<"$chosen") $(number '/slow(-two|-disk)?\.t')" '24 24' 'TOOL=slow: its tests, on all kernels'
settings=(TEST=general KERNEL='6.1 6.18' ARCH=)
choose
is "$(awk '{ print $1, $2, $4 }' <<<"$chosen" | paste -sd,)" \
	'6.1 amd64 tests/run/general.t,6.18 amd64 tests/run/general.t,6.1 arm64 tests/run/general.t' 'TEST= and KERNEL='
settings=(ARCH=arm64)
choose
is "$(cut -d ' ' -f 2 <<<"$chosen" | sort -u)" arm64 'ARCH='
is "$(wc -l <<<"$chosen")" $((cells * 3 / 8)) '... everything there'
for settings in TOOL=nosuch TEST=nosuch KERNEL=x ARCH=z80; do
	settings=("$settings")
	choose
	is "$rc" 2 "${settings[0]}: a usage error"
	is "$(wc -l <"$err_file")" 1 '... in one line'
done
settings=()

# -- By what git and the last table say ---------------------------------------------------

git_do() {
	git -C "$tree" -c user.name=test -c user.email=test@localhost -c commit.gpgsign=false "$@" >/dev/null
}
last_table() { # COMMIT [CELL-OF-SLOW-TWO-ON-6.12]
	cat >"$tree/docs/kernels.md" <<-EOF2
		# Kernels
		<!-- matrix: begin -->
		2026-11-26, commit $1.

		| tool | test | amd64 5.10 | amd64 6.12 |
		|---|---|---|---|
		| common | gone | ok | ok |
		| fasttool | one | ok 1234567 | skip |
		| slow | two | ok | ${2:-ok} |

		What failed, or was left out and why:

		- skip: fasttool one: amd64 6.12: no disk: none at all
		<!-- matrix: end -->
	EOF2
}
choose
is "$(wc -l <<<"$chosen")" "$cells" 'no repository, no table: everything'
git_do init -q && git_do add -A && git_do commit -qm one
first=$(git -C "$tree" rev-parse --short HEAD)
last_table "$first"
git_do add -A && git_do commit -qm two
choose
is "$(files_everywhere)" "$hearts_are" 'nothing but the table since the commit that it names'
like "$out" "# depth: by change since commit $first, turn 2" '... and both are said'
: >"$tree/tools/slow/new.c"
choose
like "$(files_everywhere)" 'slow-two' 'a file that is new, and not in the repository yet'
git_do add -A && git_do commit -qm three
choose
like "$(files_everywhere)" 'slow-two' 'a file that was changed by a commit'
like "$out" '# slow: changed \(tools/slow/new.c\)' '... which is named'
last_table "$(git -C "$tree" rev-parse --short HEAD)" FAIL
choose
is "$(number '^6.12 amd64 v2 tests/run/slow-two.t (failed|turn)$')" 1 'what failed there runs again'
git clone -q --depth 1 "file://$tree" "$scratch/shallow" && last_table "$first"
cp "$tree/docs/kernels.md" "$scratch/shallow/docs/"
run env SNOOPKIT_VM_CACHE="$scratch/cache" "$scratch/shallow/tests/vm/select"
is "$(grep -vc '^#' "$out_file")" "$cells" 'a shallow clone without that commit: everything'
like "$out" "does not have the commit that docs/kernels.md names: $first" '... and says why'

# -- The table ----------------------------------------------------------------------------

# What a guest prints, and another one that ran again what had failed there.
tap() { # NAME LINE...
	echo "#vm begin tests/run/$1.t" && printf '%s\n' "${@:2}" 1..1 && echo "#vm end tests/run/$1.t 0 5"
}
{
	tap slow-two 'not ok 1 - in time'
	tap slow-three 'not ok 1 - right'
	tap slow-four 'ok 1 - right'
	tap slow-two 'ok 1 - in time'
	tap slow-three 'not ok 1 - right'
} >"$scratch/tap"
is "$(awk -f "$root/tests/vm/tap.awk" "$scratch/tap" | cut -f 1,2,7)" \
	$'tests/run/slow-two.t\tok\tfailed at first: in time
tests/run/slow-three.t\tFAIL\tright
tests/run/slow-four.t\tok\t' 'the second try counts, and the first is told'

# As the matrix leaves it: some cells are of this run.
results=$scratch/vm
mkdir "$results"
row() { printf '%s\t' "${@:1:10}" && printf '%s\n' "${11:-}"; }
{
	row common general 5.10 amd64 5.10.0-1 ok 3 0 0 1500
	row common general 6.12 amd64 6.12.0-1 FAIL 3 1 0 2500 'it is broken: here'
	row slow two 6.12 amd64 6.12.0-1 ok 3 0 0 61500 'failed at first: too late'
	row slow slow 6.12 amd64 6.12.0-1 late 0 0 0 0
} >"$results/results.tsv"
printf 'common\tgeneral\nfasttool\tone\nslow\tslow\nslow\ttwo\n' >"$results/rows"
printf '2026-11-27\nabcdef0\n' >"$results/whole"
last_table "$first" FAIL
run "$tree/tests/vm/report" "$results/results.tsv"
is "$rc" 1 'the report of a run with a failure'
cell_row() { # TOOL TEST
	awk -v tool="$1" -v name="$2" '$1 == tool && $2 == name { $1 = $2 = ""; print }' "$out_file" | head -n 1 | sed 's/^ *//'
}
is "$(cell_row common general)" 'ok FAIL' 'cells of this run'
is "$(cell_row fasttool one)" "ok 1234567 skip $first" 'cells of earlier runs, with their commits'
is "$(cell_row slow two)" "ok $first ok" 'of both'
is "$(cell_row slow slow)" '- -' 'a test that did not begin in time has no cell'
like "$out" '1 test files left out, since the time was up' '... and is counted'
unlike "$out" 'gone' 'a test that is no more has no row'
like "$out" $'skip: fasttool one: amd64 6.12: no disk: none at all\n' 'reasons of cells that stay, stay'
like "$out" $'at the second try: slow two: amd64 6.12: failed at first: too late\n' 'what failed once'
like "$out" $'FAIL: common general: amd64 6.12: it is broken: here\n' 'the reason of a failure'
is "$(awk '/^Seconds:/ { on = 1 } /^$/ { on = 0 } on && $1 == "slow" { print $2, $3 }' "$out_file")" '- 62' \
	'seconds of a tool on each kernel'
like "$out" $'The slowest files:\n +61.5 s  slow two: amd64 6.12\n' 'the slowest file'
like "$(tail -n 1 "$out_file")" '^9 passed, 1 failed$' 'the last line adds up'

run "$tree/tests/vm/report" --write "$results/results.tsv"
is "$rc" 1 '--write: not of a run that was cut short'
sed -i '/\tlate\t/d' "$results/results.tsv"
run "$tree/tests/vm/report" --write "$results/results.tsv"
is "$rc" 0 '--write'
like "$(<"$tree/docs/kernels.md")" $'\n2026-11-27, commit abcdef0\\.\n' '--write: names the run'
like "$(<"$tree/docs/kernels.md")" "[|] fasttool [|] one [|] ok 1234567 [|] skip $first [|]" '--write: and earlier ones'
written=$(<"$tree/docs/kernels.md")
run "$tree/tests/vm/report" --write "$results/results.tsv"
is "$(<"$tree/docs/kernels.md")" "${written}" '--write again: the same'
rm "$results/whole"
run "$tree/tests/vm/report" --write "$results/results.tsv"
is "$rc" 1 '--write of a part of the kernels or tests: refused'
run "$tree/tests/vm/report" "$results/results.tsv"
is "$(cell_row fasttool one)" '' '... and its report has nothing but that part'

# -- A tree with tests for guests only ----------------------------------------------------

rm "$tree"/tests/run/*.t
settings=(ALL=1)
choose
is "$(wc -l <<<"$chosen") $(<"$err_file")" '32 ' 'a tree without tests for the host'

done_testing
