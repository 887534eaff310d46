// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * json-lines PATH...: checks each whole line that begins as an object of a tool does against the
 * schema in the tool's tables: its members are known, there and of their type, none is there twice.
 * Directories are gone through. Other lines and binary files are left out. Prints how many lines
 * there were; what is wrong goes to stderr, and 1 is the exit code then.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tests/linked/tools.h"

#define DEPTH_MAX 32
#define ERRORS_MAX 5
/* Disks of tests are files, too. */
#define FILE_MAX (256 << 20)

struct text {
	const char *at, *end;
	int depth;
	char why[256];
};

static struct schema objects[NTOOLS];
static unsigned long long nlines, nerrors;

/* Returns false, so that it can be returned. */
__attribute__((format(printf, 2, 3))) static bool wrong(struct text *t, const char *fmt, ...)
{
	va_list ap;

	if (*t->why)
		return false;
	va_start(ap, fmt);
	vsnprintf(t->why, sizeof(t->why), fmt, ap);
	va_end(ap);
	return false;
}

static bool take(struct text *t, char c)
{
	if (t->at == t->end || *t->at != c)
		return false;
	t->at++;
	return true;
}

/* A string; its bytes as they stand are from `s` on. */
static bool text_string(struct text *t, const char **s, size_t *len)
{
	if (!take(t, '"'))
		return wrong(t, "no string where one must be");
	*s = t->at;
	while (t->at < t->end && *t->at != '"') {
		if ((unsigned char)*t->at < 0x20)
			return wrong(t, "a control character in a string");
		t->at += *t->at == '\\' && t->at + 1 < t->end ? 2 : 1;
	}
	if (t->at >= t->end)
		return wrong(t, "a string does not end");
	*len = t->at++ - *s;
	return true;
}

static bool check_string(struct text *t, const struct schema *s)
{
	const char *at;
	size_t len;

	if (!text_string(t, &at, &len))
		return wrong(t, "%s: is no string", s->name);
	if (s->only && (strlen(s->only) != len || strncmp(s->only, at, len)))
		return wrong(t, "%s: is not '%s'", s->name, s->only);
	for (size_t i = 0; i < len && s->kind == SCHEMA_HEX; i++)
		if (!memchr("0123456789abcdef", at[i], 16))
			return wrong(t, "%s: is not hexadecimal", s->name);
	return true;
}

static size_t text_digits(struct text *t)
{
	const char *from = t->at;

	while (t->at < t->end && *t->at >= '0' && *t->at <= '9')
		t->at++;
	return t->at - from;
}

/* As the tools write them: without an exponent. */
static bool check_number(struct text *t, const struct schema *s)
{
	bool negative = take(t, '-');
	const char *from = t->at;
	size_t digits = text_digits(t);

	if (!digits || (digits > 1 && *from == '0'))
		return wrong(t, "%s: is no number", s->name);
	if (negative && s->kind == SCHEMA_INTEGER)
		return wrong(t, "%s: is below 0", s->name);
	if (!take(t, '.'))
		return true;
	if (s->kind != SCHEMA_NUMBER || !text_digits(t))
		return wrong(t, "%s: is no whole number", s->name);
	return true;
}

static bool check_word(struct text *t, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(t->end - t->at) < len || strncmp(t->at, word, len))
		return false;
	t->at += len;
	return true;
}

static const struct schema *find(const struct schema *o, const char *name, size_t len)
{
	const struct schema *any = NULL;

	for (size_t i = 0; i < o->nmembers; i++) {
		const struct schema *m = &o->members[i];

		if (strlen(m->name) == len && !strncmp(m->name, name, len))
			return m;
		if (!strcmp(m->name, "*"))
			any = m;
	}
	return any;
}

static bool check_value(struct text *t, const struct schema *s, bool element);

static bool check_member(struct text *t, const struct schema *o, bool *seen)
{
	const struct schema *m;
	const char *name;
	size_t len;

	if (!text_string(t, &name, &len))
		return false;
	m = find(o, name, len);
	if (!m)
		return wrong(t, "%s: has '%.*s', which is not in the schema", o->name, (int)len,
			     name);
	if (seen[m - o->members] && strcmp(m->name, "*"))
		return wrong(t, "%s: has '%s' twice", o->name, m->name);
	seen[m - o->members] = true;
	return take(t, ':') ? check_value(t, m, false) : wrong(t, "no ':' behind a name");
}

static bool check_object(struct text *t, const struct schema *o)
{
	bool seen[o->nmembers + 1];

	memset(seen, 0, sizeof(seen));
	if (!take(t, '{'))
		return wrong(t, "%s: is no object", o->name);
	if (!take(t, '}')) {
		do {
			if (!check_member(t, o, seen))
				return false;
		} while (take(t, ','));
		if (!take(t, '}'))
			return wrong(t, "%s: does not end", o->name);
	}
	for (size_t i = 0; i < o->nmembers; i++)
		if (o->members[i].required && !seen[i])
			return wrong(t, "%s: has no '%s'", o->name, o->members[i].name);
	return true;
}

static bool check_array(struct text *t, const struct schema *s)
{
	if (!take(t, '['))
		return wrong(t, "%s: is no array", s->name);
	if (take(t, ']'))
		return true;
	do {
		if (!check_value(t, s, true))
			return false;
	} while (take(t, ','));
	return take(t, ']') ? true : wrong(t, "%s: does not end", s->name);
}

static bool check_value(struct text *t, const struct schema *s, bool element)
{
	bool good = false;

	if (++t->depth > DEPTH_MAX)
		return wrong(t, "too deep");
	if (s->null && !element && check_word(t, "null"))
		good = true;
	else if (s->array && !element)
		good = check_array(t, s);
	else if (s->kind == SCHEMA_OBJECT)
		good = check_object(t, s);
	else if (s->kind == SCHEMA_BOOLEAN)
		good = check_word(t, "true") || check_word(t, "false") ||
		       wrong(t, "%s: is neither true nor false", s->name);
	else if (s->kind == SCHEMA_STRING || s->kind == SCHEMA_HEX)
		good = check_string(t, s);
	else
		good = check_number(t, s);
	t->depth--;
	return good;
}

/* Of the objects of one type a line must be one. */
static bool check_line(const struct schema *all, const char *type, size_t len, struct text *line)
{
	struct text t = {};

	for (size_t i = 0; i < all->nmembers; i++) {
		const struct schema *o = &all->members[i];

		if (strlen(o->name) != len || strncmp(o->name, type, len))
			continue;
		t = *line;
		if (check_object(&t, o) && (t.at == t.end || wrong(&t, "something is behind it")))
			return true;
	}
	memcpy(line->why, t.why, sizeof(line->why));
	return wrong(line, "'%.*s' is no type of object", (int)len, type);
}

static const struct schema *schema_of(const char *name, size_t len)
{
	char known[128];

	for (size_t i = 0; i < NTOOLS; i++) {
		snprintf(known, sizeof(known), "snoopkit.%s/%u", tools[i]->name,
			 tools[i]->schema_version);
		if (strlen(known) == len && !strncmp(known, name, len))
			return &objects[i];
	}
	return NULL;
}

/* Of the name alone. */
static bool is_tool(const char *name, size_t len)
{
	char known[128];

	for (size_t i = 0; i < NTOOLS; i++) {
		size_t n = snprintf(known, sizeof(known), "snoopkit.%s/", tools[i]->name);

		if (len >= n && !strncmp(known, name, n))
			return true;
	}
	return false;
}

static bool check(struct text *line)
{
	static const char begin[] = "{\"schema\":", then[] = ",\"type\":";
	struct text t = *line;
	const struct schema *all;
	const char *s;
	size_t len;

	t.at += strlen(begin);
	if (!text_string(&t, &s, &len))
		return wrong(line, "no schema is named");
	all = schema_of(s, len);
	/* A tool without tables.c, as a small example; or another version than its tables say. */
	if (!all)
		return !is_tool(s, len) ||
		       wrong(line, "no tool has the schema '%.*s'", (int)len, s);
	if (!check_word(&t, then) || !text_string(&t, &s, &len))
		return wrong(line, "no type behind the schema");
	return check_line(all, s, len, line);
}

static void check_text(const char *path, const char *at, const char *end)
{
	static const char begin[] = "{\"schema\":\"snoopkit.";
	const char *next;

	for (unsigned long long number = 1; at < end; at = next, number++) {
		struct text line = { .at = at, .end = memchr(at, '\n', end - at) };

		if (!line.end)
			break;
		next = line.end + 1;
		if ((size_t)(line.end - at) < strlen(begin) || memcmp(at, begin, strlen(begin)))
			continue;
		nlines++;
		if (check(&line) || nerrors++ >= ERRORS_MAX)
			continue;
		fprintf(stderr, "%s:%llu: %s: %.*s\n", path, number, line.why,
			(int)(line.end - at < 300 ? line.end - at : 300), at);
	}
}

static int check_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	char *text;
	int fd;

	(void)ftw;
	if (type != FTW_F || !S_ISREG(st->st_mode) || !st->st_size || st->st_size > FILE_MAX)
		return 0;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return 0;
	text = mmap(NULL, st->st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (text == MAP_FAILED)
		return 0;
	if (!memchr(text, '\0', st->st_size < 4096 ? st->st_size : 4096))
		check_text(path, text, text + st->st_size);
	munmap(text, st->st_size);
	return 0;
}

int main(int argc, char **argv)
{
	for (size_t i = 0; i < NTOOLS; i++) {
		int err = schema__init(&objects[i], tools[i]);

		if (!err)
			continue;
		fprintf(stderr, "%s: %s\n", tools[i]->name,
			err == -EINVAL ? "a member has a type that does not exist" :
					 strerror(-err));
		return 2;
	}
	/* Not what is mounted there: disks. */
	for (int i = 1; i < argc; i++)
		nftw(argv[i], check_file, 16, FTW_PHYS | FTW_MOUNT);
	for (size_t i = 0; i < NTOOLS; i++)
		schema__free(&objects[i]);
	printf("%llu\n", nlines);
	return nerrors > 0;
}
