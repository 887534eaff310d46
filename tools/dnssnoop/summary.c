// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include <stdio.h>
#include "tools/dnssnoop/match.h"

/* The order is that of the line; what has come later is told only if there is any. */
static const struct {
	enum lookup_end end;
	const char *text, *member;
	bool always;
} sums[] = {
	{ LOOKUP_ANSWERED, "answered", "answered", true },
	{ LOOKUP_TIMEOUT, "timed out", "timed_out", true },
	{ LOOKUP_ABANDONED, "abandoned", "abandoned", false },
	{ LOOKUP_CLOSED, "closed", "closed", false },
	{ LOOKUP_ERROR, "refused", "refused", true },
	{ LOOKUP_UNKNOWN, "unknown", "unknown", true },
	{ LOOKUP_OPEN, "open", "open", true },
};

#define SUMS (sizeof(sums) / sizeof(sums[0]))

static void summary_json(const struct dns_match *match, struct json *j, uint64_t all)
{
	json__object(j, "queries");
	json__u64(j, "count", all);
	for (size_t i = 0; i < SUMS; i++)
		json__u64(j, sums[i].member, match->ends[sums[i].end]);
	json__u64(j, "given_up_early", match->early);
	if (match->questions_left_out)
		json__u64(j, "questions_left_out", match->questions_left_out);
	json__object_end(j);
}

void match__summary(const struct dns_match *match, struct run *run)
{
	struct out *o = &run->out;
	char line[320];
	uint64_t all = 0;
	size_t n = 0;

	for (int i = 0; i < LOOKUP_ENDS; i++)
		all += match->ends[i];
	for (size_t i = 0; i < SUMS; i++)
		if (sums[i].always || match->ends[sums[i].end])
			n += snprintf(line + n, sizeof(line) - n, " %c %s %llu", i ? '+' : '=',
				      sums[i].text, (unsigned long long)match->ends[sums[i].end]);
	out__text(o, "\nqueries %llu%s", (unsigned long long)all, line);
	if (match->early)
		out__text(o, "; given up early %llu", (unsigned long long)match->early);
	if (match->questions_left_out)
		out__text(o, "; questions left out %llu",
			  (unsigned long long)match->questions_left_out);
	if (match->foreign)
		out__text(o, "; not DNS %llu", (unsigned long long)match->foreign);
	if (!o->json)
		return;
	summary_json(match, &o->j, all);
	if (match->foreign)
		json__u64(&o->j, "not_dns", match->foreign);
}
