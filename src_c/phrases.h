/* phrases.h: pairs of words in sentences of numbers, counted or joined to new numbers.
 *
 * Some words are connectors ("of"): any number of them may stand between the two words of a pair, and none begins or
 * ends one. What stands between is a number, too, its middle: 0 for nothing, else a node of a tree of connectors. So a
 * pair is (left, middle, right). Which pairs are phrases, files and threads are not known here.
 *
 * ids[0..tokens) are whole sentences: sentence i ends before ends[i] - base and begins where the one before it ends, the
 * first at 0; the last end is that of ids. Numbers are in 0..words-1, which callers check with fw2v_ids_below.
 */
#ifndef FW2V_PHRASES_H
#define FW2V_PHRASES_H

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
int32_t fw2v_middles_find(const fw2v_middles *middles, int32_t parent, int32_t connector);

/* The node of `connector` behind `parent`, made if it is new; -1 without memory or past 2^31 - 1 nodes. */
int32_t fw2v_middles_node(fw2v_middles *middles, int32_t parent, int32_t connector);

/* Whether all numbers are within 0..words-1. */
int fw2v_ids_below(const int32_t *ids, size_t tokens, int32_t words);

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

/* Which pairs become which numbers: the counts of `numbers` are these, each plus 1. roles[w] says what word w may be in a
 * phrase; no look-up is made where it cannot be one. */
enum { FW2V_LEFT = 1, FW2V_RIGHT = 2, FW2V_CONNECTOR = 4 };

typedef struct {
    const fw2v_pairs *numbers;
    const fw2v_middles *middles;
    const uint8_t *roles;
} fw2v_phrases;

/* Joins phrases from left to right: a pair that is one is written as its number, and its right word begins no other.
 * out[0..) has room for `tokens`; out_ends[i] is where sentence i then ends. Returns how many numbers were written. */
size_t fw2v_join(const fw2v_phrases *phrases, const int32_t *ids, const int64_t *ends, size_t sentences, int64_t base,
                 int32_t *out, int64_t *out_ends);

/* Words as bytes: word w is bytes[starts[w]..starts[w + 1]). */
typedef struct {
    const uint8_t *bytes;
    const int64_t *starts;
} fw2v_spellings;

/* A 64-bit hash of how each pair is spelled: left, the connectors between and right, with `delimiter` between them.
 * Equal spellings have equal hashes, whatever pairs they come from; a `right` of -1 stands for the word `left` alone.
 * Returns 0 without memory. */
int fw2v_spelling_hashes(const fw2v_spellings *words, const fw2v_middles *middles, const uint8_t *delimiter,
                         size_t delimiter_length, const int32_t *left, const uint32_t *between, const int32_t *right,
                         size_t n, uint64_t *hashes);

/* How many bytes the sentences take as lines of text, words separated by single spaces. */
size_t fw2v_text_size(const fw2v_spellings *words, const int32_t *ids, size_t tokens);

/* Bytes that may be read behind the last word, and written behind the text, whatever they are. */
enum { FW2V_TEXT_SLACK = 16 };

/* Writes them: an end of line for the last space of each sentence. No sentence is empty. */
void fw2v_write_text(const fw2v_spellings *words, const int32_t *ids, const int64_t *ends, size_t sentences,
                     int64_t base, uint8_t *text);

#endif
