/**
 * Pairs of operations that often follow one another, as one: a word less of RAM for each, and a jump less. The form of an edit: index.mjs.
 *
 * The compiler puts the pair's operation in place of the first when it emits the second, unless something may jump in between: whoever
 * asks for the place that comes next (GetPC) may jump there. What the first leaves in its register is left there by the pair as well.
 */

/** First, second, and the pair: by what the kernels run most, see tests/bench/NOTES.md. */
const PAIRS = [
  ["i32_Load_i32_s", "SetSlot_i32", "i32_Load_i32_s_SetSlot"],
  ["i32_Load_i32_r", "SetSlot_i32", "i32_Load_i32_r_SetSlot"],
  ["i32_Load_u8_s", "SetSlot_i32", "i32_Load_u8_s_SetSlot"],
  ["i32_Add_rs", "SetSlot_i32", "i32_Add_rs_SetSlot"],
  ["i32_Add_ss", "SetSlot_i32", "i32_Add_ss_SetSlot"],
  ["i32_Subtract_ss", "SetSlot_i32", "i32_Subtract_ss_SetSlot"],
  ["CopySlot_32", "CopySlot_32", "CopySlot_32_CopySlot"],
  ["CopySlot_32", "Return", "CopySlot_32_Return"],
  ["SetSlot_i32", "Return", "SetSlot_i32_Return"],
  ["i32_Equal_rs", "If_r", "i32_Equal_rs_If"],
  ["i32_NotEqual_rs", "If_r", "i32_NotEqual_rs_If"],
  ["i32_LessThan_ss", "If_r", "i32_LessThan_ss_If"],
  ["i32_GreaterThan_ss", "If_r", "i32_GreaterThan_ss_If"],
  ["i32_EqualToZero_s", "If_r", "i32_EqualToZero_s_If"],
  ["i32_EqualToZero_r", "If_r", "i32_EqualToZero_r_If"],
  ["u32_And_rs", "If_r", "u32_And_rs_If"],
];

const OPERATIONS = `
#define d_m3LoadThenSetSlot(SRC_TYPE, KIND, OPERANDS)           \\
d_m3Op(i32_Load_##SRC_TYPE##_##KIND##_SetSlot)                  \\
{                                                               \\
    OPERANDS                                                    \\
    if (m3MemCheck (isInMemory (operand, offset, SRC_TYPE)))    \\
    {                                                           \\
        SRC_TYPE value;                                         \\
        memcpy (& value, m3MemData (_mem) + operand + offset, sizeof (value)); \\
        M3_BSWAP_##SRC_TYPE (value);                            \\
        _r0 = (i32) value;                                      \\
        slot (i32) = (i32) value;                               \\
        nextOp ();                                              \\
    } else d_outOfBounds;                                       \\
}

#define d_m3ThenSetSlot(NAME, OPERANDS, VALUE)                  \\
d_m3Op(NAME##_SetSlot)                                          \\
{                                                               \\
    OPERANDS                                                    \\
    i32 value = VALUE;                                          \\
    _r0 = value;                                                \\
    slot (i32) = value;                                         \\
    nextOp ();                                                  \\
}

#define d_m3ThenIf(NAME, OPERANDS, CONDITION)                   \\
d_m3Op(NAME##_If)                                               \\
{                                                               \\
    OPERANDS                                                    \\
    pc_t elsePC = immediate (pc_t);                             \\
    if (CONDITION)                                              \\
        nextOp ();                                              \\
    else                                                        \\
        jumpOp (elsePC);                                        \\
}

#define d_m3AddressInSlot       u32 operand = slot (u32); u32 offset = immediate (u32);
#define d_m3AddressInRegister   u32 offset = immediate (u32); u32 operand = (u32) _r0;
#define d_m3OneInRegister       u32 one = (u32) _r0;
#define d_m3OneInSlot           u32 one = slot (u32);
#define d_m3RegisterAndSlot     u32 one = slot (u32), two = (u32) _r0;
#define d_m3TwoSlots            u32 two = slot (u32); u32 one = slot (u32);

d_m3LoadThenSetSlot (i32, s, d_m3AddressInSlot)
d_m3LoadThenSetSlot (i32, r, d_m3AddressInRegister)
d_m3LoadThenSetSlot (u8, s, d_m3AddressInSlot)

d_m3ThenSetSlot (i32_Add_rs, d_m3RegisterAndSlot, (i32) (one + two))
d_m3ThenSetSlot (i32_Add_ss, d_m3TwoSlots, (i32) (one + two))
d_m3ThenSetSlot (i32_Subtract_ss, d_m3TwoSlots, (i32) (one - two))

d_m3ThenIf (i32_Equal_rs, d_m3RegisterAndSlot, one == two)
d_m3ThenIf (i32_NotEqual_rs, d_m3RegisterAndSlot, one != two)
d_m3ThenIf (i32_LessThan_ss, d_m3TwoSlots, (i32) one < (i32) two)
d_m3ThenIf (i32_GreaterThan_ss, d_m3TwoSlots, (i32) one > (i32) two)
d_m3ThenIf (i32_EqualToZero_s, d_m3OneInSlot, one == 0)
d_m3ThenIf (i32_EqualToZero_r, d_m3OneInRegister, one == 0)
d_m3ThenIf (u32_And_rs, d_m3RegisterAndSlot, (one & two) != 0)

d_m3Op (CopySlot_32_CopySlot)
{
    u32 * first = slot_ptr (u32);
    * first = slot (u32);
    u32 * second = slot_ptr (u32);
    * second = slot (u32);
    nextOp ();
}

d_m3Op (CopySlot_32_Return)
{
    u32 * result = slot_ptr (u32);
    * result = slot (u32);
    return m3Err_none;
}

d_m3Op (SetSlot_i32_Return)
{
    slot (i32) = (i32) _r0;
    return m3Err_none;
}

`;

const FUSE = `// the operation that does the work of these two; NULL: there is none
static
IM3Operation  FusedOperation  (IM3Operation i_first, IM3Operation i_second)
{
    static const IM3Operation pairs [][3] = {
${PAIRS.map((pair) => `        { ${pair.map((name) => `op_${name}`).join(", ")} },`).join("\n")}
    };

    if (${[...new Set(PAIRS.map(([, second]) => second))].map((name) => `i_second != op_${name}`).join(" and ")})
        return NULL;

    for (u32 i = 0; i < sizeof (pairs) / sizeof (pairs [0]); ++i)
        if (pairs [i][0] == i_first and pairs [i][1] == i_second)
            return pairs [i][2];

    return NULL;
}

`;

export const fused = [
  {
    file: "m3_exec.h",
    why: "operations that do the work of two",
    find: `#undef m3MemCheck
`,
    put: `${OPERATIONS}#undef m3MemCheck
`,
  },
  {
    file: "m3_compile.h",
    why: "where the operation before stands, while nothing may jump behind it",
    find: `    IM3CodePage         page;
`,
    put: `    IM3CodePage         page;
    IM3CodePage         lastOpPage;
    pc_t                lastOp;
`,
  },
  {
    file: "m3_compile.c",
    why: "who asks for the next place may jump there",
    find: `    return GetPagePC (o->page);
}

static M3_NOINLINE
M3Result  EnsureCodePageNumLines`,
    put: `    o->lastOp = NULL;
    return GetPagePC (o->page);
}

${FUSE}static M3_NOINLINE
M3Result  EnsureCodePageNumLines`,
  },
  {
    file: "m3_compile.c",
    why: "loops go on there",
    find: `    block->pc               = GetPagePC (o->page);
`,
    put: `    block->pc               = GetPC (o);
`,
  },
  {
    file: "m3_compile.c",
    why: "two operations become one",
    find: `            EmitWord (o->page, i_operation);
`,
    put: `            IM3Operation pair = NULL;
            if (o->lastOp and o->lastOpPage == o->page)
                pair = FusedOperation ((IM3Operation) * o->lastOp, i_operation);

            if (pair)
            {
                * (IM3Operation *) o->lastOp = pair;
            }
            else
            {
                o->lastOp = & o->page->code [o->page->info.lineIndex];
                o->lastOpPage = o->page;
                EmitWord (o->page, i_operation);
            }
`,
  },
];
