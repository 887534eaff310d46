# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# See tests/vm/report. Read are, each after an assignment of part: the page with the last table
# ("page"), the tests that there are ("rows"), and the results ("results").

# -- What an earlier run found ------------------------------------------------------------

part == "page" && /^<!-- matrix: begin/ { in_table = 1 }
part == "page" && /^<!-- matrix: end/ { in_table = 0 }
part == "page" && !in_table { next }

part == "page" && match($0, / commit [0-9a-f]+\.$/) {
	table_commit = substr($0, RSTART + 8, RLENGTH - 9)
	next
}

part == "page" && /^\| / {
	n = split(substr($0, 3), word, / *\| */)
	if (word[1] == "tool") {
		for (i = 3; i < n; i++) old_column[i] = word[i]
		next
	}
	for (i = 3; i < n; i++) {
		split(word[i], at, " ")
		if (at[1] != "-" && at[1] != "") {
			old_cell[word[1] "\t" word[2], old_column[i]] = at[1]
			old_commit[word[1] "\t" word[2], old_column[i]] = at[2] == "" ? table_commit : at[2]
		}
	}
	next
}

# "- skip: TOOL TEST: COLUMN, COLUMN: REASON"
part == "page" && /^- [a-zA-Z ]+: [^:]+: [^:]+: / {
	n = split(substr($0, 3), word, ": ")
	reason = word[4]
	for (i = 5; i <= n; i++) reason = reason ": " word[i]
	n = split(word[3], at, ", ")
	for (i = 1; i <= n; i++)
		old_notes[++old_note_count] = word[1] "\t" word[2] "\t" at[i] "\t" reason
	next
}

part == "page" { next }

part == "rows" {
	add_row($1 "\t" $2)
	next
}

# -- This run -----------------------------------------------------------------------------

{
	column = $4 " " $3
	if (!(column in versions)) columns[++column_count] = column
	if ($5 != "-" || !(column in versions)) versions[column] = $5
}

$2 == "-" {
	note("missing", "", column, $11)
	missing[column] = 1
	failed++
	next
}

$6 == "late" {
	late++
	next
}

{
	row = $1 "\t" $2
	add_row(row)
	cells[row, column] = $6
	passed += $7
	failed += $8
	skipped += $9
	ms[$1, column] += $10
	times[++time_count] = $10 "\t" $1 " " $2 "\t" column
	tools[$1] = 1
	if ($11 != "") note($6 != "ok" ? $6 : $11 ~ /^failed at first: / ? "at the second try" : "skip in part", $1 " " $2, column, $11)
}

# In the order of their names.
function add_row(row,    i) {
	if (row in seen_row) return
	seen_row[row] = 1
	for (i = ++row_count; i > 1 && rows[i - 1] > row; i--) rows[i] = rows[i - 1]
	rows[i] = row
}

# Notes of the same words are one, with all their kernels.
function note(result, test, column, reason,    key) {
	key = result "\t" test "\t" reason
	if (!(key in note_columns)) notes[++note_count] = key
	note_columns[key] = note_columns[key] (note_columns[key] == "" ? "" : ", ") column
}

# The reasons of cells that are shown again.
function keep_old_notes(    i, part, row) {
	for (i = 1; i <= old_note_count; i++) {
		split(old_notes[i], part, "\t")
		row = part[2]
		sub(/ /, "\t", row)
		if (is_old(row, part[3])) note(part[1], part[2], part[3], part[4])
	}
}

function is_old(row, column) {
	return (row in seen_row) && (column in versions) && !((row, column) in cells) &&
		!(column in missing) && ((row, column) in old_cell)
}

function cell(row, column) {
	if ((row, column) in cells) return cells[row, column]
	if (is_old(row, column)) {
		old_count++
		return old_cell[row, column] " " old_commit[row, column]
	}
	return column in missing ? "missing" : "-"
}

# -- What is printed ----------------------------------------------------------------------

function cross(    i, j, row, line) {
	for (i = 1; i <= row_count; i++) {
		split(rows[i], row, "\t")
		line = first(row[1], row[2])
		for (j = 1; j <= column_count; j++) line = line next_cell(cell(rows[i], columns[j]))
		print line
	}
}

function first(tool, test) {
	return format == "markdown" ? "| " tool " | " test " |" : sprintf("%-12s %-24s", tool, test)
}

function next_cell(text) {
	return format == "markdown" ? " " text " |" : sprintf(" %-*s", width, text)
}

function print_head(    j, line, part) {
	line = first("", "")
	for (j = 1; j <= column_count; j++) {
		split(columns[j], part, " ")
		line = line next_cell(part[1])
	}
	print line
	line = first("tool", "test")
	for (j = 1; j <= column_count; j++) {
		split(columns[j], part, " ")
		line = line next_cell(part[2])
	}
	print line
}

function text(    i) {
	width = old_note_count || table_commit != "" ? 12 : 8
	print_head()
	cross()
	if (old_count) print "\nA cell with a commit beside it is of an earlier run, at that commit."
	seconds()
	if (note_count) print ""
	list_notes("")
}

# Of each tool on each kernel, and the slowest files.
function seconds(    i, j, tool, last, line, row) {
	print ""
	width = 8
	print "Seconds:"
	print_head()
	for (i = 1; i <= row_count; i++) {
		split(rows[i], row, "\t")
		tool = row[1]
		if (tool == last || !(tool in tools)) continue
		last = tool
		line = first(tool, "")
		for (j = 1; j <= column_count; j++)
			line = line next_cell((tool, columns[j]) in ms ? int(ms[tool, columns[j]] / 1000 + 0.5) : "-")
		print line
	}
	print "\nThe slowest files:"
	for (i = 1; i <= 10 && i <= time_count; i++) {
		for (j = i + 1; j <= time_count; j++)
			if (times[j] + 0 > times[i] + 0) {
				line = times[i]
				times[i] = times[j]
				times[j] = line
			}
		split(times[i], row, "\t")
		printf "%6.1f s  %s: %s\n", row[1] / 1000, row[2], row[3]
	}
}

function list_notes(bullet,    i, part) {
	for (i = 1; i <= note_count; i++) {
		split(notes[i], part, "\t")
		if (part[1] != "FAIL" && part[1] != "missing") print_note(bullet, part, note_columns[notes[i]])
	}
	# What failed comes last, where it is seen.
	for (i = 1; i <= note_count; i++) {
		split(notes[i], part, "\t")
		if (part[1] == "FAIL" || part[1] == "missing") print_note(bullet, part, note_columns[notes[i]])
	}
}

function print_note(bullet, part, where) {
	print bullet part[1] ": " (part[2] == "" ? "" : part[2] ": ") where ": " part[3]
}

function markdown(    j, head, rule) {
	head = "| tool | test |"
	rule = "|---|---|"
	for (j = 1; j <= column_count; j++) {
		head = head " " columns[j] " |"
		rule = rule "---|"
	}
	print head "\n" rule
	cross()
	if (old_count) print "\nA cell with a commit beside it is of an earlier run, at that commit. The others are of this run."
	print "\nThe kernels:\n"
	for (j = 1; j <= column_count; j++) print "- " columns[j] ": " versions[columns[j]]
	if (!note_count) return
	print "\nWhat failed, or was left out and why:\n"
	list_notes("- ")
}

END {
	keep_old_notes()
	if (format == "markdown") {
		markdown()
	} else {
		text()
		printf "\n%d skipped\n", skipped
		if (late) printf "%d test files left out, since the time was up\n", late
		printf "%d passed, %d failed\n", passed, failed
	}
	exit failed > 0 && format != "markdown"
}
