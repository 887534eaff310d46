# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#
# From what a guest printed (tests/vm/guest) to a line for each test file that has ended:
# FILE RESULT PASSED FAILED SKIPPED MS REASON, with tabs between. A file that a later boot ran
# again has its last result only, and the reason why it had failed before.

BEGIN { OFS = "\t" }

/^#vm begin / {
	file = $3
	passed = failed = skipped = ran = 0
	plan = -1
	reason = ""
	next
}

/^#vm end / {
	finish($4, $5)
	next
}

/^ok( |$)/ {
	ran++
	if (match($0, /# *SKIP */)) {
		skipped++
		if (reason == "") reason = substr($0, RSTART + RLENGTH)
	} else {
		passed++
	}
	next
}

/^not ok( |$)/ {
	ran++
	if ($0 ~ /# *TODO/) {
		skipped++
	} else {
		if (!failed++) reason = substr($0, 8)
	}
	next
}

/^1\.\.[0-9]+/ {
	plan = substr($1, 4) + 0
	if (plan == 0) {
		skipped = 1
		reason = match($0, /# *SKIP */) ? substr($0, RSTART + RLENGTH) : "no tests"
	}
	next
}

/^Bail out!/ { bail = $0 " " }

function finish(status, ms,    result) {
	if (!failed && (bail != "" || status != 0 || plan < 0 || (plan > 0 && plan != ran))) {
		failed++
		sub(/^Bail out! */, "", bail)
		reason = bail != "" ? bail : status == 124 || status == 137 ? "time limit" : \
			plan < 0 ? "no plan, exit status " status : \
			plan != ran ? "planned " plan " tests, ran " ran : "exit status " status
	}
	result = failed ? "FAIL" : passed ? "ok" : "skip"
	sub(/^ *[0-9]+ *-? */, "", reason)
	gsub(/\t/, " ", reason)
	sub(/ +$/, "", reason)
	if (result == "ok" && file in failures) reason = "failed at first: " failures[file]
	if (result == "FAIL") failures[file] = reason
	if (!(file in lines)) order[++files] = file
	lines[file] = file OFS result OFS passed + 0 OFS failed + 0 OFS skipped + 0 OFS ms OFS reason
	bail = ""
}

END { for (i = 1; i <= files; i++) print lines[order[i]] }
