# SPDX-License-Identifier: GPL-2.0-or-later
"""Puts all mutants of a C source into one object: compiled once, chosen while it
runs. Every mutated function stands there once as it is and once for each of its
mutants, and is called through a pointer.

A mutant outside of functions (a table, a constant) has no place in there.
"""
import re

from changes import matching, tokens_of


class Function:
    def __init__(self, name, static, start, name_at, body, end):
        self.name, self.static, self.start, self.name_at, self.body, self.end = name, static, start, name_at, body, end


def functions_of(text):
    """The definitions of functions, in order."""
    tokens, found, i, first = tokens_of(text), [], 0, 0
    while i < len(tokens):
        opened = tokens[i].text in "([{" and tokens[i].kind == "op"
        if opened:
            close = matching(tokens, i)
            if tokens[i].text == "{":
                if tokens[i - 1].text == ")":
                    found.append(function_at(tokens, first, i, close))
                    first = close + 1
            i = close
        elif tokens[i].text == ";":
            first = i + 1
        i += 1
    return found


def function_at(tokens, first, brace, close):
    paren = next(j for j in range(first, brace) if tokens[j].text == "(")
    name = tokens[paren - 1]
    return Function(name.text, tokens[first].text == "static", tokens[first].start, (name.start, name.end),
                    tokens[brace].start, tokens[close].end)


def parameters(text, function):
    inside = re.sub(r"/\*.*?\*/", " ", text[function.name_at[1]:function.body], flags=re.DOTALL)
    inside = inside.strip()[1:-1].strip()
    if inside in ("", "void"):
        return []
    return [re.findall(r"[A-Za-z_]\w*", part)[-1] for part in inside.split(",")]


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def copy(text, function, name, change=None):
    """The function under another name, with one change."""
    start, end, new = change or (function.end, function.end, "")
    return (text[function.start:function.name_at[0]] + name + text[function.name_at[1]:start] + new +
            text[end:function.end])


def one_with_mutants(text, function, mutants, file):
    """Text in place of the function, and the statements that choose a mutant."""
    out, choice = [], []
    pointer = function.name if function.static else function.name + "__chosen"
    line = line_of(text, function.start)
    out.append('#line %d "%s"\n%s\n' % (line, file, copy(text, function, function.name + "__0")))
    for mutant in mutants:
        name = "%s__%d" % (function.name, mutant.number)
        # The compiler says by this name which of them it refuses.
        out.append('#line %d "mutant-%d"\n%s\n' %
                   (line, mutant.number, copy(text, function, name, (mutant.start, mutant.end, mutant.new))))
        choice.append("\tcase %d: %s = %s; break;\n" % (mutant.number, pointer, name))
    out.append("static __typeof__(%s__0) *%s = %s__0;\n" % (function.name, pointer, function.name))
    if not function.static:
        head = text[function.start:function.body]
        out.append("%s{ return %s(%s); }\n" % (head, pointer, ", ".join(parameters(text, function))))
    return "".join(out), choice


def together(text, mutants, file, chooser):
    """The source with all mutants, and those that have no place in it."""
    functions, out, choices, at, left = functions_of(text), [], [], 0, list(mutants)
    for function in functions:
        of = [m for m in mutants if function.body <= m.start and m.end <= function.end]
        if not of:
            continue
        left = [m for m in left if m not in of]
        new, choice = one_with_mutants(text, function, of, file)
        out += ['#line %d "%s"\n' % (line_of(text, at), file), text[at:function.start], "\n", new]
        choices += choice
        at = function.end
    out += ['#line %d "%s"\n' % (line_of(text, at), file), text[at:]]
    out.append("\nvoid %s(int number)\n{\n\tswitch (number) {\n%s\tdefault: break;\n\t}\n}\n" %
               (chooser, "".join(choices)))
    return "".join(out), left
