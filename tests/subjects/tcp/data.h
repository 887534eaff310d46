/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Steps that send and read. */
#ifndef SUBJECT_TCP_DATA_H
#define SUBJECT_TCP_DATA_H

void do_sink(void);
void do_send(void);
void do_repair(void);
void do_drain(void);
void do_serve(void);
void do_answer(void);
void do_greet(void);
void do_ask(void);
void do_hear(void);
void do_end(void);
void do_shut(void);

#endif
