// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The command line, beside getopt_long(): the same options, with the same values. */
#include "common/tool/cli.h"

#include <fcntl.h>
#include <getopt.h>
#include <unistd.h>
#include "common/base/num.h"
#include "tests/fuzz/fuzz.h"

#define ARGS_MAX 32

struct values {
	bool json, verbose, exact;
	uint64_t number, size, time, first;
	const char *text, *second;
};

static struct values got;

static const struct cli_option own[] = {
	{ CLI_GROUP, .help = "Own" },
	{ CLI_FLAG, 'e', "exact", NULL, "h", &got.exact },
	{ CLI_NUMBER, 'n', "number", "N", "h", &got.number, 1, 1000 },
	{ CLI_SIZE, 0, "size", "SIZE", "h", &got.size },
	{ CLI_TEXT, 't', "text", "TEXT", "h", &got.text },
	{},
};

static const struct cli_option shared[] = {
	{ CLI_FLAG, 'j', "json", NULL, "h", &got.json },
	{ CLI_DURATION, 0, "time", "TIME", "h", &got.time, .unit_ns = 1000000000 },
	{ CLI_FLAG, 'v', "verbose", NULL, "h", &got.verbose },
	{},
};

static const struct cli_positional positionals[] = {
	{ CLI_NUMBER, "first", "h", &got.first, 1, 1000 },
	{ CLI_TEXT, "second", "h", &got.second },
	{},
};

static const struct cli cli = { "tool", "P.", { own, shared }, positionals, NULL };

static bool wanted_value(struct values *v, int option, const char *s)
{
	switch (option) {
	case 'e':
		v->exact = true;
		return true;
	case 'j':
		v->json = true;
		return true;
	case 'v':
		v->verbose = true;
		return true;
	case 'n':
		return !num__u64(s, 1, 1000, &v->number);
	case 't':
		v->text = s;
		return *s;
	case 1:
		return !num__size(s, 0, UINT64_MAX, &v->size);
	case 2:
		return !num__duration(s, 0, UINT64_MAX, &v->time);
	}
	return false;
}

/* What getopt_long() makes of it. */
static bool wanted(int argc, char **argv, struct values *v)
{
	static const struct option options[] = {
		{ "exact", no_argument, NULL, 'e' },	{ "number", required_argument, NULL, 'n' },
		{ "size", required_argument, NULL, 1 }, { "text", required_argument, NULL, 't' },
		{ "json", no_argument, NULL, 'j' },	{ "time", required_argument, NULL, 2 },
		{ "verbose", no_argument, NULL, 'v' },	{},
	};
	bool given[UINT8_MAX + 1] = {};
	int option;

	memset(v, 0, sizeof(*v));
	optind = 0;
	opterr = 0;
	while ((option = getopt_long(argc, argv, "en:t:jv", options, NULL)) != -1) {
		/* Two values of one option are refused here. */
		if (!wanted_value(v, option, optarg) || (optarg && given[option]))
			return false;
		given[option] = true;
	}
	if (optind < argc && num__u64(argv[optind++], 1, 1000, &v->first))
		return false;
	if (optind < argc) {
		v->second = argv[optind++];
		if (!*v->second)
			return false;
	}
	return optind == argc;
}

/* Each on a line. */
static int split(char *text, size_t len, char **argv)
{
	int argc = 0;

	argv[argc++] = (char *)"tool";
	for (size_t at = 0; at < len && argc < ARGS_MAX; at += strlen(text + at) + 1) {
		text[at + strcspn(text + at, "\n")] = '\0';
		argv[argc++] = text + at;
	}
	argv[argc] = NULL;
	return argc;
}

/* Why something is refused is not for reading here. */
static int parse_quietly(int argc, char **argv)
{
	static int nowhere = -1, own_stderr;
	int err;

	if (nowhere < 0) {
		nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
		own_stderr = dup(STDERR_FILENO);
	}
	must(dup2(nowhere, STDERR_FILENO) >= 0);
	err = cli__parse(&cli, argc, argv);
	must(dup2(own_stderr, STDERR_FILENO) >= 0);
	return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *argv[ARGS_MAX + 1], *text = calloc(1, len + 1);
	struct values want;
	bool good;
	int argc, err;

	must(text);
	memcpy(text, data, len);
	argc = split(text, len, argv);
	memset(&got, 0, sizeof(got));
	err = parse_quietly(argc, argv);
	/* Moves the options to the front. */
	good = wanted(argc, argv, &want);
	must(!err == good);
	must(err ||
	     (got.json == want.json && got.verbose == want.verbose && got.exact == want.exact &&
	      got.number == want.number && got.size == want.size && got.time == want.time &&
	      got.first == want.first && got.text == want.text && got.second == want.second));
	free(text);
	return 0;
}
