#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (it builds)
# sanitized: no (it builds tools of its own)
#
# A release: its archive, built without git; one version in all of it; the licence of each file; and the
# list of the compiler's commands. All of it in a repository made from the files of this one.

# shellcheck source=lib.bash
. "$(dirname "$0")/lib.bash"
need make gcc clang git xz jq

repo=$scratch/repo
# Without the user's own settings, names and hooks.
export HOME=$scratch GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@localhost \
	GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@localhost
in_repo() { git -C "$repo" -c safe.directory='*' "$@"; }

# What git knows here, as it stands; in an unpacked archive, all but what was built.
files_here() {
	git -c safe.directory='*' -C "$root" ls-files -z -c -o --exclude-standard 2>/dev/null ||
		(cd "$root" && find . -path ./build -prune -o -type f -print0)
}

mkdir -p "$repo"
files_here | tar -C "$root" --ignore-failed-read --null -T - -cf - 2>/dev/null | tar -C "$repo" -xf -
in_repo init -q && in_repo add -A && in_repo commit -q -m all
ok 'a repository with the files' test -f "$repo/Makefile"
version=$("$root/scripts/version")
like "$version" '^[0-9]+\.[0-9]+\.[0-9]+' 'a version'

# -- The archive --------------------------------------------------------------------------

archive=snoopkit-$version.tar.xz
run make --no-print-directory -C "$repo" dist OUTPUT="$scratch/one"
is "$rc" 0 'make dist'
like "$out" "^[0-9a-f]{64}  $archive\$" 'tells the archive and its sum'
sum=${out%% *}
run env TZ=Asia/Tokyo sh -c "umask 077; sleep 1; make --no-print-directory -C '$repo' dist OUTPUT='$scratch/two'"
is "${out%% *}" "$sum" 'the same commit gives the same bytes'
is "$(tar -tf "$scratch/one/$archive" | grep -v "^snoopkit-$version/")" '' 'one directory, with the version in its name'

echo change >>"$repo/README.md"
run make --no-print-directory -C "$repo" dist OUTPUT="$scratch/three"
is "$rc:$(test -e "$scratch/three/$archive"; echo $?)" 2:1 'no archive of what is not committed'
in_repo commit -q -a -m change
run make --no-print-directory -C "$repo" dist OUTPUT="$scratch/three"
unlike "$out" "$sum" 'another commit gives other bytes'

# -- The tag ------------------------------------------------------------------------------

sed -i '/^## \[Unreleased\]/!{/^## \[/d}' "$repo/CHANGELOG.md"
in_repo commit -q -a --allow-empty -m 'nothing is released'
run make --no-print-directory -C "$repo" tag
is "$rc:$(in_repo tag)" 2: 'no tag without a section in the change log'
printf '\n## [%s] - 2026-01-01\n' "$version" >>"$repo/CHANGELOG.md"
in_repo commit -q -a -m release
run make --no-print-directory -C "$repo" tag
is "$rc:$out:$(in_repo tag)" "0:v$version:v$version" 'the tag has the version'
run make --no-print-directory -C "$repo" dist OUTPUT="$scratch/four"
is "$rc" 0 'an archive of the tagged commit'
in_repo commit -q --allow-empty -m later
run make --no-print-directory -C "$repo" dist OUTPUT="$scratch/five"
is "$rc" 2 'none of a later commit, under the same name'
like "$err" 'SNOOPKIT_VERSION' 'says what to raise'

# -- Licences -----------------------------------------------------------------------------

run "$repo/scripts/spdx"
is "$rc:$err" 0: 'each file says its licence'
echo 'int plain;' >"$repo/common/with blank.c"
printf '\n%.0s' 1 2 3 4 5 6 >"$repo/docs/late.md"
echo '<!-- SPDX-License-Identifier: MIT -->' | tee -a "$repo/docs/late.md" >"$repo/docs/other.md"
in_repo add -A
run "$repo/scripts/spdx"
is "$rc" 1 'a file that does not fails'
like "$err" 'common/with blank\.c: no SPDX' 'which file'
like "$err" 'docs/late\.md: no SPDX' 'its line must stand at the head'
like "$err" 'docs/other\.md: LICENSES/MIT\.txt' 'a licence without its text fails, too'
in_repo reset -q --hard
sed -i '/vmlinux/d' "$repo/REUSE.toml"
run "$repo/scripts/spdx"
like "$err" 'vmlinux/x86_64/vmlinux\.h: no SPDX' 'REUSE.toml is read'

# -- Built without git --------------------------------------------------------------------

tree=$scratch/snoopkit-$version
tar -C "$scratch" -xf "$scratch/one/$archive"
run_limit=500
run make --no-print-directory -C "$tree" -j"$(nproc)" CFLAGS=-O0 all compile_commands.json
is "$rc" 0 'the archive is built'
run_limit=60
tools=0
for dir in "$tree"/tools/*/; do
	tool=$(basename "$dir")
	tools=$((tools + 1))
	run "$tree/build/$tool" --version
	is "$rc:$out" "0:$tool (snoopkit $version)" "$tool --version"
done
ok 'all tools' test "$tools" -ge 4

# -- The compiler's commands --------------------------------------------------------------

other='*32.c' # of 32-bit programs, which other processors do not have
[ "$(uname -m)" != x86_64 ] || other=
listed=$tree/compile_commands.json
is "$(jq -r '.[].file' "$listed" | sort)" \
	"$(cd "$tree" && find common tools examples tests -name '*.c' ! -name "$other" | sort)" 'each C file is listed'
is "$(jq -r '.[].directory' "$listed" | sort -u)" "$tree" 'by its directory'
# shellcheck disable=SC2016 # for the inner shell
run sh -c 'cd "$1" && jq -r ".[].command" "$2" | tr "\n" "\0" |
	xargs -0 -P "$(nproc)" -I{} sh -c "{} -fsyntax-only || echo failed: \"{}\""' sh "$tree" "$listed"
is "$out" '' 'each compiles by its command'

done_testing
