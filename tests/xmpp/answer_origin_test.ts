import { assertEquals } from "@std/assert";
import { answerOrigin, type AnyAnswer } from "../../xmpp/answer_origin.ts";

const HOME = new Set(["home.example", "keeper.home.example"]);
const ROOM = "garden@rooms.example";

function error(condition: string, errorType = "cancel", by?: string, text?: string): AnyAnswer {
  return { type: "error", condition, errorType, by, text };
}

const origin = (answer: AnyAnswer, asked = ROOM) => answerOrigin(answer, asked, HOME);

Deno.test("answerOrigin() is remote for results, reflections and the errors of the one asked", () => {
  assertEquals(origin({ type: "result" }), "remote");
  assertEquals(origin({ type: "reflected" }), "remote");
  assertEquals(origin(error("not-acceptable", "cancel", ROOM)), "remote");
  assertEquals(origin(error("not-acceptable", "modify")), "remote");
  assertEquals(origin(error("service-unavailable"), "rooms.example"), "remote");
});

Deno.test("answerOrigin() is en route for what a server returns undelivered, whoever is named", () => {
  // Prosody 0.12.3 and 13.0.1, in that order.
  const text = "Server-to-server connection failed: not-authorized";
  for (const by of ["keeper.home.example", undefined]) {
    assertEquals(origin(error("remote-server-timeout", "wait", by, text)), "en-route");
    assertEquals(origin(error("remote-server-not-found", "cancel", by)), "en-route");
  }
  assertEquals(origin(error("recipient-unavailable")), "en-route");
  assertEquals(origin(error("recipient-unavailable", "cancel", "home.example")), "en-route");
});

Deno.test("answerOrigin() is en route for any error that is by a host of home", () => {
  assertEquals(origin(error("item-not-found", "cancel", "home.example")), "en-route");
  assertEquals(origin(error("not-allowed", "cancel", "user@home.example/phone")), "en-route");
  const local = "garden@home.example";
  assertEquals(origin(error("not-acceptable", "cancel", local), local), "remote");
});

Deno.test("answerOrigin() is remote when a gateway has lost the user, in its old and new words", () => {
  const text = "Not connected to IRC server irc.example";
  for (const condition of ["remote-server-not-found", "recipient-unavailable"]) {
    assertEquals(origin(error(condition, "cancel", undefined, text)), "remote");
  }
});

Deno.test("answerOrigin() is unknown when nobody answers, or is asked to be patient", () => {
  assertEquals(origin({ type: "timeout" }), "unknown");
  assertEquals(origin(error("resource-constraint", "wait", ROOM)), "unknown");
});
