/* vector_math.h: exponential and logarithm of a register of floats, by polynomials, without tables or branches.
 * Included once by kernel_body.h, behind lanes.h.
 */

#define MOST_SIDE_BY_SIDE 5 /* registers that go through each operation together: one alone waits for its own results */

/* t = exp(t) for every lane of N registers with t <= 0, side by side: 2^whole * 2^part with |part| <= 1/2; the
 * polynomial is the Chebyshev fit of 2^part, relative error 8e-8, to which comes -t * 2^-24 from rounding the power.
 * Below t = -87.3 the result is 0; not-a-number stays one. */
INLINE void exp_of_negative(const int N, V *t)
{
    const V log2_e = splat(1.44269504f), round_magic = splat(12582912.0f); /* 1.5 * 2^23 rounds to whole numbers */
    const V lowest_exponent = splat(-126.0f);
    V power[MOST_SIDE_BY_SIDE], shifted[MOST_SIDE_BY_SIDE], part[MOST_SIDE_BY_SIDE], p[MOST_SIDE_BY_SIDE];
#define EACH UNROLL for (int k = 0; k < N; k++)
    EACH power[k] = t[k] * log2_e;
    EACH shifted[k] = power[k] + round_magic;
    EACH part[k] = power[k] - (shifted[k] - round_magic);
    EACH p[k] = splat(1.32669704e-3f) * part[k] + 9.67545975e-3f;
    EACH p[k] = p[k] * part[k] + 5.55074262e-2f;
    EACH p[k] = p[k] * part[k] + 2.40221218e-1f;
    EACH p[k] = p[k] * part[k] + 6.93146949e-1f;
    EACH p[k] = p[k] * part[k] + 1.00000007f;
    /* adds `whole` to the exponent: shifted's low bits; below the lowest one this overflows, and is masked out */
    EACH t[k] = (V)((VI)((VBits)p[k] + ((VBits)shifted[k] << 23)) & ~(power[k] < lowest_exponent));
#undef EACH
}

/* log(1 + e) for every lane with e in 0..1: e times a Chebyshev fit, relative error 2.3e-7. */
INLINE V log_one_plus(V e)
{
    V q = splat(-8.33649754e-3f);
    q = q * e + 4.33708499e-2f;
    q = q * e - 1.06677904e-1f;
    q = q * e + 1.76754933e-1f;
    q = q * e - 2.44704696e-1f;
    q = q * e + 3.32711867e-1f;
    q = q * e - 4.99971261e-1f;
    q = q * e + 9.99999775e-1f;
    return e * q;
}

