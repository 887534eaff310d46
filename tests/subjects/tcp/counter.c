// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tests/subjects/tcp/counter.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/subjects/tcp/step.h"

/* Of this network namespace: a line with names, then one with their values. */
struct counters {
	char text[2][1 << 14];
};

static struct counters counters_before;

static void counters_read(struct counters *c)
{
	static const char *const paths[] = { "/proc/net/snmp", "/proc/net/netstat" };

	for (int i = 0; i < 2; i++) {
		FILE *f = fopen(paths[i], "r");
		size_t n;

		if (!f)
			fail(paths[i]);
		n = fread(c->text[i], 1, sizeof(c->text[i]) - 1, f);
		c->text[i][n] = '\0';
		fclose(f);
	}
}

static bool word_is(const char *word, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(word, name, n) && strchr(" \n", word[n]);
}

/* -1: no such name in this pair of lines. */
static int counter_column(const char *names, const char *name)
{
	int column = 0;

	for (; *names && *names != '\n'; column++) {
		if (word_is(names, name))
			return column;
		names += strcspn(names, " \n");
		names += *names == ' ';
	}
	return -1;
}

static long long column_value(const char *values, int column)
{
	while (column--) {
		values += strcspn(values, " \n");
		values += *values == ' ';
	}
	return atoll(values);
}

static long long counter_of(const struct counters *c, const char *name)
{
	for (int i = 0; i < 2; i++) {
		const char *names = c->text[i], *values;

		while ((values = strchr(names, '\n'))) {
			int column = counter_column(names, name);

			if (column > 0)
				return column_value(values + 1, column);
			names = strchr(values + 1, '\n');
			if (!names++)
				break;
		}
	}
	usage("no such counter");
}

void do_counted(void)
{
	static struct counters now;
	const char *name = argument();
	int n = atoi(argument());

	for (int tries = 0; tries < 3000; tries++) {
		counters_read(&now);
		if (counter_of(&now, name) - counter_of(&counters_before, name) >= n)
			return;
		pause_for(0.01);
	}
	fprintf(stderr, "tcp: %s is not %d more\n", name, n);
}

void counters_begin(void)
{
	counters_read(&counters_before);
}
