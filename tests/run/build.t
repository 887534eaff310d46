#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (it looks at what make would do)
# sanitized: no (it looks at what make would do)
#
# What a change makes anew, and what a packager asks for. Nothing is built: make only says (-n).

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
need make gcc

# The settings that the tests were made with come by MAKEFLAGS; run alone, the usual one is found.
made_with=()
! grep -q -e -Werror "$bin/obj/cc.flags" 2>/dev/null || made_with=(WERROR=1)

would_make() { # ARGUMENT...
	run make --no-print-directory -C "$root" -n "${made_with[@]}" "$@"
	is "$rc" 0 "make -n $*"
}

# Objects that would be made, of the tools and the library, one a line.
objects_of() {
	grep -oE -- '-c [^ ]+\.c -o' <<<"$out" | cut -d ' ' -f 2 | sort
}

# What has that header in its dependency files.
dependents_of() { # HEADER
	(cd "$root" && find "$bin/obj/common" "$bin/obj/tools" "$bin/obj/examples" -name '*.d' -print0 |
		xargs -0 grep -lE "(^| )$1( |\$)" | sed "s:^$bin/obj/::; s:\.d$:.c:" | sort)
}

# Twice: GNU make 4.3 reads a file with or without its last newline, as its memory happens to lie.
for settings in '' V=1 'V=1 A=1' 'V=1 LONG=a-name-that-takes-other-places-in-memory'; do
	# shellcheck disable=SC2086 # words
	would_make $settings
	like "$out" 'Nothing to be done' "built once, nothing is built again (${settings:-no settings})"
done

for header in common/base/num.h common/bpf/hist_wire.h tools/biolatency/biolatency.h; do
	would_make -W "$header"
	wanted=$(dependents_of "$header")
	like "$wanted" '\.c' "$header is included"
	is "$(comm -23 <(echo "$wanted") <(objects_of))" '' "$header: what includes it is made anew"
done
would_make -W common/base/num.c
is "$(objects_of)" common/base/num.c 'a source file: only that'
would_make -W tools/biolatency/biolatency.bpf.c
unlike "$out" 'execsnoop\.bpf\.c' "a tool's programs: no other's"

would_make DESTDIR=/nowhere PREFIX=/usr install
like "$out" "'/nowhere/usr/sbin'" 'DESTDIR and PREFIX'
would_make DESTDIR=/nowhere SBINDIR=/usr/bin install
like "$out" "'/nowhere/usr/bin'" 'SBINDIR'

for setting in CC CLANG BPFTOOL; do
	run make --no-print-directory -C "$root" -n "$setting=/no/such/thing"
	is "$rc" 2 "without $setting: no success"
	like "$err" 'missing: (/no/such/thing|bpftool) \(run: make deps\)' "without $setting: says what to do"
done
run make --no-print-directory -C "$root" -n ARCH=vax
like "$err" 'no vmlinux.h for the architecture "vax"' 'an architecture that is not there'

done_testing
