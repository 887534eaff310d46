# shellcheck shell=bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2034,SC2154 # names are of all files
#
# Which tests there are, and what each says of itself in the lines "# vm: WORD..." at its head.
# $root is the tree that they are in.

declare -A test_tool=() test_layouts=() test_words=()
tests=()

# A tool's tests are named after it; the others are "common".
tool_of() { # FILE
	local name=${1##*/}
	name=${name%%.*}
	while [ ! -d "$root/tools/$name" ]; do
		case $name in *-*) name=${name%-*} ;; *) REPLY=common && return ;; esac
	done
	REPLY=$name
}

test_name() { # FILE LAYOUT
	local name=${1##*/}
	name=${name%.t}
	tool_of "$1"
	[ "$name" = "$REPLY" ] || name=${name#"$REPLY-"}
	[ "$2" = v2 ] || name+=" ($2)"
	REPLY=$name
}

# Fills the tables above with what runs in guests, by the file's name relative to the tree.
tests_read() {
	local file words
	while IFS=$'\t' read -r file words; do
		case $words in no | no\ *) continue ;; esac
		tests+=("$file")
		tool_of "$file"
		test_tool[$file]=$REPLY
		test_words[$file]=" $words "
		test_layouts[$file]=v2
		[[ ! $words =~ cgroup=([a-z0-9,]+) ]] || test_layouts[$file]=${BASH_REMATCH[1]//,/ }
	done < <(cd "$root" && shopt -s nullglob && test_heads tests/run/*.t tests/vm/t/*.t </dev/null)
}

# FILE and its words, with a tab between.
test_heads() { # FILE...
	awk '
		function show() { if (file != "") print file "\t" words }
		FNR == 1 { show(); file = FILENAME; words = "" }
		FNR <= 20 && sub(/^# vm: /, "") { words = words (words == "" ? "" : " ") $0 }
		END { show() }' "$@"
}

# A tool's heart is the file of its name; a common test says that it is one.
test_is_heart() { # FILE
	local name=${1##*/}
	[ "${name%.t}" = "${test_tool[$1]}" ] || [[ ${test_words[$1]} == *' heart '* ]]
}

# The names of the tools.
tools_all() {
	local dir
	for dir in "$root"/tools/*/; do
		dir=${dir%/}
		[ ! -e "$dir/${dir##*/}.c" ] || echo "${dir##*/}"
	done
}
