// The model by the textbook: a discrete-event simulation with an event list (Law, Simulation Modeling and Analysis,
// ch. 1-2) from the standard library. For every task the moment of its completion is worked out when its service
// starts: an exponential amount of work is drawn, and the rate equation says when it will be done. Unit buffers,
// the paper's cost.
//
//   g++ -O3 -std=c++20 event-list.cpp
//   ./a.out n=100 lambda=0.8 m=500 low=0 high=2 until=100 seed=1 [from=0] [samples=1]
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <queue>
#include <random>
#include <vector>

#include "command-line.hpp"

/**
 * y' = f(x, y) over `length`, by the pair of Dormand and Prince (1980) with steps as long as a relative error of
 * 1e-9 in each allows; mostly that is a single step.
 */
template <size_t N, class F>
std::array<double, N> solve(std::array<double, N> y, double length, F f) {
  constexpr double TOLERANCE = 1e-9;
  using State = std::array<double, N>;
  struct Term {
    double weight;
    const State& slope;
  };
  double x = 0;
  double step = length;
  while (x < length) {
    const bool last = step >= length - x;
    if (last) step = length - x;
    const auto after = [&](auto... terms) {
      State z;
      for (size_t i = 0; i < N; i++) z[i] = y[i] + step * ((terms.weight * terms.slope[i]) + ...);
      return z;
    };
    const State k1 = f(x, y);
    const State k2 = f(x + step / 5, after(Term{1. / 5, k1}));
    const State k3 = f(x + step * 3 / 10, after(Term{3. / 40, k1}, Term{9. / 40, k2}));
    const State k4 = f(x + step * 4 / 5, after(Term{44. / 45, k1}, Term{-56. / 15, k2}, Term{32. / 9, k3}));
    const State k5 = f(x + step * 8 / 9, after(Term{19372. / 6561, k1}, Term{-25360. / 2187, k2},
                                               Term{64448. / 6561, k3}, Term{-212. / 729, k4}));
    const State k6 = f(x + step, after(Term{9017. / 3168, k1}, Term{-355. / 33, k2}, Term{46732. / 5247, k3},
                                       Term{49. / 176, k4}, Term{-5103. / 18656, k5}));
    const State end = after(Term{35. / 384, k1}, Term{500. / 1113, k3}, Term{125. / 192, k4},
                            Term{-2187. / 6784, k5}, Term{11. / 84, k6});
    const State k7 = f(x + step, end);
    double error = 0;
    for (size_t i = 0; i < N; i++) {
      const double difference = step * (71. / 57600 * k1[i] - 71. / 16695 * k3[i] + 71. / 1920 * k4[i] -
                                        17253. / 339200 * k5[i] + 22. / 525 * k6[i] - 1. / 40 * k7[i]);
      const double ratio = std::fabs(difference) / (TOLERANCE * std::fabs(end[i]));
      error = ratio <= error ? error : ratio;  // lets NaN through
    }
    if (error <= 1) {
      if (last) return end;
      y = end;
      x += step;
    }
    const double factor = 0.9 * std::pow(error, -0.2);
    step *= factor > 5 ? 5 : factor > 0.2 ? factor : 0.2;  // 0.2 for NaN
  }
  return y;
}

class EventList {
 public:
  EventList(uint32_t n, double lambda, double m, double low, double high, uint64_t seed)
      : n(n), m(m), random(seed), nextArrival(lambda * n), servers(n), idle(n) {
    std::uniform_real_distribution<double> initialRate(low, high);
    for (uint32_t v = 0; v < n; v++) {
      // (2.2) is singular at 0; from 1e-6 on it gets anywhere at once
      servers[v] = {std::max(1e-6, low == high ? low : initialRate(random)), 0, 0};
      idle[v] = v;
    }
    events_.push({nextArrival(random), ARRIVAL});
  }

  void run(double until) {
    while (events_.top().time <= until) {
      const Event event = events_.top();
      events_.pop();
      busyArea += busy() * (event.time - now);
      now = event.time;
      if (event.server == ARRIVAL) {
        if (!idle.empty()) startService(takeIdle());
        events_.push({now + nextArrival(random), ARRIVAL});
      } else {
        count++;
        idle.push_back(event.server);
        servers[event.server] = {event.rate, 0, now};
      }
    }
    busyArea += busy() * (until - now);
    now = until;
  }

  double events() const { return static_cast<double>(count); }
  double busyTime() const { return busyArea; }

  double meanRate() const {
    std::vector<bool> isIdle(n);
    for (const uint32_t v : idle) isIdle[v] = true;
    double sum = 0;
    for (uint32_t v = 0; v < n; v++) sum += rateNow(servers[v], isIdle[v] ? 1 : 0);
    return sum / n;
  }

 private:
  static constexpr uint32_t ARRIVAL = 0xffffffff;

  struct Server {
    /** as they were at the server's last event, and when that was */
    double rate, signal, since;
  };
  struct Event {
    double time;
    uint32_t server;
    /** the server's rate at its completion */
    double rate = 0;
    bool operator>(const Event& other) const { return time > other.time; }
  };

  const uint32_t n;
  const double m;
  std::mt19937_64 random;
  std::exponential_distribution<double> nextArrival, work;
  std::vector<Server> servers;
  std::vector<uint32_t> idle;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  double now = 0, busyArea = 0;
  uint64_t count = 0;

  double busy() const { return n - static_cast<double>(idle.size()); }

  /** dμ/dt for g = 1/x, h = 0.1 x². */
  double drift(double rate, double signal) const {
    return (1 / (rate * rate) - 0.2 * rate * (signal + 1 / rate)) / m;
  }

  double rateNow(const Server& server, double slope) const {
    const auto slopes = [&](double t, const std::array<double, 1>& y) {
      return std::array{drift(y[0], server.signal + slope * t)};
    };
    return solve<1>({server.rate}, now - server.since, slopes)[0];
  }

  /** A uniformly random idle server, no longer idle. */
  uint32_t takeIdle() {
    std::uniform_int_distribution<size_t> index(0, idle.size() - 1);
    std::swap(idle[index(random)], idle.back());
    const uint32_t v = idle.back();
    idle.pop_back();
    return v;
  }

  void startService(uint32_t v) {
    count++;
    Server& server = servers[v];
    const double signal = server.signal + (now - server.since);
    server = {rateNow(server, 1), signal, now};
    // rate and time as functions of the work done
    const auto slopes = [&](double, const std::array<double, 2>& y) {
      return std::array{drift(y[0], signal) / y[0], 1 / y[0]};
    };
    const double requirement = work(random);
    // time is counted from 1 on, for its relative error
    const auto [rate, time] = solve<2>({server.rate, 1}, requirement, slopes);
    events_.push({now + (time - 1), v, rate});
  }
};

int main(int count, char** values) {
  const Arguments arguments(count, values);
  EventList system(static_cast<uint32_t>(arguments.number("n")), arguments.number("lambda"), arguments.number("m"),
                   arguments.number("low"), arguments.number("high"), static_cast<uint64_t>(arguments.number("seed")));
  Measurement(system, arguments).print();
}
