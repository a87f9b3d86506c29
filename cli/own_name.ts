/**
 * Whether strangers can find the component: with a stock feed it looks for lost domains in its own name.
 *
 * @module
 */

/** Looks up the records of a name; rejects if there are none. */
export type Resolve = (name: string, type: "SRV" | "A" | "AAAA") => Promise<readonly unknown[]>;

/** What a component's name being known, or not, means for an operator. */
const MEANING = {
  known:
    "it has a DNS record; if your server has a certificate for it too, rooms' servers answer it",
  unknown:
    "it has no DNS record, so that rooms' servers do not answer it, and users' own pings find out " +
    "when a domain is back, which may take retry_delay longer. A DNS record that leads to your " +
    "server, and a certificate for it, make that faster; the plugin needs neither",
  unsure: "its DNS record could not be looked up from here",
} as const;

/**
 * Says whether the component's name can be found from outside (RFC 6120 §3.2), and what that changes.
 *
 * @param domain The component's domain.
 * @param resolve How to look up records; the system's way by default.
 */
export async function describeOwnName(
  domain: string,
  resolve: Resolve = Deno.resolveDns,
): Promise<string> {
  const lookups = [
    resolve(`_xmpp-server._tcp.${domain}`, "SRV"),
    resolve(`_xmpps-server._tcp.${domain}`, "SRV"),
    resolve(domain, "A"),
    resolve(domain, "AAAA"),
  ];
  const outcomes = await Promise.allSettled(lookups);
  if (outcomes.some((each) => each.status === "fulfilled" && each.value.length > 0)) {
    return MEANING.known;
  }
  const isMissing = (each: PromiseSettledResult<readonly unknown[]>) =>
    each.status === "fulfilled" || each.reason instanceof Deno.errors.NotFound;
  return outcomes.every(isMissing) ? MEANING.unknown : MEANING.unsure;
}
