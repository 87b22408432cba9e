/* neighbours.h: pairs of neighbouring words in sentences of numbers, and what may stand between the two.
 *
 * Some words are connectors ("of"): any number of them may stand between the two words of a pair, and none begins or
 * ends one. What stands between is a number, too, its middle: 0 for nothing, else a node of a tree of connectors. So a
 * pair is (left, middle, right). Which pairs are phrases, files and threads are not known here.
 *
 * ids[0..tokens) are whole sentences: sentence i ends before ends[i] - base and begins where the one before it ends, the
 * first at 0; the last end is that of ids. Numbers are in 0..words-1, which callers check with fw2v_ids_below.
 */
#ifndef FW2V_NEIGHBOURS_H
#define FW2V_NEIGHBOURS_H

#include <stddef.h>
#include <stdint.h>

#include "pair_table.h"

/* What may stand between: node n > 0 is node parents[n] and the connector words[n] behind it; node 0 is nothing. */
typedef struct {
    fw2v_pairs children;    /* (parent, connector) to node, as a count */
    int32_t *parents;
    int32_t *words;
    size_t size;            /* nodes, node 0 among them */
    size_t room;
} fw2v_middles;

/* Makes a tree of node 0; returns 0 without memory. Release it with fw2v_middles_free. */
int fw2v_middles_init(fw2v_middles *middles);

void fw2v_middles_free(fw2v_middles *middles);

/* The node of `connector` behind `parent`; 0 if there is none. */
static inline int32_t fw2v_middles_find(const fw2v_middles *middles, int32_t parent, int32_t connector) {
    return (int32_t)fw2v_pair_count(&middles->children, fw2v_pair_key(parent, connector), 0);
}

/* The node of `connector` behind `parent`, made if it is new; -1 without memory or past 2^31 - 1 nodes. */
int32_t fw2v_middles_node(fw2v_middles *middles, int32_t parent, int32_t connector);

/* Whether all numbers are within 0..words-1. */
static inline int fw2v_ids_below(const int32_t *ids, size_t tokens, int32_t words) {
    uint32_t highest = 0;
    for (size_t i = 0; i < tokens; i++)
        highest = (uint32_t)ids[i] > highest ? (uint32_t)ids[i] : highest;
    return tokens == 0 || highest < (uint32_t)words;
}

/* The pairs of neighbours in text order into keys[0..tokens); returns how many. */
size_t fw2v_neighbours(const int32_t *ids, const int64_t *ends, size_t sentences, int64_t base, uint64_t *keys);

/* The same where word w is a connector if is_connector[w]: between[i] is the middle of keys[i], whose node is added to
 * `middles` if need be. Returns SIZE_MAX without memory. */
size_t fw2v_neighbours_over(const int32_t *ids, const int64_t *ends, size_t sentences, int64_t base,
                            const uint8_t *is_connector, fw2v_middles *middles, uint64_t *keys, uint32_t *between);

/* Sorts n pairs by the highest `bits` bits of their hashes, 1 <= bits <= 16: those of part p become
 * out_keys[starts[p]..starts[p + 1]), in the order in which they came. between (NULL: none) are middles, which become
 * numbers[middle] on the way; counts (NULL: none) go with their pairs. */
void fw2v_partition(const uint64_t *keys, const uint32_t *between, const uint32_t *numbers, size_t n,
                    const int64_t *counts, unsigned bits, uint64_t *out_keys, uint32_t *out_between,
                    int64_t *out_counts, size_t *starts);

#endif
