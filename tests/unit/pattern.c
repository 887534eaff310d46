// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Patterns: what they match, beside the C library's, and what they cost. */
#include "common/base/pattern.c"
#include "common/base/pattern_dfa.c"
#include "common/base/pattern_parse.c"
#include "common/base/pattern_set.c"

#include <fnmatch.h>
#include <regex.h>
#include <time.h>
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

/* With all the time in the world. */
static bool pattern__matches(struct pattern *p, const void *text, size_t len)
{
	uint64_t allowance = UINT64_MAX;

	return pattern__search(p, text, len, &allowance) == PATTERN_YES;
}

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

/* Is there an 'a', and 13 bytes later a 'c', with nothing but these two and 'b' between? */
static bool has_distant(const char *text, size_t len)
{
	for (size_t i = 0; i + 13 < len; i++)
		if (text[i] == 'a' && text[i + 13] == 'c' && !memchr(text + i, 'c', 13))
			return true;
	return false;
}

/* More states than are kept: what was forgotten meanwhile makes no difference. */
static void test_states(void)
{
	struct pattern *p = compiled("a[ab]{12}c");
	unsigned int differ = 0, found = 0;
	static char text[20000];

	for (int i = 0; p && i < 200; i++) {
		size_t len = random_u64() % sizeof(text), rare = 1 + random_u64() % 30000;

		for (size_t n = 0; n < len; n++)
			text[n] = random_u64() % rare ? "ab"[random_u64() % 2] : 'c';
		found += has_distant(text, len);
		differ += pattern__matches(p, text, len) != has_distant(text, len);
	}
	is_u64(differ, 0, "thousands of states, found and forgotten, match what they should");
	ok(found && found < 200, "of 200 texts %u do", found);
	ok(p && p->dfa->forgotten, "which were forgotten %u times", p ? p->dfa->forgotten : 0);
	pattern__free(p);
}

/* A search ends when it has cost what it may, and is none that did not match. */
static void test_allowance(void)
{
	static char text[2 << 20];
	struct pattern *p = compiled("(a|b)*a(a|b){200}c");
	uint64_t allowance = 3000000;
	clock_t begin;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = random_u64() % 2 ? 'a' : 'b';
	begin = clock();
	is_u64(pattern__search(p, text, sizeof(text), &allowance), PATTERN_GAVE_UP, "it gives up");
	is_u64(allowance, 0, "with nothing left");
	ok(clock() - begin < CLOCKS_PER_SEC, "and in no time");
	is_u64(pattern__search(p, "x", 1, &allowance), PATTERN_GAVE_UP, "then nothing is searched");
	allowance = 3000000;
	is_u64(pattern__search(p, "x", 1, &allowance), PATTERN_NO, "with more it goes on");
	ok(allowance > 2900000, "which costs little (%llu)",
	   3000000 - (unsigned long long)allowance);
	pattern__free(p);

	/* The issue's: 10 s for 60 kB, and minutes for 2 MB. */
	p = compiled("[a-z]+=[^ ]+ secret");
	memset(text, 'a', sizeof(text));
	allowance = sizeof(text) + 10000;
	is_u64(pattern__search(p, text, sizeof(text), &allowance), PATTERN_NO,
	       "2 MB of a usual kind cost one unit a byte");
	pattern__free(p);
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
	test_states();
	test_allowance();
	test_cost();
	test_random();
	return done_testing();
}
