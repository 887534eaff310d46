// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/execsnoop/wanted.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "common/base/clock.h"
#include "common/base/msg.h"
#include "common/base/option.h"
#include "common/base/text.h"

/* All that is in the ring at a time must not take longer than a user waits for ^C. */
#define ALLOWANCE_NS 100000000
/* Of the time that goes by, so much is for searches. */
#define ALLOWED_SHARE 2

/* Without time for it everything matches. */
static bool wanted_matches(struct wanted *w, struct pattern *p, const char *text, size_t len)
{
	enum pattern_found found = pattern__search(p, text, len, &w->allowance);

	w->gives_up |= found == PATTERN_GAVE_UP;
	return found != PATTERN_NO;
}

static void wanted_begin(struct wanted *w)
{
	uint64_t now_ns = clock__mono_ns();

	w->allowance += (now_ns - w->allowed_ns) / ALLOWED_SHARE;
	if (w->allowance > ALLOWANCE_NS)
		w->allowance = ALLOWANCE_NS;
	w->allowed_ns = now_ns;
	w->gives_up = false;
}

static bool wanted_end(struct wanted *w, bool matches)
{
	w->given_up += matches && w->gives_up;
	return matches;
}

static int wanted_pattern(const char *option, const char *text, const char *kind,
			  struct pattern *(*compile)(const char *text, const char **why),
			  struct pattern **pattern)
{
	const char *why;

	if (!text)
		return 0;
	*pattern = compile(text, &why);
	if (*pattern)
		return 0;
	msg__error(option__typed(option), "'%s' is not a valid %s: %s", text__quote(text), kind,
		   why);
	return -EINVAL;
}

int wanted__parse(struct wanted *w, const struct exec_options *opt)
{
	w->whole_path = opt->exe_path && strchr(opt->exe_path, '/');
	return wanted_pattern("name", opt->name, "expression", pattern__regex, &w->name)	 ?:
		       wanted_pattern("line", opt->line, "expression", pattern__regex, &w->line) ?:
		       wanted_pattern("exe-path", opt->exe_path, "pattern", pattern__glob,
				      &w->exe_path);
}

void wanted__free(struct wanted *w)
{
	pattern__free(w->name);
	pattern__free(w->line);
	pattern__free(w->exe_path);
	buf__free(&w->search);
}

static bool line_matches(struct wanted *w, const struct args *args, const char *first)
{
	args__line(args, first, &w->search);
	return !w->search.err && wanted_matches(w, w->line, w->search.data, w->search.len);
}

/* The same with this as the first argument, unless that is what it is. */
static bool line_matches_with(struct wanted *w, const struct args *args, const char *first)
{
	size_t len = strnlen(args->bytes, args->len);

	if (!first || (strlen(first) == len && !memcmp(first, args->bytes, len)))
		return false;
	return line_matches(w, args, first);
}

/* As the process has its arguments, and as bcc's has them: the file instead of the first. */
static bool has_line(struct wanted *w, const struct wanted_exec *exec)
{
	/* What could not be had might have matched; the row says that it is missing. */
	return exec->args->missing_bytes || line_matches(w, exec->args, NULL) ||
	       line_matches_with(w, exec->args, exec->filename) ||
	       line_matches_with(w, exec->args, exec->exe);
}

static bool path_matches(struct wanted *w, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash && !w->whole_path)
		path = slash + 1;
	return wanted_matches(w, w->exe_path, path, strlen(path));
}

/* "./a" and "a" are the file that they are in this directory; ".." is left to the kernel. */
static bool below_matches(struct wanted *w, const char *cwd, const char *filename)
{
	if (!cwd || *filename == '/')
		return false;
	while (filename[0] == '.' && filename[1] == '/')
		filename += 2 + strspn(filename + 2, "/");
	w->search.len = 0;
	buf__printf(&w->search, "%s/%s", strcmp(cwd, "/") ? cwd : "", filename);
	return !w->search.err && wanted_matches(w, w->exe_path, w->search.data, w->search.len);
}

/* The file that was executed, or a script. A failed exec has only the path that it asked for. */
static bool has_path(struct wanted *w, const struct wanted_exec *exec)
{
	if (exec->executed && (!exec->exe || exec->exe_cut || path_matches(w, exec->exe)))
		return true;
	return exec->filename && (exec->script || !exec->executed) &&
	       (path_matches(w, exec->filename) || below_matches(w, exec->cwd, exec->filename));
}

static bool has_name(struct wanted *w, const char *comm)
{
	return !w->name || wanted_matches(w, w->name, comm, strlen(comm));
}

bool wanted__has_name(struct wanted *w, const char *comm)
{
	wanted_begin(w);
	return wanted_end(w, has_name(w, comm));
}

bool wanted__has(struct wanted *w, const struct wanted_exec *exec)
{
	wanted_begin(w);
	return wanted_end(w, has_name(w, exec->comm) && (!w->exe_path || has_path(w, exec)) &&
				     (!w->line || has_line(w, exec)));
}

/* As /proc has it by now. What cannot be read might have matched. */
static bool older_line_matches(struct wanted *w, uint32_t pid, const char *exe)
{
	char name[32], bytes[4096];
	struct args args = { .bytes = bytes };
	ssize_t n;
	int fd;

	snprintf(name, sizeof(name), "/proc/%u/cmdline", pid);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return true;
	n = read(fd, bytes, sizeof(bytes));
	close(fd);
	if (n < 0 || n == sizeof(bytes))
		return true;
	args.len = n;
	return line_matches(w, &args, NULL) || line_matches_with(w, &args, exe);
}

bool wanted__has_older(struct wanted *w, uint32_t pid, const char *comm, const char *exe)
{
	wanted_begin(w);
	return wanted_end(w, has_name(w, comm) && (!w->exe_path || !exe || path_matches(w, exe)) &&
				     (!w->line || older_line_matches(w, pid, exe)));
}
