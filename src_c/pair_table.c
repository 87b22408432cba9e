/* The table of pair_table.h: growth, adding many pairs at once, listing. */
#include "pair_table.h"

#include <stdlib.h>
#include <string.h>

enum {
    FIRST_SLOTS = 1 << 6,   /* a power of two; small, since a text's pairs are spread over many tables */
    AT_ONCE = 32            /* pairs whose slots are fetched into the cache together */
};

static int allocate(fw2v_pairs *pairs, size_t slots, int with_middles) {
    if (slots > SIZE_MAX / sizeof *pairs->keys)
        return 0;
    pairs->keys = malloc(slots * sizeof *pairs->keys);
    pairs->counts = malloc(slots * sizeof *pairs->counts);
    pairs->middles = with_middles ? malloc(slots * sizeof *pairs->middles) : NULL;
    if (!pairs->keys || !pairs->counts || (with_middles && !pairs->middles)) {
        fw2v_pairs_free(pairs);
        return 0;
    }
    memset(pairs->keys, 0xFF, slots * sizeof *pairs->keys);
    pairs->mask = slots - 1;
    pairs->size = 0;
    return 1;
}

int fw2v_pairs_init(fw2v_pairs *pairs, int with_middles) {
    return allocate(pairs, FIRST_SLOTS, with_middles);
}

void fw2v_pairs_free(fw2v_pairs *pairs) {
    free(pairs->keys);
    free(pairs->counts);
    free(pairs->middles);
    memset(pairs, 0, sizeof *pairs);
}

static inline void add_one(fw2v_pairs *pairs, uint64_t key, uint32_t middle, uint64_t hash, int64_t count) {
    size_t at = fw2v_pair_slot(pairs, key, middle, hash);
    if (pairs->keys[at] != FW2V_NO_PAIR) {
        pairs->counts[at] += count;
        return;
    }
    pairs->keys[at] = key;
    pairs->counts[at] = count;
    if (pairs->middles)
        pairs->middles[at] = middle;
    pairs->size++;
}

/* Room for `more` pairs in a table that stays at most three quarters full. */
static int make_room(fw2v_pairs *pairs, size_t more) {
    if (pairs->size + more <= (pairs->mask + 1) / 4 * 3)
        return 1;
    fw2v_pairs larger;
    if (pairs->mask >= SIZE_MAX / 4 || !allocate(&larger, (pairs->mask + 1) * 2, pairs->middles != NULL))
        return 0;
    for (size_t i = 0; i <= pairs->mask; i++) {
        if (pairs->keys[i] == FW2V_NO_PAIR)
            continue;
        uint32_t middle = pairs->middles ? pairs->middles[i] : 0;
        add_one(&larger, pairs->keys[i], middle, fw2v_pair_hash(pairs->keys[i], middle), pairs->counts[i]);
    }
    fw2v_pairs_free(pairs);
    *pairs = larger;
    return 1;
}

int fw2v_pairs_add(fw2v_pairs *pairs, const uint64_t *keys, const uint32_t *middles, const int64_t *counts, size_t n) {
    for (size_t done = 0; done < n; done += AT_ONCE) {
        size_t some = n - done < AT_ONCE ? n - done : AT_ONCE;
        uint64_t hashes[AT_ONCE];
        if (!make_room(pairs, AT_ONCE))
            return 0;
        for (size_t i = 0; i < some; i++) {
            hashes[i] = fw2v_pair_hash(keys[done + i], middles ? middles[done + i] : 0);
            PREFETCH(&pairs->keys[hashes[i] & pairs->mask]);
            PREFETCH(&pairs->counts[hashes[i] & pairs->mask]);
        }
        for (size_t i = 0; i < some; i++)
            add_one(pairs, keys[done + i], middles ? middles[done + i] : 0, hashes[i], counts ? counts[done + i] : 1);
    }
    return 1;
}

size_t fw2v_pairs_at_least(const fw2v_pairs *pairs, int64_t least) {
    size_t found = 0;
    for (size_t i = 0; i <= pairs->mask; i++)
        found += pairs->keys[i] != FW2V_NO_PAIR && pairs->counts[i] >= least;
    return found;
}

void fw2v_pairs_list(const fw2v_pairs *pairs, int64_t least, uint64_t *keys, uint32_t *middles, int64_t *counts) {
    size_t listed = 0;
    for (size_t i = 0; i <= pairs->mask; i++) {
        if (pairs->keys[i] == FW2V_NO_PAIR || pairs->counts[i] < least)
            continue;
        keys[listed] = pairs->keys[i];
        counts[listed] = pairs->counts[i];
        if (pairs->middles)
            middles[listed] = pairs->middles[i];
        listed++;
    }
}
