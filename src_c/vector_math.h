/* vector_math.h: exponential and logarithm of a register of floats, by polynomials, without tables or branches.
 * Included once by kernel_body.h, behind lanes.h.
 */

/* exp(-t) for every lane with t >= 0: 2^whole * 2^part with |part| <= 1/2; the polynomial is the Chebyshev fit of 2^part,
 * relative error 8e-8, to which comes t * 2^-24 from rounding the power. From t = 87.3 on the result stays at 2^-126;
 * not-a-number stays one. */
INLINE V exp_minus(V t)
{
    const V log2_e = splat(1.44269504f), round_magic = splat(12582912.0f); /* 1.5 * 2^23 rounds to whole numbers */
    const V lowest_exponent = splat(-126.0f);
    V power = -t * log2_e;
    power = pick(power < lowest_exponent, lowest_exponent, power);
    V shifted = power + round_magic;
    V part = power - (shifted - round_magic);
    V p = splat(1.32669704e-3f);
    p = p * part + 9.67545975e-3f;
    p = p * part + 5.55074262e-2f;
    p = p * part + 2.40221218e-1f;
    p = p * part + 6.93146949e-1f;
    p = p * part + 1.00000007f;
    return (V)((VI)p + ((VI)shifted << 23)); /* adds `whole` to the exponent: its low bits are shifted's low bits */
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
