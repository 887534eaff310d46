// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Patterns: what they match, beside the C library's, and what they cost. */
#include "common/base/pattern.c"
#include "common/base/pattern_parse.c"
#include "common/base/pattern_set.c"

#include <fnmatch.h>
#include <regex.h>
#include <time.h>
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

static struct pattern *compiled(const char *text)
{
	const char *why;
	struct pattern *p = pattern__regex(text, &why);

	ok(p != NULL, "'%s' is an expression", text);
	return p;
}

static void test_matches(void)
{
	static const struct {
		const char *regex, *text;
		bool matches;
	} cases[] = {
		{ "", "", true },
		{ "", "abc", true },
		{ "b", "abc", true },
		{ "^b", "abc", false },
		{ "c$", "abc", true },
		{ "^abc$", "abc", true },
		{ "a.c", "a\nc", true },
		{ "a|b|c", "xxc", true },
		{ "(a|b)(c|d)$", "xbd", true },
		{ "^(ab)*$", "ababab", true },
		{ "^(ab)*$", "ababa", false },
		{ "^a{2,3}$", "aaa", true },
		{ "^a{2,3}$", "aaaa", false },
		{ "^a{2}$", "aa", true },
		{ "^a{2}$", "a", false },
		{ "^a{2000}$", "aaaa", false },
		{ "^a{2,}$", "aaaaa", true },
		{ "^a{2,}$", "a", false },
		{ "^a{,2}$", "aaa", false },
		{ "^a{,2}$", "", true },
		{ "^xa{0}y$", "xy", true },
		{ "^(a{2}){3}$", "aaaaaa", true },
		{ "^(a{2}){3}$", "aaaaaaa", false },
		{ "a{", "a{", true },
		{ "a{x}", "a{x}", true },
		{ "{", "{", true },
		{ "[]x]", "]", true },
		{ "[^]x]", "]", false },
		{ "[a-]", "-", true },
		{ "[\\w.-]+@", "a.b-c@", true },
		{ "^[\\d]+$", "123", true },
		{ "[\\]]", "]", true },
		{ "[\\.]", "\\", false },
		{ "[[:alpha:]]", "1a", true },
		{ "[[:digit:][:space:]]", "x y", true },
		{ "[^[:alnum:]]", "aA9", false },
		{ "\\d{3}", "ab123", true },
		{ "\\D", "123", false },
		{ "\\bfoo\\b", "a foo b", true },
		{ "\\bfoo\\b", "afoo b", false },
		{ "\\Boo", "foo", true },
		{ "\\<foo", "a foo", true },
		{ "foo\\>", "foot", false },
		{ "\\Aa.*z\\Z", "a--z", true },
		{ "\\.so\\.\\d", "libc.so.6", true },
		{ "a\\tb", "a\tb", true },
		{ "\\x41", "A", true },
		{ "--password[= ]", "x --password=1", true },
		{ "(?:a|b)+c", "abac", true },
		{ "(?P<x>a)b", "ab", true },
		{ "(?i)SSHD", "/usr/sbin/sshd", true },
		{ "(?i)[^A]", "a", false },
		{ "a*?b", "aab", true },
		{ "a+?$", "aa", true },
		{ "(a*)*b", "aaab", true },
		{ "(a*)+$", "", true },
		{ "(|a)+b", "ab", true },
		{ "^(|a|ab)(c|bcd)$", "abcd", true },
		{ "^\xc3\xa9+$", "\xc3\xa9\xc3\xa9", true },
		{ "a^b", "a^b", false },
		{ "a$|b", "xb", true },
		{ "\\", "\\", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]) - 1; i++) {
		struct pattern *p = compiled(cases[i].regex);

		if (!p)
			continue;
		ok(pattern__matches(p, cases[i].text, strlen(cases[i].text)) == cases[i].matches,
		   "... and '%s' %s", cases[i].text, cases[i].matches ? "matches" : "does not");
		pattern__free(p);
	}
}

static void test_wrong(void)
{
	static const char *const wrong[] = {
		"(",	    ")",       "[",	 "[a",	     "[]",	"\\",
		"*a",	    "a|*b",    "(+)",	 "a{40000}", "a{3,2}",	"(a)\\1",
		"\\q",	    "\\xg",    "(?=a)",	 "(?!a)",    "(?<=a)b", "(?P<x)",
		"[[:no:]]", "[[.a.]]", "[z-a]",	 "[\\",	     "(?",	"((a{200}){200}){200}",
		"a)",	    "[[:",     "x(?i)a",
	};
	char deep[DEPTH_MAX + 3];

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const char *why = "?";

		ok(!pattern__regex(wrong[i], &why), "'%s' is none: %s", wrong[i], why);
	}
	memset(deep, '(', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = '\0';
	is_str((pattern__regex(deep, &(const char *){ NULL }) ? "an expression" : "none"), "none",
	       "groups without end");
}

/* Of a few characters, so that much of it means something. */
static void random_text(char *text, size_t most, const char *of)
{
	size_t len = random_u64() % most;

	for (size_t i = 0; i < len; i++)
		text[i] = of[random_u64() % strlen(of)];
	text[len] = '\0';
}

/* What both take, both must match. Of what POSIX leaves open the C library's is not asked. */
static void test_library(void)
{
	unsigned int compared = 0, differ = 0;

	for (int i = 0; i < 100000; i++) {
		char regex[12], text[12];
		const char *why;
		struct pattern *p;
		regex_t library;
		bool mine, theirs;

		random_text(regex, sizeof(regex), "aabb.*+?|()[]^$-{}1,2");
		random_text(text, sizeof(text), "aabb1,-");
		p = pattern__regex(regex, &why);
		if (!p)
			continue;
		if (!regcomp(&library, regex, REG_EXTENDED | REG_NOSUB)) {
			mine = pattern__matches(p, text, strlen(text));
			theirs = !regexec(&library, text, 0, NULL, 0);
			compared++;
			if (mine != theirs && differ++ < 20)
				printf("# '%s' in '%s': %d, the library's: %d\n", regex, text, mine,
				       theirs);
			regfree(&library);
		}
		pattern__free(p);
	}
	ok(compared > 10000, "%u random expressions", compared);
	is_u64(differ, 0, "match what the C library's match");
}

static void test_glob(void)
{
	static const struct {
		const char *glob, *text;
		bool matches;
	} cases[] = {
		{ "", "", true },
		{ "", "a", false },
		{ "/bin/ls", "/bin/ls", true },
		{ "/bin/ls", "/bin/lsx", false },
		{ "/tmp/*", "/tmp/a/b", true },
		{ "*/evil", "/tmp/evil", true },
		{ "/bin/?s", "/bin/ls", true },
		{ "[!a]", "b", true },
		{ "[a-c]x", "bx", true },
		{ "[", "[", true },
		{ "a\\*", "a*", true },
		{ "a\\*", "ab", false },
		{ "a.c", "abc", false },
		{ "(x)", "(x)", true },
		{ "*", "", true },
	};
	unsigned int differ = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *why;
		struct pattern *p = pattern__glob(cases[i].glob, &why);

		ok(p && pattern__matches(p, cases[i].text, strlen(cases[i].text)) ==
				   cases[i].matches,
		   "glob '%s', '%s': %d", cases[i].glob, cases[i].text, cases[i].matches);
		pattern__free(p);
	}
	for (int i = 0; i < 50000; i++) {
		char glob[10], text[10];
		const char *why;
		struct pattern *p;

		random_text(glob, sizeof(glob), "ab/*?.");
		random_text(text, sizeof(text), "ab/.");
		p = pattern__glob(glob, &why);
		differ += !p || pattern__matches(p, text, strlen(text)) != !fnmatch(glob, text, 0);
		pattern__free(p);
	}
	is_u64(differ, 0, "random globs match what the C library's match");
}

/* Patterns and texts that others take seconds or gigabytes for. */
static void test_cost(void)
{
	static const char *const hostile[] = { "(a*)*c",
					       "(a|a)*c",
					       "(a|aa)+$x",
					       "(.*)(.*)(.*)(.*)x",
					       "(a|b)*a(a|b){200}c",
					       "((a?){100}a{100}){3}z" };
	static char text[1 << 16];
	clock_t begin = clock();

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = random_u64() % 8 ? 'a' : 'b';
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		struct pattern *p = compiled(hostile[i]);

		ok(p && !pattern__matches(p, text, sizeof(text)), "64 kB do not match it");
		pattern__free(p);
	}
	ok(clock() - begin < 60 * CLOCKS_PER_SEC, "in %.1f s",
	   (double)(clock() - begin) / CLOCKS_PER_SEC);
}

/* Nothing that is no pattern makes it read or write where nothing is. */
static void test_random(void)
{
	for (int i = 0; i < 100000; i++) {
		char regex[40], text[40];
		const char *why;
		struct pattern *p;

		random_text(regex, sizeof(regex), "ab\\dwsbx0(?:P<i>=!)[^]:alph-{},19*+?|.$");
		random_text(text, sizeof(text), "ab \n\xff");
		p = i % 2 ? pattern__regex(regex, &why) : pattern__glob(regex, &why);
		if (p)
			pattern__matches(p, text, strlen(text));
		pattern__free(p);
	}
	ok(true, "100,000 random patterns");
}

int main(void)
{
	test_matches();
	test_wrong();
	test_library();
	test_glob();
	test_cost();
	test_random();
	return done_testing();
}
