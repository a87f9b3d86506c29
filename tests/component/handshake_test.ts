import { assertEquals } from "@std/assert";
import { handshake } from "../../component/handshake.ts";

Deno.test("the handshake is the lower-case hexadecimal SHA-1 of stream id and secret", () => {
  // The test vector of FIPS 180-1 for "abc".
  assertEquals(
    handshake("a", "bc"),
    "<handshake>a9993e364706816aba3e25717850c26c9cd0d89d</handshake>",
  );
});

Deno.test("the handshake takes the secret as UTF-8", () => {
  // printf 'id1pässwörd' | sha1sum
  assertEquals(
    handshake("id1", "pässwörd"),
    "<handshake>1f3ab7b441a86e0b4f293e023c482b9b370236ba</handshake>",
  );
});
