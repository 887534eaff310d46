// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/shell.h"

#include "tests/unit/hostile.h"
#include "tests/unit/tap.h"

static struct {
	unsigned int inputs, restore, control, open;
} wrong;

static const char *word(const void *s, size_t len, enum shell_word kind)
{
	static char text[1024];
	struct buf b = {};

	shell__word(&b, s, len, kind);
	snprintf(text, sizeof(text), "%.*s", (int)b.len, b.data);
	buf__free(&b);
	return text;
}

#define WORD(s) word(s, sizeof(s) - 1, SHELL_ARGUMENT)
#define COMMAND(s) word(s, sizeof(s) - 1, SHELL_COMMAND)

/* As POSIX reads one word. SIZE_MAX: it is not exactly one, or it could mean something else. */
static size_t shell_read(const char *s, uint8_t *to)
{
	static const char special[] = "|&;<>()$`\\\"' \t\n*?[#~!{}^";
	static const char named[] = "n\nt\tr\r\\\\''";
	uint8_t *p = to;

	if (s[0] == '$' && s[1] == '\'') {
		for (s += 2; *s && *s != '\''; s++) {
			if (*s != '\\') {
				*p++ = *s;
			} else if (s[1] >= '0' && s[1] <= '3') {
				*p++ = (s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0');
				s += 3;
			} else {
				const char *name = strchr(named, *++s);

				if (!name)
					return SIZE_MAX;
				*p++ = name[1];
			}
		}
		return s[0] == '\'' && !s[1] ? (size_t)(p - to) : SIZE_MAX;
	}
	if (s[0] == '\'') {
		for (s++; *s && *s != '\''; s++)
			*p++ = *s;
		return s[0] == '\'' && !s[1] ? (size_t)(p - to) : SIZE_MAX;
	}
	if (!*s || *s == '=')
		return SIZE_MAX;
	for (; *s; s++) {
		if (strchr(special, *s) || (uint8_t)*s >= 0x80)
			return SIZE_MAX;
		*p++ = *s;
	}
	return p - to;
}

static void check(const uint8_t *in, size_t len, enum shell_word kind)
{
	uint8_t back[1024];
	const char *text = word(in, len, kind);
	size_t left = strlen(text), n;

	wrong.inputs++;
	wrong.restore += shell_read(text, back) != len || memcmp(back, in, len);
	for (const uint8_t *p = (const uint8_t *)text; left; p += n, left -= n)
		wrong.control += hostile_is_control(hostile_decode(p, left, &n));
	wrong.open += kind == SHELL_QUOTED && !strchr(text, '\'');
}

static void test_all(void)
{
	uint8_t in[HOSTILE_MAX];

	for (int a = 1; a < 256; a++) {
		for (int b = 1; b < 256; b++) {
			in[0] = a;
			in[1] = b;
			check(in, 2, SHELL_ARGUMENT);
		}
		check(in, 1, SHELL_COMMAND);
	}
	for (int i = 0; i < 20000; i++) {
		size_t len = random_u64() % 40;

		for (size_t k = 0; k < len; k++)
			in[k] = random_u64() % 4 ? 0x20 + random_u64() % 0x60 :
						   1 + random_u64() % 255;
		check(in, len, i % 3);
	}
	ok(!wrong.restore, "a shell reads what was meant (%u of %u)", wrong.restore, wrong.inputs);
	ok(!wrong.control, "nothing that a terminal acts upon (%u)", wrong.control);
	ok(!wrong.open, "quotes where they are asked for (%u)", wrong.open);
}

int main(void)
{
	is_str(WORD("abc_@%+=:,./-9"), "abc_@%+=:,./-9", "what no shell minds is as it was");
	is_str(WORD(""), "''", "the empty argument");
	is_str(WORD("a b"), "'a b'", "a blank");
	is_str(WORD("$(x)"), "'$(x)'", "a substitution");
	is_str(WORD("#x"), "'#x'", "what would begin a comment");
	is_str(WORD("~"), "'~'", "a home directory");
	is_str(WORD("it's"), "$'it\\'s'", "a single quote");
	is_str(WORD("a\nb\t\r\\"), "$'a\\nb\\t\\r\\\\'", "controls that have a name");
	is_str(WORD("\033[31m\177"), "$'\\033[31m\\177'", "controls that have none");
	is_str(WORD("caf\xc3\xa9"), "'caf\xc3\xa9'", "letters beyond ASCII");
	is_str(WORD("\xff"
		    "7"),
	       "$'\\3777'", "no UTF-8, with a digit behind it");
	is_str(WORD("\xe2\x80\xae"), "$'\\342\\200\\256'", "what turns the line around");
	is_str(WORD("=ls"), "'=ls'", "a path to zsh");
	is_str(WORD("A=b"), "A=b", "an argument may look like an assignment");
	is_str(COMMAND("A=b"), "'A=b'", "a command may not");
	is_str(WORD("if"), "if", "or like a keyword");
	is_str(COMMAND("if"), "'if'", "a command may not");
	is_str(COMMAND("iff"), "iff", "... which is the whole word");
	is_str(word("ls", 2, SHELL_QUOTED), "'ls'", "quotes in any case");
	test_all();
	return done_testing();
}
