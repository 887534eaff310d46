#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# shellcheck disable=SC2016,SC2288,SC2317 # for other shells; a name; run by traced
#
# Which file was executed: a row never lets a reader take it for another one.

# shellcheck source=execsnoop.bash
. "$(dirname "$0")/execsnoop.bash"
need root jq unshare

program snoopexec
target=$scratch/snoopexec
subject=$bin/tests/subjects/exec
mkdir "$scratch/dir" "$scratch/mnt"
cp "$target" "$scratch/dir/snoopls"
cp "$target" "$scratch/gone"
cp "$target" "$scratch/real (deleted)"
printf '#!%s -e\n:\n' "$target" >"$scratch/script"
chmod +x "$scratch/script"

row() { # MARK: its arguments and what is said of them; not of the program that started it
	sed -nE "s/^[^ ].* 0 +(.*': $1'.*)/\\1/p" "$out_file" | grep -Ev '[(]exec|/subjects/exec '
}

# -- In the table -------------------------------------------------------------------------

files() {
	# Told by the arguments.
	"$target" -c ': as-path'
	(cd "$scratch" && ./snoopexec -c ': as-relative')
	sh -c ': by-name'
	"$scratch/script" ': as-script'
	# And not.
	(cd "$scratch" && exec -a /usr/sbin/sshd ./snoopexec -c ': other-path')
	(cd "$scratch" && exec -a ./snoopls ./snoopexec -c ': other-relative')
	(cd "$scratch/dir" && exec -a ./snoopexec "$target" -c ': other-directory')
	(exec -a snoopexec "$target" -c ': name-only')
	(exec -a '' "$target" -c ': empty-name')
	(exec -a "[kworker/0:0]" "$target" -c ': kernel-name')
	(PATH=$scratch/dir:$PATH && exec snoopls -c ': found-elsewhere')
	(exec -a /bin/true "$scratch/script" ': script-renamed')
	"$subject" memfd "$target" -c ': memfd'
	"$subject" at-empty "$target" -c ': at-empty'
	"$target" -c '(exec -a /bin/true /proc/self/exe -c ": by-proc"); :'
	"$scratch/gone" -c '(exec rm "$0"); exec -a "$0" /proc/self/exe -c ": was-removed"' "$scratch/gone"
	"$scratch/real (deleted)" -c '(exec -a /bin/true "$0" -c ": looks-removed"); :' "$scratch/real (deleted)"
}
traced -- files
here=$(realpath "$scratch")
is "$(row as-path)" "$target -c ': as-path'" 'its path: nothing more to tell'
is "$(row as-relative)" "./snoopexec -c ': as-relative'" 'its path from where it is'
is "$(row by-name)" "sh -c ': by-name'" 'a name that is found where all programs are'
is "$(row as-script)" "$target -e $scratch/script ': as-script'" 'a script'
is "$(row other-path)" "/usr/sbin/sshd -c ': other-path' # $target" 'the path of another file'
is "$(row other-relative)" "./snoopls -c ': other-relative' # $target" 'a relative one'
is "$(row other-directory)" "./snoopexec -c ': other-directory' # $target" 'the same name elsewhere'
is "$(row name-only)" "snoopexec -c ': name-only' # $target" 'a name, of a file where not all programs are'
is "$(row empty-name)" "'' -c ': empty-name' # $target" 'no name'
is "$(row kernel-name)" "'[kworker/0:0]' -c ': kernel-name' # $target" 'the name of what is no file'
is "$(row found-elsewhere)" "snoopls -c ': found-elsewhere' # $scratch/dir/snoopls" 'a name that PATH leads astray'
is "$(row script-renamed)" "$target -e $scratch/script ': script-renamed'" 'a script has no other name'
is "$(row memfd)" "$target -c ': memfd' # /memfd:subject (deleted)" 'a memfd that has the name of a file'
is "$(row at-empty)" "$target -c ': at-empty'" 'a descriptor of the file that the arguments name'
is "$(row by-proc)" "/bin/true -c ': by-proc' # $here/snoopexec" 'a link in /proc'
is "$(row was-removed)" "$scratch/gone -c ': was-removed' # $here/gone (deleted)" 'a file that is removed'
is "$(row looks-removed)" "/bin/true -c ': looks-removed' # '$scratch/real (deleted)'" 'a name that only looks like it'

# -- --exe and --cwd ----------------------------------------------------------------------

places() {
	"$subject" memfd "$target" -c : memfd
	cp "$target" "$scratch/gone"
	"$scratch/gone" -c 'rm "$0"; exec /proc/self/exe -c : gone' "$scratch/gone"
	"$scratch/real (deleted)" -c : real
	mkdir "$scratch/removed"
	(cd "$scratch/removed" && rmdir "$scratch/removed" && exec "$target" -c : cwd) 2>/dev/null
	unshare -m "$target" -c 'mount -t tmpfs none "$1" && cp "$0" "$1/detached" && cd "$1" &&
		umount -l "$1" && ./detached -c : detached' "$target" "$scratch/mnt"
	"$target" -c : plain
}
place() { # MARK [JQ-EXPRESSION]
	events ".event == \"exec\" and .comm != \"exec\" and .argv[-1] == \"$1\"" \
		"${2:-\"\\(.exe)|\\(.exe_deleted)|\\(.exe_unreachable)|\\(.cwd_deleted)|\\(.cwd_unreachable)\"}"
}
traced -j --exe --cwd -- places
is "$(place memfd)" '/memfd:subject (deleted)|true|null|null|null' '--exe: a memfd'
is "$(place gone)" "$here/gone (deleted)|true|null|null|null" '--exe: a removed file'
is "$(place real)" "$here/real (deleted)|null|null|null|null" '--exe: a name that only looks like it'
is "$(place plain)" "$here/snoopexec|null|null|null|null" '--exe: a file'
is "$(place cwd)" "$here/snoopexec|null|null|true|null" '--cwd: a removed directory'
is "$(place cwd .cwd)" "$here/removed (deleted)" '--cwd: its path'
is "$(place detached)" '(unreachable)/detached|null|true|null|true' 'a mount that is detached'
is "$(place detached .cwd)" '(unreachable)/' 'and its root'
traced -j -- places
is "$(place memfd)" '/memfd:subject (deleted)|true|null|null|null' 'exe is there unasked where filename does not tell'
is "$(place plain .exe)" null 'and else not'

done_testing
