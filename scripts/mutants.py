"""Mutants of C++ headers, by tokens; scripts/mutate.py judges them. The headers are formatted with clang-format, so spaces
distinguish binary operators from template brackets, pointers and signs."""

import dataclasses
import hashlib
import re

TOKEN = re.compile(r"""
    (?P<directive>^[ \t]*\#(?:\\\n|[^\n])*)
  | (?P<comment>//[^\n]*|/\*.*?\*/)
  | (?P<string>(?:u8|[LuU])?R"(?P<mark>[^()\\\s]*)\(.*?\)(?P=mark)"|(?:u8|[LuU])?"(?:\\.|[^"\\\n])*"
    |'(?:\\.|[^'\\\n])+')
  | (?P<number>\.?\d(?:'?[\w.]|(?<=[eEpP])[+-])*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<sign>\.\.\.|<=>|->\*|<<=|>>=|::|->|\+\+|--|&&|\|\||==|!=|<=|[-+*/%&|^]=|<<|[^\s\w])
  | (?P<space>\s+)
""", re.X | re.M | re.S)

BINARY = {"+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["/"], "<": ["<=", ">"], "<=": ["<", ">"],
          ">": [">=", "<"], ">=": [">", "<"], "==": ["!="], "!=": ["=="], "&&": ["||"], "||": ["&&"],
          "+=": ["-="], "-=": ["+="], "*=": ["/="]}
WORDS = {"min": "max", "max": "min", "true": "false", "false": "true"}
ASSIGNMENTS = {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="}
CLOSING = {"(": ")", "[": "]", "{": "}"}
NO_STATEMENT = set("""alignas auto break case class concept const constexpr continue default do else enum explicit
    extern for friend goto if inline namespace private protected public requires return static static_assert struct switch
    template this try typedef typename union using virtual volatile while bool char double float int long short signed
    unsigned void""".split())


@dataclasses.dataclass(frozen=True)
class Token:
    kind: str
    text: str
    start: int

    @property
    def end(self):
        return self.start + len(self.text)


@dataclasses.dataclass(frozen=True)
class Mutant:
    """A change of one place in a file: the text from `start` to `end` becomes `after`."""
    file: str
    line: int        # from 1
    kind: str        # operator, constant, condition or statement
    start: int
    end: int
    before: str
    after: str
    text: str        # the line, without spaces around it
    occurrence: int  # among equal lines and changes of the file
    function: str    # the name of the function around it, or none

    @property
    def id(self):
        key = "\0".join((self.file, self.text, self.kind, self.before, self.after, str(self.occurrence)))
        return hashlib.sha256(key.encode()).hexdigest()[:10]

    def applied(self, source):
        return source[:self.start] + self.after + source[self.end:]


def tokens_of(source):
    """Returns the tokens of a file, without spaces, comments and directives."""
    tokens = []
    for match in TOKEN.finditer(source):
        if match.lastgroup not in ("space", "comment", "directive"):
            kind = "string" if match.lastgroup == "mark" else match.lastgroup
            tokens.append(Token(kind, match.group(), match.start()))
    return tokens


class Header:
    """The tokens of a header, and the ranges of tokens that are no code to mutate."""

    def __init__(self, source):
        self.source = source
        self.tokens = tokens_of(source)
        self.partner = self._partners()
        self.opening = {end: start for start, end in self.partner.items()}
        self.skipped = [False] * len(self.tokens)
        for i, token in enumerate(self.tokens):
            if not self.skipped[i]:
                self._skip_from(i, token)

    def text(self, i):
        return self.tokens[i].text if 0 <= i < len(self.tokens) else ""

    def _partners(self):
        """Returns the closing bracket of each opening one, and the innermost open bracket is kept in `inside`."""
        partner, stack, self.inside = {}, [], []
        for i, token in enumerate(self.tokens):
            if token.kind == "sign" and token.text in ")]}" and stack:
                partner[stack.pop()] = i
            self.inside.append(stack[-1] if stack else None)
            if token.kind == "sign" and token.text in CLOSING:
                stack.append(i)
        return partner

    def _skip(self, first, last):
        for i in range(first, min(last + 1, len(self.tokens))):
            self.skipped[i] = True

    def spaced(self, i):
        """Returns whether there is space on both sides of a token: a binary operator."""
        token = self.tokens[i]
        return self.source[token.start - 1:token.start].isspace() and self.source[token.end:token.end + 1].isspace()

    def angle_end(self, i):
        """Returns the closing bracket of a template list that opens at token i."""
        depth = 0
        while i < len(self.tokens):
            text = self.text(i)
            if text in CLOSING:
                i = self.partner.get(i, len(self.tokens))
            elif text == "<" and not self.spaced(i) or text == "<" and depth == 0:
                depth += 1
            elif text == ">" and not self.spaced(i) or text == ">" and depth == 1:
                depth -= 1
                if depth == 0:
                    return i
            elif text in (";", "}", ")"):
                return i - 1  # no template list
            i += 1
        return i

    def is_angle(self, i):
        """Returns whether `<` opens a template's arguments: a name stands right before it."""
        token = self.tokens[i]
        return token.text == "<" and i > 0 and self.tokens[i - 1].end == token.start

    def _constraint_end(self, i):
        """Returns the last token of a requires clause or expression that begins at token i, after `requires`."""
        if self.text(i) in ("(", "{"):
            end = self.partner[i]
            if self.text(i) == "(" and self.text(end + 1) == "{":
                end = self.partner[end + 1]
        else:
            end = i
            while self.text(end + 1) == "::" or self.text(end) == "::":
                end += 1
            if self.text(end + 1) == "<":
                end = self.angle_end(end + 1)
        if self.text(end + 1) in ("&&", "||"):
            return self._constraint_end(end + 3 if self.text(end + 2) in ("!", "requires") else end + 2)
        return end

    def _statement_end(self, i):
        while i < len(self.tokens) and self.text(i) != ";":
            i = self.partner.get(i, i) + 1
        return i

    def _skip_from(self, i, token):
        following = self.text(i + 1)
        if token.text == "template" and following == "<":
            self._skip(i, self.angle_end(i + 1))
        elif token.text == "requires":
            self._skip(i, self._constraint_end(i + 1))
        elif token.text in ("using", "concept", "typedef") or token.text == "extern" and following == "template":
            self._skip(i, self._statement_end(i))
        elif token.text in ("static_assert", "assert", "alignas", "decltype", "sizeof", "noexcept", "__attribute__",
                            "explicit") and following == "(":
            self._skip(i, self.partner[i + 1])
        elif token.text == "[" and following == "[":
            self._skip(i, self.partner[i])
        elif token.text == "operator":
            self._skip(i, i + 1)
        elif token.text == "fail" and token.kind == "word":
            at = self.angle_end(i + 1) + 1 if following == "<" else i + 1
            if self.text(at) == "(":
                self._skip(i + 1, self.partner[at])  # the call itself may be deleted
        elif token.text == "=" and (following in ("default", "delete") or following == "0" and self.text(i - 1) in (
                ")", "const", "noexcept", "override")):
            self._skip(i, i + 1)
        elif self.is_angle(i):
            self._skip(i, self.angle_end(i))

    def function_at(self, i):
        """Returns the name of the innermost function around token i, or none."""
        while (i := self.inside[i]) is not None:
            if self.text(i) != "{":
                continue
            at = i - 1
            while self.text(at) in ("const", "noexcept", "override", "mutable"):
                at -= 1
            if self.text(at) != ")":
                continue
            name = self.opening[at] - 1
            if self.text(name) == "noexcept" and self.text(name - 1) == ")":
                name = self.opening[name - 1] - 1
            if self.tokens[name].kind == "word" and self.text(name) not in ("if", "for", "while", "switch"):
                return self.text(name)
        return ""

    def changes(self):
        """Yields (kind, first token, last token, after) for all mutants."""
        for i, token in enumerate(self.tokens):
            if not self.skipped[i]:
                yield from self._operators(i, token)
                yield from self._constants(i, token)
                yield from self._conditions(i, token)
                yield from self._statements(i, token)

    def _operators(self, i, token):
        if token.kind == "sign" and token.text in BINARY and self.spaced(i):
            for after in BINARY[token.text]:
                yield "operator", i, i, after
        elif token.text == "!" and token.kind == "sign":
            yield "operator", i, i, ""
        elif token.text in ("++", "--"):
            yield "operator", i, i, "--" if token.text == "++" else "++"
        elif token.text in ("min", "max") and token.kind == "word":
            at = self.angle_end(i + 1) + 1 if self.text(i + 1) == "<" else i + 1
            if self.text(at) == "(" and self.text(at + 1) != ")" and self.text(i - 1) not in (".", "->"):
                yield "operator", i, i, WORDS[token.text]

    def _constants(self, i, token):
        if token.text in ("true", "false"):
            yield "constant", i, i, WORDS[token.text]
        elif token.kind == "number":
            for after in changed_number(token.text):
                yield "constant", i, i, after

    def _conditions(self, i, token):
        if token.text not in ("if", "while") or self.text(i + 1) != "(":
            return
        first, last = i + 2, self.partner[i + 1] - 1
        at = first
        while at <= last:
            if self.text(at) == ";":
                first = at + 1
            at = self.partner.get(at, at) + 1
        if any(self.text(j) == "=" and self.inside[j] == i + 1 for j in range(first, last + 1)):
            return  # it declares a name
        yield "condition", first, last, "false"
        if token.text == "if":
            yield "condition", first, last, "true"
            condition = self.source[self.tokens[first].start:self.tokens[last].end]
            yield "condition", first, last, f"!({condition})"

    def _statements(self, i, token):
        inside = self.inside[i]
        if inside is None or self.text(inside) != "{" or not self._may_begin(i):
            return
        if token.text in ("break", "continue") and self.text(i + 1) == ";":
            yield "statement", i, i, ""
        elif self._is_expression(i):
            yield "statement", i, self._statement_end(i) - 1, ""

    def _may_begin(self, i):
        """Returns whether a statement may begin at token i."""
        if self.text(i - 1) != ":":
            return self.text(i - 1) in ("{", "}", ";") and self.tokens[i - 1].end < self.tokens[i].start
        at = i - 2
        while self.text(at) not in ("{", "}", ";", "case", "default"):
            at -= 1
        return self.text(at) in ("case", "default")

    def _is_expression(self, i):
        """Returns whether an expression statement with an effect begins at token i: a call or an assignment."""
        while self.text(i) in ("*", "++", "--"):
            i += 1
        changes = self.text(i - 1) in ("++", "--")
        first = self.tokens[i]
        if first.text == "(":
            at, calls = self.partner[i] + 1, True
        elif first.kind == "word" and first.text not in NO_STATEMENT or first.text == "this":
            at, calls = i + 1, False
        else:
            return False
        while at < len(self.tokens):
            text = self.text(at)
            if text in ("::", ".", "->"):
                at += 3 if self.text(at + 1) == "template" else 2
            elif text in ("(", "["):
                calls = text == "("
                at = self.partner[at] + 1
            elif self.is_angle(at):
                at = self.angle_end(at) + 1
            else:
                break
        following = self.text(at)
        if following in ASSIGNMENTS:
            return self.text(at + 1) not in ("default", "delete", "0") or self.text(at - 1) != ")"
        if first.text == "static_cast" or first.text[0].isupper() and self.text(i + 1) == "(":
            return False  # a discarded value, or a declared constructor
        return following in ("++", "--") or following == ";" and (calls or changes)


def changed_number(text):
    """Returns the texts that replace a number: 1 for 0, 0 and 2 for 1, one more for others."""
    match = re.fullmatch(r"(0[xX][\da-fA-F']+|0[bB][01']+|\d[\d']*)([uUlLzZ]*)", text)
    if match:
        digits, suffix = match.groups()
        value = int(digits.replace("'", ""), 0 if digits[:2].lower() in ("0x", "0b") else 10)
        return [f"{new}{suffix}" for new in ((0, 2) if value == 1 else (value + 1,))]
    if text[:2].lower() == "0x":  # of floating point: one more is often the same number
        return [f"(2 * {text})"]
    value = float(re.sub(r"['fFlL]", "", text))
    suffix = text[-1] if text[-1] in "fFlL" else ""
    return [f"{new!r}{suffix}" for new in ((0.0, 2.0) if value == 1 else (value + 1,))]


def mutants_of(file, source):
    """Returns all mutants of a header's source, in the order of its text."""
    header = Header(source)
    lines = source.split("\n")
    seen = {}
    mutants = []
    for kind, first, last, after in header.changes():
        start, end = header.tokens[first].start, header.tokens[last].end
        before = source[start:end]
        if kind == "condition" and before == after:
            continue
        line = source.count("\n", 0, start)
        key = lines[line].strip(), kind, before, after
        seen[key] = seen.get(key, 0) + 1
        after += "\n" * (before.count("\n") - after.count("\n"))
        mutants.append(Mutant(file, line + 1, kind, start, end, before, after, lines[line].strip(), seen[key],
                              header.function_at(first)))
    return mutants


def in_random_order(mutants, seed):
    """Returns one mutant of each line, the lines at random. A changed header leaves the order of others' lines."""
    def rank(*key):
        return hashlib.sha256("\0".join(map(str, (seed, *key))).encode()).digest()

    of_line = {}
    for mutant in mutants:
        of_line.setdefault((mutant.file, mutant.line), []).append(mutant)
    chosen = []
    for some in of_line.values():
        kind = min({mutant.kind for mutant in some}, key=lambda kind: rank("kind", kind, some[0].id))
        chosen.append(min((mutant for mutant in some if mutant.kind == kind), key=lambda mutant: rank(mutant.id)))
    return sorted(chosen, key=lambda mutant: rank("line", mutant.id))
