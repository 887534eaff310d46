# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2015,SC2034,SC2154 # "a && b || return" is meant so; names are of all files
#
# A private apt root for each architecture: the host's mirrors and keys, more suites, nothing
# installed. apt checks every signature as it does for the host.

# Where the kernels are. To build with there is the host's own release, like its compiler.
kernel_suites='bullseye-security bookworm trixie trixie-backports sid'

apt_dir() { # ARCH
	echo "$cache/apt/$1"
}

apt_with() { # ARCH COMMAND...
	local dir
	dir=$(apt_dir "$1")
	shift
	APT_CONFIG=$dir/apt.conf "$@"
}

# The address that the host's own apt uses for a release: "main" or "security".
apt_sites() {
	# shellcheck disable=SC2016 # the names are apt's
	apt-get indextargets --format '$(SITE) $(RELEASE)' 2>/dev/null | awk '
		$2 ~ /-security$|\/updates$/ { if (!security) security = $1; next }
		$2 !~ /-/ { if (!site) { site = $1; release = $2 } }
		END { if (site) print site, release, security ? security : site }'
}

apt_keyring() {
	local file
	for file in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do
		[ -r "$file" ] && echo "$file" && return
	done
	return 1
}

apt_sources() { # ARCH SITE RELEASE SECURITY KEYRING
	local suite options="[arch=$1 signed-by=$5]"
	for suite in "$3" "$3-security" $kernel_suites; do
		case $suite in
		sid-security | unstable-security | testing-security) ;;
		*-security) echo "deb $options $4 $suite main" ;;
		*) echo "deb $options $2 $suite main" ;;
		esac
	done | sort -u
	# For what is built for the guest (tests/vm/image).
	echo "deb-src [signed-by=$5] $2 $3 main"
}

apt_conf() { # ARCH DIRECTORY RELEASE
	cat <<-EOF
	APT::Architecture "$1";
	APT::Architectures { "$1"; };
	APT::Default-Release "/^$3(-security)?$/";
	APT::Install-Recommends "false";
	APT::Sandbox::User "";
	APT::Get::AllowUnauthenticated "false";
	Acquire::AllowInsecureRepositories "false";
	Acquire::Languages "none";
	Acquire::Retries "2";
	Acquire::http::Timeout "30";
	Acquire::https::Timeout "30";
	Dir::State "$2/state";
	Dir::State::status "$2/status";
	Dir::Cache "$2/cache";
	Dir::Cache::pkgcache "pkgcache.bin";
	Dir::Etc::sourcelist "$2/sources.list";
	Dir::Etc::sourceparts "$2/none";
	Dir::Etc::preferences "$2/none/preferences";
	Dir::Etc::preferencesparts "$2/none";
	#clear APT::Update::Post-Invoke;
	#clear APT::Update::Post-Invoke-Success;
	#clear DPkg::Post-Invoke;
	EOF
}

apt_write_root() { # ARCH
	local dir site release security keyring
	command -v apt-get >/dev/null || { reason='no apt on this host' && return 1; }
	keyring=$(apt_keyring) || { reason="no keyring of the distribution's archive" && return 1; }
	read -r site release security < <(apt_sites)
	[ -n "${site:-}" ] || { reason='apt has no package source configured' && return 1; }
	dir=$(apt_dir "$1")
	mkdir -p "$dir"/{state/lists,cache/archives}/partial "$dir/none" && : >"$dir/status" &&
		apt_conf "$1" "$dir" "$release" >"$dir/apt.conf" &&
		apt_sources "$1" "$site" "$release" "$security" "$keyring" >"$dir/sources.list" ||
		{ reason="$dir: cannot be written" && return 1; }
}

declare -A index_reason=()

# Fetched within a day, and from what this file names.
index_is_fresh() { # ARCH
	local updated
	updated=$(apt_dir "$1")/updated
	[ "$(find "$updated" -mmin -1440 2>/dev/null)" ] &&
		[ "$(<"$updated")" = "$(content_key "$vm/apt.bash")" ]
}

# The indexes, once a day; "updated" says when. A suite that cannot be had leaves the others usable.
apt_ready() { # ARCH
	local dir
	dir=$(apt_dir "$1")
	! index_is_fresh "$1" || return 0
	reason=${index_reason[$1]:-}
	[ ! "$reason" ] || return
	apt_fetch_index "$1" && content_key "$vm/apt.bash" >"$dir/updated" && return
	index_reason[$1]=$reason
	return 1
}

apt_fetch_index() { # ARCH
	cache_has_space 600 && apt_write_root "$1" || return
	say "fetching the package indexes for $1"
	log=$(apt_dir "$1")/update.log
	quietly apt_with "$1" apt-get update -q
	grep -q '^[EW]: ' "$log" && reason=$(log_reason) || reason=
	apt_with "$1" apt-cache pkgnames bash 2>/dev/null | grep -qx bash || return 1
	[ ! "$reason" ] || say "some indexes for $1 could not be had: $reason"
}

apt_download() { # ARCH DIRECTORY PACKAGE...
	local arch=$1 dir=$2
	shift 2
	quietly apt_with "$arch" env -C "$dir" apt-get download -q "$@"
}

# Packages with all that they need, into DIRECTORY as .deb files. RELEASE is a suite of the
# distribution, or "host" for that of this machine.
apt_download_closure() { # ARCH RELEASE DIRECTORY PACKAGE...
	local arch=$1 release=$2 dir=$3 option=()
	shift 3
	[ "$release" = host ] || option=(-o "APT::Default-Release=$release")
	mkdir -p "$dir/partial"
	quietly apt_with "$arch" apt-get install -q -y --download-only \
		-o Dir::Cache::archives="$dir" "${option[@]}" "$@"
}

# A package in a tree with merged directories: bin is usr/bin there.
unpack() { # TREE DEB...
	local tree=$1 deb
	shift
	mkdir -p "$tree"/usr/{bin,sbin,lib,lib64}
	for deb in bin sbin lib lib64; do
		[ -e "$tree/$deb" ] || ln -s "usr/$deb" "$tree/$deb"
	done
	for deb; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x --keep-directory-symlink --no-same-owner -C "$tree" || return
	done
}
