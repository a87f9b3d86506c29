/**
 * An admin with a real client (slixmpp) who uses the component's ad-hoc commands.
 *
 * @module
 */
import { join } from "node:path";
import { PASSWORD } from "./prosody.ts";

/** What came of one command. */
export interface Done {
  /** The fields that had to be filled in. */
  readonly asked?: readonly string[];
  /** How the command stands. */
  readonly status?: string;
  /** What the component said: kind and text. */
  readonly notes?: readonly (readonly [kind: string, text: string])[];
  /** The fields of the result. */
  readonly fields?: Readonly<Record<string, string>>;
  /** The condition of the error, if it was refused. */
  readonly refused?: string;
}

/** What the client saw. */
export interface Session {
  /** What the component can do. */
  readonly features: readonly string[];
  /** The nodes of the commands, unless that is refused. */
  readonly commands?: readonly string[];
  /** Why not. */
  readonly refused?: string;
  /** What came of each step. */
  readonly steps: readonly Done[];
}

/** A command with what to fill in. */
export interface Step {
  /** The command's node. */
  readonly node: string;
  /** The values of its form. */
  readonly values?: Readonly<Record<string, string>>;
}

/** Logs in as `jid` at the server at `host`, looks for commands and carries out the steps. */
export async function administer(
  options: { readonly jid: string; readonly host: string; readonly component: string },
  steps: readonly Step[],
): Promise<Session> {
  const script = join(import.meta.dirname!, "admin_client.py");
  const child = new Deno.Command("/usr/bin/python3", {
    args: [script],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const input = child.stdin.getWriter();
  const line = JSON.stringify({ ...options, password: PASSWORD, steps });
  await input.write(new TextEncoder().encode(`${line}\n`));
  await input.close();
  const { stdout, stderr } = await child.output();
  const lines = new TextDecoder().decode(stdout).split("\n").filter((text) => text !== "");
  if (lines.length < 2 + steps.length) throw new Error(new TextDecoder().decode(stderr));
  const [first, second, ...rest] = lines.map((text) => JSON.parse(text));
  return { ...first, ...second, steps: rest };
}
