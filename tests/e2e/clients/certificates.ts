/**
 * A certificate authority of the test's own, and one certificate by it.
 *
 * @module
 */
import { join } from "node:path";

/** Paths of PEM files. */
export interface Certificate {
  /** The private key. */
  readonly key: string;
  /** The certificate. */
  readonly certificate: string;
  /** The certificate of the authority. */
  readonly authority: string;
}

/** Makes an authority, and a certificate for a domain and those below it, in a folder. */
export async function makeCertificate(folder: string, domain: string): Promise<Certificate> {
  const path = (name: string) => join(folder, name);
  const paths = {
    key: path("key.pem"),
    certificate: path("certificate.pem"),
    authority: path("authority.pem"),
  };
  const make = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  make.push("-days", "2");
  await openssl(
    ...make,
    ...["-subj", "/CN=Test authority", "-addext", "keyUsage=critical,keyCertSign"],
    ...["-keyout", path("authority-key.pem"), "-out", paths.authority],
  );
  await openssl(
    ...make,
    ...["-subj", `/CN=${domain}`, "-addext", `subjectAltName=DNS:${domain},DNS:*.${domain}`],
    ...["-addext", "basicConstraints=critical,CA:FALSE"],
    ...["-CA", paths.authority, "-CAkey", path("authority-key.pem")],
    ...["-keyout", paths.key, "-out", paths.certificate],
  );
  return paths;
}

async function openssl(...args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", { args: [...args] }).output();
  if (!success) throw new Error(`openssl ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}
