// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Ends at once: so little of an exec is its own that it can be run 20,000 times a second. */
#if defined(__x86_64__)
#define EXIT_GROUP "xor %edi, %edi; mov $231, %eax; syscall"
#elif defined(__aarch64__)
#define EXIT_GROUP "mov x0, #0; mov x8, #94; svc #0"
#endif

__attribute__((naked)) void _start(void)
{
	__asm__ volatile(EXIT_GROUP);
}
