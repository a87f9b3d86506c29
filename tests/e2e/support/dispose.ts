/**
 * The end of things that belong together.
 *
 * @module
 */

/** Disposes of all parts, in order, also after one that fails; then throws what they threw. */
export async function disposeAll(parts: readonly AsyncDisposable[]): Promise<void> {
  await using stack = new AsyncDisposableStack();
  for (const part of parts.toReversed()) stack.use(part);
}
