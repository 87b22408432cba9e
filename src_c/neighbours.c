/* The pairs of neighbours.h: the tree of what stands between, listing, sorting into parts. */
#include "neighbours.h"

#include <stdlib.h>
#include <string.h>

/* ---- what stands between ---------------------------------------------------------------------------------------- */

enum { FIRST_NODES = 64 };

int fw2v_middles_init(fw2v_middles *middles) {
    memset(middles, 0, sizeof *middles);
    middles->parents = malloc(FIRST_NODES * sizeof *middles->parents);
    middles->words = malloc(FIRST_NODES * sizeof *middles->words);
    if (!middles->parents || !middles->words || !fw2v_pairs_init(&middles->children, 0)) {
        fw2v_middles_free(middles);
        return 0;
    }
    middles->parents[0] = middles->words[0] = -1;
    middles->size = 1;
    middles->room = FIRST_NODES;
    return 1;
}

void fw2v_middles_free(fw2v_middles *middles) {
    fw2v_pairs_free(&middles->children);
    free(middles->parents);
    free(middles->words);
    memset(middles, 0, sizeof *middles);
}

static int make_node_room(fw2v_middles *middles) {
    if (middles->size < middles->room)
        return 1;
    if (middles->room > INT32_MAX / 2)
        return 0;
    size_t room = middles->room * 2;
    int32_t *parents = realloc(middles->parents, room * sizeof *parents);
    if (!parents)
        return 0;
    middles->parents = parents;
    int32_t *words = realloc(middles->words, room * sizeof *words);
    if (!words)
        return 0;
    middles->words = words;
    middles->room = room;
    return 1;
}

int32_t fw2v_middles_node(fw2v_middles *middles, int32_t parent, int32_t connector) {
    uint64_t key = fw2v_pair_key(parent, connector);
    int32_t known = fw2v_middles_find(middles, parent, connector);
    int64_t number = (int64_t)middles->size;
    if (known)
        return known;
    if (!make_node_room(middles) || !fw2v_pairs_add(&middles->children, &key, NULL, &number, 1))
        return -1;
    middles->parents[number] = parent;
    middles->words[number] = connector;
    middles->size++;
    return (int32_t)number;
}

/* ---- pairs of a text -------------------------------------------------------------------------------------------- */

size_t fw2v_neighbours(const int32_t *ids, const int64_t *ends, size_t sentences, int64_t base, uint64_t *keys) {
    size_t at = 0, found = 0;
    for (size_t s = 0; s < sentences; s++) {
        size_t stop = (size_t)(ends[s] - base);
        for (size_t i = at + 1; i < stop; i++)
            keys[found++] = fw2v_pair_key(ids[i - 1], ids[i]);
        at = stop;
    }
    return found;
}

size_t fw2v_neighbours_over(const int32_t *ids, const int64_t *ends, size_t sentences, int64_t base,
                            const uint8_t *is_connector, fw2v_middles *middles, uint64_t *keys, uint32_t *between) {
    size_t at = 0, found = 0;
    for (size_t s = 0; s < sentences; s++) {
        size_t stop = (size_t)(ends[s] - base);
        int32_t left = -1, middle = 0;
        for (; at < stop; at++) {
            int32_t word = ids[at];
            if (!is_connector[word]) {
                if (left >= 0) {
                    keys[found] = fw2v_pair_key(left, word);
                    between[found++] = (uint32_t)middle;
                }
                left = word;
                middle = 0;
            } else if (left >= 0) {
                middle = fw2v_middles_node(middles, middle, word);
                if (UNLIKELY(middle < 0))
                    return SIZE_MAX;
            }
        }
    }
    return found;
}

void fw2v_partition(const uint64_t *keys, const uint32_t *between, const uint32_t *numbers, size_t n,
                    const int64_t *counts, unsigned bits, uint64_t *out_keys, uint32_t *out_between,
                    int64_t *out_counts, size_t *starts) {
    size_t parts = (size_t)1 << bits;
    unsigned shift = 64 - bits;
    memset(starts, 0, (parts + 1) * sizeof *starts);
    for (size_t i = 0; i < n; i++)
        starts[(fw2v_pair_hash(keys[i], between ? numbers[between[i]] : 0) >> shift) + 1]++;
    for (size_t p = 0; p < parts; p++)
        starts[p + 1] += starts[p];
    for (size_t i = 0; i < n; i++) {
        uint32_t middle = between ? numbers[between[i]] : 0;
        size_t to = starts[fw2v_pair_hash(keys[i], middle) >> shift]++;
        out_keys[to] = keys[i];
        if (between)
            out_between[to] = middle;
        if (counts)
            out_counts[to] = counts[i];
    }
    /* Each start has moved to where its part ends. */
    memmove(starts + 1, starts, parts * sizeof *starts);
    starts[0] = 0;
}
