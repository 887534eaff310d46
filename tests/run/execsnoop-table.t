#!/usr/bin/env bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# vm: no (what is made of records is the same on every kernel)
# shellcheck disable=SC2317 # run by traced
#
# Tables have words and lines, whatever somebody calls a program; JSON has the bytes of names.

# shellcheck source=execsnoop.bash
. "$(dirname "$0")/execsnoop.bash"
need root jq

# -- Hostile names ------------------------------------------------------------------------

names=('a b' '-' $'t\tx' $'\xe2\x80\xaetxt' $'\xe2\x80\x8bzero' $'\xc2\xa0' $'caf\xe9' $'\xff')
for name in "${names[@]}"; do cp "$(type -P true)" "$scratch/$name"; done
hostile() {
	local name
	for name in "${names[@]}"; do "$scratch/$name" snooptable; done
}
traced --exe --columns comm,pid,pcomm,exe,args -- hostile
is "$(grep -c ' snooptable$' "$out_file")" 8 'a row for each'
is "$(awk '/ snooptable$/ { print $2 ~ /^[0-9]+$/, $4 ~ /^\// }' "$out_file" | sort -u)" '1 1' \
	'of as many words, whatever it is called'
is "$(awk '/ snooptable$/ { print $1 }' "$out_file" | paste -sd' ')" \
	'a\x20b \x2d t\tx \xe2\x80\xaetxt \xe2\x80\x8bzero \xc2\xa0 caf\xe9 \xff' 'which can be undone'
undone=$(awk '/ snooptable$/ { print $1 }' "$out_file" | while read -r word; do printf '%b\n' "$word"; done)
is "$undone" "$(printf '%s\n' "${names[@]}")" '... by a script'
is "$(grep -a ' snooptable$' "$out_file" | grep -acE $'\xe2\x80')" 0 'nothing is invisible'

traced -j --exe -- hostile
ok 'each line is JSON' json_check "$out_file"
hex() { od -An -v -tx1 | tr -d ' \n'; }
for name in $'caf\xe9' $'\xff'; do
	is "$(events ".comm_hex == \"$(hex <<<"$name" | sed 's/0a$//')\"" '"\(.exe_hex) \(.filename_hex)"')" \
		"$(hex <<<"$scratch/$name" | sed 's/0a$//') $(hex <<<"$scratch/$name" | sed 's/0a$//')" \
		'names that are not UTF-8: their bytes'
done
is "$(events '.comm == "a b"' 'has("comm_hex") or has("exe_hex")')" false '... those that are have none'

# -- Columns that need an option ----------------------------------------------------------

cp "$(command -v bash)" "$scratch/snoop,(1) x"
nested() { "$scratch/snoop,(1) x" -c "bash -c '\"$scratch/a b\" snooptable; :' no; :"; }
traced --columns ancestors,exe,cwd,args -- nested
row=$(grep ' snooptable$' "$out_file")
like "$row" "^snoop\\\\x2c\\\\x281\\\\x29\\\\x20x\\([0-9]+\\),[^ ]+ " '--columns ancestors: they are there'
is "$(awk '/ snooptable$/ { print $2 ~ /^\//, $3 ~ /^\// }' "$out_file")" '1 1' '... in a word'
like "$row" "$scratch/a.x20b +$PWD " '--columns exe,cwd: they are there'
traced -j --columns ancestors -- nested
is "$(events '.argv[1] == "snooptable"' '.ancestors[0].comm')" 'snoop,(1) x' '... in JSON, too'
traced --columns duration_ns,comm,args -- nested
like "$(<"$out_file")" $'\n +[0-9.]+ a.x20b +# exit' '--columns duration_ns: ends are shown'

done_testing
