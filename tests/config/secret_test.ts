import { assert, assertEquals } from "@std/assert";
import { Secret } from "../../config/secret.ts";

Deno.test("a secret shows itself only when asked to", () => {
  const secret = new Secret("hidden");
  const shown = [
    `${secret}`,
    "" + secret,
    JSON.stringify({ secret }),
    Deno.inspect({ secret }, { showHidden: true }),
    Object.values(secret).join(),
  ];
  assert(shown.every((text) => !text.includes("hidden")), shown.join("\n"));
  assertEquals(secret.reveal(), "hidden");
});
