// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/tool/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include "common/base/buf.h"
#include "common/base/msg.h"
#include "common/base/option.h"
#include "tests/unit/hostile.h"
#include "tests/unit/tap.h"

#define ARGS_MAX 16

static struct values {
	bool timestamp, msecs, disks, json, jsonl;
	uint64_t pid, size, duration, slower, free, interval, count;
	const char *disk, *op, *file;
	struct cli_list want;
} v;

static const struct cli_option own[] = {
	{ CLI_GROUP, .help = "First group" },
	{ CLI_FLAG, 'T', "timestamp", .help = "time of day", .value = &v.timestamp },
	{ CLI_FLAG, 'm', "milliseconds", .help = "in ms", .value = &v.msecs },
	{ CLI_FLAG, 'D', "disks", .help = "each disk", .value = &v.disks },
	{ CLI_TEXT, 'd', "disk", "DISK", "one disk", .value = &v.disk },
	{ CLI_TEXT, 0, "op", "OP", "one operation", .value = &v.op },
	{ CLI_NUMBER, 'p', "pid", "PID", "one process", &v.pid, 1, 4194304 },
	{ CLI_NUMBER, 0, "free", "N", "any number", &v.free, 0, 0 },
	{ CLI_LIST, 'w', "want", "WHAT", "each of these", &v.want },
	{ CLI_FLAG, 0, "diskettes", NULL, "--disks", &v.disks, .old = true },
	{ CLI_NUMBER, 0, "process", "PID", "--pid", &v.pid, 1, 4194304, .old = true },
	{ CLI_FLAG, 0, "millis", NULL, "--milliseconds", &v.msecs, .old = true },
	{},
};

static const struct cli_option shared[] = {
	{ CLI_GROUP, .help = "Second group" },
	{ CLI_SIZE, 0, "buffer", "SIZE", "of the ring", &v.size, 65536, 1 << 30 },
	{ CLI_DURATION, 0, "duration", "TIME", "then end", &v.duration, 1000000, 86400000000000,
	  1000000000 },
	{ CLI_DURATION, 0, "slower", "TIME", "or longer", &v.slower },
	{ CLI_DURATION, 0, "wait", "TIME", "for that", &v.slower, 100000000, 10000000000 },
	{ CLI_FLAG, 'j', "json", .help = "JSON", .value = &v.json },
	{ CLI_FLAG, 0, "json-lines", .help = "JSON in lines", .value = &v.jsonl },
	{},
};

static const struct cli_positional positionals[] = {
	{ CLI_NUMBER, "interval", "seconds", &v.interval, 1, 100 },
	{ CLI_NUMBER, "count", "how often", &v.count, 1, 100 },
	{},
};

static const struct cli_positional file[] = {
	{ CLI_TEXT, "file", "a file", &v.file, 0, 0 },
	{},
};

static const struct cli cli = {
	.tool = "tool",
	.purpose = "Shows what it shows.",
	.options = { own, shared },
	.positionals = positionals,
	.examples = "  tool 1 5\n",
};

static const struct cli plain = { .tool = "tool", .purpose = "P.", .options = { own } };
static const struct cli with_file = {
	.tool = "tool", .purpose = "P.", .options = { NULL, shared }, .positionals = file
};

/* What the call prints on stderr. */
static FILE *catch;
static char caught[8192];

static int parse_args(const struct cli *c, int argc, char **argv)
{
	int saved = dup(STDERR_FILENO), err;
	size_t len;

	memset(&v, 0, sizeof(v));
	rewind(catch);
	if (saved < 0 || ftruncate(fileno(catch), 0) || dup2(fileno(catch), STDERR_FILENO) < 0)
		exit(1);
	err = cli__parse(c, argc, argv);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(catch);
	len = fread(caught, 1, sizeof(caught) - 1, catch);
	caught[len] = '\0';
	return err;
}

/* Words divided by '|', so that they may be empty or hold blanks. */
static int parse(const struct cli *c, const char *line)
{
	char *argv[ARGS_MAX + 2] = { "tool" };
	static char words[1024];
	char *rest = words;
	int argc = 1;

	snprintf(words, sizeof(words), "%s", line);
	while (*line && rest && argc < ARGS_MAX)
		argv[argc++] = strsep(&rest, "|");
	argv[argc] = NULL;
	return parse_args(c, argc, argv);
}

static bool is_one_line(const char *s)
{
	const char *end = strchr(s, '\n');

	return !strncmp(s, "tool: ", 6) && end && !end[1];
}

static void accepts(const struct cli *c, const char *line)
{
	is_int(parse(c, line), 0, "accepts %s", *line ? line : "nothing");
	is_str(caught, "", "... and says nothing");
}

static void refuses(const struct cli *c, const char *line, const char *says)
{
	is_int(parse(c, line), -EINVAL, "refuses %s", line);
	ok(is_one_line(caught), "... in one line");
	if (!ok(strstr(caught, says) != NULL, "... that says: %s", says))
		diag("%s", caught);
}

static void test_long(void)
{
	accepts(&cli, "");
	ok(!v.json && !v.pid && !v.disk, "... which sets nothing");
	accepts(&cli, "--json");
	ok(v.json && !v.jsonl, "... an exact name is no abbreviation");
	accepts(&cli, "--json-");
	ok(v.jsonl && !v.json, "... an abbreviation");
	accepts(&cli, "--pid=7");
	is_u64(v.pid, 7, "... value");
	accepts(&cli, "--pid|8");
	is_u64(v.pid, 8, "... value");
	accepts(&cli, "--pi=9|--t|--mil");
	ok(v.pid == 9 && v.timestamp && v.msecs, "... abbreviations");
	accepts(&cli, "--buf|64K|--dur=1.5");
	ok(v.size == 65536 && v.duration == 1500000000, "... size and duration, of both tables");
	accepts(&cli, "--free=18446744073709551615");
	is_u64(v.free, UINT64_MAX, "... without limits");
	accepts(&cli, "--disk=a=b");
	is_str(v.disk, "a=b", "... a value with =");
	accepts(&cli, "--disk|--json");
	is_str(v.disk, "--json", "... a value that looks like an option");
	ok(!v.json, "... and is none");
	accepts(&cli, "--disk|-");
	is_str(v.disk, "-", "... a dash");
	accepts(&plain, "--op|read");
	is_str(v.op, "read", "... with one table only");
	accepts(&with_file, "--json|x");
	ok(v.json && v.file && !strcmp(v.file, "x"), "... with the other only");
}

static void test_short(void)
{
	accepts(&cli, "-T");
	ok(v.timestamp && !v.msecs, "... flag");
	accepts(&cli, "-TmDj");
	ok(v.timestamp && v.msecs && v.disks && v.json, "... a cluster");
	accepts(&cli, "-p5");
	is_u64(v.pid, 5, "... value");
	accepts(&cli, "-p|6");
	is_u64(v.pid, 6, "... value");
	accepts(&cli, "-Tp7|-mdsda");
	ok(v.timestamp && v.msecs && v.pid == 7, "... a cluster with a value");
	is_str(v.disk, "sda", "... and another");
	accepts(&cli, "-Td|sdb|3");
	is_str(v.disk, "sdb", "... whose value is the next argument");
	is_u64(v.interval, 3, "... followed by a positional");
	accepts(&cli, "-d|-T");
	is_str(v.disk, "-T", "... a value that looks like an option");
}

static void test_positionals(void)
{
	accepts(&cli, "1");
	ok(v.interval == 1 && !v.count, "... one");
	accepts(&cli, "1|5");
	ok(v.interval == 1 && v.count == 5, "... two");
	accepts(&cli, "1|-T|5|--json");
	ok(v.interval == 1 && v.count == 5 && v.timestamp && v.json, "... among options");
	accepts(&cli, "-T|--|1|2");
	ok(v.interval == 1 && v.count == 2, "... after --");
	accepts(&cli, "--");
	accepts(&with_file, "--|--json");
	is_str(v.file, "--json", "... after -- nothing is an option");
	ok(!v.json, "... and sets none");
	accepts(&with_file, "--|--");
	is_str(v.file, "--", "... not even --");
	accepts(&with_file, "-");
	is_str(v.file, "-", "... a dash is no option");
}

static void test_refused(void)
{
	refuses(&cli, "--none", "--none: no such option");
	refuses(&cli, "--jsonx", "--jsonx: no such option");
	refuses(&cli, "--=1", "--=1: no such option");
	refuses(&cli, "---", "---: no such option");
	refuses(&cli, "--d=1", "--d=1: fits several options");
	refuses(&cli, "--js", "--js: fits several options");
	refuses(&cli, "--disk", "--disk: needs a value");
	refuses(&cli, "--disk=", "--disk: needs a value that is not empty");
	refuses(&cli, "--dis", "--dis: fits several options");
	refuses(&cli, "--json=1", "--json: takes no value");
	refuses(&cli, "--json=", "--json: takes no value");
	refuses(&cli, "--pid", "--pid: needs a value");
	refuses(&cli, "--pid=", "--pid: '' is not a whole number from 1 to 4194304");
	refuses(&cli, "--pi|x", "--pid: 'x' is not a whole number from 1 to 4194304");
	refuses(&cli, "--pid=0", "--pid: '0' is not");
	refuses(&cli, "--pid=4194305", "--pid: '4194305' is not");
	refuses(&cli, "--free=x", "--free: 'x' is not a whole number (");
	refuses(&cli, "--buffer=1K",
		"--buffer: '1K' is not a size like 256K or 8M from 64K to 1024M");
	refuses(&cli, "--duration=0", "--duration: '0' is not a time like");
	refuses(&cli, "-x", "-x: no such option");
	refuses(&cli, "-Tx", "-x: no such option");
	refuses(&cli, "-T-", "--: no such option");
	refuses(&cli, "-5", "-5: no such option");
	refuses(&cli, "-p", "-p: needs a value");
	refuses(&cli, "-Tp", "-p: needs a value");
	refuses(&cli, "-d|", "-d: needs a value that is not empty");
	refuses(&cli, "-p=5", "-p: '=5' is not");
	refuses(&cli, "abc", "interval: 'abc' is not a whole number from 1 to 100");
	refuses(&cli, "0", "interval: '0' is not");
	refuses(&cli, "1.5", "interval: '1.5' is not");
	refuses(&cli, "1|101", "count: '101' is not");
	refuses(&cli, "1|2|3", "3: one argument too many");
	refuses(&cli, "|", "interval: '' is not");
	refuses(&cli, "--|-T", "interval: '-T' is not");
	refuses(&plain, "1", "1: one argument too many");
	refuses(&plain, "--json", "--json: no such option");
	refuses(&with_file, "-T", "-T: no such option");
	refuses(&cli, "--bad\nname", "--bad\\nname: no such option");
	refuses(&cli, "-\xff", "-\\xff: no such option");
	refuses(&cli, "--pid=\033[2J", "'\\x1b[2J' is not");
}

static void test_long_values(void)
{
	static char big[100000];
	char *argv[] = { "tool", big, NULL };

	memset(big, '\n', sizeof(big) - 1);
	is_int(parse_args(&cli, 2, argv), -EINVAL, "a positional of 100000 newlines");
	ok(is_one_line(caught), "... one line");
	memcpy(big, "--pid=", 6);
	is_int(parse_args(&cli, 2, argv), -EINVAL, "such a value");
	ok(is_one_line(caught), "... one line");
	memcpy(big, "--abcd", 6);
	is_int(parse_args(&cli, 2, argv), -EINVAL, "such an option");
	ok(is_one_line(caught), "... one line");
	argv[1] = NULL;
	is_int(parse_args(&cli, 0, argv + 1), 0, "no arguments, not even the tool's name");
}

/* Any arguments: refused with one line, or taken without a word. */
static void test_random(void)
{
	static const char *const words[] = {
		"--",  "-",	 "--pid", "--pid=3",	 "-p",	  "3",		 "--json",
		"-Tm", "--disk", "-dsda", "--buffer=1M", "--dur", "--js",	 "x",
		"",    "--free", "=",	  "-j",		 "1.5",	  "--timestamp", "-Tp4"
	};
	char text[ARGS_MAX][HOSTILE_MAX + 1], *argv[ARGS_MAX + 1] = { "tool" };
	unsigned int wrong = 0, taken = 0, refused = 0;

	for (unsigned int i = 0; i < 30000; i++) {
		int argc = 1 + random_u64() % 6, err;

		for (int a = 1; a < argc; a++) {
			size_t n = hostile_random((uint8_t *)text[a]);

			text[a][n] = '\0';
			argv[a] = random_u64() % 16 ?
					  (char *)words[random_u64() %
							(sizeof(words) / sizeof(words[0]))] :
					  text[a];
		}
		argv[argc] = NULL;
		err = parse_args(&cli, argc, argv);
		wrong += err ? err != -EINVAL || !is_one_line(caught) : *caught != '\0';
		wrong += !err && (v.pid > 4194304 || v.interval > 100 || v.count > 100);
		taken += !err;
		refused += !!err;
	}
	is_u64(wrong, 0, "30000 random command lines");
	ok(taken > 3000 && refused > 3000, "... of both kinds (%u and %u)", taken, refused);
}

static unsigned int missing(const char *help, const struct cli_option *o)
{
	unsigned int n = 0;
	char want[64];

	for (; o->name || o->type == CLI_GROUP; o++) {
		if (o->type == CLI_GROUP)
			snprintf(want, sizeof(want), "\n%s:\n", o->help);
		else if (o->letter)
			snprintf(want, sizeof(want), "\n  -%c, --%s%s%s ", o->letter, o->name,
				 o->arg ? " " : "", o->arg ?: "");
		else
			snprintf(want, sizeof(want), "\n      --%s%s%s ", o->name,
				 o->arg ? " " : "", o->arg ?: "");
		if (!strstr(help, want) || !strstr(help, o->help)) {
			diag("missing: %s", want);
			n++;
		}
	}
	return n;
}

static void test_given(void)
{
	v = (struct values){ .timestamp = true, .pid = 1, .op = "write" };
	ok(cli__given(own, "timestamp") && cli__given(own, "pid") && cli__given(own, "op"),
	   "given: a flag, a number, a text");
	ok(!cli__given(own, "disks") && !cli__given(own, "disk") && !cli__given(own, "free") &&
		   !cli__given(own, "") && !cli__given(own, "time") && !cli__given(own, "pids"),
	   "... not others, nor parts of names");
	ok(cli__given(own, "op=write") && !cli__given(own, "op=writ") &&
		   !cli__given(own, "op=writes") && !cli__given(own, "op="),
	   "... a value");
	ok(cli__given(own, "disk op=read op=write") && !cli__given(own, "disk op=read"),
	   "... one of several");
}

static void test_units(void)
{
	char *argv[] = { "tool", "--duration=2", "--slower", "2", NULL };

	v = (struct values){};
	ok(!cli__parse(&cli, 4, argv) && v.duration == 2000000000 && v.slower == 2000000,
	   "durations without a unit");
	refuses(&cli, "--wait=9",
		"--wait: '9' is not a time like 250ms, 0.5s or 2m from 0.1s to "
		"10s; without a unit it is milliseconds (9s: seconds)");
	refuses(&cli, "--wait=0",
		"--wait: '0' is not a time like 250ms, 0.5s or 2m from 0.1s to "
		"10s (see --help)");
	refuses(&cli, "--wait=10001", "10s (see --help)");
	refuses(&cli, "--wait=9us", "10s (see --help)");
}

static void test_old(void)
{
	is_int(parse(&cli, "--diskettes"), 0, "a former name is taken");
	ok(v.disks && is_one_line(caught) &&
		   strstr(caught, "--diskettes: is deprecated: use --disks"),
	   "... and says which one to use: %s", caught);
	is_int(parse(&cli, "--diskett"), 0, "... also shortened");
	ok(v.disks, "... and is set");
	accepts(&cli, "--disks");
	refuses(&cli, "--dis", "fits several");
	is_int(parse(&cli, "--mill"), 0, "a name and its former one, shortened, are one option");
	ok(v.msecs, "... which is set");
}

static void typed(const char *line, const char *name, const char *as)
{
	parse(&cli, line);
	is_str(option__typed(name), as, "%s is typed %s", name, as);
}

static void test_typed(void)
{
	char big[100];

	typed("", "pid", "--pid");
	typed("--pid|1", "pid", "--pid");
	typed("--pid=1", "pid", "--pid");
	typed("--pi=1", "pid", "--pid");
	typed("-p|1", "pid", "-p");
	typed("-p1", "pid", "-p");
	typed("-TDp1", "pid", "-p");
	typed("-TDp1", "disks", "-D");
	typed("-D|--disks", "disks", "--disks");
	typed("--process=1", "pid", "--process");
	typed("--diskettes", "disks", "--diskettes");
	typed("-p1|--|-d", "disk", "--disk");
	typed("-px", "pid", "-p");
	typed("--json", "json", "--json");
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	is_u64(strlen(option__typed(big)), 63, "a long name is cut");
	parse(&cli, "-p1|-dx|-T");
	is_int(strcmp(option__typed("pid"), "-p") | strcmp(option__typed("disk"), "-d"), 0,
	       "two of them in one message");
}

static void test_list(void)
{
	char *argv[2 * CLI_LIST_MAX + 4] = { "tool" }, texts[CLI_LIST_MAX + 1][8];
	int argc = 1;

	accepts(&cli, "-wa|--want=b|-Tw|c|--want|b");
	is_u64(v.want.n, 3, "... each once");
	is_str(v.want.text[0], "a", "... the first");
	is_str(v.want.text[2], "c", "... the last");
	ok(cli__given(own, "want") && cli__given(own, "want=b") && !cli__given(own, "want=d"),
	   "... which are known to be given");
	accepts(&cli, "");
	ok(!cli__given(own, "want"), "... and that none is");
	refuses(&cli, "-w|a|-w|", "-w: needs a value that is not empty");
	refuses(&cli, "-w", "-w: needs a value");
	for (int i = 0; i <= CLI_LIST_MAX; i++) {
		snprintf(texts[i], sizeof(texts[i]), "%d", i);
		argv[argc++] = "-w";
		argv[argc++] = texts[i];
	}
	is_int(parse_args(&cli, argc - 2, argv), 0, "as many as there is room for");
	is_int(parse_args(&cli, argc, argv), -EINVAL, "one more");
	ok(strstr(caught, "-w: takes no more than 16 values") != NULL, "... which is said");
}

static void test_twice(void)
{
	refuses(&cli, "-p1|-p2", "-p: given twice");
	refuses(&cli, "-p1|-p1", "-p: given twice");
	refuses(&cli, "--pid=1|--pid|2", "--pid: given twice");
	refuses(&cli, "-p1|--pid=2", "--pid: given twice");
	refuses(&cli, "--pid=1|-Tp2", "-p: given twice");
	refuses(&cli, "--disk|sda|--disk|sdb", "--disk: given twice");
	refuses(&cli, "--buffer=1M|3|--buffer=1M", "--buffer: given twice");
	refuses(&cli, "--duration=1|--duration=1", "--duration: given twice");
	is_int(parse(&cli, "--process=1|-p2"), -EINVAL, "by a former name and by its letter");
	ok(strstr(caught, "-p: given twice") != NULL, "... is twice");
	accepts(&cli, "-T|-T|--timestamp|-TT");
	ok(v.timestamp, "... a flag may be");
	accepts(&cli, "-p1");
	accepts(&cli, "-p1|--|2");
}

static void test_help(void)
{
	static char help[8192];
	unsigned int wide = 0;
	struct buf b = {};
	bool former;

	cli__help(&cli, &b);
	buf__char(&b, '\0');
	snprintf(help, sizeof(help), "%s", b.data);
	former = strstr(help, "deprecated: use --disks\n");
	buf__free(&b);
	is_u64(missing(help, own) + missing(help, shared), 0, "help has each option and group");
	ok(strstr(help, "Usage: tool [options] [interval [count]]\n") == help, "... the usage");
	ok(strstr(help, "\nShows what it shows.\n") != NULL, "... the purpose");
	ok(strstr(help, "\n  interval ") && strstr(help, "\n  count "), "... the positionals");
	ok(strstr(help, "\nExamples:\n  tool 1 5\n") != NULL, "... and examples");
	for (char *line = strtok(help, "\n"); line; line = strtok(NULL, "\n"))
		wide += strlen(line) > 80 || line[strlen(line) - 1] == ' ';
	is_u64(wide, 0, "... in lines of 80 columns");
	ok(former, "... and former names as such");
	cli__help(&plain, &b);
	buf__char(&b, '\0');
	ok(strstr(b.data, "Usage: tool [options]\n") == b.data && !strstr(b.data, "Examples"),
	   "help without positionals and examples");
	buf__free(&b);
}

int main(void)
{
	msg__init("tool", false);
	catch = tmpfile();
	if (!catch)
		return 1;
	test_long();
	test_short();
	test_positionals();
	test_refused();
	test_long_values();
	test_random();
	test_given();
	test_units();
	test_old();
	test_typed();
	test_list();
	test_twice();
	test_help();
	fclose(catch);
	return done_testing();
}
