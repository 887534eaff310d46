# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# Who is measured: started, found by their programs, and ended. A contestant is named by who it is
# and by its options: "ours -x".
#
#	ours        our tool
#	static      its static binary
#	peer        the tool of the same name of bcc's libbpf-tools, or of bcc itself
#	bpftrace    tests/bench/TOOL.bt
#	empty       programs that do nothing, at the same places
#	nothing     nobody

# A tool that has another peer than libbpf-tools' finds it itself, and says $peer_name.
: "${peer_name:=libbpf-tools}" "${peer_package:=libbpf-tools}"

# Some distributions call them bpf-something. A tool of ours that is installed has the same name.
find_peer() {
	local file
	if declare -F own_peer >/dev/null; then own_peer && return; fi
	for file in /usr/{sbin,bin}/{bpf-,}"$tool" "/usr/share/bcc/libbpf-tools/$tool"; do
		[ -x "$file" ] && [ "$(head -c 4 "$file" | tail -c 3)" = ELF ] &&
			grep -q "$peer_says" "$file" && peer=("$file") && return
	done
	die "$peer_name's $tool is not there"
}

# Ubuntu's command may be a wrapper of nothing.
find_bpftool() {
	for bpftool in /usr/{sbin,bin}/bpftool /usr/lib/linux-tools{,/}*/bpftool; do
		"$bpftool" version >/dev/null 2>&1 && return
	done
	die 'bpftool does not run'
}

# Its words in $command.
contestant_command() { # CONTESTANT
	read -ra command <<<"$1"
	case ${command[0]} in
	ours) command[0]=$bin/$tool ;;
	static) command[0]=$bin/static/$tool ;;
	peer) command=("${peer[@]}" "${command[@]:1}") ;;
	bpftrace) command=(bpftrace "$here/$tool.bt") ;;
	empty) command=("$obj/empty" "${empty_programs[@]}") ;;
	esac
}

# Leaves the pid in $REPLY and the ids of its programs in $programs. What it says is in $out_file,
# or with a load that makes it say much, nowhere.
contestant_start() { # CONTESTANT
	local command output=()
	contestant_command "$1"
	[ -z "${output_nowhere:-}" ] || output=(sh -c 'exec "$@" >/dev/null' sh)
	# The array may be empty, which bash 4.3 takes for unset.
	background ${output[@]+"${output[@]}"} "${command[@]}"
	case $1 in
	ours* | static*) wait_until 60 tracing "$REPLY" ;;
	peer*) wait_until 30 "${peer_ready:-attached}" "$REPLY" "$peer_links" ;;
	bpftrace) wait_until 30 bpftrace_is_tracing "$REPLY" ;;
	empty) wait_until 20 attached "$REPLY" "${#empty_programs[@]}" ;;
	esac || die "$1 does not start: $(tail -n 1 "$err_file")"
	programs=$(fdinfo_of "$REPLY" prog_id)
}

fdinfo_of() { # PID KEY
	cat "/proc/$1/fdinfo/"* 2>/dev/null | sed -n "s/^$2:[[:space:]]*//p" | sort -un
}

# All of its programs, and it sleeps.
attached() { # PID PROGRAMS
	! ended "$1" || return 2
	[ "$(fdinfo_of "$1" link_id | wc -l)" -ge "$2" ] && [ "$(process_state "$1")" = S ]
}

bpftrace_is_tracing() { # PID
	tracing "$1" || return
	[ "$(fdinfo_of "$1" prog_id | wc -l)" -ge "$bpftrace_links" ]
}

# ns, of all of its threads
contestant_cpu() { # PID
	awk '{ ns += $1 } END { printf "%.0f", ns }' "/proc/$1/task/"*/schedstat
}

# kB; a page that is mapped twice counts once.
contestant_pss() { # PID
	awk '$1 == "Pss:" { print $2 }' "/proc/$1/smaps_rollup"
}

contestant_kb() { # PID KEY-OF-STATUS
	awk -v key="$2:" '$1 == key { print $2 }' "/proc/$1/status"
}
