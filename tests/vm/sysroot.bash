# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2015,SC2034,SC2154
#
# Libraries of the guests' architectures to build with, and fio, which is built with them. Both
# are made anew when this file changes.

sysroot_packages='libbpf-dev libelf-dev zlib1g-dev libaio-dev libzstd-dev'

# -- Headers and libraries ----------------------------------------------------------------

sysroot_make() { # ARCH DIRECTORY
	local packages
	# shellcheck disable=SC2086 # a list
	apt_ready "$1" && apt_download_closure "$1" host "$2/deb" $sysroot_packages || return
	# The cross compiler has a C library of its own.
	mapfile -t packages < <(find "$2/deb" -name '*.deb' | grep -v '/libc6')
	mkdir "$2/new" && quietly unpack "$2/new" "${packages[@]}"
}

sysroot_file() { # ARCH
	echo "$cache/sysroot/$1-$(content_key "$vm/sysroot.bash")"
}

sysroot() { # ARCH: $REPLY is its folder
	local dir
	dir=$(sysroot_file "$1")
	if [ ! -d "$dir" ]; then
		say "making the sysroot for $1"
		scratch_in_cache
		sysroot_make "$1" "$REPLY" || return
		mkdir -p "$cache/sysroot" && mv "$REPLY/new" "$dir" || { reason="$cache: cannot be written" && return 1; }
	fi
	cache_prune sysroot "$dir"
	REPLY=$dir
}

# -- fio ----------------------------------------------------------------------------------

# The distribution's own needs 64 libraries of 84 MB, so it is built from its source package.
fio_build() { # ARCH DIRECTORY SYSROOT
	LDFLAGS=-L$3/usr/lib/$(arch_triplet "$1")
	export LDFLAGS
	cd "$2" && apt_with "$1" apt-get source -q --download-only fio &&
		tar -xf fio_*.orig.tar.[gx]z --strip-components=1 &&
		./configure --build-static --disable-native --disable-numa --disable-rdma --disable-rbd \
			--disable-rados --disable-http --disable-gfapi --disable-pmem --disable-tcmalloc \
			--disable-libzbc --disable-xnvme \
			--cc="$(arch_cross "$1")gcc" --cpu="$(arch_triplet "$1" | cut -d - -f 1)" \
			--extra-cflags="-idirafter $3/usr/include -w" &&
		make -j "$(nproc)" fio && "$(arch_cross "$1")strip" fio
}

fio() { # ARCH: $REPLY is the program
	local sysroot program
	program=$cache/fio/$1-$(content_key "$vm/sysroot.bash")
	if [ ! -x "$program" ]; then
		sysroot "$1" || return
		sysroot=$REPLY
		say "building fio for $1"
		scratch_in_cache
		log=$cache/fio.log
		# shellcheck disable=SC2097,SC2098 # a subshell for its working directory
		quietly in_subshell fio_build "$1" "$REPLY" "$sysroot" || return
		mkdir -p "$cache/fio" && mv "$REPLY/fio" "$program" ||
			{ reason="$cache: cannot be written" && return 1; }
	fi
	cache_prune fio "$program"
	REPLY=$program
}

in_subshell() { # COMMAND...
	("$@")
}
