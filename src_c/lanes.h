/* lanes.h: one vector register as a C type, and the sum of its lanes by transposition, for the width FW2V_LANES of the
 * target file that includes this. Rows and windows are not known here; no instruction is named: GCC/Clang vector
 * arithmetic. Not a header to include twice.
 */
#include <stdint.h>
#include <string.h>

#define CAT_(a, b) a##b
#define CAT(a, b) CAT_(a, b)
#define LOCAL(name) CAT(CAT(name, _), FW2V_TARGET)
#define INLINE static inline __attribute__((always_inline))
#define L FW2V_LANES
#define UNROLL _Pragma("GCC unroll 16")
#define TEXT_(a) #a
#define FW2V_NAME(a) TEXT_(a)
/* Stops the compiler from folding or re-ordering the chain; "x" and "w" name the vector registers of x86 and Arm. */
#if defined(__x86_64__) || defined(__i386__)
#define KEEP_IN_REGISTER(v) __asm__ volatile("" : "+x"(v))
#elif defined(__aarch64__)
#define KEEP_IN_REGISTER(v) __asm__ volatile("" : "+w"(v))
#else
#define KEEP_IN_REGISTER(v) (void)(v)
#endif

/* Hides from the compiler what it knows about a whole number. */
#define FORGET(n) __asm__ volatile("" : "+r"(n))

typedef float V __attribute__((vector_size(4 * L)));
typedef int32_t VI __attribute__((vector_size(4 * L)));
typedef uint32_t VBits __attribute__((vector_size(4 * L))); /* whose sums may overflow */
/* The same vector at any float's address, and of any effective type. */
typedef float VU __attribute__((vector_size(4 * L), aligned(4), may_alias));

#if defined(__clang__) || __GNUC__ >= 12
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (VI){__VA_ARGS__})
#endif

INLINE V load(const float *p) { return *(const VU *)p; }
INLINE void store(float *p, V v) { *(VU *)p = v; }
#if L == 16
#define EACH_LANE(from) {from, from + 1, from + 2, from + 3, from + 4, from + 5, from + 6, from + 7, from + 8, from + 9, from + 10, from + 11, from + 12, from + 13, from + 14, from + 15}
#elif L == 8
#define EACH_LANE(from) {from, from + 1, from + 2, from + 3, from + 4, from + 5, from + 6, from + 7}
#else
#define EACH_LANE(from) {from, from + 1, from + 2, from + 3}
#endif
INLINE VI lane_numbers(void) { return (VI)EACH_LANE(0); }
INLINE V splat(float f) { return f - (V){0}; }
INLINE V pick(VI mask, V yes, V no) { return (V)((mask & (VI)yes) | (~mask & (VI)no)); }

/* Whether any lane of a mask is set. GCC has no portable spelling that becomes the one or two instructions it takes: the
 * loop below is a dozen, several times a window. */
INLINE int any_lane(VI mask)
{
#if defined(__x86_64__) && !defined(__clang__) && L == 16
    return __builtin_ia32_ptestmd512(mask, mask, (unsigned short)-1) != 0;
#elif defined(__x86_64__) && !defined(__clang__) && L == 8
    typedef long long Words __attribute__((vector_size(sizeof(VI))));
    return !__builtin_ia32_ptestz256((Words)mask, (Words)mask);
#elif defined(__x86_64__) && !defined(__clang__) && L == 4
    return __builtin_ia32_movmskps((V)mask) != 0;
#else
    int64_t any = 0, words[sizeof(VI) / sizeof(int64_t)];
    memcpy(words, &mask, sizeof mask);
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++)
        any |= words[k];
    return any != 0;
#endif
}

/* ---- lane sums by transposition ---- */

#if L == 4
#define LOW_PAIRS 0, 4, 1, 5
#define HIGH_PAIRS 2, 6, 3, 7
#define FIRST_HALVES 0, 1, 4, 5
#define SECOND_HALVES 2, 3, 6, 7
#elif L == 8
#define LOW_PAIRS 0, 8, 1, 9, 4, 12, 5, 13
#define HIGH_PAIRS 2, 10, 3, 11, 6, 14, 7, 15
#define FIRST_HALVES 0, 1, 8, 9, 4, 5, 12, 13
#define SECOND_HALVES 2, 3, 10, 11, 6, 7, 14, 15
#elif L == 16
#define LOW_PAIRS 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29
#define HIGH_PAIRS 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31
#define FIRST_HALVES 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define SECOND_HALVES 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#endif

/* Four vectors to one: in every quarter of 4 lanes stand the sums of a, b, c and d over that quarter. */
INLINE V quarter_sums(V a, V b, V c, V d)
{
    V ab = SHUFFLE(a, b, LOW_PAIRS) + SHUFFLE(a, b, HIGH_PAIRS);
    V cd = SHUFFLE(c, d, LOW_PAIRS) + SHUFFLE(c, d, HIGH_PAIRS);
    return SHUFFLE(ab, cd, FIRST_HALVES) + SHUFFLE(ab, cd, SECOND_HALVES);
}

/* Lane sums of a[0..7] and of b[0..7], one behind the other in the 16 floats of sums. */
INLINE void lane_sums(const V *a, const V *b, V *sums)
{
    V a0 = quarter_sums(a[0], a[1], a[2], a[3]), a1 = quarter_sums(a[4], a[5], a[6], a[7]);
    V b0 = quarter_sums(b[0], b[1], b[2], b[3]), b1 = quarter_sums(b[4], b[5], b[6], b[7]);
#if L == 4
    sums[0] = a0, sums[1] = a1, sums[2] = b0, sums[3] = b1;
#elif L == 8
    sums[0] = SHUFFLE(a0, a1, 0, 1, 2, 3, 8, 9, 10, 11) + SHUFFLE(a0, a1, 4, 5, 6, 7, 12, 13, 14, 15);
    sums[1] = SHUFFLE(b0, b1, 0, 1, 2, 3, 8, 9, 10, 11) + SHUFFLE(b0, b1, 4, 5, 6, 7, 12, 13, 14, 15);
#elif L == 16
    V p = SHUFFLE(a0, a1, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
          SHUFFLE(a0, a1, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    V q = SHUFFLE(b0, b1, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
          SHUFFLE(b0, b1, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    sums[0] = SHUFFLE(p, q, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
              SHUFFLE(p, q, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
#endif
}

INLINE float lane_sum(V v)
{
    V quarters = quarter_sums(v, v, v, v);
    float sum = 0;
    for (int k = 0; k < L; k += 4)
        sum += quarters[k];
    return sum;
}
