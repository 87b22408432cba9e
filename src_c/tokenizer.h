/* Text to numbers: cuts bytes into words and sentences, numbers the words in the order met, and counts them.
 *
 * A word is a run of bytes without ASCII white space (space, \t, \n, \r, \v, \f); only \n ends a sentence. Words may
 * be of any length and in any script as long as they are UTF-8. Nothing here opens, reads or seeks a file, starts a
 * thread, or knows about pruning options beyond the two numbers of fw2v_rank: bytes come in, numbers go out.
 *
 * Threads: a table or segment belongs to one thread at a time, and different ones share nothing. Functions with a
 * const table may run at the same time on the same table.
 */
#ifndef FW2V_TOKENIZER_H
#define FW2V_TOKENIZER_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
    FW2V_DONE = 0,      /* everything asked for has been done */
    FW2V_MORE,          /* the last word reaches the end of the buffer: more text is needed to know where it ends */
    FW2V_INVALID,       /* a byte is not UTF-8 */
    FW2V_NO_MEMORY,     /* an allocation failed */
    FW2V_TOO_MANY       /* more different words than the table may hold */
} fw2v_status;

/* Words, each once, numbered 0, 1, ... in the order met, with their counts. */
typedef struct fw2v_table fw2v_table;

/* The text fed since the segment was last emptied. Start from all zeros; release with fw2v_segment_free.
 * ids[0..tokens)  the number of each word, in text order.
 * ends[0..lines)  how many words of the segment stand before each sentence end, strictly increasing: an end that
 *                 repeats the one before it (an empty sentence) is left out. A leading 0 ends the sentence that an
 *                 earlier segment left open. */
typedef struct {
    int32_t *ids;
    size_t tokens;
    size_t token_room;
    int32_t *ends;
    size_t lines;
    size_t line_room;
} fw2v_segment;

/* A new table of at most max_words words, or NULL without memory. With `replace`, each maximal part of a word that is
 * not UTF-8 becomes U+FFFD, as in Python's bytes.decode("utf8", "replace"); without it, fw2v_feed returns FW2V_INVALID.
 * max_words is 1..INT32_MAX. */
fw2v_table *fw2v_table_new(int replace, int32_t max_words);

/* Releases a table; NULL is allowed. */
void fw2v_table_free(fw2v_table *table);

/* How many different words the table holds. */
int32_t fw2v_table_size(const fw2v_table *table);

/* The bytes of word `id`, 0 <= id < size, and their number in *length. Not zero-terminated; valid until the table
 * takes another word. */
const uint8_t *fw2v_table_word(const fw2v_table *table, int32_t id, size_t *length);

/* The count of word `id`, 0 <= id < size. */
int64_t fw2v_table_count(const fw2v_table *table, int32_t id);

/* Adds `count` to the word bytes[0..length), which must be UTF-8 and not lie in the table's own memory; its number goes
 * to *id. Returns FW2V_DONE, FW2V_NO_MEMORY or FW2V_TOO_MANY. */
fw2v_status fw2v_table_add(fw2v_table *table, const uint8_t *bytes, size_t length, int64_t count, int32_t *id);

/* Adds all words and counts of `other` (not the same table); numbers[i], i < size of other, becomes the number in
 * `table` of other's word i. Returns FW2V_DONE, FW2V_NO_MEMORY or FW2V_TOO_MANY. */
fw2v_status fw2v_table_absorb(fw2v_table *table, const fw2v_table *other, int32_t *numbers);

/* order[0..size) becomes the table's words by count descending and then by bytes.
 * Returns FW2V_DONE or FW2V_NO_MEMORY. */
fw2v_status fw2v_rank(const fw2v_table *table, int32_t *order);

/* Where the first white space of text[from..to) stands; `to` if there is none. */
size_t fw2v_word_end(const uint8_t *text, size_t from, size_t to);

/* Appends to `segment` the words that start in text[begin..limit) and the sentence ends that lie there. A word may run
 * on to `end` >= limit, where the buffer ends; no byte at or past `end` is read. at_end tells that the text itself ends
 * there.
 * Returns FW2V_DONE; FW2V_MORE when the word at *position reaches `end` and the text does not end there (call again
 * with begin = that word, once more of it is in the buffer); FW2V_INVALID with the bad byte's *position; FW2V_NO_MEMORY
 * or FW2V_TOO_MANY. After the last three, table and segment are fit to be released or read, but hold part of the text. */
fw2v_status fw2v_feed(fw2v_table *table, fw2v_segment *segment, const uint8_t *text, size_t begin, size_t limit,
                      size_t end, int at_end, size_t *position);

/* Ends the sentence here, as the end of a file does. Returns FW2V_DONE or FW2V_NO_MEMORY. */
fw2v_status fw2v_end_sentence(fw2v_segment *segment);

/* Releases the segment's memory and makes it empty. */
void fw2v_segment_free(fw2v_segment *segment);

/* In place, ids[i] becomes numbers[ids[i]]. The arrays do not overlap; different threads may share `numbers`. */
void fw2v_renumber(int32_t *ids, size_t tokens, const int32_t *numbers);

#endif
