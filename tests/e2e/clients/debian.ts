/** What Debian calls the version of a package that is installed, without its own suffix. */
export async function packageVersion(name: string): Promise<string> {
  const { success, stdout } = await new Deno.Command("dpkg-query", {
    args: ["-W", "-f=${source:Upstream-Version}", name],
  }).output();
  if (!success) throw new Error(`${name} is missing: apt-get install ${name}`);
  return new TextDecoder().decode(stdout);
}
