// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tests/subjects/tcp/step.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *step;
char **rest;

_Noreturn void fail(const char *what)
{
	fprintf(stderr, "tcp: %s: %s: %s\n", step, what, strerror(errno));
	exit(1);
}

_Noreturn void usage(const char *what)
{
	fprintf(stderr, "tcp: %s: %s\n", step, what);
	exit(2);
}

char *argument(void)
{
	if (!*rest)
		usage("an argument is missing");
	return *rest++;
}

double seconds(void)
{
	char *text = argument(), *end;
	double s = strtod(text, &end);

	if (end == text || *end || s < 0 || s > 1e6)
		usage("no number of seconds");
	return s;
}

void pause_for(double s)
{
	usleep(s * 1e6);
}
