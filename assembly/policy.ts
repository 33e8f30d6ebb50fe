/**
 * Policies: what the event loop leaves open. Each kind has a folder, and in it the abstract class that says what the loop
 * asks of such a policy. The loop is generic in them and compiled anew for each choice, so a policy's answers are
 * inlined, and what a policy does not need leaves no instruction behind.
 *
 * A policy is a final, unmanaged class without fields: all of its state is in linear memory, like that of everything else.
 */

/** The policy `P`: something to call its methods on. */
export function the<P>(): P {
  return changetype<P>(0);
}
