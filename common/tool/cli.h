/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The command line from tables that stand beside the variables they fill. From the same
 * tables come parsing, --help and whatever documents the options.
 */
#ifndef SNOOPKIT_CLI_H
#define SNOOPKIT_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cli_type {
	CLI_FLAG,     /* bool */
	CLI_NUMBER,   /* uint64_t within min..max */
	CLI_SIZE,     /* uint64_t in bytes, num__size() */
	CLI_DURATION, /* uint64_t in ns, num__duration(): 10ms, 0.5s, 2m */
	CLI_TEXT,     /* const char *, not empty; points into argv */
	CLI_LIST,     /* struct cli_list: texts, one each time the option is given */
	CLI_GROUP,    /* no option: `help` heads the options that follow */
};

#define CLI_LIST_MAX 16

/* In the order in which they were given; the same text once. */
struct cli_list {
	const char *text[CLI_LIST_MAX];
	size_t n;
};

struct cli_option {
	enum cli_type type;
	char letter;	  /* 0: none */
	const char *name; /* long name, without dashes */
	const char *arg;  /* name of the argument in the help, NULL for flags */
	const char *help;
	void *value;
	uint64_t min, max;    /* both 0: no limit */
	uint64_t unit_ns;     /* of a CLI_DURATION without a unit; 0: ms */
	const char *constant; /* of the programs, which has its value: a bool of a flag, else 4 or 8
				 bytes */
	bool old; /* deprecated: a former name of the option in `help`, with the same `value` */
};

/* Whether it is behind the last row. */
bool cli__is_end(const struct cli_option *o);

/* Arguments by position, in order; none is ever required. Ends with {}. */
struct cli_positional {
	enum cli_type type;
	const char *name;
	const char *help;
	void *value;
	uint64_t min, max;
	uint64_t unit_ns;
};

struct cli {
	const char *tool;
	const char *purpose; /* one sentence */
	/* Searched in this order; each ends with {}. */
	const struct cli_option *options[2];
	const struct cli_positional *positionals; /* may be NULL */
	const char *examples;			  /* lines, may be NULL */
};

struct buf;

/*
 * Fills the variables of the tables. 0, or -EINVAL after one line on stderr that names the
 * argument. `--name=value`, `--name value`, `-n value`, `-nvalue`, `-abc` and `--` work as
 * in getopt_long(); a long name may be shortened while it stays unique. Only a flag or a
 * list may be given twice. Messages about a value name its option with option__typed().
 */
int cli__parse(const struct cli *cli, int argc, char **argv);
/*
 * Whether one of these was given, long names with blanks between them: a flag, any value of the
 * option but 0, or with "name=value" just this text.
 */
bool cli__given(const struct cli_option *options, const char *names);
void cli__help(const struct cli *cli, struct buf *out);

#endif
