# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2015,SC2034,SC2154 # "a && b || return" is meant so; names are of all files
#
# From an unpacked kernel package to what the emulator boots: the kernel without its compression
# (which takes seconds under emulation) and an archive of the modules that tests need.

kernel_make() { # TREE VERSION ARCH DIRECTORY
	local image modules=$1/usr/lib/modules/$2
	image=$(find "$1/boot" "$modules" -maxdepth 1 -name 'vmlinuz*' 2>/dev/null | head -n 1)
	[ -n "$image" ] && [ -d "$modules/kernel" ] ||
		{ reason="the packages of $2 hold no kernel or no modules" && return 1; }
	"kernel_unpack_$3" "$image" "$4/kernel" ||
		{ reason="${image##*/}: not a kernel image of a known format" && return 1; }
	modules_pick "$modules" "$1/pick/usr/lib/modules/$2" || return
	# depmod looks in lib or in usr/lib, by its version.
	ln -s usr/lib "$1/pick/lib" && quietly depmod -b "$1/pick" "$2" && rm "$1/pick/lib" || return
	pack_cpio "$1/pick" "$4/modules.cpio" || { reason="no space left in $cache" && return 1; }
	cp "$vm/modules" "$4/wanted" && echo "$2" >"$4/version"
}

number_at() { # FILE OFFSET BYTES
	od -A n -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '
}

bytes_at() { # FILE OFFSET BYTES
	tail -c +$(($2 + 1)) "$1" | head -c "$3"
}

# By the first bytes, whatever the header may say.
decompress() {
	local magic file=$1
	magic=$(od -A n -t x1 -N 4 "$file" | tr -d ' ')
	case $magic in
	fd377a58) xz -dc "$file" ;;
	28b52ffd) zstd -dcq "$file" ;;
	1f8b*) gzip -dc "$file" ;;
	*) cat "$file" ;;
	esac
}

# The boot protocol's header says where the compressed ELF file is; its length is added to it.
kernel_unpack_amd64() { # IMAGE FILE
	local start length
	[ "$(bytes_at "$1" 514 4)" = HdrS ] || return
	start=$((($(number_at "$1" 497 1) + 1) * 512 + $(number_at "$1" 584 4)))
	length=$(number_at "$1" 588 4)
	bytes_at "$1" "$start" $((length - 4)) >"$2.packed"
	decompress "$2.packed" >"$2" && rm "$2.packed" &&
		[ "$(bytes_at "$2" 1 3)" = ELF ]
}

# Plain, compressed, or an EFI program that holds a compressed one.
kernel_unpack_arm64() { # IMAGE FILE
	if [ "$(bytes_at "$1" 4 4)" = zimg ]; then
		bytes_at "$1" "$(number_at "$1" 8 4)" "$(number_at "$1" 12 4)" >"$2.packed"
	else
		cp "$1" "$2.packed"
	fi
	decompress "$2.packed" >"$2" && rm "$2.packed" &&
		[ "$(bytes_at "$2" 56 3)" = ARM ]
}

# -- Modules ------------------------------------------------------------------------------

modules_wanted() {
	sed 's/#.*//' "$vm/modules" | tr -s ' \t' '\n' | grep . | tr - _
}

# With what they depend on, decompressed: the kernel of the guest would take longer for it.
modules_pick() { # MODULES DIRECTORY
	local -A file=() have=()
	local todo=() name path target
	while read -r path; do
		name=${path##*/}
		file[$(tr - _ <<<"${name%%.ko*}")]=$path
	done < <(cd "$1" && find kernel -name '*.ko*')
	mapfile -t todo < <(modules_wanted)
	while [ ${#todo[@]} -gt 0 ]; do
		name=${todo[-1]}
		unset 'todo[-1]'
		path=${file[$name]:-}
		[ -n "$path" ] && [ -z "${have[$name]:-}" ] || continue
		have[$name]=1
		target=$2/${path%.ko*}.ko
		mkdir -p "${target%/*}" && decompress "$1/$path" >"$target" ||
			{ reason="no space left in $cache" && return 1; }
		mapfile -t -O ${#todo[@]} todo < <(module_needs "$target")
	done
	cp "$1"/modules.{builtin,builtin.modinfo,order} "$2" 2>/dev/null
	[ ${#have[@]} -gt 0 ] || { reason="${1##*/} has none of the modules" && return 1; }
}

module_needs() { # FILE
	{
		modinfo -F depends "$1" | tr , '\n'
		modinfo -F softdep "$1" | tr ' ' '\n' | grep -v ':$'
	} | grep . | tr - _
}
