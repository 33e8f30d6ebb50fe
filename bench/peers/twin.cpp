// The engine's twin in C++: the algorithm of assembly/, operation by operation, for the paper's cost. Equal seeds
// give equal bits, which `stateHash` shows. It is the native yardstick for the WASM engine, and a check of its
// compiler: where a name is that of a file or function in assembly/, the reasons are written there.
//
//   g++ -O3 -march=x86-64-v3 -ffp-contract=off -std=c++20 twin.cpp
//   ./a.out n=100 lambda=0.8 m=500 low=0 high=2 until=100 words=1,2,3,4,5,6,7,8 [from=0] [samples=1] [buffer=1]
//
// The same bits with -march=native, for which -mprefer-vector-width=512 helps where there is AVX-512. low = high is
// a constant, for which no random number is drawn. buffer=0 stands for unbounded.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>

#ifdef __linux__
#include <sys/mman.h>
#endif

#include "command-line.hpp"
#include "musl-math.hpp"

using u32 = uint32_t;
using u64 = uint64_t;

// ---------------------------------------------------------------- layout: what is hashed has the engine's bytes

struct Dynamics {
  std::array<u64, 4> rng;
  double epochStart, clock, bound;
  u32 full, busy;
  u64 tasks, arrivals, dropped, departures, candidates;
  u32 lane, laneCount, busyCap, idleCap;
};
static_assert(sizeof(Dynamics) == 120);

struct alignas(32) Record {
  double rate, since, signal;
  u32 id, queue;
};
static_assert(sizeof(Record) == 32);

constexpr u32 MAX_LANES = 64;

#if defined(__AVX512F__)
constexpr u32 WIDTH = 8;
#elif defined(__AVX2__)
constexpr u32 WIDTH = 4;
#else
constexpr u32 WIDTH = 2;
#endif
/** Doubles handled by one instruction; elementwise, so that the width does not matter for the bits. */
using Vector = double __attribute__((vector_size(8 * WIDTH)));
using Mask = int64_t __attribute__((vector_size(8 * WIDTH)));
using Bits = u64 __attribute__((vector_size(8 * WIDTH)));
using Index = int32_t __attribute__((vector_size(4 * WIDTH)));

/** A column of doubles, one for each lane. */
struct alignas(64) Column {
  double at[MAX_LANES];
  double& operator[](u32 k) { return at[k]; }
  Vector& vector(u32 k) { return *reinterpret_cast<Vector*>(at + k); }
};

struct Lanes {
  Column time, rate0, since, signal, slope, rate, accept, size;
  /** index of the picked record; an arrival is known by its slope */
  alignas(64) u32 pick[MAX_LANES];
  alignas(64) u32 id[MAX_LANES];

  void load(u32 k, const Record& record) {
    rate0[k] = record.rate;
    since[k] = record.since;
    signal[k] = record.signal;
    id[k] = record.id;
  }

#if defined(__AVX2__)
  /** Four at once: a transposition, so that columns are written as they will be read. */
  void load4(u32 k, const Record& r0, const Record& r1, const Record& r2, const Record& r3) {
    using Row = double __attribute__((vector_size(32)));
    const auto row = [](const Record& r) { return *reinterpret_cast<const Row*>(&r); };
    const Row even01 = __builtin_shufflevector(row(r0), row(r1), 0, 4, 2, 6);
    const Row odd01 = __builtin_shufflevector(row(r0), row(r1), 1, 5, 3, 7);
    const Row even23 = __builtin_shufflevector(row(r2), row(r3), 0, 4, 2, 6);
    const Row odd23 = __builtin_shufflevector(row(r2), row(r3), 1, 5, 3, 7);
    *reinterpret_cast<Row*>(rate0.at + k) = __builtin_shufflevector(even01, even23, 0, 1, 4, 5);
    *reinterpret_cast<Row*>(since.at + k) = __builtin_shufflevector(odd01, odd23, 0, 1, 4, 5);
    *reinterpret_cast<Row*>(signal.at + k) = __builtin_shufflevector(even01, even23, 2, 3, 6, 7);
    for (u32 i = 0; const Record* r : {&r0, &r1, &r2, &r3}) id[k + i++] = r->id;
  }
#endif
};

// ---------------------------------------------------------------- random numbers (random.ts, exponential.ts)

double toUnit(u64 bits) { return static_cast<double>(static_cast<int64_t>(bits >> 11)) * 0x1p-53; }

/** The same for several; AVX2 has no conversion, hence the two halves, whose sum is exact. */
Vector toUnits(Bits bits) {
  bits >>= 11;
#if defined(__AVX512DQ__)
  return __builtin_convertvector(reinterpret_cast<Mask>(bits), Vector) * 0x1p-53;
#else
  const auto high = reinterpret_cast<Vector>(bits >> 32 | 0x4530000000000000);
  const auto low = reinterpret_cast<Vector>((bits & 0xffffffff) | 0x4330000000000000);
  return (high - (0x1p84 + 0x1p52) + low) * 0x1p-53;
#endif
}

struct Xoshiro {
  u64 s0, s1, s2, s3;

  u64 next() {
    const u64 result = std::rotl(s0 + s3, 23) + s0;
    const u64 shifted = s1 << 17;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = std::rotl(s3, 45);
    return result;
  }
};

struct Ziggurat {
  static constexpr double TAIL = 7.69711747013105;
  static constexpr double AREA = 0.003949659822581557;
  double x[257], y[257];

  Ziggurat() {
    double edge = TAIL;
    x[0] = AREA * musl::exp(TAIL);
    y[0] = 0;
    for (u32 i = 1; i < 256; i++) {
      x[i] = edge;
      y[i] = musl::exp(-edge);
      edge = -musl::log(AREA / edge + musl::exp(-edge));
    }
    x[256] = 0;
    y[256] = 1;
  }
};

// ---------------------------------------------------------------- hash.ts

class Xxh64 {
  static constexpr u64 P1 = 0x9e3779b185ebca87, P2 = 0xc2b2ae3d27d4eb4f, P3 = 0x165667b19e3779f9,
                       P4 = 0x85ebca77c2b2ae63, P5 = 0x27d4eb2f165667c5;
  static u64 mix(u64 accumulator, u64 input) { return std::rotl(accumulator + input * P2, 31) * P1; }
  static u64 merge(u64 hash, u64 accumulator) { return (hash ^ mix(0, accumulator)) * P1 + P4; }

 public:
  /** Of whole 8-byte words. */
  static u64 of(const void* start, u64 words, u64 seed) {
    const char* p = static_cast<const char*>(start);
    const auto take = [&p] {
      u64 word;
      std::memcpy(&word, p, 8);
      p += 8;
      return word;
    };
    u64 left = words;
    u64 hash = seed + P5;
    if (left >= 4) {
      u64 a = seed + P1 + P2, b = seed + P2, c = seed, d = seed - P1;
      for (; left >= 4; left -= 4) {
        a = mix(a, take());
        b = mix(b, take());
        c = mix(c, take());
        d = mix(d, take());
      }
      hash = std::rotl(a, 1) + std::rotl(b, 7) + std::rotl(c, 12) + std::rotl(d, 18);
      hash = merge(merge(merge(merge(hash, a), b), c), d);
    }
    hash += 8 * words;
    for (; left > 0; left--) hash = std::rotl(hash ^ mix(0, take()), 27) * P1 + P4;
    hash = (hash ^ (hash >> 33)) * P2;
    hash = (hash ^ (hash >> 29)) * P3;
    return hash ^ (hash >> 32);
  }
};

// ---------------------------------------------------------------- rate-equation/

/** The rate equation for g = 1/x, h = 0.1 x². */
class Drift {
 public:
  explicit Drift(double m) : g(1.0 * 1.0 / m), h(0.1 * 2.0 / m) {}

  double advance(double rate, double signal, double slope, double dt) const {
    const SixCoefficients<double> series(*this, rate, signal, slope, dt);
    if (series.size <= SMALL) return series.end;
    const Steps<double> plan(*this, rate, signal, slope, dt);
    if (!(plan.count <= MAX_STEPS)) return far(rate, signal, slope, dt);
    double inverse = plan.inverse;
    double step = plan.length;
    for (double steps = plan.count; steps > 0;) {
      const TenCoefficients<double> series(*this, inverse, signal + slope * (dt - steps * step), slope, step);
      if (series.enough) {
        inverse += inverse * series.growth;
        steps -= 1;
      } else {
        steps *= 2;
        step *= 0.5;
      }
    }
    return 1 / inverse;
  }

  /** LANE_RATE of `count` lanes from their other fields. */
  void advanceLanes(Lanes& lanes, u32 count) const {
    // lanes are advanced WIDTH at a time: harmless companions for the last one
    for (u32 k = count; k % WIDTH != 0; k++) {
      lanes.rate0[k] = 1;
      lanes.signal[k] = lanes.slope[k] = 0;
      lanes.time[k] = lanes.since[k] = 0;
    }
    Mask small = ~Mask{};
    for (u32 k = 0; k < count; k += WIDTH) {
      const Vector dt = lanes.time.vector(k) - lanes.since.vector(k);
      const SixCoefficients<Vector> series(*this, lanes.rate0.vector(k), lanes.signal.vector(k), lanes.slope.vector(k), dt);
      lanes.rate.vector(k) = series.end;
      lanes.size.vector(k) = series.size;
      small &= series.size <= SMALL;
    }
    bool allSmall = true;
    for (u32 i = 0; i < WIDTH; i++) allSmall &= small[i] != 0;
    if (!allSmall) advanceListed(lanes, count);
  }

 private:
  static constexpr double SMALL = 1.0 / 200;
  static constexpr double STEP_G = 0.018;
  static constexpr double STEP_SIZE = 0.05;
  static constexpr double NEGLIGIBLE_STEP = 1e-11;
  static constexpr double MAX_STEPS = 64;

  double g, h;

  /** Of the equation for x = μ/μ₀ − 1, for one server or several. */
  template <class T>
  struct SixCoefficients {
    T size;
    /** the rate after the gap */
    T end;

    SixCoefficients(const Drift& drift, T rate, T signal, T slope, T dt) {
      const T hdt = drift.h * dt;
      const T inverse = 1.0 / rate;
      const T G = drift.g * dt * inverse * (inverse * inverse);
      const T H = hdt * inverse;
      const T P = hdt * signal;
      const T Q = hdt * dt * slope;
      const T HP = H + P;
      const T x1 = G - HP;
      const T k = P + G + G;
      const T G6 = 6.0 * G;
      const T u = G6 * x1;
      const T v = u - Q;
      const T v4 = 4.0 * v;
      const T w = u * x1;
      const T w4 = 4.0 * w;
      const T x2 = k * x1 + Q;
      const T y = 3.0 * x2;
      const T x3 = k * x2 + (v - Q) * x1;
      const T x4 = k * x3 + (v * y + w4 * x1);
      const T x5 = k * x4 + (v4 * x3 + y * (G6 * x2 + 2.0 * w4));
      const T x6 = k * x5 + ((v4 + v) * x4 + 20.0 * u * x2 * y);
      const T low = x1 - 1 / 2.0 * x2 + 1 / 6.0 * x3;
      const T x = low - 1 / 24.0 * x4 + 1 / 120.0 * x5;
      size = G + HP + Q;
      end = rate + rate * x - 1 / 720.0 * rate * x6;
    }
  };

  static double roundUp(double x) { return std::ceil(x); }
  static Vector roundUp(Vector x) {
    for (u32 i = 0; i < WIDTH; i++) x[i] = std::ceil(x[i]);
    return x;
  }

  /** The steps of ten coefficients to be tried. */
  template <class T>
  struct Steps {
    T inverse, count, length;

    Steps(const Drift& drift, T rate, T signal, T slope, T dt) {
      inverse = 1.0 / rate;
      const T G = drift.g * dt * inverse * (inverse * inverse);
      const T size = G + drift.h * dt * (inverse + (signal + dt * slope));
      const T forG = 1 / STEP_G * G;
      const T forSize = 1 / STEP_SIZE * size;
      count = roundUp(forG < forSize ? forSize : forG);
      length = dt / count;
    }
  };

  /** Of the equation for f = μ₀/μ. */
  template <class T>
  struct TenCoefficients {
    /** of 1/μ over the step */
    T growth;
    decltype(T{} <= T{}) enough;

    TenCoefficients(const Drift& drift, T inverse, T signal, T slope, T dt) {
      const T hdt = drift.h * dt;
      const T G = drift.g * dt * inverse * (inverse * inverse);
      const T H = hdt * inverse;
      const T P = hdt * signal;
      const T Q = hdt * dt * slope;
      const T D = H - 2.0 * G;
      const T E = H - 6.0 * G;
      const T k = 2.0 * D + P;
      const T f1 = H + P - G;
      const T d1 = 2.0 * f1;
      const T l = Q + d1 * E;
      const T e = 2.0 * G * d1;
      const T f2 = 1 / 2.0 * (k * f1 + Q);
      const T S2 = f1 * f1;
      const T f3 = 1 / 3.0 * (k * f2 + (Q * f1 + E * S2));
      const T d2 = 2.0 * f2;
      const T s2 = d2 + S2;
      const T f4 = 1 / 4.0 * (k * f3 + (l * f2 - e * S2));
      const T d3 = 2.0 * f3;
      const T S3 = d1 * f2;
      const T s3 = d3 + S3;
      const T A4 = f2 * f2;
      const T B4 = s2 * s2;
      const T f5 = 1 / 5.0 * (k * f4 + (l * f3 + (D * A4 - (G * B4 + e * S3))));
      const T d4 = 2.0 * f4;
      const T S4 = d1 * f3 + A4;
      const T s4 = d4 + S4;
      const T t2 = 2.0 * s2;
      const T A5 = d2 * f3;
      const T B5 = t2 * s3;
      const T f6 = 1 / 6.0 * (k * f5 + (l * f4 + (D * A5 - (G * B5 + e * S4))));
      const T S5 = d1 * f4 + A5;
      const T s5 = 2.0 * f5 + S5;
      const T A6 = d2 * f4 + f3 * f3;
      const T B6 = t2 * s4 + s3 * s3;
      const T f7 = 1 / 7.0 * (k * f6 + (l * f5 + (D * A6 - (G * B6 + e * S5))));
      const T S6 = d1 * f5 + A6;
      const T s6 = 2.0 * f6 + S6;
      const T t3 = 2.0 * s3;
      const T A7 = d2 * f5 + d3 * f4;
      const T B7 = t2 * s5 + t3 * s4;
      const T f8 = 1 / 8.0 * (k * f7 + (l * f6 + (D * A7 - (G * B7 + e * S6))));
      const T S7 = d1 * f6 + A7;
      const T s7 = 2.0 * f7 + S7;
      const T A8 = d2 * f6 + (d3 * f5 + f4 * f4);
      const T B8 = t2 * s6 + (t3 * s5 + s4 * s4);
      const T f9 = 1 / 9.0 * (k * f8 + (l * f7 + (D * A8 - (G * B8 + e * S7))));
      const T S8 = d1 * f7 + A8;
      const T A9 = d2 * f7 + (d3 * f6 + d4 * f5);
      const T B9 = t2 * s7 + (t3 * s6 + 2.0 * s4 * s5);
      const T f10 = 1 / 10.0 * (k * f9 + (l * f8 + (D * A9 - (G * B9 + e * S8))));
      growth = f1 + f2 + (f3 + f4) + (f5 + f6) + (f7 + f8) + (f9 + f10);
      enough = (f9 >= -NEGLIGIBLE_STEP) & (f9 <= NEGLIGIBLE_STEP) & (f10 >= -NEGLIGIBLE_STEP) & (f10 <= NEGLIGIBLE_STEP);
    }
  };

  /** Solves those of the lanes for which six coefficients will not do. */
  void advanceListed(Lanes& lanes, u32 count) const {
    u32 list[MAX_LANES + WIDTH];
    u32 listed = 0;
    const auto enlist = [&](u32 lane, bool condition) {
      list[listed] = lane;
      listed += condition;
    };
    for (u32 k = 0; k < count; k++) enlist(k, !(lanes.size[k] <= SMALL));
    // calls body(lanes, how many of them) for WIDTH lanes at a time, and begins a new list
    const auto forListed = [&](auto body) {
      const u32 end = listed;
      listed = 0;
      for (u32 from = 0; from < end; from += WIDTH) {
        u32 at[WIDTH];
        // missing last ones have the very last for a companion
        for (u32 i = 0; i < WIDTH; i++) at[i] = list[std::min(from + i, end - 1)];
        body(at, std::min(WIDTH, end - from));
      }
    };
    Column length, steps;
    forListed([&](const u32* at, u32 some) {
      const Vector dt = get(lanes.time, at) - get(lanes.since, at);
      const Steps<Vector> plan(*this, get(lanes.rate0, at), get(lanes.signal, at), get(lanes.slope, at), dt);
      put(lanes.rate, at, plan.inverse);
      put(length, at, plan.length);
      put(steps, at, plan.count);
      for (u32 i = 0; i < some; i++) {
        const u32 k = at[i];
        const bool few = plan.count[i] <= MAX_STEPS;
        if (!few) lanes.rate[k] = far(lanes.rate0[k], lanes.signal[k], lanes.slope[k], dt[i]);
        enlist(k, few);
      }
    });
    while (listed > 0) {
      forListed([&](const u32* at, u32 some) {
        const Vector inverse = get(lanes.rate, at), slope = get(lanes.slope, at), step = get(length, at);
        const Vector ahead = get(steps, at);
        const Vector gone = get(lanes.time, at) - get(lanes.since, at) - ahead * step;
        const TenCoefficients<Vector> series(*this, inverse, get(lanes.signal, at) + slope * gone, slope, step);
        const Vector next = series.enough ? inverse + inverse * series.growth : inverse;
        const Vector left = series.enough ? ahead - 1.0 : 2.0 * ahead;
        put(length, at, series.enough ? step : 0.5 * step);
        put(steps, at, left);
        put(lanes.rate, at, left > 0.0 ? next : 1.0 / next);
        for (u32 i = 0; i < some; i++) enlist(at[i], left[i] > 0);
      });
    }
  }

  static Vector get(Column& column, const u32* at) {
    Vector values;
    for (u32 i = 0; i < WIDTH; i++) values[i] = column[at[i]];
    return values;
  }
  static void put(Column& column, const u32* at, Vector values) {
    for (u32 i = 0; i < WIDTH; i++) column[at[i]] = values[i];
  }

  double far(double rate, double signal, double slope, double dt) const {
    const double settled = stiff(rate, signal, slope, dt);
    if (!std::isnan(settled)) return settled;
    return dt <= 0 ? rate : taylor(rate, signal, slope, dt);
  }

  // stiff-gap.ts
  static constexpr double FORGOTTEN = 50;
  static constexpr double LARGEST_FALL = 1000;
  static constexpr u32 STIFF_DEGREE = 16;
  static constexpr double STIFF_NEGLIGIBLE = 1e-12;
  static constexpr double REACH = 2.8;
  static constexpr double LARGEST_COEFFICIENT = 1e30;
  static constexpr double DRIVEN = 60;

  /** NaN for a gap that is not stiff, or that cannot be solved this way. */
  double stiff(double rate, double signal0, double slope, double dt) const {
    constexpr double UNSOLVED = std::numeric_limits<double>::quiet_NaN();
    double inverse = 1 / rate;
    const double end = signal0 + slope * dt;
    double left = dt;
    const double most = FORGOTTEN / (1.5 * h);
    if (end * end - slope * most > 0) left = std::min(dt, most / (end + std::sqrt(end * end - slope * most)));
    const double driving = g * left * inverse * inverse * inverse;
    const double damping = h * left * (inverse + end - 0.5 * slope * left);
    if (!(driving <= DRIVEN * damping)) return UNSOLVED;
    double f[STIFF_DEGREE + 1], square[STIFF_DEGREE + 1];
    while (true) {
      const double signal = signal0 + slope * (dt - left);
      const double up = g * inverse * (inverse * inverse);
      const double down = h * inverse;
      const double p = h * signal;
      const double q = h * slope;
      const double r = 3.0 * (up + p) + (down + down);
      const double root = std::sqrt(r * r + 12 * REACH * q);
      const double reach = 2 * REACH / (r + root);
      const double x = reach < left ? reach : left;
      const double G = up * x;
      const double H = down * x;
      const double P = p * x;
      const double Q = q * x * x;
      f[0] = square[0] = 1;
      double fourth = 1;
      for (u32 k = 1; k <= STIFF_DEGREE; k++) {
        const double linear = P * f[k - 1] + Q * (k > 1 ? f[k - 2] : 0);
        f[k] = (H * square[k - 1] - G * fourth + linear) * (1.0 / k);
        square[k] = squared(f, k);
        fourth = squared(square, k);
      }
      const double last = std::fabs(f[STIFF_DEGREE]);
      const double before = std::fabs(f[STIFF_DEGREE - 1]);
      const double largest = last < before ? before : last;
      double root16 = STIFF_NEGLIGIBLE / largest;
      for (u32 i = 0; i < 4; i++) root16 = std::sqrt(root16);
      const double tau = root16 < 1 ? root16 : 1;
      const double tau2 = tau * tau;
      double even = 0;
      double odd = 0;
      for (u32 k = STIFF_DEGREE; k > 0; k -= 2) {
        even = (even + f[k]) * tau2;
        odd = odd * tau2 + f[k - 1];
      }
      const double growth = even + odd * tau;
      inverse += inverse * growth;
      if (!(growth > -1 && rate * inverse < LARGEST_FALL && largest < LARGEST_COEFFICIENT)) return UNSOLVED;
      if (tau == 1 && x == left) return 1 / inverse;
      left -= tau * x;
    }
  }

  /** Coefficient k of the square of a series that begins with 1; its own coefficient k is the last to be known. */
  static double squared(const double* series, u32 k) {
    double sum = 0;
    u32 low = 1, high = k - 1;
    for (; low < high; low++, high--) sum += series[low] * series[high];
    sum += series[k];
    sum += sum;
    return low == high ? sum + series[low] * series[low] : sum;
  }

  // taylor.ts with p = 1, q = 2: u = μ³
  static constexpr double RHO = 3, ALPHA = 2.0 / 3.0, BETA = 1;
  static constexpr u32 DEGREE = 20;
  static constexpr double NEGLIGIBLE = 2e-17;
  static constexpr double LONG_GAP = 50;
  static constexpr double START_CORRECTION = 3e-7;

  double taylor(double rate, double signal, double slope, double dt) const {
    double series[DEGREE + 1], a[DEGREE + 1], b[DEGREE + 1];
    const double Gu = RHO * g;
    const double Hu = RHO * h;
    if (Hu * dt * (1 + signal + slope * dt) > LONG_GAP) {
      std::fprintf(stderr, "a gap so long that the engine would ask slow-manifold.ts, which this twin lacks\n");
      std::exit(3);
    }
    double u = rate * rate * rate;
    double I = signal;
    double remaining = dt;
    if (u == 0) {
      double start = dt;
      while (std::fabs(startCorrection(I, slope, start)) > START_CORRECTION) start *= 0.25;
      u = RHO * g * start * (1 - startCorrection(I, slope, start));
      I += slope * start;
      remaining -= start;
    }
    double trial = remaining;
    while (remaining > 0) {
      trial = std::min(trial, remaining);
      const double A0 = Hu * power(u, ALPHA);
      const double B0 = Hu * u;
      const double step = trial / u;
      const double rise = slope * trial;
      series[0] = a[0] = b[0] = 1;
      u32 degree = 0;
      u32 quiet = 0;
      while (degree < DEGREE && quiet < 3) {
        double f = B0 * I * b[degree] + A0 * a[degree];
        if (degree > 0) f += B0 * rise * b[degree - 1];
        f = (degree == 0 ? Gu : 0) - f;
        degree += 1;
        const double v = (step * f) / degree;
        series[degree] = v;
        quiet = std::fabs(v) < NEGLIGIBLE ? quiet + 1 : 0;
        double aSum = 0;
        double bSum = 0;
        for (u32 j = 1; j <= degree; j++) {
          const double rest = degree - j;
          aSum += (ALPHA * j - rest) * series[j] * a[degree - j];
          bSum += (BETA * j - rest) * series[j] * b[degree - j];
        }
        const double inverse = 1.0 / degree;
        a[degree] = aSum * inverse;
        b[degree] = bSum * inverse;
      }
      const auto sum = [&](double tau) {
        double total = 0;
        for (u32 k = degree; k > 0; k--) total = (total + series[k]) * tau;
        return 1 + total;
      };
      constexpr double INFINITE = std::numeric_limits<double>::infinity();
      double tau = 1;
      double v = sum(1);
      if (quiet < 3) {
        double last = std::fabs(series[degree]);
        double before = std::fabs(series[degree - 1]);
        while (!(v > 0.125 && v < INFINITE && std::max(last, before) <= NEGLIGIBLE * v) && tau > 1e-30) {
          tau *= 0.5;
          last *= 0x1p-20;
          before *= 2 * 0x1p-20;
          v = sum(tau);
        }
      }
      if (!(v > 0.125 && v < INFINITE)) {
        trial *= 1e-6;
        continue;
      }
      u *= v;
      const double taken = trial * tau;
      I += slope * taken;
      remaining = tau == 1 && trial == remaining ? 0 : remaining - taken;
      trial = taken * 4;
    }
    return power(u, 1 / RHO);
  }

  static double power(double x, double r) { return musl::exp(r * musl::log(x)); }

  double startCorrection(double signal, double slope, double dt) const {
    const double drift = RHO * g;
    const double u = drift * dt;
    const double ratio = (RHO * h) / drift;
    const double correction = ratio * u * (signal / (BETA + 1) + (slope * dt) / (BETA + 2));
    return correction + (ratio * power(u, ALPHA)) / (ALPHA + 1);
  }
};

// ---------------------------------------------------------------- the system

class Twin {
 public:
  Twin(u32 n, double lambda, double m, u32 capacity, double low, double high, const std::array<u32, 8>& words)
      : n(n), capacity(capacity), arrivals(lambda * n), drift(m) {
    const auto [size, slackOfBlock] = blockShape(n);
    blockSize = size;
    slack = slackOfBlock;
    const double target = std::max(8 / lambda, 256 / (lambda * n));
    epochLength = 1;
    while (epochLength < target) epochLength *= 2;
    while (epochLength * 0.5 >= target) epochLength *= 0.5;

    for (u32 i = 0; i < 4; i++) state.rng[i] = words[2 * i] | u64{words[2 * i + 1]} << 32;
    records = allocateRecords(n);
    for (u32 v = 0; v < n; v++) {
      const double rate = low == high ? low : low + (high - low) * toUnit(nextBits());
      records[v] = {rate, 0, 0, v, 0};
    }
    renewEpoch();
  }

  void run(double until) {
    Reason reason;
    do {
      if (state.laneCount == 0) drawBlock();
      reason = commitBlock(until - state.epochStart);
      if (reason == EPOCH_ENDED) renewEpoch();
    } while (reason != STOP_REACHED);
  }

  /** Accepted arrivals and departures. */
  double events() const { return static_cast<double>(state.arrivals - state.dropped + state.departures); }

  /** ∫ of the number of busy servers. */
  double busyTime() const { return closed.busy + state.busy * state.clock + open.busy; }

  /** Over the servers, now. */
  double meanRate() {
    double sum = 0;
    for (u32 from = 0; from < n; from += MAX_LANES) {
      const u32 count = std::min(MAX_LANES, n - from);
      sweepRates(from, count);
      for (u32 k = 0; k < count; k++) sum += observed.rate[k];
    }
    return sum / n;
  }

  u64 hash() const { return Xxh64::of(records, u64{n} * 4, Xxh64::of(&state, sizeof(Dynamics) / 8, 0)); }

 private:
  enum Reason { BLOCK_DONE, STOP_REACHED, EPOCH_ENDED };
  /** What the engine integrates: busy servers, tasks, Σ I_v. */
  struct Areas {
    double busy, tasks, signal;
  };

  const u32 n, capacity;
  const double arrivals;
  u32 blockSize, slack;
  double epochLength;
  Drift drift;
  Ziggurat ziggurat;
  Dynamics state{};
  Areas closed{}, open{};
  Record* records;
  Lanes lanes{}, observed{};

  static std::array<u32, 2> blockShape(u32 servers) {
    if (servers < 4) return {2, 2};
    if (servers < 40) return {8, 4};
    if (servers < 1000) return {16, 6};
    if (servers < 100000) return {32, 16};
    return {64, 64};
  }

  static Record* allocateRecords(u32 servers) {
    constexpr size_t HUGE_PAGE = size_t{1} << 21;
    const size_t bytes = (sizeof(Record) * servers + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    void* memory = std::aligned_alloc(HUGE_PAGE, bytes);
    if (!memory) {
      std::fprintf(stderr, "out of memory\n");
      std::exit(1);
    }
#ifdef __linux__
    madvise(memory, bytes, MADV_HUGEPAGE);  // random picks would else miss the TLB too
#endif
    return static_cast<Record*>(memory);
  }

  u64 nextBits() {
    Xoshiro random{state.rng[0], state.rng[1], state.rng[2], state.rng[3]};
    const u64 bits = random.next();
    state.rng = {random.s0, random.s1, random.s2, random.s3};
    return bits;
  }

  u32 nextIndex(u32 count) { return static_cast<u32>(toUnit(nextBits()) * count); }

  /** The wedge of a layer, or the tail (exponential.ts). */
  [[gnu::noinline, gnu::cold]] double edge(u64 bits, double x) {
    double offset = 0;
    while (true) {
      const u32 layer = bits & 255;
      if (x < ziggurat.x[layer + 1]) return offset + x;
      if (layer == 0) {
        offset += Ziggurat::TAIL;
      } else {
        const double low = ziggurat.y[layer];
        const double high = ziggurat.y[layer + 1];
        if (low + toUnit(nextBits()) * (high - low) < musl::exp(-x)) return offset + x;
      }
      bits = nextBits();
      x = toUnit(bits) * ziggurat.x[bits & 255];
    }
  }

  void drawBlock() {
    const u32 count = blockSize;
    const double bound = state.bound;
    const double affordable = 0.25 * (arrivals / bound + state.busy);
    const u32 busyCap = std::min(n, state.busy + static_cast<u32>(std::min<double>(slack, affordable)));
    const u32 idleCap = std::min(n, n - state.busy + slack);
    state.busyCap = busyCap;
    state.idleCap = idleCap;
    state.lane = 0;
    state.laneCount = count;

    const double total = arrivals + bound * busyCap;
    const double meanGap = 1 / total;
    const double idleSlots = idleCap / arrivals;
    const double busySlots = 1 / bound;

    alignas(64) u64 bits[3][MAX_LANES] = {};
    Xoshiro random{state.rng[0], state.rng[1], state.rng[2], state.rng[3]};
    for (u32 k = 0; k < count; k++) {
      for (auto& column : bits) column[k] = random.next();
    }
    state.rng = {random.s0, random.s1, random.s2, random.s3};

    // without branches: no predictor can tell arrivals from completions
    for (u32 k = 0; k < count; k += WIDTH) {
      const Vector point = toUnits(*reinterpret_cast<Bits*>(bits[1] + k)) * total;
      const Mask arrival = point < arrivals;
      const Vector slots = (arrival ? point : point - arrivals) * (arrival ? Vector{} + idleSlots : Vector{} + busySlots);
      const Vector last = arrival ? Vector{} + (idleCap - 1.0) : Vector{} + (busyCap - 1.0);
      const Index slot = __builtin_convertvector(slots < last ? slots : last, Index);
      const Vector inside = __builtin_convertvector(slot, Vector);
      const Vector pick = arrival ? (n - 1.0) - inside : inside;
      *reinterpret_cast<Index*>(lanes.pick + k) = __builtin_convertvector(pick, Index);
      lanes.slope.vector(k) = arrival ? Vector{} + 1.0 : Vector{};
      lanes.accept.vector(k) = toUnits(*reinterpret_cast<Bits*>(bits[2] + k));
    }
    double time = state.clock;
    for (u32 k = 0; k < count; k++) {
      const u32 layer = bits[0][k] & 255;
      const double x = toUnit(bits[0][k]) * ziggurat.x[layer];
      time += (x < ziggurat.x[layer + 1] ? x : edge(bits[0][k], x)) * meanGap;
      lanes.time[k] = time;
      __builtin_prefetch(records + lanes.pick[k], 1);
    }
    u32 k = 0;
#if defined(__AVX2__)
    for (; k + 4 <= count; k += 4) {
      const u32* pick = lanes.pick + k;
      lanes.load4(k, records[pick[0]], records[pick[1]], records[pick[2]], records[pick[3]]);
    }
#endif
    for (; k < count; k++) lanes.load(k, records[lanes.pick[k]]);
    drift.advanceLanes(lanes, count);
  }

  Reason commitBlock(double stop) {
    const double bound = state.bound;
    const double limit = std::min(stop, epochLength);
    const u32 first = state.lane;
    const u32 count = state.laneCount;
    u32 busy = state.busy;
    u64 arrived = 0;
    u64 departed = 0;
    Areas areas = open;
    Reason reason = BLOCK_DONE;
    double time = state.clock;

    u32 k = first;
    for (; k < count; k++) {
      const double t = lanes.time[k];
      if (t > limit) {
        reason = stop <= epochLength ? STOP_REACHED : EPOCH_ENDED;
        break;
      }
      time = t;
      const u32 pick = lanes.pick[k];
      if (lanes.slope[k] != 0) {
        arrived += 1;
        if (busy < n) {
          u32 slot = pick;
          if (slot < busy) slot = busy + nextIndex(n - busy);
          Record* record = records + slot;
          const double signal = record->signal;
          const double gap = t - record->since;
          const double rate = rateInLane(k, *record, slot == pick, 1);
          if (rate > bound) fail(*record, rate);
          const u32 id = record->id;
          areas.signal += gap * (signal + 0.5 * gap);
          areas.busy -= t;
          areas.tasks -= t;
          state.tasks += 1;
          Record* border = records + busy;
          if (record != border) *record = *border;
          *border = {rate, t, signal + gap, id, 1};
          busy += 1;
          if (capacity == 1) state.full = busy;
          if (busy > state.busyCap) {
            k += 1;
            break;
          }
        } else if (state.full < n) {
          joinQueue(state.full + nextIndex(n - state.full));
          areas.tasks -= t;
          state.tasks += 1;
        } else {
          state.dropped += 1;
        }
      } else if (pick < busy) {
        Record* record = records + pick;
        const double rate = rateInLane(k, *record, true, 0);
        if (rate > bound) fail(*record, rate);
        areas.signal += record->signal * (t - record->since);
        if (lanes.accept[k] * bound >= rate) {
          record->rate = rate;
          record->since = t;
          continue;
        }
        departed += 1;
        areas.tasks += t;
        state.tasks -= 1;
        const u32 id = record->id;
        const u32 queue = record->queue - 1;
        if (queue > 0) {
          *record = {rate, t, 0, id, queue};
          if (queue + 1 == capacity) std::swap(*record, records[--state.full]);
          continue;
        }
        areas.busy += t;
        busy -= 1;
        Record* last = records + busy;
        if (record != last) *record = *last;
        *last = {rate, t, 0, id, 0};
        if (capacity == 1) state.full = busy;
        if (n - busy > state.idleCap) {
          k += 1;
          break;
        }
      }
    }

    const bool pending = reason == STOP_REACHED;
    state.lane = pending ? k : 0;
    if (!pending) state.laneCount = 0;
    state.clock = reason == BLOCK_DONE ? time : limit;
    state.busy = busy;
    open = areas;
    state.arrivals += arrived;
    state.departures += departed;
    state.candidates += k - first;
    return reason;
  }

  double rateInLane(u32 k, const Record& record, bool drawn, double slope) {
    if (drawn && record.since == lanes.since[k] && record.id == lanes.id[k]) return lanes.rate[k];
    return drift.advance(record.rate, record.signal, slope, lanes.time[k] - record.since);
  }

  void joinQueue(u32 slot) {
    if (++records[slot].queue == capacity) std::swap(records[slot], records[state.full++]);
  }

  void sweepRates(u32 from, u32 count) {
    for (u32 k = 0; k < count; k++) {
      observed.load(k, records[from + k]);
      observed.time[k] = state.clock;
      observed.slope[k] = from + k >= state.busy ? 1 : 0;
    }
    drift.advanceLanes(observed, count);
  }

  void renewEpoch() {
    const double now = state.clock;
    double largest = 0;
    for (u32 from = 0; from < n; from += MAX_LANES) {
      const u32 count = std::min(MAX_LANES, n - from);
      sweepRates(from, count);
      for (u32 k = 0; k < count; k++) {
        Record& record = records[from + k];
        const double gap = now - record.since;
        const double rise = gap * observed.slope[k];
        open.signal += gap * (record.signal + 0.5 * rise);
        largest = std::max(largest, observed.rate[k]);
        record.rate = observed.rate[k];
        record.since = 0;
        record.signal += rise;
      }
    }
    closed.busy += state.busy * now + open.busy;
    closed.tasks += static_cast<double>(state.tasks) * now + open.tasks;
    closed.signal += open.signal;
    open = {};
    state.epochStart += now;
    state.clock = 0;
    state.lane = 0;
    state.laneCount = 0;
    const double later = drift.advance(largest, 0, 0, epochLength);
    state.bound = std::max(largest, later) * (1 + 1e-9);
  }

  [[noreturn]] void fail(const Record& record, double rate) const {
    std::fprintf(stderr, "server %u has rate %.17g above the bound %.17g\n", record.id, rate, state.bound);
    std::exit(1);
  }
};

int main(int count, char** values) {
  const Arguments arguments(count, values);
  std::array<u32, 8> words{};
  const char* list = arguments.text("words");
  for (u32& word : words) {
    char* end;
    word = static_cast<u32>(std::strtoul(list, &end, 10));
    list = *end ? end + 1 : end;
  }
  const u32 buffer = static_cast<u32>(arguments.number("buffer", "1"));
  Twin twin(static_cast<u32>(arguments.number("n")), arguments.number("lambda"), arguments.number("m"),
            buffer == 0 ? 0xffffffff : buffer, arguments.number("low"), arguments.number("high"), words);
  const Measurement measurement(twin, arguments);
  char hash[40];
  std::snprintf(hash, sizeof hash, ",\"stateHash\":\"%016llx\"", static_cast<unsigned long long>(twin.hash()));
  measurement.print(hash);
}
