# SPDX-License-Identifier: GPL-2.0-or-later
"""Which small changes a C source can suffer: an operator, a constant, a dropped
or negated condition, a removed statement."""
import re

TOKEN = re.compile(r"""(?P<skip>//[^\n]*|/\*.*?\*/|^[ \t]*\#(?:[^\n\\]|\\.|\\\n)*)
    |(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<number>\b\d[\w.]*)|(?P<word>[A-Za-z_]\w*)
    |(?P<op>->|\+\+|--|<<|>>|[-+*/%&|^=!<>]=|&&|\|\||[-+*/%&|^=!<>?:;,.(){}\[\]~])""",
                   re.VERBOSE | re.DOTALL | re.MULTILINE)
SWAPS = {
    "==": ["!="], "!=": ["=="], "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"],
    "&&": ["||"], "||": ["&&"], "++": ["--"],
}
WORDS = {
    "VOUCH_YES": ["VOUCH_NO", "VOUCH_UNKNOWN"], "VOUCH_NO": ["VOUCH_YES", "VOUCH_UNKNOWN"],
    "VOUCH_UNKNOWN": ["VOUCH_YES", "VOUCH_NO"],
    "VOUCH_PRESENT": ["VOUCH_ABSENT", "VOUCH_STALE"], "VOUCH_ABSENT": ["VOUCH_PRESENT"],
    "VOUCH_CONTRADICTORY": ["VOUCH_MALFORMED"],
    "VOUCH_HOLDS": ["VOUCH_UNPROVEN", "VOUCH_NOT_USED"], "VOUCH_UNPROVEN": ["VOUCH_HOLDS", "VOUCH_NOT_USED"],
    "VOUCH_NOT_USED": ["VOUCH_HOLDS", "VOUCH_UNPROVEN"],
    "VOUCH_RULE_REQUIRED": ["VOUCH_RULE_ROUTE"], "VOUCH_RULE_ROUTE": ["VOUCH_RULE_REQUIRED"],
}
FAMILIES = re.compile(r"VOUCH_(?:R|OP|GRANT|SOURCE|FENCE|FENCING|EXECUTOR|RELATION|PHASE|METHOD|CLASS|MANAGER"
                      r"|ORIGIN|AUTHORIZATION|RULE|STATE|C)_[A-Z0-9_]+$")


class Token:
    def __init__(self, kind, text, start, end):
        self.kind, self.text, self.start, self.end = kind, text, start, end


def tokens_of(text):
    return [Token(m.lastgroup, m.group(), m.start(), m.end()) for m in TOKEN.finditer(text)
            if m.lastgroup not in ("skip", "string")]


# --- which mutants ---------------------------------------------------------------

def families(texts):
    """Enumeration words, so that each can be replaced by the next of its kind."""
    found = {}
    for text in texts:
        for token in tokens_of(text):
            if token.kind == "word" and FAMILIES.match(token.text) and token.text not in WORDS:
                found.setdefault(token.text.split("_")[1], set()).add(token.text)
    return {k: sorted(v) for k, v in found.items()}


def next_word(word, known):
    members = known.get(word.split("_")[1], []) if FAMILIES.match(word) else []
    if word not in members or len(members) < 2:
        return []
    return [members[(members.index(word) + 1) % len(members)]]


def number_changes(text):
    if not re.fullmatch(r"\d+", text):
        return []
    value = int(text)
    return [str(value + 1)] + ([str(value - 1)] if value else [])


def matching(tokens, i):
    """Index of the bracket that closes the one at i."""
    depth = 0
    for j in range(i, len(tokens)):
        depth += tokens[j].text in "([{" and tokens[j].kind == "op"
        depth -= tokens[j].text in ")]}" and tokens[j].kind == "op"
        if depth == 0:
            return j
    return None


def operand_after(tokens, i):
    """The operand that follows the && or || at i: index of its last token."""
    j = i + 1
    while j < len(tokens):
        if tokens[j].text in ("(", "["):
            j = matching(tokens, j)
        elif tokens[j].text in (")", "]", "&&", "||", "?", ";", ",", ":", "}"):
            return j - 1
        j += 1
    return None


def operand_before(tokens, i):
    """The operand before the && or || at i: index of its first token."""
    depth, j = 0, i - 1
    while j >= 0:
        text = tokens[j].text
        if text in (")", "]"):
            depth += 1
        elif text in ("(", "["):
            if depth == 0:
                return j + 1
            depth -= 1
        elif depth == 0 and text in ("&&", "||", "?", ";", ",", "=", "return", ":", "{", "}"):
            return j + 1
        j -= 1
    return None


def is_truth(tokens, i):
    """A 1 that is returned, assigned or passed last stands for "true"; 2 is as
    true."""
    return tokens[i - 1].text in ("return", "=", ",") and tokens[i + 1].text in (";", ")")


def is_binary(tokens, i):
    before = tokens[i - 1]
    return before.kind in ("word", "number") and before.text not in ("return", "case") or before.text in (")", "]")


def token_mutants(tokens, i, known):
    """(start, end, replacement, what) for the token at i."""
    token = tokens[i]
    at = (token.start, token.end)
    if token.kind == "number":
        for new in number_changes(token.text):
            if not (new == "2" and is_truth(tokens, i)):
                yield at + (new, "constant")
    elif token.kind == "word":
        for new in WORDS.get(token.text, []) or next_word(token.text, known):
            yield at + (new, "constant")
        if token.text in ("continue", "break") and tokens[i + 1].text == ";":
            yield at + ("", "removed statement")
        if token.text == "if" and tokens[i + 1].text == "(":
            close = matching(tokens, i + 1)
            yield (tokens[i + 1].end, tokens[close].start, "1", "condition always true")
            yield (tokens[i + 1].end, tokens[close].start, "0", "condition always false")
    elif token.text in SWAPS:
        for new in SWAPS[token.text]:
            yield at + (new, "operator")
        if token.text in ("&&", "||"):
            neutral = "1" if token.text == "&&" else "0"
            last, first = operand_after(tokens, i), operand_before(tokens, i)
            if last is not None and last > i:
                yield (tokens[i + 1].start, tokens[last].end, neutral, "dropped condition")
            if first is not None and first < i:
                yield (tokens[first].start, tokens[i - 1].end, neutral, "dropped condition")
    elif token.text in ("+", "-") and is_binary(tokens, i):
        yield at + ("-" if token.text == "+" else "+", "operator")
    elif token.text == "/" and is_binary(tokens, i):
        yield at + ("*", "operator")
    elif token.text == "!":
        yield at + ("", "dropped negation")


def statement_mutants(tokens, text):
    """Statements that only do something: assignments and calls."""
    for i, token in enumerate(tokens):
        if token.text not in (";", "{", "}", ")", "else", ":"):
            continue
        if token.text == ")" and not re.search(r"\b(?:if|for|while)\s*$", text_before(tokens, i, text)):
            continue
        j = i + 1
        if j >= len(tokens) or tokens[j].kind != "word" and tokens[j].text != "(":
            continue
        if tokens[j].text in ("return", "if", "for", "while", "switch", "case", "default", "do", "else", "struct",
                              "enum", "const", "static", "int", "uint8_t", "uint32_t", "uint64_t", "continue", "break",
                              "char", "extern", "unsigned", "goto"):
            if not (tokens[j].text == "return" and tokens[j + 1].text == ";"):
                continue
        end = statement_end(tokens, j)
        if end is None:
            continue
        body = text[tokens[j].start:tokens[end].start]
        if re.match(r"return$|\(void\)|[\w>.\[\]-]+\s*(?:=|\(|\+\+|--|\+=)|[\w>.\[\]-]+\[.*\]", body, re.DOTALL):
            yield tokens[j].start, tokens[end].start, "", "removed statement"


def text_before(tokens, i, text):
    depth = 0
    for j in range(i, -1, -1):
        depth += tokens[j].text == ")"
        depth -= tokens[j].text == "("
        if depth == 0:
            return text[max(0, tokens[j].start - 12):tokens[j].start]
    return ""


def statement_end(tokens, j):
    while j < len(tokens):
        if tokens[j].text in ("(", "["):
            j = matching(tokens, j)
            if j is None:
                return None
        elif tokens[j].text == ";":
            return j
        elif tokens[j].text in ("{", "}", ":"):
            return None
        j += 1
    return None


class Mutant:
    def __init__(self, name, text, start, end, new, what, nth):
        self.file, self.start, self.end, self.new, self.what = name, start, end, new, what
        self.line = text.count("\n", 0, start) + 1
        self.old = " ".join(text[start:end].split())
        lines = text.split("\n")
        last = text.count("\n", 0, max(start, end - 1)) + 1
        self.context = " ".join(" ".join(lines[self.line - 1:last]).split())
        self.nth = nth
        self.number, self.outcome, self.by, self.why = 0, None, "", ""

    def take(self, by, why):
        """What one test program says: noticed by it, or not."""
        self.outcome = "noticed" if by else "survived"
        self.by, self.why = by, why

    def key(self):
        """Stands for the mutant wherever its line moves to."""
        return "%s | %s | %s => %s%s" % (self.file, self.context, self.old, self.new or "(nothing)",
                                         " | %d" % self.nth if self.nth else "")


def mutants_of(name, text, known):
    tokens = tokens_of(text)
    found, seen = [], {}
    for i in range(len(tokens)):
        found.extend(token_mutants(tokens, i, known))
    found.extend(statement_mutants(tokens, text))
    out = []
    for start, end, new, what in sorted(set(found)):
        mutant = Mutant(name, text, start, end, new, what, 0)
        base = mutant.key()
        mutant.nth = seen.get(base, 0)
        seen[base] = mutant.nth + 1
        out.append(mutant)
    return out
