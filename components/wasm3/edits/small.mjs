/** What takes flash or RAM without need. The form of an edit: index.mjs. */

/**
 * A float becomes an integer in one function for all: without a floating point unit each of the 64 operations is
 * half a dozen calls otherwise, 11 KB in all. An f32 is exact as f64, and so are its bounds.
 */
const truncation = [
  {
    file: "m3_math_utils.h",
    why: "one function that truncates",
    find: `#define OP_TRUNC(RES, A, TYPE, RMIN, RMAX)                  \\
    if (M3_UNLIKELY(isnan(A))) {                               \\
        newTrap (m3Err_trapIntegerConversion);              \\
    }                                                       \\
    if (M3_UNLIKELY(A <= RMIN or A >= RMAX)) {                 \\
        newTrap (m3Err_trapIntegerOverflow);                \\
    }                                                       \\
    RES = (TYPE)A;

`,
    put: `#define d_m3IntegerKind(TYPE)       ((sizeof (TYPE) == 8) * 2 + ((TYPE) -1 > 0))

// the nearest number of the kind, 0 for none; a trap when the value does not fit
static M3_NOINLINE
M3Result  TruncateFloat  (u64 * o_whole, double i_value, u32 i_kind)
{
    static const double under [] = { -2147483649.0, -1.0, -9223372036854777856.0, -1.0 };
    static const double over [] = { 2147483648.0, 4294967296.0, 9223372036854775808.0, 18446744073709551616.0 };
    static const u64 least [] = { (u64) INT32_MIN, 0, (u64) INT64_MIN, 0 };
    static const u64 most [] = { INT32_MAX, UINT32_MAX, INT64_MAX, UINT64_MAX };

    if (not (i_value > under [i_kind]))
    {
        bool isNumber = i_value <= under [i_kind];
        * o_whole = isNumber ? least [i_kind] : 0;
        return isNumber ? m3Err_trapIntegerOverflow : m3Err_trapIntegerConversion;
    }
    if (i_value >= over [i_kind])
    {
        * o_whole = most [i_kind];
        return m3Err_trapIntegerOverflow;
    }
    * o_whole = (i_kind & 1) ? (u64) i_value : (u64) (i64) i_value;
    return m3Err_none;
}

#define OP_TRUNC(RES, A, TYPE, RMIN, RMAX)                  \\
    u64 whole;                                              \\
    m3ret_t trap = TruncateFloat (& whole, A, d_m3IntegerKind (TYPE)); \\
    if (M3_UNLIKELY(trap)) newTrap (trap);                  \\
    RES = (TYPE) whole;

`,
  },
  {
    file: "m3_math_utils.h",
    why: "and one that saturates",
    find: `    if (M3_UNLIKELY(isnan(A))) {                               \\
        RES = 0;                                            \\
    } else if (M3_UNLIKELY(A <= RMIN)) {                       \\
        RES = IMIN;                                         \\
    } else if (M3_UNLIKELY(A >= RMAX)) {                       \\
        RES = IMAX;                                         \\
    } else {                                                \\
        RES = (TYPE)A;                                      \\
    }
`,
    put: `    u64 whole;                                              \\
    TruncateFloat (& whole, A, d_m3IntegerKind (TYPE));     \\
    RES = (TYPE) whole;
`,
  },
];

export const small = [...truncation];
