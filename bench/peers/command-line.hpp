// What the C++ peers share: parameters given as key=value, and the one line of JSON that they answer with.
#pragma once

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

class Arguments {
 public:
  Arguments(int count, char** values) : count(count), values(values) {}

  const char* text(const std::string& key, const char* otherwise = nullptr) const {
    for (int i = 1; i < count; i++) {
      const std::string argument = values[i];
      if (argument.rfind(key + '=', 0) == 0) return values[i] + key.size() + 1;
    }
    if (otherwise) return otherwise;
    std::fprintf(stderr, "missing argument: %s=\n", key.c_str());
    std::exit(2);
  }
  double number(const std::string& key, const char* otherwise = nullptr) const {
    return std::strtod(text(key, otherwise), nullptr);
  }

 private:
  int count;
  char** values;
};

/** Seconds on a clock that only goes forward. */
inline double seconds() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

/**
 * Runs a system to time `from`, then in `samples` timed steps to `until`; adds the mean rate after each, which
 * is not timed. The system offers run(time), meanRate(), busyTime() and events().
 */
struct Measurement {
  double seconds = 0, events = 0, busyFraction = 0, meanRate = 0;

  template <class System>
  Measurement(System& system, const Arguments& arguments) {
    const double from = arguments.number("from", "0");
    const double until = arguments.number("until");
    const int samples = static_cast<int>(arguments.number("samples", "1"));
    system.run(from);
    const double eventsBefore = system.events();
    const double busyBefore = system.busyTime();
    for (int i = 1; i <= samples; i++) {
      const double started = ::seconds();
      system.run(i == samples ? until : from + (until - from) * i / samples);
      seconds += ::seconds() - started;
      meanRate += system.meanRate() / samples;
    }
    events = system.events() - eventsBefore;
    busyFraction = (system.busyTime() - busyBefore) / (arguments.number("n") * (until - from));
  }

  /** Prints the line; `more` is further members, each with a comma before it. */
  void print(const std::string& more = "") const {
    std::printf("{\"events\":%.0f,\"seconds\":%.9g,\"busyFraction\":%.17g,\"meanRate\":%.17g%s}\n", events, seconds,
                busyFraction, meanRate, more.c_str());
  }
};
