// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The DNS decoder: beside another one (tests/fuzz/corpus, made by tests/fuzz/dns-corpus), and with
 * messages that are cut and damaged in every place.
 */
#include <dirent.h>
#include <errno.h>
#include "tests/fuzz/dns.h"
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

#define CORPUS "tests/fuzz/corpus/dns/"

struct message {
	char name[64];
	uint8_t data[2048];
	size_t len;
	char wanted[4096]; /* "" if nobody has told */
};

static struct message messages[512];
static size_t nmessages;

static size_t read_file(const char *name, const char *suffix, void *to, size_t size)
{
	char path[512];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), CORPUS "%s%s", name, suffix);
	f = fopen(path, "r");
	if (f) {
		n = fread(to, 1, size, f);
		fclose(f);
	}
	return n;
}

static void read_corpus(void)
{
	DIR *dir = opendir(CORPUS);
	struct dirent *e;

	while (dir && (e = readdir(dir)) && nmessages < 512) {
		struct message *m = &messages[nmessages];

		if (*e->d_name == '.' || strstr(e->d_name, ".txt"))
			continue;
		snprintf(m->name, sizeof(m->name), "%.60s", e->d_name);
		m->len = read_file(m->name, "", m->data, sizeof(m->data));
		read_file(m->name, ".txt", m->wanted, sizeof(m->wanted) - 1);
		m->wanted[strcspn(m->wanted, "\n")] = '\0';
		nmessages++;
	}
	if (dir)
		closedir(dir);
}

/* The bytes alone in memory of their own, so that ASan sees a step beyond them. */
static const char *decode(const uint8_t *data, size_t len, size_t size)
{
	static char text[300000];
	uint8_t *copy = malloc(len ?: 1);
	struct dns_text t;

	memcpy(copy, data, len);
	dns_text__init(&t, text, size ?: sizeof(text));
	describe(copy, len, &t);
	free(copy);
	return text;
}

static void test_corpus(void)
{
	ok(nmessages >= 80, "a corpus of %zu messages", nmessages);
	for (size_t i = 0; i < nmessages; i++) {
		const struct message *m = &messages[i];

		if (*m->wanted)
			is_str(decode(m->data, m->len, 0), m->wanted, "%s", m->name);
	}
}

static void test_cut(void)
{
	unsigned int runs = 0, read = 0;

	for (size_t i = 0; i < nmessages; i++) {
		const struct message *m = &messages[i];

		if (!strcmp(m->wanted, "malformed"))
			continue;
		for (size_t len = 0; len < m->len; len++, runs++)
			read += strcmp(decode(m->data, len, 0), "malformed") != 0;
	}
	ok(runs > 4000, "%u messages that end too early", runs);
	is_u64(read, 0, "none of them is taken for a whole one");
}

/* Sanitizers and must() judge. */
static void test_damaged(void)
{
	static const uint8_t values[] = { 0, 1, 0x3f, 0x40, 0x80, 0xc0, 0xff };
	unsigned int runs = 0;
	uint8_t data[2048];

	for (size_t i = 0; i < nmessages; i++) {
		const struct message *m = &messages[i];

		for (size_t at = 0; at < m->len; at++) {
			memcpy(data, m->data, m->len);
			for (size_t k = 0; k < sizeof(values); k++, runs++) {
				data[at] = values[k];
				decode(data, m->len, random_u64() % 4 ? 0 : 1 + random_u64() % 200);
			}
		}
	}
	ok(runs > 30000, "%u messages with one byte changed", runs);
	for (runs = 0; runs < 20000; runs++) {
		size_t len = random_u64() % 600;

		for (size_t k = 0; k < len; k++)
			data[k] = k < 12 && random_u64() % 4 ? (k & 1) : random_u64();
		decode(data, len, 0);
	}
	ok(runs == 20000, "%u messages of random bytes", runs);
}

static bool parses(const char *text)
{
	struct dns_name name;

	return !dns_name__parse(text, &name);
}

static bool below(const char *text, const char *above)
{
	struct dns_name name, top;

	return !dns_name__parse(text, &name) && !dns_name__parse(above, &top) &&
	       dns_name__is_below(&name, &top);
}

static void test_names(void)
{
	char label[70], name[300] = "";
	struct dns_name a, b;

	ok(parses(".") && parses("a") && parses("a.") && parses("a\\.b.c"), "names");
	ok(!parses("") && !parses("a..b") && !parses(".a") && !parses("a\\") && !parses("\\25") &&
		   !parses("\\256"),
	   "no names");
	snprintf(label, sizeof(label), "%064d", 0);
	ok(parses(label + 1) && !parses(label), "a label has at most 63 bytes");
	for (int i = 0; i < 127; i++)
		strcat(name, "x.");
	ok(parses(name), "a name has at most 255 bytes");
	strcat(name, "x");
	ok(!parses(name), "and not more");
	dns_name__parse("WWW.Example.ORG", &a);
	dns_name__parse("www.example.org.", &b);
	ok(dns_name__equal(&a, &b) && dns_name__hash(&a) == dns_name__hash(&b),
	   "case is no matter");
	ok(below("a.EXAMPLE.org", "example.ORG") && below("example.org", "example.org") &&
		   below("a", "."),
	   "what is below a name");
	ok(!below("anexample.org", "example.org") && !below("org", "example.org") &&
		   !below("a\\.example.org", "example.org"),
	   "what is not: only whole labels count");
}

/* A label, and pointers from one to the next before it that lead there. */
static bool chain_is_read(int pointers)
{
	uint8_t data[2000] = { 1, 'x' };
	struct dns_name name;
	size_t at = 3;

	for (int i = 0; i < pointers; i++, at += 2) {
		data[at] = 0xc0 | (i ? at - 2 : 0) >> 8;
		data[at + 1] = i ? at - 2 : 0;
	}
	at -= 2;
	return !dns_name__read(data, sizeof(data), &at, &name) && name.len == 3;
}

static void test_chains(void)
{
	ok(chain_is_read(1) && chain_is_read(127), "as many pointers as there may be labels");
	ok(!chain_is_read(128) && !chain_is_read(900), "and not more: each costs time");
}

static void test_symbols(void)
{
	char text[DNS_SYMBOL_SIZE];
	unsigned int number, wrong = 0;
	uint16_t type;

	for (unsigned int i = 0; i <= 65535; i++)
		wrong += dns_type__number(dns_type__name(i, text), &type) || type != i;
	is_u64(wrong, 0, "every type by its name");
	for (unsigned int i = 0; i <= 4095; i++)
		wrong += dns_rcode__number(dns_rcode__name(i, text), &number) || number != i;
	is_u64(wrong, 0, "every response code by its name");
	ok(!dns_type__number("https", &type) && type == 65, "whatever the case");
	ok(dns_type__number("TYPE65536", &type) && dns_type__number("TYPE", &type) &&
		   dns_type__number("NONE", &type),
	   "and nothing else");
}

static void test_cut_text(void)
{
	char small[8];
	struct dns_text t;

	dns_text__init(&t, small, sizeof(small));
	dns_text__str(&t, "0123456789");
	is_str(small, "0123456", "text ends where its memory does");
	is_u64(t.len, 10, "and tells how long it would be");
	dns_text__rewind(&t, 3);
	dns_text__u32(&t, UINT32_MAX);
	is_str(small, "0124294", "goes on from before");
	dns_text__rewind(&t, 0);
	dns_text__base64(&t, (const uint8_t *)"f", 1);
	is_str(small, "Zg==", "base64");
	dns_text__rewind(&t, 0);
	dns_text__base32hex(&t, (const uint8_t *)"foo", 3);
	is_str(small, "cpnmu", "base32");
}

int main(void)
{
	read_corpus();
	test_corpus();
	test_cut();
	test_damaged();
	test_names();
	test_chains();
	test_symbols();
	test_cut_text();
	return done_testing();
}
