// Two functions as GCC 12.2 compiles them, one right, one wrong. stack_alignment.py has to tell them apart.

asm(R"(
        .text
        .globl  wmanifold_aligned
        .type   wmanifold_aligned, @function
wmanifold_aligned:
        pushq   %rbp
        leaq    -48(%rsp), %rdx
        vmovdqa %xmm0, 32(%rdx)
        popq    %rbp
        ret
        .globl  wmanifold_misaligned
        .type   wmanifold_misaligned, @function
wmanifold_misaligned:
        pushq   %rbp
        pushq   %rbx
        leaq    -48(%rsp), %rdx
        vmovdqa %xmm0, 32(%rdx)
        popq    %rbx
        popq    %rbp
        ret
)");
