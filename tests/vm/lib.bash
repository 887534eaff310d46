# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2015,SC2034,SC2154
#
# What the scripts of the kernel matrix share. Kernels, guest images and indexes are kept in
# SNOOPKIT_VM_CACHE, outside of the tree; nothing in it is ever half-written, and it may be
# removed at any time.

set -u
export LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin

vm=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$vm/../.." && pwd)
cache=${SNOOPKIT_VM_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/snoopkit/vm}
self=${0##*/}

say() {
	printf '%s: %s\n' "vm/$self" "$*" >&2
}

die() { # [-STATUS] MESSAGE
	local status=1
	case $1 in -[0-9]*) status=${1#-} && shift ;; esac
	say "$*"
	exit "$status"
}

usage_error() { # MESSAGE
	die -2 "$* (try: $self --help)"
}

# The comment at the head of a script is its help.
show_help() {
	sed -n '/^# tests/,/^$/s/^# \{0,1\}//p' "$0"
}

# -- Architectures ------------------------------------------------------------------------

# The distribution's names; make, uname and qemu say others.
arch_name() { # NAME
	case $1 in
	amd64 | x86_64 | x86) echo amd64 ;;
	arm64 | aarch64) echo arm64 ;;
	*) return 1 ;;
	esac
}

arch_triplet() { # ARCH
	case $1 in amd64) echo x86_64-linux-gnu ;; arm64) echo aarch64-linux-gnu ;; esac
}

arch_loader() { # ARCH
	case $1 in amd64) echo lib64/ld-linux-x86-64.so.2 ;; arm64) echo lib/ld-linux-aarch64.so.1 ;; esac
}

arch_qemu() { # ARCH
	case $1 in amd64) echo qemu-system-x86_64 ;; arm64) echo qemu-system-aarch64 ;; esac
}

# A prefix for the tools of the cross compiler, nothing for this machine's own architecture.
arch_cross() { # ARCH
	[ "$(arch_name "$(uname -m)")" = "$1" ] || echo "$(arch_triplet "$1")-"
}

# -- Kernels ------------------------------------------------------------------------------

# The matrix: "NAME ARCH" lines of tests/vm/kernels.
matrix_kernels() {
	awk '!/^#/ { for (i = 2; i <= NF; i++) print $1, $i }' "$root/tests/vm/kernels"
}

kernel_name_ok() { # NAME
	[[ $1 == newest || $1 =~ ^[0-9]+\.[0-9]+$ ]]
}

kernel_dir() { # NAME ARCH
	echo "$cache/kernel/$2/$1"
}

kernel_cached() { # NAME ARCH
	[ -s "$(kernel_dir "$1" "$2")/version" ]
}

# With the modules that are asked for today.
kernel_current() { # NAME ARCH
	kernel_cached "$1" "$2" && cmp -s "$vm/modules" "$(kernel_dir "$1" "$2")/wanted"
}

# "newest" by its number, when it is known.
kernel_number() { # NAME ARCH
	local dir
	dir=$(kernel_dir "$1" "$2")
	if [ -L "$dir" ]; then readlink "$dir"; else echo "$1"; fi
}

# -- The cache ----------------------------------------------------------------------------

cache_ready() {
	mkdir -p "$cache" 2>/dev/null && [ -w "$cache" ] || die "$cache: cannot be written"
}

# Held until the script ends; only by who makes something. What a run that was killed has left
# half-made goes away then.
cache_lock() {
	exec 9>"$cache/lock" || die "$cache: no lock file can be made"
	if ! flock -n 9; then
		say 'waiting for another run that changes the cache'
		flock 9
	fi
	rm -rf "$cache"/part.*
}

# Enough for a kernel's packages, unpacked. The line names the folder, since that is what helps.
cache_has_space() { # MB
	local free
	free=$(df -Pm "$cache" | awk 'NR == 2 { print $4 }')
	[ "${free:-0}" -ge "$1" ] && return
	reason="no space: $cache needs $1 MB and has ${free:-0} MB"
	return 1
}

# A directory that is renamed to its final name when it is complete. $REPLY is the directory.
scratch_dirs=()

scratch_in_cache() {
	REPLY=$(mktemp -d "$cache/part.XXXXXX") || die "$cache: cannot be written"
	scratch_dirs+=("$REPLY")
}

scratch_remove() {
	[ ${#scratch_dirs[@]} = 0 ] || rm -rf "${scratch_dirs[@]}"
	scratch_dirs=()
}

remove_scratch_at_exit() {
	trap scratch_remove EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

# Runs a command with its output in $log; on failure leaves one line in $reason.
log=/dev/null reason=

quietly() { # COMMAND...
	"$@" >"$log" 2>&1 </dev/null 9>&- && return
	reason=$(log_reason)
	return 1
}

# Without addresses: it is shown in the results.
log_reason() {
	local line
	if grep -qiE 'no space left|disk quota' "$log" || ! cache_has_space 20; then
		echo "no space left in $cache"
	elif line=$(grep -m 1 -ioE 'could not resolve|(could not|unable to) connect|unreachable|timed out|temporary failure resolving' "$log"); then
		echo "no network (${line,,})"
	else
		line=$(grep -m 1 '^E: ' "$log" || grep . "$log" | tail -n 1)
		sed -E 's/^E: //; s#[a-z]+://[^ ]*/##; s/ *\[IP: [^]]*\]//' <<<"${line:-no reason given}"
	fi
}

# What was made by other versions of these scripts stays a week: another tree may use it.
cache_prune() { # DIRECTORY USED
	mkdir -p "$cache/$1" || return
	touch -c "$2"
	find "$cache/$1" -mindepth 1 -maxdepth 1 -mtime +7 -exec rm -rf {} +
}

# What two files say together, short: the key of something made from them.
content_key() { # FILE...
	cat "$@" | sha256sum | cut -c 1-12
}

pack_cpio() { # DIRECTORY FILE
	(cd "$1" && find . -mindepth 1 -print0 | LC_ALL=C sort -z |
		cpio --null --create --format=newc --owner=+0:+0 --quiet) >"$2"
}
