// Many questions, few at a time: a click on a service of forty layers must not send forty requests at once, for the
// tiles of the map wait in the same line.

/**
 * Runs `task` for every input, at most `width` at a time, in the order given. Nothing more is started once the signal
 * is aborted; what runs is left to hear the signal itself. A task that fails stops neither the others nor the rest:
 * tasks report their own failures.
 */
export async function inTurns<T>(
  inputs: readonly T[],
  width: number,
  signal: AbortSignal,
  task: (input: T) => Promise<void>,
): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < inputs.length && !signal.aborted) {
      const input = inputs[next++] as T
      await task(input)
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, inputs.length) }, lane))
}
