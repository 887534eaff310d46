// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What others may have put where a file is to be written: nothing of it is written to. */
#include "common/out/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common/base/msg.h"
#include "tests/unit/tap.h"

#define SECRET "what was there"
#define OTHER 12345

static char dir[64];

static void bail_out(const char *what)
{
	printf("Bail out! %s\n", what);
	exit(1);
}

static const char *at(const char *name)
{
	static char paths[4][256];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, 256, "%s/%s", dir, name);
	return path;
}

static void make(const char *name, mode_t mode)
{
	int fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	if (fd < 0 || write(fd, SECRET, strlen(SECRET)) < 0 || fchmod(fd, mode))
		bail_out(name);
	close(fd);
}

static const char *content(const char *name)
{
	static char text[64];
	int fd = open(at(name), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	text[n < 0 ? 0 : n] = '\0';
	if (fd >= 0)
		close(fd);
	return text;
}

static int mode_of(const char *name)
{
	struct stat st;

	return lstat(at(name), &st) ? -1 : (int)(st.st_mode & 07777);
}

/* Opens, writes a word, closes: 0 or -errno. */
static int put(const char *name, enum outfile_kind kind)
{
	int fd = outfile__open(*name == '/' ? name : at(name), kind), err = 0;

	if (fd < 0)
		return fd;
	if (write(fd, "new", 3) != 3)
		err = -errno;
	close(fd);
	return err;
}

static void test_new(void)
{
	umask(0);
	is_int(put("new", OUTFILE_PRIVATE), 0, "a new file");
	is_int(mode_of("new"), 0600, "... is its owner's");
	is_int(put("log", OUTFILE_LOG), 0, "a new log");
	is_int(mode_of("log"), 0600, "... is its owner's");
	is_int(put("new", OUTFILE_PRIVATE), 0, "one's own file");
	is_str(content("new"), "new", "... is emptied first");
	is_int(put("log", OUTFILE_LOG), 0, "one's own log");
	is_str(content("log"), "newnew", "... is written on");
	is_int(put("", OUTFILE_PRIVATE), -EISDIR, "a directory is refused");
	is_int(put("none/file", OUTFILE_PRIVATE), -ENOENT, "no such directory");
	is_int(outfile__open("", OUTFILE_PRIVATE), -ENOENT, "no name at all");
}

static void test_open_by_others(void)
{
	char text[64] = "";
	int fd;

	make("shown", 0644);
	fd = open(at("shown"), O_RDONLY | O_CLOEXEC);
	is_int(put("shown", OUTFILE_PRIVATE), 0, "a file that others may read");
	is_int(mode_of("shown"), 0600, "... is only its owner's now");
	is_str(content("shown"), "new", "... and written");
	ok(pread(fd, text, sizeof(text), 0) >= 0 && !strcmp(text, SECRET),
	   "who had it open before does not see what comes: %s", text);
	close(fd);
	make("group", 0640);
	is_int(put("group", OUTFILE_LOG), 0, "a log that a group may read");
	is_int(mode_of("group"), 0640, "... stays as it was made");
	is_str(content("group"), SECRET "new", "... and is written on");
}

static void test_links(void)
{
	make("victim", 0600);
	if (symlink("victim", at("link")) || symlink("nowhere", at("dangling")) ||
	    link(at("victim"), at("hard")))
		bail_out("links");
	for (int kind = OUTFILE_PRIVATE; kind <= OUTFILE_LOG; kind++) {
		is_int(put("link", kind), -ELOOP, "a symbolic link is refused");
		is_int(put("dangling", kind), -ELOOP, "... also to what is not there");
	}
	is_int(mode_of("nowhere"), -1, "... and nothing was made");
	is_int(put("hard", OUTFILE_LOG), -EMLINK, "a log with another name is refused");
	is_int(put("hard", OUTFILE_PRIVATE), 0, "a hard link gives way to a new file");
	is_str(content("hard"), "new", "... which is written");
	is_str(content("victim"), SECRET, "what they led to has not changed");
}

static void test_directories(void)
{
	mkdir(at("d"), 0700);
	if (symlink("d", at("dlink")) || symlink("loop", at("loop")) ||
	    symlink(at("dlink"), at("absolute")))
		bail_out("links");
	is_int(put("dlink//./a", OUTFILE_PRIVATE), 0, "one's own link to a directory");
	is_int(put("absolute/../d/b", OUTFILE_PRIVATE), 0, "... of links, and back");
	is_str(content("d/a"), "new", "... is followed");
	is_str(content("d/b"), "new", "... as well");
	is_int(put("loop/a", OUTFILE_PRIVATE), -ELOOP, "links in a circle end");
	if (geteuid()) {
		skip("only root can make others' links");
		return;
	}
	if (symlink("d", at("theirs")) || lchown(at("theirs"), OTHER, OTHER))
		bail_out("links");
	is_int(put("theirs/c", OUTFILE_PRIVATE), -ELOOP, "somebody else's link is not followed");
	is_int(put("theirs/a", OUTFILE_LOG), -ELOOP, "... for a log neither");
	is_str(content("d/a"), "new", "... and nothing was written");
}

static void test_others_files(void)
{
	struct stat st;

	if (geteuid()) {
		skip("only root can make others' files");
		return;
	}
	make("planted", 0666);
	if (chown(at("planted"), OTHER, OTHER))
		bail_out("chown");
	is_int(put("planted", OUTFILE_LOG), -EACCES, "somebody else's log is refused");
	is_str(content("planted"), SECRET, "... and not written");
	is_int(put("planted", OUTFILE_PRIVATE), 0, "somebody else's file gives way");
	ok(!stat(at("planted"), &st) && st.st_uid == 0 && (st.st_mode & 0777) == 0600,
	   "... to one that only its owner reads");
	if (mkfifo(at("fifo"), 0666) || chown(at("fifo"), OTHER, OTHER))
		bail_out("fifo");
	int reader = open(at("fifo"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	is_int(put("fifo", OUTFILE_PRIVATE), 0, "somebody's pipe where only he could make it");
	is_str(content("fifo"), "new", "... is written");
	chmod(dir, 01777);
	is_int(put("fifo", OUTFILE_PRIVATE), -EACCES, "... not where anybody could");
	is_int(put("fifo", OUTFILE_LOG), -EACCES, "... for a log neither");
	chmod(dir, 0700);
	close(reader);
}

static void test_pipes(void)
{
	char path[64], text[64] = "";
	int fds[2], fd;

	if (mkfifo(at("own"), 0600) || pipe2(fds, O_CLOEXEC))
		bail_out("pipes");
	is_int(put("own", OUTFILE_PRIVATE), -ENXIO, "a pipe without a reader");
	fd = open(at("own"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	is_int(put("own", OUTFILE_PRIVATE), 0, "... with one");
	close(fd);
	snprintf(path, sizeof(path), "/dev/fd/%d", fds[1]);
	fd = outfile__open(path, OUTFILE_PRIVATE);
	ok(fd >= 0 && fcntl(fd, F_GETFL) & O_NONBLOCK, "what is open already (%s)", path);
	ok(!(fcntl(fds[1], F_GETFL) & O_NONBLOCK), "... does not block for oneself only");
	ok(fd >= 0 && write(fd, "new", 3) == 3 && read(fds[0], text, 3) == 3 &&
		   !strcmp(text, "new"),
	   "... and is written");
	close(fd);
	close(fds[0]);
	close(fds[1]);
	is_int(put("/dev/null", OUTFILE_PRIVATE), 0, "a device");
	make("opened", 0644);
	fd = open(at("opened"), O_WRONLY | O_APPEND | O_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	is_int(put(path, OUTFILE_PRIVATE), 0, "a file that is open already");
	is_str(content("opened"), SECRET "new", "... is written on where it is");
	close(fd);
	is_int(put("/dev/fd/999", OUTFILE_PRIVATE), -EBADF, "what is not open");
}

int main(void)
{
	char command[128];

	strcpy(dir, "/tmp/outfile.XXXXXX");
	if (!mkdtemp(dir))
		bail_out("no directory");
	msg__init("outfile", false);
	test_new();
	test_open_by_others();
	test_links();
	test_directories();
	test_others_files();
	test_pipes();
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	if (system(command))
		diag("%s", command);
	return done_testing();
}
