/**
 * A certificate authority that lives as long as the tests, and certificates for servers.
 *
 * @module
 */
import { join } from "node:path";
import { clockEnv } from "./clock.ts";

/** Files in PEM. */
export interface Credentials {
  /** The private key. */
  readonly key: string;
  /** The certificate. */
  readonly certificate: string;
  /** The certificate of the authority that signed it, which is the only one to be trusted. */
  readonly authority: string;
}

interface Authority {
  readonly key: string;
  readonly certificate: string;
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "2"];

let authority: Promise<Authority> | undefined;

/** The certificate of the authority, for those who are to trust it. */
export async function authorityCertificate(): Promise<string> {
  return (await theAuthority()).certificate;
}

/**
 * Makes a key and a certificate in a folder.
 *
 * @param name Whose it is, for people.
 * @param domains What the certificate is valid for.
 */
export async function certify(
  folder: string,
  name: string,
  domains: readonly string[],
): Promise<Credentials> {
  const { key: authorityKey, certificate: trusted } = await theAuthority();
  const credentials: Credentials = {
    key: join(folder, "key.pem"),
    certificate: join(folder, "certificate.pem"),
    authority: join(folder, "authority.pem"),
  };
  Deno.writeTextFileSync(credentials.authority, trusted);
  const signer = Deno.makeTempFileSync({ dir: folder });
  Deno.writeTextFileSync(signer, authorityKey);
  await openssl(
    ...["req", "-x509", ...NEW_KEY, "-keyout", credentials.key, "-out", credentials.certificate],
    ...[
      "-CA",
      credentials.authority,
      "-CAkey",
      signer,
      "-subj",
      `/CN=${name.replace(/[+/\\]/g, "\\$&")}`,
    ],
    ...domains.length === 0 ? [] : ["-addext", `subjectAltName=${namesOf(domains)}`],
    ...["-addext", "basicConstraints=critical,CA:FALSE"],
    ...["-addext", "extendedKeyUsage=serverAuth,clientAuth"],
  );
  Deno.removeSync(signer);
  return credentials;
}

function namesOf(domains: readonly string[]): string {
  return domains.map((domain) => `DNS:${domain}`).join(",");
}

function theAuthority(): Promise<Authority> {
  return authority ??= newAuthority();
}

async function newAuthority(): Promise<Authority> {
  const folder = Deno.makeTempDirSync({ prefix: "roomkeeper-authority-" });
  try {
    const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
    await openssl(
      ...["req", "-x509", ...NEW_KEY, "-keyout", key, "-out", certificate],
      ...["-subj", "/CN=Authority of Roomkeeper's tests"],
    );
    return {
      key: Deno.readTextFileSync(key),
      certificate: Deno.readTextFileSync(certificate),
    };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Runs it an hour ago, so that a server whose clock is behind takes what it makes. */
async function openssl(...args: string[]): Promise<void> {
  const env = clockEnv(-3600);
  const { success, stderr } = await new Deno.Command("openssl", { args, env }).output();
  if (!success) throw new Error(`openssl failed: ${new TextDecoder().decode(stderr)}`);
}
