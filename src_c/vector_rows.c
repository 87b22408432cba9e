/* Rows of word2vec files: a few linear passes over bytes that lie in the cache. See vector_rows.h for the contract. */
#include "vector_rows.h"

#include <math.h>
#include <string.h>

#include "crc32.h"
#include "float_parse.h"
#include "utf8.h"
#include "word_bytes.h"

/* Rows whose slots are fetched into the cache before they are looked at. */
enum { AHEAD = 8 };

static const uint8_t *line_end(const uint8_t *text, const uint8_t *end) {
    const uint8_t *found = memchr(text, '\n', (size_t)(end - text));
    return found ? found : end;
}

size_t count_lines(const uint8_t *text, size_t length, int at_end, size_t most) {
    const uint8_t *end = text + length;
    size_t lines = 0;
    while (lines < most && text < end) {
        const uint8_t *stop = line_end(text, end);
        if (stop == end)
            return lines + (at_end != 0);
        lines++;
        text = stop + 1;
    }
    return lines;
}

size_t find_lines(const uint8_t *text, size_t length, size_t lines, int64_t *starts, int64_t *ends, int64_t *stops) {
    const uint8_t *p = text, *end = text + length;
    for (size_t i = 0; i < lines; i++) {
        const uint8_t *stop = line_end(p, end);
        while (p < stop && is_space(*p))
            p++;
        starts[i] = p - text;
        while (p < stop && !is_space(*p))
            p++;
        ends[i] = p - text;
        stops[i] = stop - text;
        p = stop < end ? stop + 1 : end;
    }
    return (size_t)(p - text);
}

static const uint8_t *after_space(const uint8_t *p, const uint8_t *end) {
    while (p < end && is_space(*p))
        p++;
    return p;
}

static const uint8_t *after_field(const uint8_t *p, const uint8_t *end) {
    while (p < end && !is_space(*p))
        p++;
    return p;
}

static int is_number(const uint8_t *p, const uint8_t *end) {
    float number;
    const uint8_t *after = float_parse(p, end, &number);
    return after && (after == end || is_space(*after));
}

/* Where the `count` last fields of begin..end begin, or NULL if there are not so many. */
static const uint8_t *last_fields(const uint8_t *begin, const uint8_t *end, size_t count) {
    const uint8_t *p = end;
    for (size_t i = 0; i < count; i++) {
        while (p > begin && is_space(p[-1]))
            p--;
        if (p == begin)
            return NULL;
        while (p > begin && !is_space(p[-1]))
            p--;
    }
    return p;
}

void extend_words(const uint8_t *text, size_t rows, size_t width, int64_t *ends, const int64_t *stops) {
    for (size_t i = 0; i < rows; i++) {
        const uint8_t *stop = text + stops[i], *field = after_space(text + ends[i], stop), *word = text + ends[i];
        if (field == stop || is_number(field, stop))
            continue;
        const uint8_t *numbers = last_fields(field, stop, width);
        if (!numbers)
            continue;
        while (field < numbers && !is_number(field, stop)) {
            word = after_field(field, stop);
            field = after_space(word, stop);
        }
        if (field == numbers)
            ends[i] = word - text;
    }
}

size_t find_rows(const uint8_t *data, size_t length, size_t width, size_t most, int64_t *starts, int64_t *ends,
                 size_t *rows) {
    size_t bytes = width * sizeof(float), found = 0, last = 0;
    while (found < most) {
        size_t start = last;
        while (start < length && data[start] == '\n')
            start++;
        const uint8_t *space = start < length ? memchr(data + start, ' ', length - start) : NULL;
        if (!space || space == data + start)
            break;
        size_t end = (size_t)(space - data);
        if (length - end - 1 < bytes)
            break;
        starts[found] = (int64_t)start;
        ends[found++] = (int64_t)end;
        last = end + 1 + bytes;
    }
    *rows = found;
    return last;
}

size_t gather_words(const uint8_t *bytes, size_t rows, const int64_t *starts, const int64_t *ends, uint8_t *blob,
                    int64_t *offsets) {
    size_t valid = rows, position = 0, bad;
    for (size_t i = 0; i < rows; i++) {
        const uint8_t *word = bytes + starts[i];
        size_t length = (size_t)(ends[i] - starts[i]);
        offsets[i] = (int64_t)position;
        if (length)
            memcpy(blob + position, word, length);
        position += length;
        if (valid == rows && first_invalid(word, 0, length, &bad) < length)
            valid = i;
    }
    offsets[rows] = (int64_t)position;
    return valid;
}

static row_fault parse_row(const uint8_t *p, const uint8_t *end, size_t width, int allow_nan, float *out) {
    int finite = 1;
    for (size_t i = 0;; i++) {
        while (p < end && is_space(*p))
            p++;
        if (p == end)
            return i < width ? ROW_TOO_FEW : finite || allow_nan ? ROW_GOOD : ROW_NOT_FINITE;
        if (i == width)
            return ROW_TOO_MANY;
        p = float_parse(p, end, out + i);
        if (!p || (p < end && !is_space(*p)))
            return ROW_NO_NUMBER;
        finite &= isfinite(out[i]) != 0;
    }
}

size_t parse_rows(const uint8_t *text, size_t rows, size_t width, const int64_t *ends, const int64_t *stops,
                  int allow_nan, float *out, row_fault *fault) {
    *fault = ROW_GOOD;
    for (size_t i = 0; i < rows; i++) {
        *fault = parse_row(text + ends[i], text + stops[i], width, allow_nan, out + i * width);
        if (*fault != ROW_GOOD)
            return i;
    }
    return rows;
}

static int all_finite(const float *row, size_t width) {
    uint32_t found = 0;
    for (size_t i = 0; i < width; i++) {
        uint32_t bits;
        memcpy(&bits, row + i, sizeof bits);
        found |= (bits & 0x7F800000u) == 0x7F800000u;
    }
    return !found;
}

size_t copy_rows(const uint8_t *data, size_t rows, size_t width, const int64_t *ends, int allow_nan, float *out) {
    for (size_t i = 0; i < rows; i++) {
        float *row = out + i * width;
        memcpy(row, data + ends[i] + 1, width * sizeof *row);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        for (size_t j = 0; j < width; j++) {
            uint32_t bits;
            memcpy(&bits, row + j, sizeof bits);
            bits = __builtin_bswap32(bits);
            memcpy(row + j, &bits, sizeof bits);
        }
#endif
        if (!allow_nan && !all_finite(row, width))
            return i;
    }
    return rows;
}

void hash_words(const uint8_t *blob, const int64_t *offsets, size_t rows, uint32_t *hashes) {
    crc32_table table;
    crc32_begin(&table);
    for (size_t i = 0; i < rows; i++)
        hashes[i] = crc32_of(&table, blob + offsets[i], (size_t)(offsets[i + 1] - offsets[i]));
}

static uint64_t seeded_hash(const uint8_t *word, size_t length, uint64_t seed) {
    uint64_t hash = mix(seed, length);
    for (size_t at = 0; at < length; at += BLOCK)
        hash = mix(hash, load_block(word + at, length - at));
    return hash;
}

size_t find_repeat(const uint8_t *blob, const int64_t *offsets, size_t rows, uint64_t seed, uint32_t *slots,
                   size_t slot_mask, size_t *earlier) {
    uint64_t coming[AHEAD];
    for (size_t i = 0; i < rows + AHEAD; i++) {
        if (i >= AHEAD) {
            size_t row = i - AHEAD, length = (size_t)(offsets[row + 1] - offsets[row]);
            size_t at = coming[row % AHEAD] & slot_mask;
            for (; slots[at]; at = (at + 1) & slot_mask) {
                size_t other = slots[at] - 1;
                if ((size_t)(offsets[other + 1] - offsets[other]) == length &&
                    memcmp(blob + offsets[other], blob + offsets[row], length) == 0) {
                    *earlier = other;
                    return row;
                }
            }
            slots[at] = (uint32_t)(row + 1);
        }
        if (i < rows) {
            coming[i % AHEAD] = seeded_hash(blob + offsets[i], (size_t)(offsets[i + 1] - offsets[i]), seed);
            PREFETCH(slots + (coming[i % AHEAD] & slot_mask));
        }
    }
    return rows;
}
