# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds the kernel with its mutants in a directory of its own and runs the tests
on them. The sources are left alone."""
import concurrent.futures
import glob
import os
import re
import resource
import subprocess
import sys

from together import functions_of, together

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
SECONDS = 20  # of processor time, for one test program on one mutant
COMPILE = ["gcc", "-std=gnu17", "-w", "-pipe", "-D_GNU_SOURCE=", "-I" + os.path.join(TOP, "lib"), "-I" + TOP]
CASES = os.path.join(TOP, "tests", "cases")
GOLDEN, GUARDED = "golden cases", "golden cases, guarded"
# Reading beyond a list is noticed by these, whatever stands there.
GUARD = ["-fsanitize=address,undefined,bounds-strict", "-fno-sanitize-recover=all"]
# Millions of decisions: without guards.
UNGUARDED = ("test_kernel_variations", "test_kernel_removal")


def sources():
    """The paths of the kernel's sources, and of the rest that a decision needs."""
    paths = []
    with open(os.path.join(TOP, "tests/unit/pure-sources"), encoding="utf-8") as f:
        for line in f:
            if not line.startswith("#"):
                paths += sorted(glob.glob(os.path.join(TOP, line.strip())))
    kernel = [p for p in paths if "/lib/kernel/" in p]
    return kernel, [p for p in paths if p not in kernel]


def flags(package, kind):
    return subprocess.run(["pkg-config", kind, package], capture_output=True, text=True, check=True).stdout.split()


def limits():
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 24, 1 << 24))


def run(command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                          check=False, text=True, errors="replace", **more)


def must(command, what):
    done = run(command)
    if done.returncode:
        sys.exit("mutate: %s:\n%s" % (what, done.stdout[-2000:]))


class Workshop:
    def __init__(self, directory, mutants, texts, jobs):
        self.directory, self.mutants, self.texts, self.jobs = directory, mutants, texts, jobs
        self.libs = flags("json-c", "--libs") + flags("cmocka", "--libs")
        self.compile = COMPILE + flags("json-c", "--cflags") + flags("cmocka", "--cflags")
        self.kernel, self.rest = sources()
        self.apart = []

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)
        return self.path(name)

    def object(self, source, target, *more):
        """The object's path; ends the program when it does not compile."""
        must([*self.compile, *more, "-c", source, "-o", self.path(target)], "%s does not compile" % source)
        return self.path(target)

    # --- building ----------------------------------------------------------------

    def all_in_one(self, source):
        """One kernel source with all its mutants: the objects, without guards and
        with them. Those that the compiler refuses are marked and left out."""
        name = os.path.basename(source)
        chooser = "mutant_choose_" + name[:-2]
        mine = [m for m in self.mutants if m.file == name]
        while True:
            text, apart = together(self.texts[name], [m for m in mine if m.outcome != "invalid"], name, chooser)
            written = self.write("together/" + name, text)
            target = self.path(name + ".together.o")
            done = run([*self.compile, "-O1", "-c", written, "-o", target])
            if done.returncode == 0:
                return target, self.object(written, name + ".guarded.o", "-O1", *GUARD), apart, chooser
            refused = {int(n) for n in re.findall(r"^mutant-(\d+):.*error:", done.stdout, re.MULTILINE)}
            if not refused:
                sys.exit("mutate: lib/kernel/%s with its mutants does not compile:\n%s" % (name, done.stdout[:2000]))
            for mutant in mine:
                if mutant.number in refused:
                    mutant.outcome = "invalid"

    def chooser_text(self, choosers):
        return """#include <stdlib.h>
%s
void mutant_choose(int number) { %s (void)number; }
static __attribute__((constructor)) void choose(void)
{ const char *text = getenv("MUTANT"); if (text) mutant_choose(atoi(text)); }
""" % ("".join("void %s(int number);\n" % c for c in choosers), " ".join("%s(number);" % c for c in choosers))

    def build(self):
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            built = list(pool.map(self.all_in_one, self.kernel))
        self.apart = [m for _, _, apart, _ in built for m in apart]
        self.apart += [m for m in self.mutants if m.file.endswith(".h")]
        self.rest = [self.object(s, os.path.basename(s) + ".rest.o", "-O1") for s in self.rest]
        self.plain = {os.path.basename(s): self.object(s, os.path.basename(s) + ".plain.o", "-O1") for s in self.kernel}
        choose = self.object(self.write("choose.c", self.chooser_text([c for *_, c in built])), "choose.o")
        self.mutated = [b[0] for b in built] + [choose]
        self.guarded = [b[1] for b in built] + [choose]
        self.tests = {GOLDEN: self.object(os.path.join(HERE, "decide_cases.c"), "decide_cases.o", "-O1")}
        self.programs = {}
        self.add(GOLDEN, self.tests[GOLDEN], self.mutated)
        self.add(GUARDED, self.tests[GOLDEN], self.guarded, *GUARD)

    def link(self, program, *objects):
        must(["gcc", "-o", self.path(program), *objects, *self.rest, *self.libs], "%s does not link" % program)
        return self.path(program)

    def add(self, name, test, kernel, *more):
        self.programs[name] = self.link(name.replace(" ", "-"), test, *kernel, *more)
        outcome = self.outcome_of(name, self.programs[name], 0)
        if outcome:
            sys.exit("mutate: %s: %s on the kernel as it is; mend that first" % (name, outcome))

    def add_unit_test(self, source):
        name = os.path.basename(source)[:-2]
        self.tests[name] = self.object(source, name + ".o", "-O1")
        if name in UNGUARDED:
            self.add(name, self.tests[name], self.mutated)
        else:
            self.add(name, self.tests[name], self.guarded, *GUARD)
        return name

    # --- running -----------------------------------------------------------------

    def outcome_of(self, name, program, number):
        """How the test program failed on a mutant; nothing when it passed."""
        environment = dict(os.environ, MUTANT=str(number), TOP_SRCDIR=TOP, TOP_BUILDDIR=TOP,
                           ASAN_OPTIONS="detect_leaks=0")
        command = [program] + ([CASES] if name in (GOLDEN, GUARDED) else [])
        try:
            done = run(command, preexec_fn=limits, env=environment, timeout=60 * SECONDS)
        except subprocess.TimeoutExpired:
            return "does not end"
        if done.returncode == 0:
            return ""
        return "signal %d" % -done.returncode if done.returncode < 0 else "failed: " + done.stdout[-200:].strip()

    def run_golden(self):
        """All mutants that stand together, on the golden cases."""
        byte = {m.number: m for m in self.mutants}
        numbers = [m.number for m in self.mutants if m.outcome is None and m not in self.apart]
        if not numbers:
            return
        size = max(1, len(numbers) // (self.jobs * 4) + 1)
        ranges = [numbers[i:i + size] for i in range(0, len(numbers), size)]

        def part(some):
            return run([self.programs[GOLDEN], CASES, str(some[0]), str(some[-1] + 1)])

        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            for done in pool.map(part, ranges):
                for number, outcome, why in re.findall(r"^(\d+) (\w+) ?(.*)$", done.stdout, re.MULTILINE):
                    if int(number) in set(numbers):
                        byte[int(number)].take(GOLDEN if outcome == "noticed" else "", why)
                if done.returncode:
                    sys.exit("mutate: decide_cases failed:\n" + done.stdout[-400:])
        if any(byte[n].outcome is None for n in numbers):
            sys.exit("mutate: decide_cases left mutants out")

    def run_on_survivors(self, name):
        survived = [m for m in self.mutants if m.outcome == "survived" and m not in self.apart]
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            outcomes = pool.map(lambda m: self.outcome_of(name, self.programs[name], m.number), survived)
            for mutant, outcome in zip(survived, outcomes):
                mutant.take(name if outcome else "", outcome)

    # --- mutants that cannot stand with the others -----------------------------------

    def run_apart(self):
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            list(pool.map(self.try_apart, self.apart))

    def try_apart(self, mutant):
        """Compiled and linked for itself alone."""
        text = self.texts[mutant.file]
        place = "apart%d" % mutant.number
        written = self.write("%s/kernel/%s" % (place, mutant.file),
                             text[:mutant.start] + mutant.new + text[mutant.end:])
        kernel = dict(self.plain)
        for name in self.plain if mutant.file.endswith(".h") else [mutant.file]:
            source = written if name == mutant.file else os.path.join(TOP, "lib/kernel", name)
            kernel[name] = self.path("%s/%s.o" % (place, name))
            if run([*COMPILE[:1], "-I" + self.path(place), *self.compile[1:], "-c", source, "-o",
                    kernel[name]]).returncode:
                mutant.outcome = "invalid"
                return
        for name, test in self.tests.items():
            program = self.link("%s/test" % place, test, *kernel.values())
            outcome = self.outcome_of(name, program, 0)
            mutant.take(name if outcome else "", outcome)
            if outcome:
                break


def inside_functions(text, mutants):
    functions = functions_of(text)
    return [m for m in mutants if any(f.body <= m.start and m.end <= f.end for f in functions)]
