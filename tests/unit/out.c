// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Tables: what somebody has chosen as a name keeps to its column, and rows to the terminal. */
#include "common/out/out.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "common/base/text.h"
#include "tests/unit/tap.h"

struct row {
	uint32_t pid;
	const char *comm, *addr, *what;
	char fixed[16];
	struct safe safe;
};

#define ROW(member) offsetof(struct row, member)

static const struct field fields[] = {
	{ "pid", "PID", FIELD_U32, 8, .offset = ROW(pid) },
	{ "comm", "COMM", FIELD_TEXT, 16, .room = 16, .foreign = true, .offset = ROW(comm) },
	{ "fixed", "FIXED", FIELD_CHARS, 8, .offset = ROW(fixed) },
	{ "addr", "ADDR", FIELD_TEXT, 16, .room = 55, .offset = ROW(addr) },
	{ "safe", "SAFE", FIELD_SAFE, 8, .wide = true, .offset = ROW(safe) },
	{ "what", "WHAT", FIELD_TEXT, 16, .foreign = true, .offset = ROW(what) },
	{},
};

static struct out out;

static void safe_text(const void *of, struct buf *to)
{
	buf__str(to, of);
}

static void safe_json(const void *of, struct json *j)
{
	json__str(j, "of", of);
}

/* What has been put out since the last call. */
static const char *written(void)
{
	static char text[4096];

	snprintf(text, sizeof(text), "%.*s", (int)out.buf.len, out.buf.len ? out.buf.data : "");
	out.buf.len = 0;
	return text;
}

static const char *row_of(struct row row)
{
	strcpy(row.fixed, row.fixed[0] ? row.fixed : "x");
	out__row(&out, &row);
	return written();
}

static void start(const char *columns, int fd)
{
	out__free(&out);
	out__init(&out, "tool", 1);
	out.sink.fd = fd;
	ok(!out__columns(&out, fields, columns, NULL, NULL), "columns");
}

static void test_names(int file)
{
	start(NULL, file);
	is_str(row_of((struct row){ 1, "a b", "10.0.0.1", "c d" }),
	       "       1 a\\x20b          x       10.0.0.1        c d\n",
	       "a name is one word, the last one may be more");
	is_str(row_of((struct row){ 1, "", "", "" }),
	       "       1 \\x00            x       -               \\x00\n",
	       "an empty name is no empty column");
	is_str(row_of((struct row){ 1, "-", "-", "-" }),
	       "       1 \\x2d            x       -               \\x2d\n",
	       "a name that is \"-\" is known");
	is_str(row_of((struct row){ 1 }), "       1 -               x       -               -\n",
	       "what is not known");
	is_str(row_of((struct row){ 1, "a\\b\n", "x" }),
	       "       1 a\\\\b\\n          x       x               -\n", "escapes");
	is_str(row_of((struct row){ 1, "\xe6\xbc\xa2", "x" }),
	       "       1 \xe6\xbc\xa2              x       x               -\n",
	       "a wide character");
	start("safe,pid", file);
	is_str(row_of((struct row){ 1, .safe = { "'a b' c", safe_text, safe_json } }),
	       "'a\\x20b'\\x20c        1\n", "arguments are one word where others follow");
	start("pid,safe", file);
	is_str(row_of((struct row){ 1, .safe = { "'a b' c", safe_text, safe_json } }),
	       "       1 'a b' c\n", "... else not");
}

static void test_pipe(int file)
{
	const char *address = "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:65535";

	start(NULL, file);
	out__header(&out);
	is_str(written(), "     PID COMM            FIXED   ADDR            WHAT\n", "a header");
	ok(strstr(row_of((struct row){ 1, "a", address, "b" }), address),
	   "nothing is cut in a file");
	is_str(row_of((struct row){ 1, "a", "10.0.0.1", "b" }),
	       "       1 a               x       10.0.0.1                                       b\n",
	       "the next rows are in step with it");
}

/* Of the widest line of the output. */
static size_t width_of(const char *text)
{
	size_t widest = 0;

	for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
		size_t width = text__width(text, end - text);

		widest = width > widest ? width : widest;
	}
	return widest;
}

static void test_terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
	struct winsize ws = { .ws_col = 80 };
	const char *text;

	if (master < 0 || grantpt(master) || unlockpt(master) ||
	    (slave = open(ptsname(master), O_RDWR | O_NOCTTY)) < 0 ||
	    ioctl(slave, TIOCSWINSZ, &ws)) {
		skip("no terminal");
		return;
	}
	start(NULL, slave);
	out__header(&out);
	written();
	text = row_of((struct row){ 1, "a\xff\xff\xff\xff\xff\xff",
				    "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:443",
				    "0123456789abcdef" });
	is_u64(width_of(text), 80, "a row is as wide as the terminal: %s", text);
	ok(strstr(text, " a\\xff..\\xff\\xff ") && strstr(text, "..") && strstr(text, "]:443 "),
	   "names and addresses are cut in the middle");
	ws.ws_col = 200;
	ioctl(slave, TIOCSWINSZ, &ws);
	out__header(&out);
	written();
	text = row_of((struct row){ 1, "a", "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:443", "b" });
	ok(strstr(text, "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:443 "),
	   "... not where there is room");
	ws.ws_col = 20;
	ioctl(slave, TIOCSWINSZ, &ws);
	out__header(&out);
	written();
	text = row_of((struct row){ 1234567890, "0123456789012345", "10.0.0.1:12345", "b" });
	ok(strstr(text, "1234567890 "), "numbers are whole on any terminal: %s", text);
	close(slave);
	close(master);
}

static void test_json(void)
{
	start(NULL, -1);
	out.json = true;
	json__object(&out.j, NULL);
	out__members(&out, fields, &(struct row){ 1, "caf\xe9", NULL, "-", "" });
	json__object_end(&out.j);
	is_str(written(),
	       "{\"pid\":1,\"comm\":\"caf\xef\xbf\xbd\",\"comm_hex\":\"636166e9\",\"fixed\":\"\",\"what\":\"-\"}",
	       "JSON");
}

/* A value that writes itself does so in JSON, too. */
static void test_safe(void)
{
	const struct row row = { 1, .safe = { "'a b' c", safe_text, safe_json } };
	const char *text;

	out__free(&out);
	out__init(&out, "tool", 1);
	out.json = true;
	out__members(&out, fields, &row);
	text = written();
	ok(strstr(text, ",\"of\":\"'a b' c\""), "json: written by itself");
	ok(!strstr(text, "safe"), "json: and not by the field's name");
	out__members(&out, fields, &(struct row){ 1 });
	ok(!strstr(written(), "of"), "json: nothing to say");
	out.json = false;
}

int main(void)
{
	int file = open("/dev/null", O_WRONLY | O_CLOEXEC);

	test_names(file);
	test_pipe(file);
	test_terminal();
	test_json();
	test_safe();
	out__free(&out);
	close(file);
	return done_testing();
}
