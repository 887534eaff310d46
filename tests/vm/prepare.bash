# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2015,SC2154 # "a && b || return" is meant so; names are the matrix'
#
# What the matrix makes ready before its first guest: kernels, tools, and what the tests are told.

declare -A missing=()

missing() { # "KERNEL ARCH" REASON
	[ -z "${missing[$1]:-}" ] || return
	missing[$1]=$2
	say "missing: kernel $1: $2"
	printf '%s\t-\t%s\t%s\t-\tmissing\t0\t1\t0\t0\t%s\n' - "${1% *}" "${1#* }" "$2" \
		>"$results/${1/ /-}.missing.tsv"
}

missing_arch() { # ARCH REASON
	local entry
	for entry in "${kernels[@]}"; do
		[ "${entry#* }" != "$1" ] || missing "$entry" "$2"
	done
}

# A kernel that is not there fails the run, the others go on.
fetch_kernels() { # ARCH
	local names line name
	mapfile -t names < <(printf '%s\n' "${kernels[@]}" | awk -v arch="$1" '$2 == arch { print $1 }')
	"$vm/fetch" --arch "$1" ${UPDATE:+--update} "${names[@]}" 2>&1 >/dev/null 9>&- |
		tee "$results/fetch-$1.log" | grep -v missing: >&2
	while IFS= read -r line; do
		line=${line#*missing: kernel }
		missing "${line%%:*}" "${line#*: }"
	done < <(grep missing: "$results/fetch-$1.log")
	for name in "${names[@]}"; do
		kernel_cached "$name" "$1" ||
			missing "$name $1" "$(tail -n 1 "$results/fetch-$1.log")"
	done
}

# Static binaries, by the compiler that make finds or by the one that is named.
build_static() { # ARCH OUTPUT [CLANG]; $REPLY is their directory
	local arch=$1 out=$2
	if [ "$(arch_cross "$arch")" ]; then
		REPLY=$out/$arch/static
		SNOOPKIT_BIN=$out "$vm/cross" "$arch" ${3:+"CLANG=$3"} subjects
	else
		REPLY=$out/static
		env -u ARCH -u MAKEFLAGS -u MAKELEVEL make -j "$(nproc)" -C "$root" OUTPUT="$out" \
			${3:+"CLANG=$3"} static subjects
	fi >"$results/build-$arch${3:+-${out##*/}}.log" 2>&1
}

# The same with the oldest and the newest clang there is, for the test that loads every program.
# That they cannot be had, or cannot build, is for that test to say.
build_by_clangs() { # ARCH
	local version clang why tree=$results/tree-$1/build
	for version in $clangs; do
		why=ok
		if ! clang=$("$vm/clang" "$version" 2>"$results/clang.log" 9>&-); then
			why=$(sed -n '$s/^[^:]*: //p' "$results/clang.log")
		elif ! build_static "$1" "$bin/clang-$version" "$clang"; then
			why="no build (build-$1-clang-$version.log)"
		else
			mkdir -p "$tree/clang-$version" && cp "$REPLY"/* "$tree/clang-$version"
		fi
		printf '%s\t%s\n' "clang-$version" "$why" >>"$tree/compilers"
	done
}

wants_clangs() {
	grep -q '/verifier\.t ' "$plan"
}

# The tools for the guests, and the tests: /snoopkit there.
prepare_arch() { # ARCH
	local tree=$results/tree-$1
	build_static "$1" "$bin" || { missing_arch "$1" "no build (build-$1.log)" && return; }
	"$vm/image" --arch "$1" >/dev/null 9>&- || { missing_arch "$1" 'no guest image' && return; }
	mkdir -p "$tree"/{build/tests,tests/vm} && cp -r "$root/tests/run" "$tree/tests" &&
		cp -r "$vm/t" "$vm/guest" "$vm"/verifier.* "$tree/tests/vm" &&
		cp "$REPLY"/* "$tree/build" && cp -r "$REPLY/../tests/subjects" "$tree/build/tests" ||
		{ missing_arch "$1" "$results: cannot be written" && return; }
	printf '%s\t%s\n' default "$("${CLANG:-clang}" --version | sed -n '1s/.*version \([0-9]*\).*/\1/p')" \
		>"$tree/build/compilers"
	[ -z "$clangs" ] || build_by_clangs "$1"
}

prepare() {
	local arch
	for arch in $(printf '%s\n' "${kernels[@]}" | cut -d ' ' -f 2 | sort -u); do
		fetch_kernels "$arch"
	done
	clangs=
	! wants_clangs || clangs=$("$vm/clang" --list) || clangs=unknown
	for arch in $(printf '%s\n' "${kernels[@]}" | cut -d ' ' -f 2 | sort -u); do
		prepare_arch "$arch"
	done
}
