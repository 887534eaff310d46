# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# See tests/vm/report.

{
	column = $4 " " $3
	if (!(column in versions)) columns[++column_count] = column
	versions[column] = $5
}

$2 == "-" {
	note("missing", "", column, $11)
	missing[column] = 1
	failed++
	next
}

{
	row = $1 "\t" $2
	if (!(row in seen_row)) rows[++row_count] = row
	seen_row[row] = 1
	cells[row, column] = $6
	passed += $7
	failed += $8
	skipped += $9
	if ($11 != "") note($6 == "ok" ? "skip in part" : $6, $1 " " $2, column, $11)
}

# Notes of the same words are one, with all their kernels.
function note(result, test, column, reason,    key) {
	key = result "\t" test "\t" reason
	if (!(key in note_columns)) notes[++note_count] = key
	note_columns[key] = note_columns[key] (note_columns[key] == "" ? "" : ", ") column
}

function cell(row, column) {
	if ((row, column) in cells) return cells[row, column]
	return column in missing ? "missing" : "-"
}

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
	return format == "markdown" ? " " text " |" : sprintf(" %-8s", text)
}

function text(    j, line, part) {
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
	cross()
	if (note_count) print ""
	list_notes("")
}

function list_notes(bullet,    i, part) {
	for (i = 1; i <= note_count; i++) {
		split(notes[i], part, "\t")
		print bullet part[1] ": " (part[2] == "" ? "" : part[2] ": ") note_columns[notes[i]] \
			": " part[3]
	}
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
	print "\nThe kernels:\n"
	for (j = 1; j <= column_count; j++) print "- " columns[j] ": " versions[columns[j]]
	if (!note_count) return
	print "\nWhat failed, or was left out and why:\n"
	list_notes("- ")
}

END {
	if (format == "markdown") {
		markdown()
	} else {
		text()
		printf "\n%d skipped\n%d passed, %d failed\n", skipped, passed, failed
	}
	exit failed > 0 && format != "markdown"
}
