import { assert } from "@std/assert";

Deno.test("the embedded sax-wasm is that of the package in import_map.json", async () => {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-read", "tools/embed_sax_wasm.ts", "--check"],
    cwd: new URL("../..", import.meta.url),
  }).output();
  assert(success, new TextDecoder().decode(stderr));
});
