# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# Settings of the build: found on this host, each one overridable on the command line.

CROSS_COMPILE ?=
ifeq ($(origin CC),default)
CC := $(if $(CROSS_COMPILE),$(CROSS_COMPILE)gcc,cc)
endif
ifeq ($(origin AR),default)
AR := $(CROSS_COMPILE)ar
endif
STRIP ?= $(CROSS_COMPILE)strip
OBJCOPY ?= $(CROSS_COMPILE)objcopy
CLANG ?= clang

# Not every user's PATH has sbin; Ubuntu's bpftool is a wrapper that may have nothing to wrap.
ifeq ($(origin BPFTOOL),undefined)
BPFTOOL := $(shell for b in bpftool /usr/sbin/bpftool /usr/lib/linux-tools*/bpftool \
	/usr/lib/linux-tools/*/bpftool; do $$b version >/dev/null 2>&1 && echo $$b && break; done)
endif
ifeq ($(origin PKG_CONFIG),undefined)
PKG_CONFIG := $(shell command -v $(CROSS_COMPILE)pkg-config || echo pkg-config)
endif

ifeq ($(shell command -v $(firstword $(CC))),)
$(error missing: $(firstword $(CC)) (run: make deps))
endif

# The target's architecture, by the names of the directories in vmlinux/.
override ARCH := $(or $(ARCH),$(shell $(CC) -dumpmachine))
ifneq ($(filter x86_64% amd64% x86,$(ARCH)),)
override ARCH := x86_64
BPF_TARGET_ARCH := x86
else ifneq ($(filter aarch64% arm64%,$(ARCH)),)
override ARCH := arm64
BPF_TARGET_ARCH := arm64
else
$(error no vmlinux.h for the architecture "$(ARCH)" (vmlinux/README.md says how to make one))
endif

# You can replace these. The Makefile adds the flags that the code cannot be built without.
CFLAGS ?= -O2 -g
CPPFLAGS ?=
LDFLAGS ?=
# clang's default differs between its releases. Every kernel with BTF has v3, and what clang 14
# makes of larger programs for v1 and v2 does not pass the verifier.
BPF_CFLAGS ?= -O2 -mcpu=v3 -Wall -Wextra

libbpf_wanted := libbpf >= 1.1
missing := $(if $(shell command -v $(firstword $(CLANG))),,$(firstword $(CLANG))) \
	$(if $(shell $(BPFTOOL) version 2>/dev/null),,bpftool) \
	$(if $(shell command -v $(firstword $(PKG_CONFIG))),$(shell \
		for l in '$(libbpf_wanted)' libelf zlib; do $(PKG_CONFIG) --exists "$$l" \
		|| echo "$$l"; done),$(firstword $(PKG_CONFIG)))
ifneq ($(strip $(missing)),)
$(error missing: $(strip $(missing)) (run: make deps))
endif

libbpf_cflags := $(shell $(PKG_CONFIG) --cflags libbpf libelf zlib)
libbpf_libs := $(shell $(PKG_CONFIG) --libs libbpf libelf zlib)
libbpf_static_libs = $(shell $(PKG_CONFIG) --static --libs libbpf libelf zlib)
