// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The pure parts of execsnoop: arguments, and the processes that run. */
#include "tools/execsnoop/args.c"
#include "tools/execsnoop/running.c"

#include "common/base/errno_name.h"
#include "common/base/path.h"
#include "common/base/signal_name.h"
#include "common/base/user.h"
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

static struct buf out;

static const char *words(const char *bytes, size_t len, uint64_t missing, uint32_t flags,
			 const char *filename, uint64_t max)
{
	static char text[512];
	struct args args = { .bytes = bytes, .len = len, .missing_bytes = missing, .flags = flags };

	if (max)
		args__limit(&args, max);
	out.len = 0;
	args__words(&args, &(struct args_file){ .path = filename }, false, &out);
	snprintf(text, sizeof(text), "%.*s", (int)out.len, out.data);
	return text;
}

#define WORDS(s, ...) words(s, sizeof(s) - 1, __VA_ARGS__)

static void test_words(void)
{
	is_str(WORDS("ls\0-l\0", 0, 0, NULL, 0), "ls -l", "words");
	is_str(WORDS("a\0\0b\0\0", 0, 0, NULL, 0), "a '' b ''", "empty ones, also the last");
	is_str(WORDS("\0", 0, 0, NULL, 0), "''", "nothing but an empty one");
	is_str(WORDS("", 0, 0, NULL, 0), "# no arguments", "none");
	is_str(WORDS("a\0bc", 5, 0, NULL, 0), "a bc # 5 bytes missing", "cut");
	is_str(WORDS("a\0bc", 5, EXEC_WAS_SHORTENED, NULL, 0),
	       "a bc # 5 bytes missing (buffer full)", "shortened");
	is_str(WORDS("a\0", ARGS_UNKNOWN, EXEC_ARGS_UNREADABLE, "/a", 0),
	       "a # /a; arguments unreadable", "unreadable from one on");
	is_str(WORDS("", ARGS_UNKNOWN, EXEC_ARGS_UNREADABLE, "/x y", 0),
	       "# '/x y'; arguments unreadable", "none readable");
	is_str(WORDS("a\0", ARGS_UNKNOWN, EXEC_ARGS_MORE, NULL, 0), "a # more", "more");
	is_str(WORDS("# x\0#\0", 0, 0, NULL, 0), "'# x' '#'", "no argument looks like a remark");
	is_str(WORDS("a\0", 0, 0, "a", 0), "a", "a file name that argv[0] tells");
	is_str(WORDS("a\0", 0, 0, "ab", 0), "a # ab", "one that it does not tell");
	is_str(WORDS("ab\0", 0, 0, "a", 0), "ab # a", "... nor the other way round");
	is_str(WORDS("/a", 3, EXEC_WAS_SHORTENED, "/abcd", 0),
	       "/a # /abcd; 3 bytes missing (buffer full)", "one whose beginning it tells");
	is_str(WORDS("a\0b\0c\0", 0, 0, NULL, 3), "a b c", "as many as may be");
	is_str(WORDS("a\0b\0c\0", 0, 0, NULL, 2), "a b # 2 bytes missing", "one more");
	is_str(WORDS("a\0b\0c\0", ARGS_UNKNOWN, EXEC_ARGS_MORE, NULL, 2), "a b # more",
	       "one more, and more");
}

static void test_file(void)
{
	static const struct {
		const char *argument, *filename;
		bool told;
	} cases[] = {
		{ "ls", "/bin/ls", true },
		{ "ls", "/usr/bin/ls", true },
		{ "ls", "/usr/local/sbin/ls", true },
		{ "/bin/ls", "/bin/ls", true },
		{ "./a", "./a", true },
		{ "", "", true },
		{ "ls", "/tmp/ls", false },
		{ "ls", "/tmp/bin/ls", false },
		{ "ls", "/usr/bin/../../tmp/ls", false },
		{ "ls", "/usr/bin/", false },
		{ "ls", "/ls", false },
		{ "ls", "ls/", false },
		{ "a", "./a", false },
		{ "./a", "/tmp/a", false },
		{ "/usr/sbin/sshd", "./sshd", false },
		{ "/usr/sbin/sshd", "/tmp/sshd", false },
		{ "/usr/bin/ls", "/bin/ls", false },
		{ "/bin/ls", "ls", false },
		{ "-bash", "/bin/bash", false },
		{ "[kworker/0:0]", "/x", false },
		{ "", "/bin/ls", false },
		{ "", "/bin/", false },
		{ "ls/", "/bin/ls", false },
		{ "l", "/bin/ls", false },
		{ "lsx", "/bin/ls", false },
	};
	struct args none = { .bytes = "" };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct args args = { .bytes = cases[i].argument,
				     .len = strlen(cases[i].argument) + 1 };

		ok(args__tell(&args, cases[i].filename) == cases[i].told, "'%s' of %s",
		   cases[i].argument, cases[i].filename);
		args.len--;
		ok(!args__tell(&args, cases[i].filename), "... cut");
	}
	ok(!args__tell(&none, "/bin/ls"), "no argument tells nothing");
}

static void test_script(void)
{
	static const char bytes[] = "/bin/sh\0-e\0./a\0/b";
	struct args args = { .bytes = bytes, .len = sizeof(bytes) - 1 };
	struct buf many = {};

	ok(args__has(&args, "./a"), "a script among the arguments");
	ok(!args__has(&args, "/a"), "one that is not");
	ok(!args__has(&args, "/b"), "one that is cut");
	for (int i = 0; i < ARGS_SCRIPT_MAX; i++)
		buf__add(&many, "x", 2);
	buf__add(&many, "./a", 4);
	args = (struct args){ .bytes = many.data, .len = many.len };
	ok(!args__has(&args, "./a"), "one of its own arguments is not it");
	args = (struct args){ .bytes = many.data + 2, .len = many.len - 2 };
	ok(args__has(&args, "./a"), "as many as the kernel can put before it");
	buf__free(&many);
}

static void test_marks(void)
{
	struct args args = { .bytes = "a b", .len = 4 };
	struct args_file file = { "a b", PATH_KNOWN | PATH_DELETED };
	char text[64];

	out.len = 0;
	args__words(&args, &file, false, &out);
	buf__char(&out, '\0');
	is_str(out.data, "'a b' # 'a b' (deleted)", "a file that is gone, though argv[0] names it");
	file = (struct args_file){ "/x (deleted)", PATH_KNOWN | PATH_UNREACHABLE };
	out.len = 0;
	args__words(&args, &file, false, &out);
	buf__char(&out, '\0');
	is_str(out.data, "'a b' # '/x (deleted)' (unreachable)", "a name that looks like a mark");
	path__show(text, sizeof(text), "/a", PATH_KNOWN | PATH_DELETED | PATH_UNREACHABLE);
	is_str(text, "(unreachable)/a (deleted)", "as the kernel marks them");
	path__show(text, sizeof(text), "/a", PATH_KNOWN | PATH_CUT);
	is_str(text, "/a", "no marks");
}

static const char *line(const char *bytes, size_t len, const char *first)
{
	struct args args = { .bytes = bytes, .len = len };

	args__line(&args, first, &out);
	buf__char(&out, '\0');
	return out.data;
}

static void test_line(void)
{
	is_str(line("a\0\0b c\0", 7, NULL), "a  b c", "a line to search");
	is_str(line("a\0\0b c\0", 7, "/bin/a"), "/bin/a  b c", "... with the file first");
	is_str(line("a\0", 2, "/bin/a"), "/bin/a", "... and nothing else");
	is_str(line("abc\0de", 6, NULL), "abc de", "... cut");
	is_str(line("abc", 3, "/x"), "/x", "... in the first");
	is_str(line("\0\0", 2, NULL), " ", "... of empty ones");
	is_str(line("", 0, "/x"), "/x", "... of none, with the file");
	is_str(line("", 0, NULL), "", "... of none");
}

static void test_json(void)
{
	struct args args = { .bytes = "a\0\xff\n\0", .len = 5 };
	struct json j = { .buf = &out };

	out.len = 0;
	json__object(&j, NULL);
	args__json(&args, &j);
	json__object_end(&j);
	buf__char(&out, '\0');
	is_str(out.data,
	       "{\"argv\":[\"a\",\"\xef\xbf\xbd\\n\"],\"argv_hex\":[\"61\",\"ff0a\"],"
	       "\"argv_missing_bytes\":0,\"argv_state\":\"whole\"}",
	       "JSON");
}

/* `n` bytes in pieces of `size` ahead of the last `last`. */
static void test_pieces(void)
{
	static struct {
		struct args_record r;
		char bytes[64];
	} piece;
	struct args_ahead ahead = {};
	struct exec_record r = { .head = { 5, EXEC_DONE, sizeof(r) },
				 .args_total = 14,
				 .args_ahead = 8,
				 .args_len = 4 };
	struct args args;

	r.who.pid = 9;
	piece.r = (struct args_record){ { 5, EXEC_ARGS, sizeof(piece.r) + 6 }, 9, 0 };
	memcpy(piece.bytes, "abc\0de", 6);
	is_int(args__ahead(&ahead, &piece.r), 0, "a piece");
	piece.r.offset = 6;
	piece.r.head.size = sizeof(piece.r) + 2;
	is_int(args__ahead(&ahead, &piece.r), 0, "the next piece");
	is_int(args__collect(&ahead, &r, "xyz", &args), 0, "the exec itself");
	ok(args.len == 12 && !memcmp(args.bytes, "abc\0deabxyz", 12), "all in one");
	is_u64(args.missing_bytes, 2, "and what is missing");
	r.head.time_ns = piece.r.head.time_ns = 6;
	is_int(args__collect(&ahead, &r, "xyz", &args), -EINVAL, "whose pieces did not come");
	piece.r.offset = 0;
	args__ahead(&ahead, &piece.r);
	piece.r.pid = 10;
	is_int(args__ahead(&ahead, &piece.r), 0, "an exec that was lost after its pieces");
	r.who.pid = 10;
	r.args_ahead = 2;
	is_int(args__collect(&ahead, &r, "xyz", &args), 0, "leaves nothing to the next one");
	piece.r.offset = 3;
	args__ahead(&ahead, &piece.r);
	is_int(args__collect(&ahead, &r, "xyz", &args), -EINVAL, "a piece that does not follow");
	piece.r.head.size = 3;
	is_int(args__ahead(&ahead, &piece.r), -EINVAL, "too short for a piece");
	args__ahead_free(&ahead);
}

/* Two CPUs, one tick of the clock. */
static void test_same_time(void)
{
	static struct {
		struct args_record r;
		char bytes[64];
	} piece;
	struct args_ahead ahead = {};
	struct exec_record r = { .head = { 5, EXEC_DONE, sizeof(r) },
				 .args_total = 10,
				 .args_ahead = 6,
				 .args_len = 4 };
	struct args args;

	piece.r = (struct args_record){ { 5, EXEC_ARGS, sizeof(piece.r) + 3 }, 0, 0 };
	for (int i = 0; i < 4; i++) {
		piece.r.pid = 20 + i % 2;
		piece.r.offset = i / 2 * 3;
		memset(piece.bytes, 'a' + i, 3);
		is_int(args__ahead(&ahead, &piece.r), 0, "pieces of two, mixed");
	}
	for (int i = 0; i < 2; i++) {
		r.who.pid = 20 + i;
		is_int(args__collect(&ahead, &r, "xyz", &args), 0, "the exec of pid %u", r.who.pid);
		ok(args.len == 10 && !memcmp(args.bytes, i ? "bbbdddxyz" : "aaacccxyz", 10),
		   "has its own");
	}
	args__ahead_free(&ahead);
}

static int set(struct running *r, uint32_t pid, uint64_t since_ns)
{
	return running__set(r, &(struct running_slot){
				       .pid = pid, .since_ns = since_ns, .exe = strdup("/exe") });
}

static bool take(struct running *r, uint32_t pid, uint64_t started_ns, uint64_t *since_ns)
{
	struct running_slot process;

	if (!running__take(r, pid, started_ns, &process))
		return false;
	*since_ns = strcmp(process.exe, "/exe") ? 0 : process.since_ns;
	free(process.exe);
	return true;
}

static void test_running(void)
{
	static uint64_t since[5000];
	struct running r = {};
	unsigned int wrong = 0;
	uint64_t got;

	ok(!take(&r, 1, 0, &got), "nothing runs");
	set(&r, 1, 10);
	ok(take(&r, 1, 10, &got) && got == 10, "what has been shown");
	set(&r, 1, 10);
	ok(!take(&r, 1, 11, &got), "its number, used by another one");
	ok(!take(&r, 1, 0, &got), "is forgotten");
	set(&r, 1, 10);
	running__forget(&r, 1);
	running__forget(&r, 1);
	ok(!take(&r, 1, 0, &got), "so is what is no longer wanted");
	for (int i = 0; i < 200000; i++) {
		uint32_t pid = 1 + random_u64() % 4999;

		if (random_u64() % 3 == 0) {
			bool taken = take(&r, pid, 0, &got);

			wrong += taken != !!since[pid] || (taken && got != since[pid]);
			since[pid] = 0;
		} else {
			since[pid] = 1 + i;
			wrong += set(&r, pid, since[pid]) != 0;
		}
	}
	is_u64(wrong, 0, "200,000 random beginnings and ends");
	ok(r.size <= 16384, "in memory for those that run (%zu)", r.size);
	running__free(&r);
}

static void test_names(void)
{
	char text[16];
	uint32_t uid = 1;

	is_str(errno_name(2), "ENOENT", "errno 2");
	is_str(errno_name(13), "EACCES", "errno 13");
	is_str(errno_name(40), "ELOOP", "errno 40");
	is_str(errno_name(11), "EAGAIN", "errno 11 has one name of two");
	is_str(errno_name(0), NULL, "errno 0");
	is_str(errno_name(512), NULL, "errno 512");
	is_str(errno_name(-1), NULL, "errno -1");
	is_str(signal_name(9, text, sizeof(text)), "SIGKILL", "signal 9");
	is_str(signal_name(34, text, sizeof(text)), "SIG34", "signal 34");
	ok(!user__id("root", &uid) && !uid, "root");
	ok(!user__id("1000", &uid) && uid == 1000, "a number");
	ok(user__id("4294967295", &uid), "no user's number");
	ok(user__id("no such user", &uid), "no user's name");
	ok(user__id("", &uid), "no name");
}

int main(void)
{
	test_words();
	test_file();
	test_script();
	test_marks();
	test_line();
	test_json();
	test_pieces();
	test_same_time();
	test_running();
	test_names();
	buf__free(&out);
	return done_testing();
}
