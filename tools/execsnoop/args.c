// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/execsnoop/args.h"

#include <errno.h>
#include <string.h>
#include "common/base/shell.h"
#include "common/base/text.h"

static size_t padded(size_t size)
{
	return (size + 7) / 8 * 8;
}

int args__ahead(struct args_ahead *ahead, const struct args_record *r)
{
	if (r->head.size < sizeof(*r))
		return -EINVAL;
	if (r->head.time_ns != ahead->time_ns)
		ahead->pieces.len = 0;
	ahead->time_ns = r->head.time_ns;
	buf__add(&ahead->pieces, r, r->head.size);
	buf__fill(&ahead->pieces, 0, padded(r->head.size) - r->head.size);
	return ahead->pieces.err;
}

void args__ahead_free(struct args_ahead *ahead)
{
	buf__free(&ahead->pieces);
	buf__free(&ahead->bytes);
}

/* The pieces of this exec, in `bytes`. */
static int ahead_join(struct args_ahead *ahead, const struct exec_record *r)
{
	const struct args_record *piece;

	ahead->bytes.len = 0;
	if (ahead->time_ns != r->head.time_ns)
		return -EINVAL;
	for (size_t at = 0; at < ahead->pieces.len; at += padded(piece->head.size)) {
		piece = (const void *)(ahead->pieces.data + at);
		if (piece->pid != r->who.pid)
			continue;
		if (piece->offset != ahead->bytes.len)
			return -EINVAL;
		buf__add(&ahead->bytes, piece + 1, piece->head.size - sizeof(*piece));
	}
	return ahead->bytes.len == r->args_ahead ? 0 : -EINVAL;
}

int args__collect(struct args_ahead *ahead, const struct exec_record *r, const char *last,
		  struct args *args)
{
	bool unknown = r->flags & EXEC_ARGS_MORE ||
		       (r->head.kind == EXEC_FAILED && r->flags & EXEC_ARGS_UNREADABLE);

	*args = (struct args){ .bytes = last, .len = r->args_len, .flags = r->flags };
	if (r->args_ahead) {
		int err = ahead_join(ahead, r);

		if (err)
			return ahead->bytes.err ?: err;
		buf__add(&ahead->bytes, last, r->args_len);
		args->bytes = ahead->bytes.data;
		args->len = ahead->bytes.len;
	}
	args->missing_bytes = unknown ? ARGS_UNKNOWN : r->args_total - args->len;
	return ahead->bytes.err;
}

/* The argument at `at`, without its NUL; `next` is where the next argument begins. */
static size_t arg_at(const struct args *args, size_t at, size_t *next)
{
	size_t len = strnlen(args->bytes + at, args->len - at);

	*next = at + len + (at + len < args->len);
	return len;
}

/* Is it the argument at `at`, and is all of it there? */
static bool arg_is(const struct args *args, size_t at, const char *text)
{
	size_t next, len = arg_at(args, at, &next);

	return next > at + len && !strncmp(args->bytes + at, text, len + 1);
}

/* Only root can put a program there, and a shell finds it by its name. */
static bool is_for_all(const char *filename, size_t len)
{
	static const char *const dirs[] = { "/bin",	 "/sbin",	   "/usr/bin",
					    "/usr/sbin", "/usr/local/bin", "/usr/local/sbin" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (strlen(dirs[i]) == len && !memcmp(dirs[i], filename, len))
			return true;
	return false;
}

bool args__tell(const struct args *args, const char *filename)
{
	const char *slash = strrchr(filename, '/');

	if (arg_is(args, 0, filename))
		return true;
	return slash && slash[1] && is_for_all(filename, slash - filename) &&
	       arg_is(args, 0, slash + 1);
}

bool args__has(const struct args *args, const char *filename)
{
	size_t at = 0;

	for (int i = 0; i < ARGS_SCRIPT_MAX && at < args->len; i++, arg_at(args, at, &at))
		if (arg_is(args, at, filename))
			return true;
	return false;
}

void args__limit(struct args *args, uint64_t max)
{
	size_t at = 0;

	while (max-- && at < args->len)
		arg_at(args, at, &at);
	if (args->missing_bytes != ARGS_UNKNOWN)
		args->missing_bytes += args->len - at;
	else if (at < args->len)
		args->flags |= EXEC_ARGS_MORE;
	args->len = at;
}

/*
 * Nothing unquoted can begin with '#', so remarks are known by it, and a shell passes them over.
 * `before` stands before the next one.
 */
static void remark(struct buf *out, const char **before)
{
	buf__str(out, *before);
	*before = "; ";
}

static void remark_missing(const struct args *args, struct buf *out, const char **before)
{
	const char *why = args->flags & EXEC_WAS_SHORTENED ? " (buffer full)" : "";

	if (!args->missing_bytes && args->len)
		return;
	remark(out, before);
	if (args->flags & EXEC_ARGS_UNREADABLE)
		buf__str(out, "arguments unreadable");
	else if (args->missing_bytes == ARGS_UNKNOWN)
		buf__printf(out, "more%s", why);
	else if (args->missing_bytes)
		buf__printf(out, "%llu bytes missing%s", (unsigned long long)args->missing_bytes,
			    why);
	else
		buf__str(out, "no arguments");
}

void args__path(const struct args_file *file, struct buf *out)
{
	shell__word(out, file->path, strlen(file->path), SHELL_ARGUMENT);
	/* Behind the word, where no name can put it. */
	if (file->state & PATH_DELETED)
		buf__str(out, " (deleted)");
	if (file->state & PATH_UNREACHABLE)
		buf__str(out, " (unreachable)");
}

static void remark_file(const struct args *args, const struct args_file *file, struct buf *out,
			const char **before)
{
	bool marked = file->state & ~PATH_KNOWN;

	if (!file->path || (!marked && arg_is(args, 0, file->path)))
		return;
	remark(out, before);
	args__path(file, out);
}

const char *args__signal(uint32_t flags)
{
	return flags & EXEC_DIED_KILLED ? "SIGKILL" : "SIGSEGV";
}

void args__words(const struct args *args, const struct args_file *file, bool quoted,
		 struct buf *out)
{
	enum shell_word kind = quoted ? SHELL_QUOTED : SHELL_COMMAND;
	const char *before = args->len ? " # " : "# ";
	size_t next;

	for (size_t at = 0; at < args->len; at = next) {
		size_t len = arg_at(args, at, &next);

		if (at)
			buf__char(out, ' ');
		shell__word(out, args->bytes + at, len, kind);
		kind = quoted ? SHELL_QUOTED : SHELL_ARGUMENT;
	}
	remark_file(args, file, out, &before);
	if (args->flags & EXEC_DIED) {
		remark(out, &before);
		buf__printf(out, "killed by %s", args__signal(args->flags));
	}
	remark_missing(args, out, &before);
}

static void json_hex(struct json *j, const char *bytes, size_t len)
{
	json__hex(j, NULL, bytes, len);
}

static void json_array(const struct args *args, const char *key, struct json *j,
		       void (*item)(struct json *j, const char *bytes, size_t len))
{
	size_t next;

	json__array(j, key);
	for (size_t at = 0; at < args->len; at = next) {
		size_t len = arg_at(args, at, &next);

		item(j, args->bytes + at, len);
	}
	json__array_end(j);
}

static void json_text(struct json *j, const char *bytes, size_t len)
{
	json__bytes(j, NULL, bytes, len);
}

static const char *args_state(const struct args *args)
{
	if (args->flags & EXEC_ARGS_UNREADABLE)
		return "unreadable";
	if (args->flags & EXEC_WAS_SHORTENED)
		return "shortened";
	return args->missing_bytes ? "limited" : "whole";
}

void args__json(const struct args *args, struct json *j)
{
	json_array(args, "argv", j, json_text);
	if (!text__is_utf8(args->bytes, args->len))
		json_array(args, "argv_hex", j, json_hex);
	if (args->missing_bytes == ARGS_UNKNOWN)
		json__null(j, "argv_missing_bytes");
	else
		json__u64(j, "argv_missing_bytes", args->missing_bytes);
	json__str(j, "argv_state", args_state(args));
}

void args__line(const struct args *args, const char *first, struct buf *out)
{
	size_t from = 0, next = 0;

	out->len = 0;
	if (first) {
		buf__str(out, first);
		from = args->len ? arg_at(args, 0, &next) : 0;
	}
	buf__add(out, args->bytes + from, args->len - from);
	/* The last one's own end is none between two. */
	if (!out->err && args->len > from && !args->bytes[args->len - 1])
		out->len--;
	for (size_t i = 0; !out->err && i < out->len; i++)
		if (!out->data[i])
			out->data[i] = ' ';
}
