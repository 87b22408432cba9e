/* The joining of phrases.h. */
#include "phrases.h"

enum { WORD_BITS = 64 };

void fw2v_set_maybe(const uint64_t *keys, size_t n, uint64_t *maybe, unsigned shift) {
    for (size_t i = 0; i < n; i++) {
        size_t bit = fw2v_maybe_bit(keys[i], shift);
        maybe[bit / WORD_BITS] |= UINT64_C(1) << bit % WORD_BITS;
    }
}

/* The number of a phrase, plus 1; 0 where the pair is none. */
static inline int64_t number_of(const fw2v_phrases *phrases, int32_t left, int32_t middle, int32_t right) {
    uint64_t key = fw2v_pair_key(left, right);
    size_t bit = fw2v_maybe_bit(key, phrases->maybe_shift);
    if (!(phrases->maybe[bit / WORD_BITS] >> bit % WORD_BITS & 1))
        return 0;
    return fw2v_pair_count(phrases->numbers, key, (uint32_t)middle);
}

/* The sentence ids[at..stop) where phrases have connectors within; returns how many numbers are written then. */
static size_t join_over(const fw2v_phrases *phrases, const int32_t *ids, size_t at, size_t stop, int32_t *out,
                        size_t written) {
    /* ids[begun..at) are not written yet: a word that may begin a phrase, and connectors behind it. */
    size_t begun = at;
    int32_t left = -1;
    int32_t middle = 0;     /* -1: no phrase has these connectors */
    for (; at < stop; at++) {
        int32_t word = ids[at];
        uint8_t role = phrases->roles[word];
        if (role & FW2V_CONNECTOR) {
            if (left >= 0 && middle >= 0) {
                middle = fw2v_middles_find(phrases->middles, middle, word);
                middle = middle ? middle : -1;
            }
            continue;
        }
        if (left >= 0 && middle >= 0 && role & FW2V_RIGHT) {
            int64_t number = number_of(phrases, left, middle, word);
            if (number) {
                out[written++] = (int32_t)(number - 1);
                begun = at + 1;
                left = -1;
                continue;
            }
        }
        for (; begun < at; begun++)
            out[written++] = ids[begun];
        left = role & FW2V_LEFT ? word : -1;
        middle = 0;
    }
    for (; begun < stop; begun++)
        out[written++] = ids[begun];
    return written;
}

/* The same where no phrase has: connectors, which neither begin nor end one, need not be told from other words. */
static size_t join_neighbours(const fw2v_phrases *phrases, const int32_t *ids, size_t at, size_t stop, int32_t *out,
                              size_t written) {
    while (at + 1 < stop) {
        int64_t number = number_of(phrases, ids[at], 0, ids[at + 1]);
        if (number) {
            out[written++] = (int32_t)(number - 1);
            at += 2;
        } else {
            out[written++] = ids[at++];
        }
    }
    if (at < stop)
        out[written++] = ids[at];
    return written;
}

size_t fw2v_join(const fw2v_phrases *phrases, const int32_t *ids, const int64_t *ends, size_t sentences, int64_t base,
                 int32_t *out, int64_t *out_ends) {
    int over = phrases->middles->size > 1;
    size_t at = 0, written = 0;
    for (size_t s = 0; s < sentences; s++) {
        size_t stop = (size_t)(ends[s] - base);
        written = over ? join_over(phrases, ids, at, stop, out, written)
                       : join_neighbours(phrases, ids, at, stop, out, written);
        out_ends[s] = (int64_t)written;
        at = stop;
    }
    return written;
}
