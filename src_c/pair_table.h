/* pair_table.h: how often pairs of word numbers occur: an open-addressing hash table of 64-bit keys with counts.
 *
 * A key is left << 32 | right, a middle the number of what stands between the two (0: nothing). What a pair means, text
 * and words are not known here. A table belongs to one thread at a time; functions with a const table may run together.
 *
 * Memory: 16 bytes a slot, 20 with middles; between 3/8 and 3/4 of the slots are taken once the table has grown.
 */
#ifndef FW2V_PAIR_TABLE_H
#define FW2V_PAIR_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "word_bytes.h"

/* What no key is: word numbers are below 2^31. */
#define FW2V_NO_PAIR UINT64_MAX

typedef struct {
    uint64_t *keys;     /* mask + 1 slots; FW2V_NO_PAIR where one is free */
    int64_t *counts;
    uint32_t *middles;  /* NULL in a table without them, whose middles are all 0 */
    size_t mask;
    size_t size;
} fw2v_pairs;

static inline uint64_t fw2v_pair_key(int32_t left, int32_t right) {
    return (uint64_t)(uint32_t)left << 32 | (uint32_t)right;
}

/* The low bits choose a slot, the high ones a table where pairs are spread over several. */
static inline uint64_t fw2v_pair_hash(uint64_t key, uint32_t middle) {
    return mix(middle * UINT64_C(0x9E3779B97F4A7C15), key);
}

/* The slot of a pair, or the free one where it would be put. */
static inline size_t fw2v_pair_slot(const fw2v_pairs *pairs, uint64_t key, uint32_t middle, uint64_t hash) {
    size_t at = hash & pairs->mask;
    while (pairs->keys[at] != FW2V_NO_PAIR &&
           (pairs->keys[at] != key || (pairs->middles && pairs->middles[at] != middle)))
        at = (at + 1) & pairs->mask;
    return at;
}

/* The count of a pair; 0 where the table does not hold it. */
static inline int64_t fw2v_pair_count(const fw2v_pairs *pairs, uint64_t key, uint32_t middle) {
    size_t at = fw2v_pair_slot(pairs, key, middle, fw2v_pair_hash(key, middle));
    return pairs->keys[at] == FW2V_NO_PAIR ? 0 : pairs->counts[at];
}

/* Makes an empty table; returns 0 without memory. Release it with fw2v_pairs_free. */
int fw2v_pairs_init(fw2v_pairs *pairs, int with_middles);

void fw2v_pairs_free(fw2v_pairs *pairs);

/* Adds counts[i] (NULL: 1) to the pair keys[i], middles[i] (NULL in a table without middles), i < n. Returns 0 without
 * memory: then only some were added. */
int fw2v_pairs_add(fw2v_pairs *pairs, const uint64_t *keys, const uint32_t *middles, const int64_t *counts, size_t n);

/* How many pairs occur at least `least` times. */
size_t fw2v_pairs_at_least(const fw2v_pairs *pairs, int64_t least);

/* The pairs that occur at least `least` times, in no order. middles may be NULL in a table without them. */
void fw2v_pairs_list(const fw2v_pairs *pairs, int64_t least, uint64_t *keys, uint32_t *middles, int64_t *counts);

#endif
