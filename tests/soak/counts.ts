/** How many there are of what, and whether two who count agree. */

/** How many there are, by name. */
export type Counts = ReadonlyMap<string, number>;

/** Counts things by their names. */
export function countBy<T>(things: readonly T[], name: (thing: T) => string): Counts {
  return new Map([...Map.groupBy(things, name)].map(([name, same]) => [name, same.length]));
}

/** In what two counts differ. */
export function differences(known: Counts, truth: Counts): string[] {
  const names = [...new Set([...known.keys(), ...truth.keys()])];
  return names.flatMap((name) => {
    const [is, should] = [known.get(name) ?? 0, truth.get(name) ?? 0];
    return is === should ? [] : [`${name}: ${is} rather than ${should}`];
  });
}
