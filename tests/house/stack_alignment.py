#!/usr/bin/env python3
"""Finds aligned vector moves to the stack at addresses that are not aligned: stack_alignment.py OBJDUMP OBJECT...

GCC 12.2 compiles some functions so: docs/compilers.md. The address of every register that holds one of the stack is
followed along all paths of a function; the x86-64 ABI has (rsp + 8) % 16 == 0 where a function begins.
"""
import re
import subprocess
import sys

ALIGNED = re.compile(r"v?(movap[sd]|movdqa(32|64)?|movnt(dq|ps|pd))$")
MEMORY = re.compile(r"(-?0x[0-9a-f]+)?\((%r\w+)?(,%r\w+,\d)?\)")


def whole(register):
    """The 64-bit register of which this is a part, or None."""
    name = register.lstrip("%")
    if m := re.fullmatch(r"[er]?([abcd])[xlh]|[er]?(si|di|bp|sp)l?|(r\d+)[dwb]?", name):
        return "%" + (m[3] or "r" + (m[1] + "x" if m[1] else m[2]))
    return None


def operands(text):
    return [o.strip() for o in re.findall(r"(?:[^,(]|\([^)]*\))+", text)]


def step(op, ops, state):
    """The state behind one instruction: register -> (offset, alignment of what it is an offset from)."""
    target = ops[-1] if ops else ""
    if op.startswith("push") or op.startswith("pop"):
        offset, base = state.get("%rsp", (0, 1))
        state["%rsp"] = (offset + (-8 if op.startswith("push") else 8), base)
        if op.startswith("pop") and target in state and target != "%rsp":
            del state[target]
        return
    if op.startswith("leave"):
        if "%rbp" in state:
            offset, base = state.pop("%rbp")
            state["%rsp"] = (offset + 8, base)
        else:
            state.pop("%rsp", None)
        return
    if op.startswith("call"):
        for register in ("%rax", "%rcx", "%rdx", "%rsi", "%rdi", "%r8", "%r9", "%r10", "%r11"):
            state.pop(register, None)
        return
    register = whole(target)
    if register is None or op.startswith(("cmp", "test", "j", "nop")):
        return
    if op in ("mov", "movq") and ops[0] in state and register == target:
        state[target] = state[ops[0]]
        return
    memory = MEMORY.fullmatch(ops[0])
    if op.startswith("lea") and memory and memory[2] in state and not memory[3] and register == target:
        offset, base = state[memory[2]]
        state[target] = (offset + int(memory[1] or "0", 16), base)
        return
    if re.fullmatch(r"(add|sub|and)q?", op) and target in state and re.fullmatch(r"\$-?0x[0-9a-f]+", ops[0]):
        number = int(ops[0][1:], 16)
        number -= (number >= 1 << 63) << 64
        offset, base = state[target]
        if op.startswith("and"):
            if number < 0:
                state[target] = (0, -number)
            else:
                del state[target]
        else:
            state[target] = (offset + number if op.startswith("add") else offset - number, base)
        return
    state.pop(register, None)


def misaligned(function):
    """The wrong moves among the instructions (address, operation, operands, line) of one function."""
    place = {address: i for i, (address, *_) in enumerate(function)}
    states = [None] * len(function)
    states[0] = {"%rsp": (8, 16)}
    todo = [0]
    while todo:
        i = todo.pop()
        _, op, ops, _ = function[i]
        after = dict(states[i])
        step(op, ops, after)
        following = [] if op.startswith(("ret", "jmp", "ud2", "hlt")) else [i + 1]
        if op.startswith("j") and ops and (to := ops[0].split()[0]) in place:
            following.append(place[to])
        for j in following:
            if j >= len(function):
                continue
            known = after if states[j] is None else {r: s for r, s in states[j].items() if after.get(r) == s}
            if known != states[j]:
                states[j] = known
                todo.append(j)
    for (_, op, ops, line), state in zip(function, states):
        if state is None or not ALIGNED.match(op):
            continue
        for operand in ops:
            memory = MEMORY.fullmatch(operand)
            if memory and memory[2] in state and not memory[3]:
                wide = {"x": 16, "y": 32, "z": 64}[re.search(r"%([xyz])mm", " ".join(ops))[1]]
                offset, base = state[memory[2]]
                if base < wide or (offset + int(memory[1] or "0", 16)) % wide:
                    yield line


def functions(objdump, path):
    text = subprocess.run([objdump, "-d", "-w", "-C", "--no-show-raw-insn", path], check=True, capture_output=True,
                          text=True).stdout
    for block in re.split(r"\n(?=[0-9a-f]{8,} <)", text):
        head, *lines = block.split("\n")
        name = re.match(r"[0-9a-f]{8,} <(.*)>:", head)
        found = [re.match(r"\s*([0-9a-f]+):\s+(?:notrack |bnd |lock |rep[nz]* )*(\S+)\s*([^#<]*)", line) for line in lines]
        code = [(m[1], m[2], operands(m[3]), m[0].strip()) for m in found if m]
        if name and code:
            yield name[1], code


def main():
    wrong = count = 0
    for path in sys.argv[2:]:
        for name, code in functions(sys.argv[1], path):
            count += 1
            for line in misaligned(code):
                wrong += 1
                print(f"{path}: {name}\n    {line}")
    print(f"{count} functions, {wrong} moves to the stack that are not aligned")
    return 1 if wrong or not count else 0


sys.exit(main())
