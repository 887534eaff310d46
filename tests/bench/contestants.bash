# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# Who is measured: started, found by their programs, and ended.

# The words after the first are options.
contestants=(
	ours 'ours --exact' 'ours --phases' 'ours -D -F'
	peer 'peer -D -F' bpftrace empty
)

# bcc's libbpf-tools; some distributions call them bpf-something. A tool of ours that is installed
# has the same name.
find_peer() {
	local file
	for file in /usr/{sbin,bin}/{bpf-,}biolatency /usr/share/bcc/libbpf-tools/biolatency; do
		[ -x "$file" ] && [ "$(head -c 4 "$file" | tail -c 3)" = ELF ] &&
			grep -q 'Summarize block device I/O latency' "$file" && peer=$file && return
	done
	die "libbpf-tools' biolatency is not there"
}

# Ubuntu's command may be a wrapper of nothing.
find_bpftool() {
	for bpftool in /usr/{sbin,bin}/bpftool /usr/lib/linux-tools{,/}*/bpftool; do
		"$bpftool" version >/dev/null 2>&1 && return
	done
	die 'bpftool does not run'
}

# Leaves the pid in $REPLY and the ids of its programs in $programs.
contestant_start() { # CONTESTANT
	local words
	read -ra words <<<"$1"
	case ${words[0]} in
	ours) background_tool biolatency "${words[@]:1}" ;;
	peer) pair_start "$peer" "${words[@]:1}" ;;
	bpftrace) bpftrace_start ;;
	empty) pair_start "$obj/empty" ;;
	esac || die "$1 does not start: $(tail -n 1 "$err_file")"
	programs=$(fdinfo_of "$REPLY" prog_id)
}

fdinfo_of() { # PID KEY
	cat "/proc/$1/fdinfo/"* 2>/dev/null | sed -n "s/^$2:[[:space:]]*//p" | sort -un
}

pair_start() { # COMMAND...
	background "$@"
	wait_until 20 pair_is_attached "$REPLY"
}

# Both of its programs, and it sleeps.
pair_is_attached() { # PID
	! ended "$1" || return 2
	[ "$(fdinfo_of "$1" link_id | wc -l)" -ge 2 ] && [ "$(process_state "$1")" = S ]
}

# It finds tracepoints by tracefs, which need not be mounted for anybody else.
bpftrace_start() {
	# shellcheck disable=SC2016 # for sh
	background unshare --mount sh -c '
		[ -e /sys/kernel/tracing/events ] || [ -e /sys/kernel/debug/tracing/events ] ||
			mount -t tracefs tracefs /sys/kernel/tracing
		exec bpftrace "$1"' sh "$here/biolatency.bt"
	wait_until 30 bpftrace_is_tracing "$REPLY"
}

bpftrace_is_tracing() { # PID
	tracing "$1" || return
	[ "$(fdinfo_of "$1" prog_id | wc -l)" -ge 2 ]
}
