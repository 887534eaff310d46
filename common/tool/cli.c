// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/tool/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "common/base/buf.h"
#include "common/base/msg.h"
#include "common/base/num.h"
#include "common/base/option.h"
#include "common/base/text.h"

#define CLI_TABLES (sizeof(((struct cli *)0)->options) / sizeof(struct cli_option *))

bool cli__is_end(const struct cli_option *o)
{
	return !o->name && o->type != CLI_GROUP;
}

static int cli_fail(const char *what, const char *why)
{
	msg__error(text__quote(what), "%s (see --help)", why);
	return -EINVAL;
}

/* For who meant seconds, where these are allowed: how they are written. */
static void cli_bare_hint(const char *value, uint64_t min, uint64_t limit, char *hint, size_t size)
{
	uint64_t seconds, ns;

	if (!num__u64(value, 1, UINT32_MAX, &seconds) && !num__duration(value, min, limit, &ns))
		snprintf(hint, size, "; without a unit it is milliseconds (%llus: seconds)",
			 (unsigned long long)seconds);
}

/* "a number from 1 to 10": what the argument should have been. */
static int cli_fail_value(const char *what, const char *value, enum cli_type type, uint64_t min,
			  uint64_t max, uint64_t unit_ns)
{
	static const char *const kinds[] = {
		[CLI_NUMBER] = "a whole number",
		[CLI_SIZE] = "a size like 256K or 8M",
		[CLI_DURATION] = "a time like 250ms, 0.5s or 2m",
	};
	char range[96] = "", hint[64] = "";

	if (max && type == CLI_NUMBER)
		snprintf(range, sizeof(range), " from %llu to %llu", (unsigned long long)min,
			 (unsigned long long)max);
	else if (max && type == CLI_SIZE)
		snprintf(range, sizeof(range), " from %lluK to %lluM",
			 (unsigned long long)min >> 10, (unsigned long long)max >> 20);
	else if (max && type == CLI_DURATION)
		snprintf(range, sizeof(range), " from %.10gs to %.10gs", min / 1e9, max / 1e9);
	if (type == CLI_DURATION && unit_ns == 1000000)
		cli_bare_hint(value, min, max ?: UINT64_MAX, hint, sizeof(hint));
	msg__error(what, "'%s' is not %s%s%s (see --help)", text__quote(value), kinds[type], range,
		   hint);
	return -EINVAL;
}

static int cli_add(const char *what, struct cli_list *list, const char *s)
{
	char why[48];

	if (!*s)
		return cli_fail(what, "needs a value that is not empty");
	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->text[i], s))
			return 0;
	snprintf(why, sizeof(why), "takes no more than %d values", CLI_LIST_MAX);
	if (list->n == CLI_LIST_MAX)
		return cli_fail(what, why);
	list->text[list->n++] = s;
	return 0;
}

static int cli_store(const char *what, enum cli_type type, void *value, const char *s, uint64_t min,
		     uint64_t max, uint64_t unit_ns)
{
	uint64_t limit = max ?: UINT64_MAX;
	int err = 0;

	unit_ns = unit_ns ?: 1000000;
	switch (type) {
	case CLI_NUMBER:
		err = num__u64(s, min, limit, value);
		break;
	case CLI_SIZE:
		err = num__size(s, min, limit, value);
		break;
	case CLI_DURATION:
		err = num__duration_in(s, unit_ns, min, limit, value);
		break;
	case CLI_TEXT:
		if (!*s)
			return cli_fail(what, "needs a value that is not empty");
		*(const char **)value = s;
		break;
	case CLI_LIST:
		return cli_add(what, value, s);
	case CLI_FLAG:
	case CLI_GROUP:
		break;
	}
	return err ? cli_fail_value(what, s, type, min, max, unit_ns) : 0;
}

/* A deprecated name is another one's. */
static const char *cli_main_name(const struct cli *cli, const struct cli_option *old)
{
	for (size_t t = 0; t < CLI_TABLES; t++)
		for (const struct cli_option *o = cli->options[t]; o && !cli__is_end(o); o++)
			if (o->type != CLI_GROUP && !o->old && o->value == old->value)
				return o->name;
	return old->name;
}

/*
 * What one value had before would be lost. A flag is as set as it was. Without a letter the option
 * was typed as its long name.
 */
static int cli_note(const struct cli *cli, const struct cli_option *o, char letter)
{
	const char *name = o->old ? cli_main_name(cli, o) : o->name;

	if (option__type(name, letter, o->name) || o->type == CLI_FLAG || o->type == CLI_LIST)
		return 0;
	return cli_fail(option__typed(name), "given twice");
}

static const struct cli_option *cli_by_letter(const struct cli *cli, char letter)
{
	for (size_t t = 0; t < CLI_TABLES; t++)
		for (const struct cli_option *o = cli->options[t]; o && !cli__is_end(o); o++)
			if (o->letter == letter && o->type != CLI_GROUP)
				return o;
	return NULL;
}

/* NULL with *ambiguous set when a shortened name fits several. */
static const struct cli_option *cli_by_name(const struct cli *cli, const char *name, size_t len,
					    bool *ambiguous)
{
	const struct cli_option *found = NULL;

	*ambiguous = false;
	for (size_t t = 0; t < CLI_TABLES; t++) {
		for (const struct cli_option *o = cli->options[t]; o && !cli__is_end(o); o++) {
			if (o->type == CLI_GROUP || strncmp(o->name, name, len))
				continue;
			if (!o->name[len]) {
				*ambiguous = false;
				return o;
			}
			/* A former name is the same option. */
			*ambiguous = *ambiguous || (found && found->value != o->value);
			found = found && o->old ? found : o;
		}
	}
	return *ambiguous ? NULL : found;
}

static int cli_long(const struct cli *cli, char **argv, int *i)
{
	const char *name = argv[*i] + 2, *eq = strchr(name, '=');
	size_t len = eq ? (size_t)(eq - name) : strlen(name);
	const struct cli_option *o;
	bool ambiguous;
	char what[64];

	o = len ? cli_by_name(cli, name, len, &ambiguous) : NULL;
	if (!o)
		return cli_fail(argv[*i],
				len && ambiguous ? "fits several options" : "no such option");
	snprintf(what, sizeof(what), "--%s", o->name);
	if (o->old)
		msg__warn(what, "is deprecated: use %s", o->help);
	if (o->type == CLI_FLAG) {
		if (eq)
			return cli_fail(what, "takes no value");
		*(bool *)o->value = true;
		return cli_note(cli, o, 0);
	}
	if (!eq && !argv[*i + 1])
		return cli_fail(what, "needs a value");
	if (cli_note(cli, o, 0))
		return -EINVAL;
	return cli_store(what, o->type, o->value, eq ? eq + 1 : argv[++*i], o->min, o->max,
			 o->unit_ns);
}

/* A cluster like -TmD, its last letter perhaps with a value. */
static int cli_short(const struct cli *cli, char **argv, int *i)
{
	for (const char *p = argv[*i] + 1; *p; p++) {
		const struct cli_option *o = cli_by_letter(cli, *p);
		char what[3] = { '-', *p, '\0' };

		if (!o)
			return cli_fail(what, "no such option");
		if (o->type == CLI_FLAG) {
			*(bool *)o->value = true;
			cli_note(cli, o, *p);
			continue;
		}
		if (!p[1] && !argv[*i + 1])
			return cli_fail(what, "needs a value");
		if (cli_note(cli, o, *p))
			return -EINVAL;
		return cli_store(what, o->type, o->value, p[1] ? p + 1 : argv[++*i], o->min, o->max,
				 o->unit_ns);
	}
	return 0;
}

int cli__parse(const struct cli *cli, int argc, char **argv)
{
	const struct cli_positional *pos = cli->positionals;
	bool options = true;
	int err;

	option__forget();
	for (int i = 1; i < argc; i++) {
		const char *arg = argv[i];

		if (options && !strcmp(arg, "--")) {
			options = false;
			continue;
		}
		if (options && arg[0] == '-' && arg[1]) {
			err = arg[1] == '-' ? cli_long(cli, argv, &i) : cli_short(cli, argv, &i);
		} else {
			if (!pos || !pos->name)
				return cli_fail(arg, "one argument too many");
			err = cli_store(pos->name, pos->type, pos->value, arg, pos->min, pos->max,
					pos->unit_ns);
			pos++;
		}
		if (err)
			return err;
	}
	return 0;
}

static bool cli_list_has(const struct cli_list *list, const char *text, size_t len)
{
	for (size_t i = 0; i < list->n; i++)
		if (!text || (strlen(list->text[i]) == len && !strncmp(list->text[i], text, len)))
			return true;
	return false;
}

static bool cli_has_value(const struct cli_option *o, const char *text, size_t len)
{
	const char *value;

	switch (o->type) {
	case CLI_FLAG:
		return *(const bool *)o->value;
	case CLI_TEXT:
		value = *(const char *const *)o->value;
		return value && (!text || (strlen(value) == len && !strncmp(value, text, len)));
	case CLI_LIST:
		return cli_list_has(o->value, text, len);
	case CLI_GROUP:
		return false;
	default:
		return *(const uint64_t *)o->value;
	}
}

bool cli__given(const struct cli_option *options, const char *names)
{
	while (*names) {
		size_t len = strcspn(names, " "), name = strcspn(names, " =");
		const char *text = name < len ? names + name + 1 : NULL;

		for (const struct cli_option *o = options; !cli__is_end(o); o++)
			if (o->type != CLI_GROUP && strlen(o->name) == name &&
			    !strncmp(o->name, names, name) &&
			    cli_has_value(o, text, len - name - 1))
				return true;
		names += len + strspn(names + len, " ");
	}
	return false;
}

static void cli_help_option(const struct cli_option *o, struct buf *out)
{
	char left[64];

	if (o->type == CLI_GROUP) {
		buf__printf(out, "\n%s:\n", o->help);
		return;
	}
	snprintf(left, sizeof(left), "  %c%c%s--%s%s%s", o->letter ? '-' : ' ', o->letter ?: ' ',
		 o->letter ? ", " : "  ", o->name, o->arg ? " " : "", o->arg ?: "");
	buf__printf(out, "%-27s%s%s%s\n", left, strlen(left) > 26 ? " " : "",
		    o->old ? "deprecated: use " : "", o->help);
}

void cli__help(const struct cli *cli, struct buf *out)
{
	const struct cli_positional *pos;
	int depth = 0;

	buf__printf(out, "Usage: %s [options]", cli->tool);
	for (pos = cli->positionals; pos && pos->name; pos++, depth++)
		buf__printf(out, " [%s", pos->name);
	buf__fill(out, ']', depth);
	buf__printf(out, "\n%s\n", cli->purpose);
	for (pos = cli->positionals; pos && pos->name; pos++)
		buf__printf(out, "%s  %-25s%s\n", pos == cli->positionals ? "\n" : "", pos->name,
			    pos->help);
	for (size_t t = 0; t < CLI_TABLES; t++)
		for (const struct cli_option *o = cli->options[t]; o && !cli__is_end(o); o++)
			cli_help_option(o, out);
	if (cli->examples)
		buf__printf(out, "\nExamples:\n%s", cli->examples);
}
