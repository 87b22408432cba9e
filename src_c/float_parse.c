/* Decimal text to float32: one multiplication a number, and exact comparison where its error could matter.
 *
 * The first 19 digits, times a power of ten, make a double that is wrong by a few units in its last place. If the
 * doubles a little below and above it round to one float32, so does the number itself. Otherwise the number lies close to the
 * middle between two neighbours, and its digits are compared with those of the middle. See float_parse.h for the contract.
 */
#include "float_parse.h"

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "powers_of_ten.h"
#include "word_bytes.h"

#if FLT_RADIX != 2 || FLT_MANT_DIG != 24 || DBL_MANT_DIG != 53
#error "float_parse needs IEEE single and double precision"
#endif

enum {
    DIGITS = 19,            /* the most decimal digits that always fit into 64 bits */
    HIGHEST = 38,           /* whole digits times a greater power of ten are beyond float32 */
    MIDDLE_DIGITS = 120,    /* the middle between two float32 has 113 significant digits at most */
    EXPONENT_LIMIT = 1 << 30,   /* exponents stop counting here: no text holds as many zeros to make up for it */
    TEXT_SIZE = MIDDLE_DIGITS + 16
};

/* Digits cut off, digits rounded to a double, the power, and the product: each is wrong by at most 2^-53 of the number. */
static const double SLACK = 0x1p-50;
/* Numbers from here on are nearer to the float32 after the greatest, were there one. */
static const double MIDDLE_TO_INFINITY = 0x1.ffffffp127;

static int is_digit(uint8_t byte) {
    return (uint8_t)(byte - '0') <= 9;
}

/* Adds the digits that stand at `text` to *digits, which may overflow, eight at a time where so many are; returns where
 * they end. Eight bytes are digits if their high halves are 3, and still are with 6 added; they are joined in pairs, the
 * pairs in fours, and the fours in one number. */
static inline const uint8_t *take_digits(const uint8_t *text, const uint8_t *end, uint64_t *digits) {
    while (end - text >= BLOCK) {
        uint64_t block = load_block(text, BLOCK);
        if (((block & EACH(0xF0)) | ((block + EACH(6)) & EACH(0xF0)) >> 4) != EACH(0x33))
            break;
        block -= EACH('0');
        block = block * 10 + (block >> 8);
        block = ((block & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x000F424000000064) +
                 ((block >> 16) & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x0000271000000001)) >> 32;
        *digits = *digits * 100000000 + block;
        text += BLOCK;
    }
    for (; text < end && is_digit(*text); text++)
        *digits = *digits * 10 + (uint64_t)(*text - '0');
    return text;
}

/* Whether the text goes on with `word`, given in small letters, in any case. */
static int goes_on(const uint8_t *text, const uint8_t *end, const char *word) {
    for (; *word; word++, text++)
        if (text == end || (*text | 0x20) != *word)
            return 0;
    return 1;
}

/* The first DIGITS significant digits of whole[..stop), which holds digits and perhaps a point; *dropped: those after. */
static uint64_t leading_digits(const uint8_t *whole, const uint8_t *stop, int64_t *dropped) {
    uint64_t digits = 0;
    int count = 0;
    *dropped = 0;
    for (; whole < stop; whole++) {
        if (*whole == '.')
            continue;
        if (count == DIGITS) {
            ++*dropped;
        } else {
            digits = digits * 10 + (uint64_t)(*whole - '0');
            count += digits != 0;
        }
    }
    return digits;
}

/* Whether the number whose digits stand in whole[..stop), the first significant one at 10^exponent, is less than (-1),
 * equal to (0) or more than (1) `middle`. The C library prints every digit of a double, whatever its locale puts between
 * the first and the second. */
static int compare(const uint8_t *whole, const uint8_t *stop, int64_t exponent, double middle) {
    char text[TEXT_SIZE];
    char digits[MIDDLE_DIGITS];
    int count = 0;
    const char *p = text;

    snprintf(text, sizeof text, "%.*e", MIDDLE_DIGITS - 1, middle);
    for (; *p != 'e' && *p != '\0'; p++)
        if (*p >= '0' && *p <= '9' && count < MIDDLE_DIGITS)
            digits[count++] = *p;
    int64_t other = *p == 'e' ? strtol(p + 1, NULL, 10) : 0;
    if (exponent != other)
        return exponent < other ? -1 : 1;
    while (whole < stop && (*whole == '0' || *whole == '.'))
        whole++;
    for (int i = 0; i < count || whole < stop;) {
        if (whole < stop && *whole == '.') {
            whole++;
            continue;
        }
        int own = whole < stop ? *whole++ : '0', its = i < count ? digits[i++] : '0';
        if (own != its)
            return own < its ? -1 : 1;
    }
    return 0;
}

/* `low` or `high`, which are neighbours: the one nearer to the number. */
static float nearer(float low, float high, const uint8_t *whole, const uint8_t *stop, int64_t exponent) {
    double middle = isinf(high) ? MIDDLE_TO_INFINITY : ((double)low + (double)high) / 2;
    int order = compare(whole, stop, exponent, middle);
    uint32_t bits;
    memcpy(&bits, &low, sizeof bits);
    return order < 0 || (order == 0 && !(bits & 1)) ? low : high;
}

/* The float32 nearest to digits * 10^exponent, but for digits after the first 19, which only whole[..stop) tells. */
static float nearest(uint64_t digits, int64_t exponent, const uint8_t *whole, const uint8_t *stop) {
    if (digits == 0 || exponent < POWER_LOW)
        return 0.0f;
    if (exponent > HIGHEST)
        return INFINITY;
    double about = (double)digits * POWER_OF_TEN[exponent - POWER_LOW];
    float low = (float)(about * (1 - SLACK)), high = (float)(about * (1 + SLACK));
    if (low == high)
        return low;
    for (; digits >= 10; digits /= 10)
        exponent++;
    return nearer(low, high, whole, stop, exponent);
}

static const uint8_t *special(const uint8_t *text, const uint8_t *end, float *value) {
    if (goes_on(text, end, "nan")) {
        *value = NAN;
        return text + 3;
    }
    if (!goes_on(text, end, "inf"))
        return NULL;
    *value = INFINITY;
    return text + (goes_on(text, end, "infinity") ? 8 : 3);
}

/* Adds the exponent that stands after an e; NULL if none does. */
static const uint8_t *take_exponent(const uint8_t *text, const uint8_t *end, int64_t *exponent) {
    int negative = text < end && *text == '-';
    int64_t size = 0;
    if (text < end && (*text == '-' || *text == '+'))
        text++;
    if (text == end || !is_digit(*text))
        return NULL;
    for (; text < end && is_digit(*text); text++)
        if (size < EXPONENT_LIMIT)
            size = size * 10 + (*text - '0');
    *exponent += negative ? -size : size;
    return text;
}

const uint8_t *float_parse(const uint8_t *text, const uint8_t *end, float *value) {
    int negative = text < end && *text == '-';
    if (text < end && (*text == '-' || *text == '+'))
        text++;
    const uint8_t *whole = text;
    uint64_t digits = 0;    /* may overflow; then they are taken anew */
    int64_t exponent = 0, dropped;
    for (; text < end && is_digit(*text); text++)   /* one as a rule, so not by take_digits */
        digits = digits * 10 + (uint64_t)(*text - '0');
    ptrdiff_t count = text - whole;
    if (text < end && *text == '.') {
        const uint8_t *fraction = ++text;
        text = take_digits(text, end, &digits);
        exponent = fraction - text;
        count += text - fraction;
        if (count == 0)
            return NULL;
    }
    const uint8_t *stop = text;
    if (count == 0) {
        text = special(text, end, value);
        if (text && negative)
            *value = -*value;
        return text;
    }
    if (text < end && (*text | 0x20) == 'e' && !(text = take_exponent(text + 1, end, &exponent)))
        return NULL;
    if (count > DIGITS) {
        digits = leading_digits(whole, stop, &dropped);
        exponent += dropped;
    }
    *value = nearest(digits, exponent, whole, stop);
    if (negative)
        *value = -*value;
    return text;
}
