/* utf8.h: where bytes stop being UTF-8. Words and tables are not known here. */
#ifndef FW2V_UTF8_H
#define FW2V_UTF8_H

#include <stddef.h>
#include <stdint.h>

static inline int is_continuation(uint8_t byte) {
    return (byte & 0xC0) == 0x80;
}

/* The length of the character at bytes[0..left), left > 0, whose first byte is not ASCII; 0 if it is not valid, and
 * then *bad is the length of the maximal part that could have begun a character (at least 1). The range of the second
 * byte shuts out overlong forms, surrogates, and what is past U+10FFFF. */
static inline size_t character_length(const uint8_t *bytes, size_t left, size_t *bad) {
    uint8_t lead = bytes[0], low = 0x80, high = 0xBF;
    size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    *bad = 1;
    if (lead < 0xC2 || lead > 0xF4)
        return 0;
    if (lead == 0xE0)
        low = 0xA0;
    else if (lead == 0xED)
        high = 0x9F;
    else if (lead == 0xF0)
        low = 0x90;
    else if (lead == 0xF4)
        high = 0x8F;
    if (left < 2 || bytes[1] < low || bytes[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if (i >= left || !is_continuation(bytes[i])) {
            *bad = i;
            return 0;
        }
    return length;
}

/* Where the first character of bytes[from..length) that is not UTF-8 stands, with its *bad; `length` if there is none. */
static inline size_t first_invalid(const uint8_t *bytes, size_t from, size_t length, size_t *bad) {
    while (from < length) {
        if (bytes[from] < 0x80) {
            from++;
        } else {
            size_t step = character_length(bytes + from, length - from, bad);
            if (!step)
                return from;
            from += step;
        }
    }
    return length;
}

#endif
