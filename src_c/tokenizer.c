/* The tokenizer of tokenizer.h: text to words, sentence ends and their numbers.
 *
 * No file, no thread and no Python. Hashing is word_bytes.h's, the table word_table.c's, UTF-8 utf8.h's.
 */
#include "tokenizer.h"

#include <stdlib.h>
#include <string.h>

#include "utf8.h"
#include "word_bytes.h"
#include "word_table.h"

static const uint8_t REPLACEMENT[3] = {0xEF, 0xBF, 0xBD};   /* U+FFFD */

size_t fw2v_word_end(const uint8_t *text, size_t from, size_t to) {
    while (from < to) {
        uint64_t spaces = space_bits(load_block(text + from, to - from));
        if (spaces)
            return from + first_byte(spaces);
        from += BLOCK;
    }
    return to;
}

/* ---- text to segments ------------------------------------------------------------------------------------------- */

/* Room for `tokens` more words and one sentence end after each, before them, and at the end of a file. */
static int reserve(fw2v_segment *segment, size_t tokens) {
    /* Sentence ends count words in 32 bits. */
    if (tokens > INT32_MAX - segment->tokens)
        return 0;
    int32_t *ids = grow(segment->ids, &segment->token_room, segment->tokens + tokens + 1, sizeof *ids);
    if (!ids)
        return 0;
    segment->ids = ids;
    int32_t *ends = grow(segment->ends, &segment->line_room, segment->lines + tokens + 2, sizeof *ends);
    if (!ends)
        return 0;
    segment->ends = ends;
    return 1;
}

static inline void end_sentence(fw2v_segment *segment, size_t tokens) {
    int32_t end = (int32_t)tokens;
    if (segment->lines == 0 || segment->ends[segment->lines - 1] != end)
        segment->ends[segment->lines++] = end;
}

fw2v_status fw2v_end_sentence(fw2v_segment *segment) {
    if (!reserve(segment, 0))
        return FW2V_NO_MEMORY;
    end_sentence(segment, segment->tokens);
    return FW2V_DONE;
}

void fw2v_segment_free(fw2v_segment *segment) {
    free(segment->ids);
    free(segment->ends);
    memset(segment, 0, sizeof *segment);
}

/* Counts bytes[0..length), which is not UTF-8 from `start` on, with each bad part replaced. */
static fw2v_status count_repaired(fw2v_table *table, const uint8_t *bytes, size_t length, size_t start, size_t bad,
                                  int32_t *id) {
    size_t from = 0, used = 0;
    /* At worst every byte becomes a replacement character. */
    if (length > SIZE_MAX / sizeof REPLACEMENT)
        return FW2V_NO_MEMORY;
    uint8_t *repaired = grow(table->repaired, &table->repaired_room, length * sizeof REPLACEMENT, 1);
    if (!repaired)
        return FW2V_NO_MEMORY;
    table->repaired = repaired;
    for (;;) {
        memcpy(repaired + used, bytes + from, start - from);
        used += start - from;
        if (start == length)
            return fw2v_table_add(table, repaired, used, 1, id);
        memcpy(repaired + used, REPLACEMENT, sizeof REPLACEMENT);
        used += sizeof REPLACEMENT;
        from = start + bad;
        start = first_invalid(bytes, from, length, &bad);
    }
}

fw2v_status fw2v_feed(fw2v_table *table, fw2v_segment *segment, const uint8_t *text, size_t begin, size_t limit,
                      size_t end, int at_end, size_t *position) {
    fw2v_status status = FW2V_DONE;
    size_t at = begin, tokens;
    if (begin >= limit)
        return FW2V_DONE;
    /* Two words have white space between them. */
    if (!reserve(segment, (limit - begin) / 2 + 1))
        return FW2V_NO_MEMORY;
    tokens = segment->tokens;
    while (at < limit) {
        if (is_space(text[at])) {
            if (text[at] == '\n')
                end_sentence(segment, tokens);
            at++;
            continue;
        }
        scanned word = scan_word(text + at, end - at);
        if (UNLIKELY(at + word.length == end && !at_end)) {
            *position = at;
            status = FW2V_MORE;
            break;
        }
        size_t bad, start = word.length;
        if (UNLIKELY(word.high))
            start = first_invalid(text + at, 0, word.length, &bad);
        if (UNLIKELY(start < word.length)) {
            if (!table->replace) {
                *position = at + start;
                status = FW2V_INVALID;
                break;
            }
            status = count_repaired(table, text + at, word.length, start, bad, &segment->ids[tokens]);
        } else {
            status = count_word(table, text + at, word.length, word.hash, 1, &segment->ids[tokens]);
        }
        if (UNLIKELY(status != FW2V_DONE))
            break;
        tokens++;
        at += word.length;
    }
    segment->tokens = tokens;
    return status;
}

size_t fw2v_renumber(int32_t *ids, size_t tokens, int32_t *ends, size_t *lines, const int32_t *numbers) {
    size_t kept = 0, kept_lines = 0, at = 0;
    for (size_t line = 0; line <= *lines; line++) {
        /* What follows the last end is a sentence that the next segment goes on with. */
        size_t stop = line < *lines ? (size_t)ends[line] : tokens;
        for (; at < stop; at++) {
            int32_t number = numbers[ids[at]];
            ids[kept] = number;
            kept += number >= 0;
        }
        if (line < *lines && (kept_lines == 0 || ends[kept_lines - 1] != (int32_t)kept))
            ends[kept_lines++] = (int32_t)kept;
    }
    *lines = kept_lines;
    return kept;
}
