/* Rows of float32 as decimal text: one table, one multiplication and one rounding a number.
 *
 * |value| is scaled by a power of ten to a double in 1e8..1e9 whose integer part holds the nine digits. The scaled value
 * carries the rounding error of the table entry and of the product, so a fraction too close to one half to be sure of
 * is left to snprintf, which rounds exactly. No parsing, no files: see float_text.h for the contract.
 */
#include "float_text.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "powers_of_ten.h"

#if FLT_RADIX != 2 || FLT_MANT_DIG != 24 || DBL_MANT_DIG != 53
#error "float_text needs IEEE single and double precision"
#endif

enum {
    DIGITS = 9,             /* significant digits: the fewest that tell all float32 apart */
    LOWEST_FIXED = -4,      /* %g prints smaller decimal exponents in exponent form, and those from DIGITS on */
    EXACT_SIZE = 40         /* "%.8e" of a double takes 15 bytes, and a few more under a locale's decimal separator */
};

/* Two roundings of at most 2^-53 each leave an error below 2.3e-7 in a value below 1e9; four times that is safe and still
 * sends only one number in half a million to snprintf. */
static const double NEAR_TIE = 1e-6;

static const char PAIRS[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354"
    "5556575859606162636465666768697071727374757677787980818283848586878889909192939495969798"
    "99";

/* Nine digits and the exponent of the first by exact arithmetic. "%.8e" is read back digit by digit, so whatever the
 * locale puts between the first and the second digit does not matter. */
static uint32_t exact_digits(double magnitude, int *exponent)
{
    char text[EXACT_SIZE];
    uint32_t digits = 0;
    const char *p = text;

    snprintf(text, sizeof text, "%.*e", DIGITS - 1, magnitude);
    for (; *p != 'e' && *p != '\0'; p++)
        if (*p >= '0' && *p <= '9')
            digits = digits * 10 + (uint32_t)(*p - '0');
    *exponent = *p == 'e' ? (int)strtol(p + 1, NULL, 10) : 0;
    return digits;
}

/* Nine digits (1e8 <= result < 1e9) of a positive finite float32 held in a double, and the exponent of the first. */
static uint32_t nine_digits(double magnitude, int *exponent)
{
    uint64_t bits;
    memcpy(&bits, &magnitude, sizeof bits);
    /* floor(b * log10(2)) in fixed point is the decimal exponent of 2^b; that of the number is this or one more. */
    int binary = (int)(bits >> 52) - 1023;
    int decimal = (binary * 1233 - (binary < 0 ? 4095 : 0)) / 4096;
    double scaled = magnitude * POWER_OF_TEN[DIGITS - 1 - decimal - POWER_LOW];
    if (scaled >= 1e9) {
        decimal++;
        scaled = magnitude * POWER_OF_TEN[DIGITS - 1 - decimal - POWER_LOW];
    }
    uint32_t digits = (uint32_t)scaled;
    double fraction = scaled - digits;
    if (fabs(fraction - 0.5) < NEAR_TIE)
        return exact_digits(magnitude, exponent);
    digits += fraction > 0.5;
    if (digits == 1000000000u) {
        digits = 100000000u;
        decimal++;
    }
    *exponent = decimal;
    return digits;
}

/* The digits as text, trailing zeros dropped; returns how many are left, at least one. */
static int put_digits(uint32_t digits, char *out)
{
    uint32_t high = digits / 10000, low = digits % 10000;
    uint32_t first = high / 10000, middle = high % 10000;

    out[0] = (char)('0' + first);
    memcpy(out + 1, PAIRS + 2 * (middle / 100), 2);
    memcpy(out + 3, PAIRS + 2 * (middle % 100), 2);
    memcpy(out + 5, PAIRS + 2 * (low / 100), 2);
    memcpy(out + 7, PAIRS + 2 * (low % 100), 2);
    int count = DIGITS;
    while (count > 1 && out[count - 1] == '0')
        count--;
    return count;
}

size_t float_text(float value, char *out)
{
    char digits[DIGITS];
    char *p = out;
    int exponent;

    if (isnan(value)) {
        memcpy(out, "nan", 3);
        return 3;
    }
    if (signbit(value))
        *p++ = '-';
    if (isinf(value)) {
        memcpy(p, "inf", 3);
        return (size_t)(p + 3 - out);
    }
    if (value == 0.0f) {
        *p++ = '0';
        return (size_t)(p - out);
    }
    int count = put_digits(nine_digits(fabs((double)value), &exponent), digits);

    if (exponent < LOWEST_FIXED || exponent >= DIGITS) {
        int size = abs(exponent);
        *p++ = digits[0];
        if (count > 1) {
            *p++ = '.';
            memcpy(p, digits + 1, (size_t)count - 1);
            p += count - 1;
        }
        *p++ = 'e';
        *p++ = exponent < 0 ? '-' : '+';
        memcpy(p, PAIRS + 2 * size, 2);
        p += 2;
    } else if (exponent < 0) {
        memcpy(p, "0.000", 5);
        p += 1 - exponent;
        memcpy(p, digits, DIGITS);
        p += count;
    } else if (count <= exponent + 1) {
        memcpy(p, digits, (size_t)count);
        memset(p + count, '0', (size_t)(exponent + 1 - count));
        p += exponent + 1;
    } else {
        memcpy(p, digits, (size_t)exponent + 1);
        p += exponent + 1;
        *p++ = '.';
        memcpy(p, digits + exponent + 1, (size_t)(count - exponent - 1));
        p += count - exponent - 1;
    }
    return (size_t)(p - out);
}

size_t float_text_row(const float *row, size_t n_cols, char *out)
{
    char *p = out;
    for (size_t i = 0; i < n_cols; i++) {
        *p++ = ' ';
        p += float_text(row[i], p);
    }
    return (size_t)(p - out);
}

size_t float_text_rows(const float *rows, size_t n_rows, size_t n_cols, ptrdiff_t row_stride,
                       const unsigned char *words, const long long *offsets, char *out)
{
    char *p = out;
    for (size_t i = 0; i < n_rows; i++) {
        size_t length = (size_t)(offsets[i + 1] - offsets[i]);
        if (length > 0)
            memcpy(p, words + offsets[i], length);
        p += length;
        p += float_text_row(rows + (ptrdiff_t)i * row_stride, n_cols, p);
        *p++ = '\n';
    }
    return (size_t)(p - out);
}
