#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (it runs nothing but make)
# sanitized: no (no tool runs)
#
# What CI calls (.ci/run), with parts that end as they are told to: all of them run, in order, and the
# end names what failed, since the middle of a long log is not kept.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
need make

mkdir -p "$scratch/tree/.ci"
cp "$root/.ci/run" "$scratch/tree/.ci/"
parts='lint:1 test:1 check-unit:0 test-vm:1 fuzz:1 check-sanitized:1'
for part in $parts; do
	# shellcheck disable=SC2016 # for make
	printf '%s:\n\t@echo "part $@:$(WERROR)$(if $(findstring clang,$(CC)), $(CC))$(if $(FUZZ_SECONDS), $(FUZZ_SECONDS))" >>parts; cat $@.says; exit $$(cat $@.ends)\n' "${part%:*}"
	: >"$scratch/tree/${part%:*}.says"
	echo "${part#*:}" >"$scratch/tree/${part%:*}.ends"
done >"$scratch/tree/Makefile"
says() { # PART: from stdin
	cat - <(seq 1000) >"$scratch/tree/$1.says"
}
says lint <<<'In tests/run/one.t line 3:'
says test <<'EOF2'
# Failed: it works (one.t line 3)
#   got:      1
#   expected: 2
tests/run/one.t ....
tests/run/one.t   (Wstat: 256 (exited 1) Tests: 107 Failed: 1)
  Failed test:  94
EOF2
says test-vm <<'EOF2'
# depth: by change since commit 1234567, turn 8
skip: common two: amd64 6.1: no disk
FAIL: common three: amd64 7.3: too much
EOF2
says fuzz <<<'dns: FAILED, see build/fuzz/dns.log'
echo 'nobody knows' >"$scratch/tree/check-sanitized.says"

# Not with the settings of the make that runs the tests.
run env -u MAKEFLAGS -u MFLAGS -u WERROR -u CC -u OUTPUT -u FUZZ_SECONDS "$scratch/tree/.ci/run"
is "$rc" 1 'parts fail: so does all of it'
is "$(<"$scratch/tree/parts")" "part lint:
part test:1
part check-unit:1 clang
part test-vm:
part fuzz: 60
part check-sanitized:" 'each part runs, in this order'
end=$(sed -n '/^ci: the whole/,$p' "$out_file")
cmp_ok "$(wc -l <<<"$end")" '<' 60 'the end is short'
for part in lint:FAILED test:FAILED clang:passed matrix:FAILED fuzz:FAILED sanitized:FAILED; do
	like "$end" "ci: ${part%:*} +[0-9]+ s  ${part#*:}" "the end says: ${part%:*} ${part#*:}"
done
while IFS= read -r line; do
	ok "the end has: $line" grep -qF -- "$line" <<<"$end"
done <<'EOF2'
In tests/run/one.t line 3:
# Failed: it works (one.t line 3)
#   got:      1
#   expected: 2
tests/run/one.t   (Wstat: 256 (exited 1) Tests: 107 Failed: 1)
# depth: by change since commit 1234567, turn 8
FAIL: common three: amd64 7.3: too much
dns: FAILED, see build/fuzz/dns.log
nobody knows
EOF2

for part in $parts; do echo 0 >"$scratch/tree/${part%:*}.ends"; done
# Not with the settings of the make that runs the tests.
run env -u MAKEFLAGS -u MFLAGS -u WERROR -u CC -u OUTPUT -u FUZZ_SECONDS "$scratch/tree/.ci/run"
is "$rc" 0 'all parts pass: so does all of it'
unlike "$(sed -n '/^ci: the whole/,$p' "$out_file")" 'FAILED|what failed' '... and the end says so'

rm "$scratch/tree/parts"
run env CI_SECONDS=600 "$scratch/tree/.ci/run"
like "$out" 'ci: matrix +-    left out, no time' 'a part that has no time is left out, which the end says'
is "$(grep -c test-vm "$scratch/tree/parts")" 0 '... and does not run'
is "$(grep -c check-sanitized "$scratch/tree/parts")" 1 '... but what has time does'

done_testing
