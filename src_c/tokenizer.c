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

/* ---- the words of a stretch of text ------------------------------------------------------------------------------ */

/* Text is gone through in three sweeps over a stretch at a time, so that each word waits neither for the end of the one
 * before it nor for the table's memory: where words begin and end, what their hashes are, which numbers they have. */
enum { LINE = 64, STRETCH = 16 * LINE, MOST_WORDS = STRETCH / 2 + 1 };

typedef struct {
    size_t words;                       /* whole ones */
    uint32_t begins[MOST_WORDS + LINE]; /* offsets; what stands behind the last is of no meaning */
    uint32_t ends[MOST_WORDS + LINE];
    hashed hashes[MOST_WORDS];
} stretch;

/* Writes base + the index of each bit to places[0..], and up to a LINE of anything behind; returns how many bits there
 * were. Eight are taken at a time since their number is hard to predict. */
static inline size_t write_places(uint64_t bits, uint32_t base, uint32_t *places) {
    size_t count = count_bits(bits);
    for (size_t done = 0; done < count; done += 8)
        for (size_t i = 0; i < 8; i++) {
            places[done + i] = base + first_bit(bits | UINT64_C(1) << 63);
            bits &= bits - 1;
        }
    return count;
}

/* Finds the words of text[0..STRETCH), or of the whole LINEs of text[0..length) if that is less, up to the last white
 * space; text[-1] is taken for white space. Ends sentences as they come. Returns where what was not taken begins. */
static size_t find_words(fw2v_segment *segment, size_t tokens, const uint8_t *text, size_t length, stretch *found) {
    size_t begun = 0, ended = 0, at = 0;
    uint64_t before = 1;    /* the lowest bit: white space stands before this line */
    for (; at < STRETCH && length - at >= LINE; at += LINE) {
        uint64_t spaces = 0, newlines = 0;
        for (unsigned i = 0; i < LINE / BLOCK; i++) {
            uint64_t block = load_block(text + at + BLOCK * i, BLOCK);
            spaces |= gather(space_bits(block)) << BLOCK * i;
            newlines |= gather(newline_bits(block)) << BLOCK * i;
        }
        uint64_t shifted = spaces << 1 | before;
        uint64_t ends = spaces & ~shifted;
        begun += write_places(~spaces & shifted, (uint32_t)at, found->begins + begun);
        for (; newlines; newlines &= newlines - 1) {
            uint64_t up_to = newlines ^ (newlines - 1);
            end_sentence(segment, tokens + ended + count_bits(ends & up_to));
        }
        ended += write_places(ends, (uint32_t)at, found->ends + ended);
        before = spaces >> 63;
    }
    found->words = ended;
    return begun > ended ? found->begins[ended] : at;
}

/* Where a word is not UTF-8, and the length of that part in *bad; its length if all is well. */
static inline size_t check_word(const uint8_t *bytes, size_t length, hashed word, size_t *bad) {
    return UNLIKELY(word.high) ? first_invalid(bytes, 0, length, bad) : length;
}

/* Counts the words found, with their numbers behind the segment's first *tokens. Where one fails, the words from it on
 * are not counted, and *failed is its bad byte. */
static fw2v_status number_words(fw2v_table *table, fw2v_segment *segment, size_t *tokens, const uint8_t *text,
                                stretch *found, size_t *failed) {
    size_t done = 0;
    while (done < found->words) {
        size_t upto, start = 0, bad = 0, length = 0;
        for (upto = done; upto < found->words; upto++) {
            const uint8_t *bytes = text + found->begins[upto];
            length = found->ends[upto] - found->begins[upto];
            hashed word = hash_word_ahead(bytes, length);
            found->hashes[upto] = word;
            PREFETCH(&table->slots[word.hash & table->slot_mask]);
            start = check_word(bytes, length, word, &bad);
            if (UNLIKELY(start < length))
                break;
        }
        for (; done < upto; done++) {
            uint32_t begin = found->begins[done];
            fw2v_status status = count_word(table, text + begin, found->ends[done] - begin, found->hashes[done], 1,
                                            &segment->ids[*tokens]);
            if (UNLIKELY(status != FW2V_DONE))
                return status;
            ++*tokens;
        }
        if (UNLIKELY(done < found->words)) {
            *failed = found->begins[done] + start;
            if (!table->replace)
                return FW2V_INVALID;
            fw2v_status status = count_repaired(table, text + found->begins[done], length, start, bad,
                                                &segment->ids[*tokens]);
            if (status != FW2V_DONE)
                return status;
            ++*tokens;
            done++;
        }
    }
    return FW2V_DONE;
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
        /* Lines of text behind which enough may be read. */
        if (limit - at >= LINE && end - at >= LINE + READ_AHEAD) {
            stretch found;
            size_t room = limit - at < end - at - READ_AHEAD ? limit - at : end - at - READ_AHEAD;
            size_t failed = 0, taken = find_words(segment, tokens, text + at, room, &found);
            status = number_words(table, segment, &tokens, text + at, &found, &failed);
            if (UNLIKELY(status != FW2V_DONE)) {
                *position = at + failed;
                while (segment->lines && (size_t)segment->ends[segment->lines - 1] > tokens)
                    segment->lines--;
                break;
            }
            at += taken;
            if (taken) /* else a long word stands here */
                continue;
        }
        if (is_space(text[at])) {
            if (text[at] == '\n')
                end_sentence(segment, tokens);
            at++;
            continue;
        }
        size_t length = fw2v_word_end(text + at, 0, end - at);
        if (at + length == end && !at_end) {
            *position = at;
            status = FW2V_MORE;
            break;
        }
        hashed word = hash_word(text + at, length);
        size_t bad, start = check_word(text + at, length, word, &bad);
        if (start == length) {
            status = count_word(table, text + at, length, word, 1, &segment->ids[tokens]);
        } else if (table->replace) {
            status = count_repaired(table, text + at, length, start, bad, &segment->ids[tokens]);
        } else {
            *position = at + start;
            status = FW2V_INVALID;
        }
        if (status != FW2V_DONE)
            break;
        tokens++;
        at += length;
    }
    segment->tokens = tokens;
    return status;
}

void fw2v_renumber(int32_t *ids, size_t tokens, const int32_t *numbers) {
    for (size_t i = 0; i < tokens; i++)
        ids[i] = numbers[ids[i]];
}
