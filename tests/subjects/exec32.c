// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * A 32-bit program without a library: exec32 PROGRAM ARGUMENT... executes that, and ends with the
 * error; without a program it ends with 0.
 */
#define SYS32_EXIT 1
#define SYS32_EXECVE 11

static int call32(int number, const void *a, const void *b, const void *c)
{
	int result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c)
			 : "memory");
	return result;
}

/* Where the stack begins: argc, argv, NULL, environment. */
__attribute__((used)) static void start(char **stack)
{
	int argc = (int)stack[0], result = 0;
	char **argv = stack + 1;

	if (argc > 1)
		result = call32(SYS32_EXECVE, argv[1], argv + 1, argv + argc + 1);
	call32(SYS32_EXIT, (void *)-result, 0, 0);
	__builtin_unreachable();
}

__asm__(".globl _start\n"
	"_start:\n"
	"	pushl %esp\n"
	"	call start\n");
