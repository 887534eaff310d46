# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# tools/<name>/ becomes build/<name>, examples/<name>/ becomes build/examples/<name>; a new
# directory needs no line here. `make help` lists the targets, config.mk the settings.

.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all

OUTPUT ?= build
OBJ := $(OUTPUT)/obj

# The tools are for root, and bcc's stand in sbin too.
PREFIX ?= /usr/local
SBINDIR ?= $(PREFIX)/sbin
INSTALL ?= install
PROVE ?= prove

# Targets that do not compile must not fail for lack of a compiler.
no_build := deps demo test clean help uninstall format lint bench test-vm test-vm-hard verifier-budget kernels \
	dist tag
ifneq ($(filter-out $(no_build),$(or $(MAKECMDGOALS),all)),)
include config.mk
endif

ifneq ($(V),1)
Q := @
say = @printf '  %-8s %s\n' $(1) '$(2)'
endif

# -- What there is to build ---------------------------------------------------------------

# A directory is a program as soon as it has a C file of its own name.
programs = $(foreach d,$(wildcard $(1)/*),$(if $(wildcard $(d)/$(notdir $(d)).c),$(d)))
tools := $(call programs,tools)
examples := $(call programs,examples)
units := $(patsubst %.c,%,$(wildcard tests/unit/*.c))
runs := $(wildcard tests/run/*.t)

binary = $(OUTPUT)/$(patsubst tools/%,%,$(1))
binaries := $(foreach p,$(tools) $(examples),$(call binary,$(p)))
static := $(patsubst tools/%,$(OUTPUT)/static/%,$(tools))
# A harness for the fuzzer each; with replay.c a unit test, which reads its corpus.
harnesses := $(patsubst tests/fuzz/%.c,%,$(filter-out %/replay.c,$(wildcard tests/fuzz/*.c)))
unit_tests := $(units:%=$(OUTPUT)/%) $(harnesses:%=$(OUTPUT)/tests/fuzz/%)
subjects := $(patsubst %.c,$(OUTPUT)/%,$(filter-out $(if $(filter x86,$(BPF_TARGET_ARCH)),,%32.c),\
	$(wildcard tests/subjects/*.c))) $(patsubst %,$(OUTPUT)/%,$(call programs,tests/subjects)) \
	$(OUTPUT)/tests/subjects/json-lines
shims := $(patsubst %.c,$(OUTPUT)/%.so,$(wildcard tests/shims/*.c))

# C sources of a directory and its rooms, as objects below $(2).
objects = $(patsubst %.c,$(2)/%.o,$(filter-out %.bpf.c,$(wildcard $(1)/*.c $(1)/*/*.c)))
common := $(call objects,common,$(OBJ))
# A room of a tool needs no skeleton, so that tests can link it.
rooms := common $(patsubst %/,%,$(wildcard tools/*/*/))
library := $(OBJ)/libsnoopkit.a
tobj := $(OBJ)/sanitized
fobj := $(OBJ)/fuzz

# -- Flags --------------------------------------------------------------------------------

# No binary tells where it was built.
prefix_map = -ffile-prefix-map='$(CURDIR)'=. -ffile-prefix-map='$(OUTPUT)'=build
sanitize = -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
# Rows of option and field tables leave out what is 0.
plain_flags = $(strip $(CC) -std=gnu11 -Wall -Wextra -Wshadow -Wno-missing-field-initializers \
	$(if $(WERROR),-Werror) -ffunction-sections -fdata-sections $(prefix_map) \
	-D_GNU_SOURCE -I. $(libbpf_cflags) $(CPPFLAGS) $(CFLAGS))
cc_flags = $(strip $(plain_flags) $(if $(SANITIZE),$(sanitize)))
test_flags = $(strip $(plain_flags) $(sanitize))
fuzz_flags = $(strip $(CLANG) -g -O1 -std=gnu11 -D_GNU_SOURCE -I. $(libbpf_cflags) $(CPPFLAGS) \
	-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined)
ld_flags = $(strip $(CC) $(CFLAGS) $(if $(SANITIZE),$(sanitize)) \
	-Wl,--gc-sections -Wl,--as-needed $(LDFLAGS))
# libbpf needs -g, for the BTF.
bpf_flags = $(strip $(CLANG) -target bpf -D__TARGET_ARCH_$(BPF_TARGET_ARCH) -g \
	$(BPF_CFLAGS) -Wno-unused-parameter $(if $(WERROR),-Werror) $(prefix_map) \
	-I. -Icommon/bpf -Ivmlinux/$(ARCH) $(filter -I%,$(libbpf_cflags)))
# Not flags: a source file that comes or goes is one object more or less to link.
sources_flags = $(AR) $(wildcard common/*/*.c tools/*/*.c tools/*/*/*.c examples/*/*.c tests/subjects/*/*.c)

# $(OBJ)/<kind>.flags changes when the flags do, and what depends on it is built anew. Stripped,
# since make 4.3 leaves the newline now and then (its buffer has moved).
define flags_file
ifneq ($$(strip $$(file <$(OBJ)/$(1).flags)),$$(strip $$($(1)_flags)))
$(OBJ)/$(1).flags: FORCE
endif
endef
$(foreach kind,cc test fuzz ld bpf sources,$(eval $(call flags_file,$(kind))))

$(OBJ)/%.flags:
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$($*_flags))' >$@

.PHONY: FORCE
FORCE:

# -- Rules --------------------------------------------------------------------------------

.PHONY: all static
all: $(binaries) ## build every tool as build/<name> (the default)
static: $(static) ## build fully static, stripped binaries in build/static

$(OBJ)/%.bpf.o: %.bpf.c $(OBJ)/bpf.flags
	$(call say,BPF,$@)
	@mkdir -p $(@D)
	$(Q)$(bpf_flags) -MMD -MP -MT $@ -MF $(@:.o=.d) -c $< -o $(@:.o=.raw)
	$(Q)$(BPFTOOL) gen object $@ $(@:.o=.raw)

$(OBJ)/%.skel.h: $(OBJ)/%.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name $(notdir $*)_bpf >$@

$(OBJ)/%.o: %.c $(OBJ)/cc.flags
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(cc_flags) -I$(@D) -MMD -MP -c $< -o $@

$(tobj)/%.o: %.c $(OBJ)/test.flags
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(test_flags) -MMD -MP -c $< -o $@

$(library): $(common) $(OBJ)/sources.flags
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $(common)

$(tobj)/libsnoopkit.a: $(foreach r,$(rooms),$(call objects,$(r),$(tobj))) $(OBJ)/sources.flags
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

define link
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(ld_flags) $(1) $(filter %.o,$^) $(filter %.a,$^) $(2) -o $@
endef

# $(1): directory of a program. The skeleton has to be there before the first compilation;
# from then on the dependency files know the files that include it.
define program
$(call objects,$(1),$(OBJ)): | $(if $(wildcard $(1)/*.bpf.c),$(OBJ)/$(1)/$(notdir $(1)).skel.h)

$(call binary,$(1)): $(call objects,$(1),$(OBJ)) $(library) $(OBJ)/ld.flags $(OBJ)/sources.flags
	$$(call link,,$$(libbpf_libs) -lm)

$(OUTPUT)/static/$(notdir $(1)): $(call objects,$(1),$(OBJ)) $(library) \
		$(OBJ)/ld.flags $(OBJ)/sources.flags
	$$(call link,-static -s,$$(libbpf_static_libs) -lm)
endef
$(foreach p,$(tools) $(examples),$(eval $(call program,$(p))))

# Programs that behaviour tests trace. They are static, for guests and containers.
$(OUTPUT)/tests/subjects/%: tests/subjects/%.c $(OBJ)/cc.flags
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(plain_flags) -static -pthread $< -o $@

# A directory is one program, too.
define subject
$(OUTPUT)/$(1): $(wildcard $(1)/*.[ch]) $(OBJ)/cc.flags $(OBJ)/sources.flags
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$(Q)$$(plain_flags) -static -pthread $$(filter %.c,$$^) -o $$@
endef
$(foreach p,$(call programs,tests/subjects),$(eval $(call subject,$(p))))

$(OUTPUT)/tests/subjects/%32: tests/subjects/%32.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -m32 -O2 -static -nostdlib -ffreestanding -fno-pic -no-pie $< -o $@

# -- Linked from all tools ----------------------------------------------------------------

# A tool as one object whose only symbol is <tool>_main, and its tables as one whose only symbol is
# <tool>_tables: the symbols of several tools do not clash, so one program can have them all.
described = $(patsubst %/tables.c,%,$(wildcard $(1:%=%/tables.c)))
linked_names = $(foreach d,$(1),T($(notdir $(d))))
localise = $(Q)$(CC) $(CFLAGS) -r -nostdlib $(filter %.o %.a,$^) -o $@.all && \
	$(OBJCOPY) --redefine-sym main=$(1)_main $@.all && \
	$(OBJCOPY) --keep-global-symbol=$(1)_$(2) $@.all $@ && rm -f $@.all

# $(1): directory of a tool.
define whole
$(OBJ)/whole/$(notdir $(1)).o: $(call objects,$(1),$(OBJ)) $(OBJ)/cc.flags $(OBJ)/sources.flags
	$$(call say,WHOLE,$$@)
	@mkdir -p $$(@D)
	$$(call localise,$(notdir $(1)),main)
endef
$(foreach t,$(tools),$(eval $(call whole,$(t))))

# The same of its tables; what they need of its other files must need no skeleton.
define tables
$(OBJ)/$(1)/rows.a: $(filter-out %/tables.o,$(call objects,$(1),$(OBJ))) $(OBJ)/sources.flags
	$$(Q)rm -f $$@ && $(AR) rcs $$@ $$(filter %.o,$$^)

$(OBJ)/tables/$(notdir $(1)).o: $(OBJ)/$(1)/tables.o $(OBJ)/$(1)/rows.a $(OBJ)/cc.flags
	$$(call say,TABLES,$$@)
	@mkdir -p $$(@D)
	$$(call localise,$(notdir $(1)),tables)
endef
$(foreach t,$(call described,$(tools) $(examples)),$(eval $(call tables,$(t))))

whole_objects = $(patsubst %,$(OBJ)/whole/%.o,$(notdir $(tools)))
table_objects = $(patsubst %,$(OBJ)/tables/%.o,$(notdir $(1)))

$(OBJ)/tests/linked/all.o: private plain_flags += -DTOOLS='$(call linked_names,$(tools))'
$(OBJ)/tests/linked/docs.o: private plain_flags += -DTOOLS='$(call linked_names,$(call described,$(tools)))'
$(OBJ)/tests/linked/json_lines.o: private plain_flags += \
	-DTOOLS='$(call linked_names,$(call described,$(tools) $(examples)))'
$(OBJ)/tests/linked/%.o: tests/linked/%.c $(OBJ)/cc.flags $(OBJ)/sources.flags
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(plain_flags) -MMD -MP -c $< -o $@

$(OUTPUT)/tests/linked/all: $(OBJ)/tests/linked/all.o $(whole_objects) $(library) $(OBJ)/ld.flags
	$(call link,,$(libbpf_libs) -lm)

$(OUTPUT)/tests/linked/all-static: $(OBJ)/tests/linked/all.o $(whole_objects) $(library) $(OBJ)/ld.flags
	$(call link,-static -s,$(libbpf_static_libs) -lm)

# From the tables alone, without libbpf; what checks the lines of tests runs in guests.
$(OUTPUT)/tests/linked/docs: $(patsubst %,$(OBJ)/tests/linked/%.o,docs json_schema members options_page) \
		$(call table_objects,$(call described,$(tools))) $(library) $(OBJ)/ld.flags
	$(call link,,-lm)

$(OUTPUT)/tests/subjects/json-lines: $(OBJ)/tests/linked/json_lines.o \
		$(call table_objects,$(call described,$(tools) $(examples))) $(library) $(OBJ)/ld.flags
	$(call link,$(if $(SANITIZE),,-static),-lm)

# What is preloaded into the tools.
$(OUTPUT)/tests/shims/%.so: tests/shims/%.c $(OBJ)/cc.flags
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(plain_flags) -fPIC -shared $< -o $@

$(OUTPUT)/tests/unit/%: $(tobj)/tests/unit/%.o $(tobj)/libsnoopkit.a $(OBJ)/ld.flags
	$(call link,$(sanitize),$(libbpf_libs) -lm)

# On the tools' own objects.
$(tobj)/tests/unit/variable.o: private test_flags += -I$(OBJ)
$(tobj)/tests/unit/variable.o: | $(OBJ)/tools/biolatency/biolatency.skel.h \
	$(OBJ)/examples/exits/exits.skel.h

$(OUTPUT)/tests/fuzz/%: $(tobj)/tests/fuzz/%.o $(tobj)/tests/fuzz/replay.o $(tobj)/libsnoopkit.a \
		$(OBJ)/ld.flags
	$(call link,$(sanitize),$(libbpf_libs) -lm)

$(fobj)/%.o: %.c $(OBJ)/fuzz.flags
	$(call say,FUZZ,$@)
	@mkdir -p $(@D)
	$(Q)$(fuzz_flags) -MMD -MP -c $< -o $@

$(fobj)/libsnoopkit.a: $(foreach r,$(rooms),$(call objects,$(r),$(fobj))) $(OBJ)/sources.flags
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

$(OUTPUT)/fuzz/%: $(fobj)/tests/fuzz/%.o $(fobj)/libsnoopkit.a
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(fuzz_flags) -fsanitize=fuzzer $^ $(libbpf_libs) -lm -o $@

.SECONDARY:
-include $(wildcard $(foreach d,* */* */*/* */*/*/*,$(OBJ)/$(d)/*.d))

# -- Tests --------------------------------------------------------------------------------

.PHONY: deps demo test check check-unit check-sanitized subjects shims docs bench test-vm test-vm-hard \
	verifier-budget kernels

# As many jobs as there are processors, unless make was told how many.
jobs = $(if $(findstring --jobserver,$(MAKEFLAGS)),,-j$(shell nproc))

# Files that root builds belong to the user of sudo, who can rebuild and remove them.
to_user = [ -z "$$SUDO_UID" ] || chown -R "$$SUDO_UID:$$SUDO_GID" '$(OUTPUT)'

deps: ## install the packages that the build needs (root)
	@scripts/deps build

demo: ## install missing packages, build, and watch the tools on small loads (root)
	@scripts/deps build demo
	@$(MAKE) $(jobs) --no-print-directory all
	@$(to_user)
	@SNOOPKIT_BIN='$(OUTPUT)' scripts/demo

test: ## install missing packages, build, and run every test (root)
	@scripts/deps build test
	@$(MAKE) $(jobs) --no-print-directory all $(unit_tests) $(subjects) $(shims)
	@$(to_user)
	@$(MAKE) --no-print-directory check

# No test file hangs a build. prove.yml tells which may run at the same time.
prove = SNOOPKIT_BIN='$(abspath $(OUTPUT))' HARNESS_RULESFILE=tests/prove.yml \
	$(PROVE) -j "$$(nproc)" --exec 'timeout --foreground -k 60 600'

check: all $(unit_tests) $(subjects) $(shims) ## run every test, without installing packages (root)
	@$(prove) $(unit_tests) $(runs)

# With tools that notice their own errors; tests with a line "# sanitized: no" are left out.
check-sanitized: ## run the behaviour tests with tools built with ASan, LSan and UBSan (root)
	@$(MAKE) $(jobs) --no-print-directory SANITIZE=1 OUTPUT='$(OUTPUT)/sanitized' all subjects
	@$(to_user)
	@tests/sanitized '$(abspath $(OUTPUT))/sanitized'

subjects: $(subjects)
shims: $(shims)

docs: $(OUTPUT)/tests/linked/docs ## write what the tools' tables say into docs/ and the tools' pages
	@mkdir -p docs/schema
	$(Q)$< .

check-unit: $(unit_tests) ## run the unit tests only (no root needed)
	@$(prove) $(unit_tests)

bench: ## measure the cost, side by side with other tools; TOOL=NAME: just that one (root)
	@scripts/deps build test bench
	@$(MAKE) $(jobs) --no-print-directory all
	@SNOOPKIT_BIN='$(abspath $(OUTPUT))' tests/bench/run $(TOOL)

test-vm: ## run the tests that a change asks for on other kernels, in virtual machines; ALL=1: all of them
	@scripts/deps build vm
	@tests/vm/matrix

test-vm-hard: ## test the matrix: without network or space, with guests that panic or hang
	@scripts/deps build test vm
	@$(MAKE) $(jobs) --no-print-directory static
	@SNOOPKIT_BIN='$(abspath $(OUTPUT))' $(PROVE) -v tests/vm/hard.t tests/vm/lockdown.t

verifier-budget: ## record the verifier's work on all kernels
	@$(MAKE) --no-print-directory test-vm TEST=verifier || true
	@tests/vm/verifier-budget

kernels: ## write the last run of test-vm into docs/kernels.md
	@tests/vm/report --write

# -- Fuzzing ------------------------------------------------------------------------------

# Their corpora are replayed by the unit tests. What is found new stays in build/fuzz. The seconds
# are for all of them together, which share the processors.
FUZZ_SECONDS ?= 60
fuzzed := $(or $(FUZZ),$(harnesses))

.PHONY: fuzz fuzzers
fuzzers: $(fuzzed:%=$(OUTPUT)/fuzz/%)

fuzz: ## fuzz the readers of untrusted bytes for FUZZ_SECONDS; FUZZ=dns: this one only
	@scripts/deps build fuzz
	@$(MAKE) $(jobs) --no-print-directory fuzzers
	@tests/fuzz/run $(FUZZ_SECONDS) '$(OUTPUT)/fuzz' $(fuzzed)

# -- Editors ------------------------------------------------------------------------------

# Every C file with the command that the rules above compile it with. What the rules do not know (of
# tests/bench and tests/vm) is listed as a plain C file.
listed := $(filter-out $(if $(filter x86,$(BPF_TARGET_ARCH)),,%32.c),$(sort $(foreach d,\
	common tools examples tests,$(wildcard $(d)/*.c $(d)/*/*.c $(d)/*/*/*.c $(d)/*/*/*/*.c))))
skeletons := $(patsubst %.bpf.c,$(OBJ)/%.skel.h,$(filter %.bpf.c,$(listed)))
sanitized := tests/unit/% tests/fuzz/%
# The flags that a source file is compiled with.
flags_of = $(or $(if $(filter %.bpf.c,$(1)),$(bpf_flags)),$(if $(filter $(sanitized),$(1)),$(test_flags) -I$(OBJ)),\
	$(if $(filter tests/subjects/%32.c,$(1)),$(CC) -m32 -O2 -ffreestanding -fno-pic),\
	$(if $(filter tests/shims/%,$(1)),$(plain_flags) -fPIC),\
	$(if $(filter tests/linked/%,$(1)),$(plain_flags) -DTOOLS='$(foreach t,$(tools),T($(notdir $(t))))'),\
	$(if $(filter tests/subjects/%,$(1)),$(plain_flags)),$(cc_flags) -I$(OBJ)/$(patsubst %/,%,$(dir $(1))))
comma := ,
json = "$(subst ",\",$(subst \,\\,$(1)))"
entry = {"directory": $(call json,$(CURDIR)), "file": $(call json,$(1)),$\
	 "command": $(call json,$(call flags_of,$(1)) -c $(1))}$(if $(filter $(lastword $(listed)),$(1)),,$(comma))

compile_commands.json: $(skeletons) FORCE ## list the compiler's commands, for clangd and other tools
	$(call say,LIST,$@)
	$(file >$@,[)$(foreach s,$(listed),$(file >>$@,$(call entry,$(s))))$(file >>$@,])@:

# -- The rest -----------------------------------------------------------------------------

.PHONY: install install-strip uninstall dist tag clean format lint help
install: all ## install the tools in $(DESTDIR)$(PREFIX)/sbin
	$(Q)$(INSTALL) -d '$(DESTDIR)$(SBINDIR)'
	$(Q)$(INSTALL) $(install_flags) -m 755 $(foreach t,$(tools),$(call binary,$(t))) \
		'$(DESTDIR)$(SBINDIR)'

install-strip: export STRIPPROG = $(STRIP)
install-strip: install_flags = -s
install-strip: install ## the same, without symbols

uninstall: ## remove the installed tools
	$(Q)cd '$(DESTDIR)$(SBINDIR)' && rm -f $(notdir $(tools))

dist: ## make build/snoopkit-VERSION.tar.xz of the commit that is checked out
	@scripts/release dist '$(OUTPUT)'

tag: ## tag that commit as vVERSION, which CHANGELOG.md must have a section for
	@scripts/release tag

clean: ## remove everything that was built
	$(Q)rm -rf '$(OUTPUT)'

own_code = $(shell git ls-files '*.c' '*.h' ':!vmlinux/*/vmlinux.h')
own_scripts = $(shell git grep -lE '^\#!.*sh$$$$' -- ':!*.md')

format: ## format the C code
	$(Q)clang-format -i $(own_code)

lint: ## check formatting, scripts and that each file says its licence
	@scripts/deps build lint
	$(Q)clang-format --dry-run -Werror $(own_code)
	$(Q)shellcheck -x -P SCRIPTDIR tests/run/lib.bash $(own_scripts)
	$(Q)! git ls-files -s '*.t' | grep -v '^100755' # prove runs them
	$(Q)scripts/spdx

help: ## this list
	@sed -n 's/^\([a-z_.-]*\):.*## \(.*\)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | \
		while read -r target text; do printf '%-21s %s\n' "$$target" "$$text"; done
