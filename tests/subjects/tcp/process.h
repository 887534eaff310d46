/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Steps of processes, and steps that others do or wait for. */
#ifndef SUBJECT_TCP_PROCESS_H
#define SUBJECT_TCP_PROCESS_H

void do_fork(void);
void do_workers(void);
void do_prefork(void);
void do_hand(void);
void do_pass(void);
void do_passed(void);
void do_one_cpu(void);
void do_name(void);
void do_sleep(void);
void do_sh(void);
void do_touch(void);
void do_wait(void);
void do_pid(void);

#endif
